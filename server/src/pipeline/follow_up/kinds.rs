//! Words that stand for alternatives of one kind: where a follow-up names one of them ('in
//! Germany?'), it takes the place of the other in the question before it ('in Sweden').

/// Each list is a kind; in small letters, longer ones before those that they hold. A word of more
/// than one kind would be changed by chance, so there is none.
#[rustfmt::skip]
const KINDS: &[&[&str]] = &[
    // Countries and regions, English and German.
    &[
        "united states", "united kingdom", "european union", "czech republic", "south korea", "saudi arabia",
        "vereinigte staaten", "vereinigtes königreich", "vereinigten staaten", "vereinigten königreich", "europäischen union",
        "australia", "austria", "belgium", "brazil", "bulgaria", "canada", "china", "croatia", "denmark", "estonia",
        "finland", "france", "germany", "greece", "hungary", "iceland", "india", "ireland", "israel", "italy", "japan",
        "latvia", "lithuania", "luxembourg", "mexico", "netherlands", "norway", "poland", "portugal", "romania",
        "singapore", "slovakia", "slovenia", "spain", "sweden", "switzerland", "turkey", "ukraine", "usa", "uk", "eu",
        "australien", "österreich", "belgien", "brasilien", "bulgarien", "kanada", "kroatien", "dänemark", "estland",
        "finnland", "frankreich", "deutschland", "griechenland", "ungarn", "indien", "irland", "italien",
        "lettland", "litauen", "luxemburg", "mexiko", "niederlande", "niederlanden", "norwegen", "polen", "rumänien",
        "singapur", "slowakei", "slowenien", "spanien", "schweden", "schweiz", "türkei",
    ],
    // Those who work for the company.
    &[
        "part-time employees", "full-time employees", "temporary employees", "permanent employees",
        "agency workers", "temporary workers", "working students",
        "employees", "contractors", "freelancers", "consultants", "managers", "executives", "directors", "interns",
        "trainees", "apprentices", "applicants", "volunteers", "workers", "staff",
        "employee", "contractor", "freelancer", "consultant", "manager", "executive", "director", "intern", "trainee",
        "apprentice", "applicant", "volunteer",
        "teilzeitkräfte", "leiharbeitnehmer", "auftragnehmer", "mitarbeitende", "mitarbeiter", "beschäftigte",
        "angestellte", "arbeitnehmer", "führungskräfte", "praktikanten", "auszubildende", "werkstudenten", "bewerber",
        "geschäftsführer",
    ],
    // Those who deal with it.
    &[
        "public officials", "business partners", "customers", "clients", "suppliers", "vendors", "visitors",
        "public official", "business partner", "customer", "client", "supplier", "vendor", "visitor",
        "kunden", "lieferanten", "besucher", "amtsträger",
    ],
    // Ways to travel, and places to sleep.
    &["by train", "by plane", "by air", "by car", "by taxi", "by bus", "mit dem zug", "mit dem auto", "mit dem flugzeug"],
    &["economy class", "business class", "first class"],
    // Kinds of leave.
    &[
        "parental leave", "maternity leave", "paternity leave", "sick leave", "annual leave", "unpaid leave",
        "elternzeit", "mutterschutz", "krankheit", "sonderurlaub",
    ],
];

/// A word or words of a kind in a text, by its bytes.
pub(super) struct Named {
    kind: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The alternatives that a text names, from left to right; none overlap.
pub(super) fn named(text: &str) -> Vec<Named> {
    let lower = lowered(text);
    let mut found: Vec<Named> = Vec::new();
    for (kind, words) in KINDS.iter().enumerate() {
        for word in *words {
            for (start, _) in lower.match_indices(word) {
                let end = start + word.len();
                let free = !found.iter().any(|one| one.start < end && start < one.end);
                if free && stands_alone(&lower, start, end) {
                    found.push(Named { kind, start, end });
                }
            }
        }
    }
    found.sort_by_key(|one| one.start);
    found
}

/// The one of `among` that `alternative` may take the place of: of the same kind, the last.
pub(super) fn counterpart<'a>(alternative: &Named, among: &'a [Named]) -> Option<&'a Named> {
    among.iter().rev().find(|one| one.kind == alternative.kind)
}

/// In small letters, byte for byte where that keeps the text's length.
fn lowered(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
                _ => c,
            }
        })
        .collect()
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-');
    outside(text[..start].chars().next_back()) && outside(text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_of_two_kinds() {
        let mut all: Vec<&str> = KINDS.concat();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn longer_names_win_over_those_inside_them() {
        let text = "May part-time employees in the United Kingdom fly business class?";
        let names: Vec<&str> = named(text)
            .iter()
            .map(|one| &text[one.start..one.end])
            .collect();
        assert_eq!(
            names,
            ["part-time employees", "United Kingdom", "business class"]
        );
        assert!(named("Is the European bus late?").is_empty());
    }
}
