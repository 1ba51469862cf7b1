use super::*;

const GIFTS: &str = "Gifts and Hospitality Policy > 3 Limits\n\
    3.1 Employees may accept a gift from a business partner up to a value of EUR 50 per calendar \
    year. Cash gifts are prohibited. 3.2 A gift above this value shall be reported to the \
    Compliance Officer within five (5) business days. No employee may accept a gift during a tender.";

const TERM: &str = "Master Services Agreement > 12 Term and Termination\n\
    12.1 This Agreement takes effect on 1 March 2024 and continues for two years. 12.2 Either party may terminate \
    this Agreement for convenience by giving ninety (90) days' written notice. 12.3 The Supplier \
    shall not assign this Agreement without the prior written consent of the Customer. 12.4 Late payments bear \
    interest at 8% per annum. The Supplier is not required to provide exit assistance for more than 30 to 60 days.";

fn failed(sentence: &str, passage: &str) -> Vec<CheckKind> {
    check(sentence, "", &[passage])
        .into_iter()
        .filter(|result| !result.passed)
        .map(|result| result.kind)
        .collect()
}

#[track_caller]
pub(super) fn passes(sentence: &str, passage: &str) {
    let results = check(sentence, "", &[passage]);
    assert!(passed(&results), "{sentence}: {results:#?}");
}

#[track_caller]
pub(super) fn fails(sentence: &str, passage: &str, kind: CheckKind) {
    let found = failed(sentence, passage);
    assert!(found.contains(&kind), "{sentence}: {found:?}");
}

#[test]
fn true_sentences_pass() {
    for sentence in [
        "Employees may accept a gift up to EUR 50 per calendar year [1].",
        "A gift of more than €50 shall be reported to the Compliance Officer within 5 business days.",
        "Cash gifts are not allowed.",
        "An employee may not accept a gift during a tender.",
    ] {
        passes(sentence, GIFTS);
    }
    for sentence in [
        "Either party may terminate the agreement with 90 days' written notice.",
        "The agreement took effect on March 1, 2024 and continues for 24 months.",
        "Late payments bear interest of 8 percent.",
        "The Supplier may not assign the Agreement without the prior written consent of the Customer.",
        "The Supplier does not have to provide exit assistance for more than 60 days.",
        "1. The agreement takes effect on 2024-03-01.",
    ] {
        passes(sentence, TERM);
    }
}

#[test]
fn a_wrong_amount_number_or_percentage_fails() {
    fails(
        "Employees may accept a gift up to EUR 500.",
        GIFTS,
        CheckKind::Numbers,
    );
    fails(
        "Employees may accept a gift up to USD 50.",
        GIFTS,
        CheckKind::Numbers,
    );
    fails(
        "Late payments bear interest at 9% per annum.",
        TERM,
        CheckKind::Numbers,
    );
    fails(
        "A gift of 50,00,7 euros shall be reported.",
        GIFTS,
        CheckKind::Numbers,
    );
    fails(
        "Under 3.1.4 a gift shall be reported.",
        GIFTS,
        CheckKind::Numbers,
    );
    fails(
        "Late payments bear interest at eight euros.",
        TERM,
        CheckKind::Numbers,
    );
}

#[test]
fn a_wrong_period_unit_or_date_fails() {
    fails(
        "A gift shall be reported within 10 business days.",
        GIFTS,
        CheckKind::Dates,
    );
    fails(
        "A gift shall be reported within 5 days.",
        GIFTS,
        CheckKind::Dates,
    );
    fails(
        "Either party may terminate with sixty-one days' notice.",
        TERM,
        CheckKind::Dates,
    );
    fails(
        "The agreement takes effect on 1 March 2025.",
        TERM,
        CheckKind::Dates,
    );
    fails(
        "The agreement takes effect on 3 January 2024.",
        TERM,
        CheckKind::Dates,
    );
    fails(
        "The agreement continues for 2 months.",
        TERM,
        CheckKind::Dates,
    );
}

#[test]
fn a_name_that_the_passage_lacks_fails_also_where_the_question_named_it() {
    let sentence = "A gift above this value shall be reported to Lena Berg.";
    fails(sentence, GIFTS, CheckKind::Names);
    let results = check(sentence, "Is Lena Berg to be told of a gift?", &[GIFTS]);
    assert!(!passed(&results), "the passage may speak of somebody else");
    fails(
        "A gift shall be reported under the GDPR.",
        GIFTS,
        CheckKind::Names,
    );
}

#[test]
fn quotes_stand_verbatim_but_for_spaces_and_marks() {
    passes("The policy says “Cash   gifts are prohibited.”", GIFTS);
    passes("It says 'cash gifts are prohibited'.", GIFTS);
    passes("Notice is \"ninety (90) days’ written notice\".", TERM);
    passes(
        "It \"takes effect on 1 March 2024 ... for two years\".",
        TERM,
    );
    fails(
        "The policy says \"Cash gifts are permitted\".",
        GIFTS,
        CheckKind::Quote,
    );
    fails(
        "It says \"two years and continues\".",
        TERM,
        CheckKind::Quote,
    );
}

#[test]
fn how_often_has_to_agree() {
    fails(
        "Employees may accept a gift up to EUR 50 per month.",
        GIFTS,
        CheckKind::Dates,
    );
    passes("Employees may accept a gift up to EUR 50 each year.", GIFTS);
    passes("The yearly interest on late payments is 8%.", TERM);
    let rent = "The base rent is SEK 315,000 per month, reviewed once a year.";
    passes("The monthly base rent is SEK 315,000.", rent);
    passes("The base rent is reviewed every year.", rent);
    fails(
        "The base rent is reviewed every week.",
        rent,
        CheckKind::Dates,
    );
}

#[test]
fn a_turned_modality_or_negation_fails() {
    for (sentence, passage) in [
        ("Cash gifts are allowed.", GIFTS),
        (
            "Employees shall accept a gift from a business partner.",
            GIFTS,
        ),
        ("An employee may accept a gift during a tender.", TERM),
    ] {
        assert!(!failed(sentence, passage).is_empty(), "{sentence}");
    }
    fails(
        "A gift above this value may be reported to the Compliance Officer.",
        GIFTS,
        CheckKind::Modality,
    );
    fails(
        "A gift above this value need not be reported to the Compliance Officer.",
        GIFTS,
        CheckKind::Modality,
    );
    fails(
        "The Supplier may assign this Agreement without the consent of the Customer.",
        TERM,
        CheckKind::Modality,
    );
    fails(
        "Either party shall terminate this Agreement for convenience.",
        TERM,
        CheckKind::Modality,
    );
    fails(
        "Either party may not terminate this Agreement for convenience.",
        TERM,
        CheckKind::Modality,
    );
    let work = "Unpaid work for charities needs no approval. Work from other countries is not \
                permitted, except on a business trip.";
    fails(
        "Unpaid work for charities needs approval.",
        work,
        CheckKind::Modality,
    );
    passes("No approval is needed for unpaid work for charities.", work);
    fails(
        "Work from other countries is permitted.",
        work,
        CheckKind::Modality,
    );
    fails(
        "The Supplier is required to provide exit assistance.",
        TERM,
        CheckKind::Modality,
    );
}

#[test]
fn the_sides_of_a_contract_must_not_change_places() {
    let text = "12.1 The Customer may terminate a Statement of Work for convenience with ninety (90) \
                days' written notice. 12.2 The Supplier shall provide exit assistance.";
    passes(
        "The Customer may terminate a Statement of Work with 90 days' notice.",
        text,
    );
    fails(
        "The Supplier may terminate a Statement of Work with 90 days' notice.",
        text,
        CheckKind::Modality,
    );
    fails(
        "The Customer shall provide exit assistance.",
        text,
        CheckKind::Modality,
    );
}

#[test]
fn words_from_elsewhere_fail() {
    fails(
        "The weather in spring is mild and pleasant for hiking.",
        GIFTS,
        CheckKind::Support,
    );
    fails(
        "Executives frequently purchase expensive watches for government partners abroad.",
        GIFTS,
        CheckKind::Support,
    );
}

#[test]
fn a_sentence_without_a_passage_fails() {
    let results = check("Employees may accept a gift.", "", &[]);
    assert_eq!(results.len(), 1);
    assert_eq!(
        (results[0].kind, results[0].passed),
        (CheckKind::Citation, false)
    );
}

#[test]
fn only_what_the_sentence_holds_is_reported() {
    let kinds: Vec<CheckKind> = check("Cash gifts are prohibited.", "", &[GIFTS])
        .into_iter()
        .map(|result| result.kind)
        .collect();
    assert_eq!(
        kinds,
        [CheckKind::Citation, CheckKind::Modality, CheckKind::Support]
    );
}

#[test]
fn figures_in_a_table_find_their_unit_in_its_head() {
    let table =
        "Records Retention Schedule\nRecord | Retention (years) | Limit (EUR)\nInvoices | 10 | 250";
    passes("Invoices are kept for 10 years (retention).", table);
    passes("The limit for invoices is EUR 250.", table);
    fails("Invoices are kept for 7 years.", table, CheckKind::Dates);
}

#[test]
fn a_figure_of_another_row_or_sentence_does_not_count() {
    let table = "Record | Kept for | Owner\nInvoices, annual accounts | 7 years | Finance\n\
                 Contracts with customers | 10 years | Legal";
    passes("Contracts with customers are kept for 10 years.", table);
    fails(
        "Contracts with customers are kept for 7 years.",
        table,
        CheckKind::Dates,
    );
    let text = "Passwords have at least 14 characters. A stolen laptop is reported. It is blocked after 2 hours.";
    passes("A stolen laptop is blocked after 2 hours.", text);
    fails(
        "Passwords have at least 2 characters.",
        text,
        CheckKind::Numbers,
    );
}

#[test]
fn details_say_what_failed() {
    let results = check("Employees may accept a gift up to EUR 500.", "", &[GIFTS]);
    let detail = &results
        .iter()
        .find(|r| !r.passed)
        .expect("one fails")
        .detail;
    assert_eq!(detail, "'500' does not stand in the cited passage");
}

#[test]
fn a_model_that_finds_nothing_is_understood() {
    assert!(says_not_found(
        "The passages do not say how long the notice is."
    ));
    assert!(says_not_found(
        "There is no information about this in the provided documents."
    ));
    assert!(!says_not_found(
        "The Supplier shall not disclose the information."
    ));
}

#[test]
fn odd_texts_break_nothing() {
    for text in [
        "",
        "…",
        "\"",
        "'",
        "1.",
        "(",
        "€",
        "30-",
        "-day",
        "“”",
        "a\u{301}\u{200d}",
        "١٢٣ ½ ²",
    ] {
        check(text, text, &[text]);
        check(text, "", &[GIFTS]);
        check("The term is 30 days.", "", &[text]);
    }
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn breaks_no_check(
            sentence in "(\\PC|[0-9.,%€$()\"'“”-]|may|shall|not| days| May ){0,40}",
            passage in "(\\PC|[0-9.,%€$()\"'“”-]|may|shall|not| days| May ){0,60}",
        ) {
            let results = check(&sentence, &passage, &[&passage, &sentence]);
            prop_assert!(!results.is_empty());
        }

        #[test]
        fn with_another_number_is_never_grounded(days in 1u32..400, other in 1u32..400) {
            prop_assume!(days != other);
            let passage = format!("The notice period is {days} days for each party.");
            let sentence = format!("The notice period is {other} days for each party.");
            prop_assert!(!passed(&check(&sentence, "", &[&passage])));
            prop_assert!(passed(&check(&passage, "", &[&passage])));
        }
    }
}
