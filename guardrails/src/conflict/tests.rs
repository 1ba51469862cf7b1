use super::*;

fn two<'a>(one: (&'a str, &'a str), two: (&'a str, &'a str)) -> [Side<'a>; 2] {
    [("a", one), ("b", two)].map(|(document, (header, text))| Side {
        document,
        header,
        text,
    })
}

#[track_caller]
fn conflicts(question: &str, sides: &[Side<'_>], values: [&str; 2]) {
    let found = find(question, sides).unwrap_or_else(|| panic!("{question}: no conflict"));
    let said: Vec<&str> = found.sides.iter().map(|s| s.value.as_str()).collect();
    assert_eq!(said, values, "{question}");
}

#[track_caller]
fn agrees(question: &str, one: (&str, &str), other: (&str, &str)) {
    let found = find(question, &two(one, other));
    assert_eq!(found, None, "{question}");
}

const HANDBOOK: &str = "Employee Handbook > 7. Notice";
const HANDBOOK_LEAVE: &str = "Employee Handbook > 4. Vacation";
const LEAVE: &str = "Leave Policy > 2. Entitlement";
const TRAVEL: &str = "Travel and Expenses Policy > 5. Expense reports";
const GIFTS: &str = "Gifts and Hospitality Policy > 2. What may be accepted";
const CODE: &str = "Code of Conduct > 3. Gifts";

#[test]
fn different_periods_for_one_thing_contradict() {
    let sides = two(
        (
            HANDBOOK,
            "7.1 The notice period is thirty (30) days. 7.2 It is given in writing.",
        ),
        (
            "HR Policy > Leaving",
            "The notice period is 60 days for either side.",
        ),
    );
    conflicts(
        "What is the notice period?",
        &sides,
        ["thirty (30) days", "60 days"],
    );
    let found = find("What is the notice period?", &sides).unwrap();
    assert_eq!(found.about, "notice period");
    let first = &found.sides[0];
    let quote: String = sides[0]
        .text
        .chars()
        .skip(first.start)
        .take(first.end - first.start)
        .collect();
    assert_eq!(quote, "7.1 The notice period is thirty (30) days.");
}

#[test]
fn different_amounts_limits_and_counts_contradict() {
    conflicts(
        "Up to which value may I accept gifts?",
        &two(
            (GIFTS, "Employees may accept gifts up to a value of EUR 50."),
            (CODE, "Gifts may be accepted up to EUR 30."),
        ),
        ["EUR 50", "EUR 30"],
    );
    conflicts(
        "How many characters does a password need?",
        &two(
            (
                "Information Security Policy",
                "Passwords have at least 14 characters.",
            ),
            (
                "Remote Work Policy",
                "A password has at least 12 characters.",
            ),
        ),
        ["14 characters", "12 characters"],
    );
    conflicts(
        "How many vacation days do employees have?",
        &two(
            (
                HANDBOOK_LEAVE,
                "4.1 Employees have 28 vacation days per calendar year.",
            ),
            (
                LEAVE,
                "Each employee is entitled to 25 days of vacation per calendar year.",
            ),
        ),
        ["28 vacation days", "25 days"],
    );
}

#[test]
fn the_deadline_in_two_policies_contradicts() {
    conflicts(
        "Within how many days do I hand in travel expenses?",
        &two(
            (
                TRAVEL,
                "5.1 Expenses are handed in within 30 days after the trip.",
            ),
            (
                "Employee Handbook > 11. Travel",
                "11.2 Travel expenses are handed in within two weeks after the trip.",
            ),
        ),
        ["30 days", "two weeks"],
    );
}

#[test]
fn a_rate_in_two_policies_contradicts_though_one_names_the_trips() {
    let sides = two(
        (
            "Travel Policy > 2. Transport",
            "2.3 Use of a private car is reimbursed with EUR 0.40 per kilometre, at most for 300 \
             kilometres a day.",
        ),
        (
            "Employee Handbook > 9. Company property",
            "9.2 Company cars may be used privately. 9.3 Use of a private car for business trips \
             is reimbursed with EUR 0.30 per kilometre.",
        ),
    );
    conflicts(
        "How much is reimbursed per kilometre for using a private car?",
        &sides,
        ["EUR 0.40", "EUR 0.30"],
    );
}

#[test]
fn different_dates_contradict() {
    conflicts(
        "When does the travel policy take effect?",
        &two(
            (
                "Travel Policy",
                "The travel policy takes effect on 1 March 2026.",
            ),
            (
                "Memo to all staff",
                "The new travel policy takes effect on 1 April 2026.",
            ),
        ),
        ["1 March 2026", "1 April 2026"],
    );
}

#[test]
fn leave_and_ban_contradict() {
    let sides = two(
        (GIFTS, "Employees may accept vouchers."),
        (CODE, "Vouchers may not be accepted."),
    );
    let found = find("May I accept vouchers?", &sides);
    assert!(found.is_some(), "{found:?}");
    agrees(
        "May I accept vouchers?",
        (
            GIFTS,
            "Employees may accept vouchers with the approval of Legal.",
        ),
        (CODE, "Vouchers may not be accepted."),
    );
}

#[test]
fn the_same_value_in_other_words_is_no_conflict() {
    for (one, other) in [
        ("thirty (30) days", "30 days"),
        ("2 weeks", "14 days"),
        ("a fortnight", "14 days"),
        ("1 year", "twelve months"),
        ("1 month", "30 days"),
        ("5 business days", "one week"),
    ] {
        let one = format!("The notice period is {one}.");
        let other = format!("The notice period is {other}.");
        agrees(
            "What is the notice period?",
            (HANDBOOK, &one),
            (LEAVE, &other),
        );
    }
}

#[test]
fn a_clearly_longer_period_in_another_unit_contradicts() {
    conflicts(
        "What is the notice period?",
        &two(
            (HANDBOOK, "The notice period is 14 days."),
            (LEAVE, "The notice period is three months."),
        ),
        ["14 days", "three months"],
    );
}

#[test]
fn other_people_are_another_case() {
    agrees(
        "What is the notice period?",
        (HANDBOOK, "The notice period of employees is 30 days."),
        (
            "Rules for contractors",
            "The notice period of contractors is 14 days.",
        ),
    );
    agrees(
        "What is the notice period for employees?",
        (HANDBOOK, "The notice period is 30 days."),
        (
            "Leadership Policy",
            "The notice period for managers is 90 days.",
        ),
    );
    agrees(
        "What is the notice period?",
        (HANDBOOK, "During probation the notice period is 14 days."),
        (LEAVE, "The notice period is 30 days."),
    );
}

#[test]
fn another_place_year_or_thing_is_another_case() {
    agrees(
        "How much may a hotel cost per night?",
        (
            TRAVEL,
            "A hotel in Germany may cost up to EUR 180 per night.",
        ),
        (LEAVE, "A hotel in Sweden may cost up to EUR 150 per night."),
    );
    agrees(
        "How much is the daily travel allowance?",
        (TRAVEL, "The daily travel allowance for 2025 is EUR 28."),
        (LEAVE, "The daily travel allowance for 2026 is EUR 30."),
    );
    agrees(
        "How long are personal data kept?",
        (TRAVEL, "Personal data of applicants are kept for 6 months."),
        (LEAVE, "Personal data of customers are kept for 3 years."),
    );
    agrees(
        "When are they replaced and by whom?",
        (TRAVEL, "Laptops are replaced after 3 years."),
        (LEAVE, "Phones are replaced after 2 years."),
    );
    agrees(
        "How much does the company reimburse?",
        (TRAVEL, "The company reimburses meals up to EUR 80."),
        (LEAVE, "The company reimburses team events up to EUR 45."),
    );
}

#[test]
fn a_limit_and_a_minimum_are_no_conflict() {
    agrees(
        "How much notice do I give?",
        (HANDBOOK, "The notice given is at least 30 days."),
        (LEAVE, "The notice given is at most 90 days."),
    );
    agrees(
        "Up to which value may I accept gifts?",
        (GIFTS, "Gifts may be accepted up to EUR 50."),
        (CODE, "Gifts of more than EUR 30 are entered when accepted."),
    );
    agrees(
        "Up to which value may I accept gifts?",
        (GIFTS, "Gifts may be accepted up to EUR 50 per year."),
        (CODE, "Gifts may be accepted up to EUR 20 per month."),
    );
}

#[test]
fn contracts_never_contradict_each_other() {
    agrees(
        "What is the notice period for termination?",
        (
            "Master Services Agreement Fjordline > 12 Termination",
            "The notice period for termination is ninety (90) days.",
        ),
        (
            "Distribution Agreement Iberica > 9 Termination",
            "The notice period for termination is six months.",
        ),
    );
    agrees(
        "What is the payment term for invoices?",
        (
            "Procurement Policy",
            "The payment term for invoices is 30 days.",
        ),
        (
            "Framework",
            "Under this Agreement the payment term for invoices is 60 days.",
        ),
    );
}

#[test]
fn one_document_never_contradicts_itself() {
    let text = "The notice period is 30 days.";
    let other = "The notice period is 60 days.";
    let sides = [text, other].map(|text| Side {
        document: "a",
        header: HANDBOOK,
        text,
    });
    assert_eq!(find("What is the notice period?", &sides), None);
    // And what says two things can't be held against another document.
    let third = Side {
        document: "b",
        header: LEAVE,
        text: "The notice period is 90 days.",
    };
    assert_eq!(
        find("What is the notice period?", &[sides[0], sides[1], third]),
        None
    );
}

#[test]
fn a_statement_about_something_else_is_no_side() {
    agrees(
        "Within how many days is a gift reported?",
        (GIFTS, "A gift is reported within 5 days."),
        (
            "Breach Procedure",
            "A personal data breach is reported within 3 days.",
        ),
    );
    agrees(
        "Who is the Data Protection Officer?",
        (GIFTS, "The Data Protection Officer is Sofia Lind."),
        (CODE, "The Data Protection Officer is Anna Berg."),
    );
}

#[test]
fn three_documents_make_three_sides() {
    let sides = [("a", "30 days"), ("b", "60 days"), ("c", "90 days")]
        .map(|(document, value)| (document, format!("The notice period is {value}.")));
    let sides: Vec<Side<'_>> = sides
        .iter()
        .map(|(document, text)| Side {
            document,
            header: HANDBOOK,
            text,
        })
        .collect();
    let found = find("What is the notice period?", &sides).unwrap();
    assert_eq!(found.sides.len(), 3);
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn breaks_nothing(
            one in "(\\PC|[.:|#\n€$%-]|notice period |ß|30 days|EUR 5){0,40}",
            other in "(\\PC|[.:|#\n€$%-]|notice period |ß|60 days|EUR 7){0,40}",
        ) {
            let sides = two((HANDBOOK, &one), (LEAVE, &other));
            if let Some(found) = find("What is the notice period?", &sides) {
                for side in found.sides {
                    let text = sides[side.passage].text;
                    let quote: String = text.chars().skip(side.start).take(side.end - side.start).collect();
                    prop_assert!(quote.contains(&side.value));
                }
            }
        }
    }
}
