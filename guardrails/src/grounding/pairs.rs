//! Pairs of sentences that are nearly the same: one that has to pass and one that has to fail.

use super::CheckKind::{Dates, Modality, Names, Numbers};
use super::tests::{fails, passes};
use super::*;

#[test]
fn periods_are_one_however_they_are_written() {
    for (sentence, passage) in [
        ("Notice is 30 days.", "Notice is thirty (30) days."),
        ("Notice is thirty days.", "Notice is 30 days."),
        ("Notice is 14 days.", "Notice is a fortnight."),
        ("Notice is a fortnight.", "Notice is two weeks."),
        ("Notice is six months.", "Notice is half a year."),
        (
            "The audit takes two and a half hours.",
            "The audit takes 2.5 hours.",
        ),
        ("Notice is one month.", "One month's notice is given."),
        (
            "Employees have 28 days of vacation.",
            "Employees have 28 vacation days.",
        ),
        (
            "The deposit is two times the rent.",
            "The deposit is twice the rent.",
        ),
        (
            "The certificate is due on the 8th day.",
            "The certificate is due on the eighth day.",
        ),
        (
            "Die Frist beträgt 30 Tage.",
            "Die Frist beträgt dreißig Tage.",
        ),
        (
            "Die Frist beträgt zwei Wochen.",
            "Die Frist beträgt 14 Tage.",
        ),
        (
            "Die Frist beträgt einen Monat.",
            "Die Frist beträgt 1 Monat.",
        ),
    ] {
        passes(sentence, passage);
    }
    for (sentence, passage) in [
        ("Notice is 31 days.", "Notice is thirty (30) days."),
        ("Notice is a fortnight.", "Notice is one week."),
        ("Notice is half a year.", "Notice is three months."),
        ("Notice is 10 days.", "Notice is 10 working days."),
        (
            "Die Frist beträgt dreißig Tage.",
            "Die Frist beträgt dreizehn Tage.",
        ),
        (
            "Die Frist beträgt 10 Tage.",
            "Die Frist beträgt 10 Werktage.",
        ),
    ] {
        fails(sentence, passage, Dates);
    }
}

#[test]
fn shares_and_amounts_are_one_however_they_are_written() {
    for (sentence, passage) in [
        (
            "The supplier pays half of the costs.",
            "The supplier pays 50% of the costs.",
        ),
        (
            "The supplier pays 10 % of the costs.",
            "The supplier pays ten percent of the costs.",
        ),
        (
            "The supplier pays one half of the costs.",
            "The supplier pays half of the costs.",
        ),
        (
            "Der Lieferant zahlt 10 % der Kosten.",
            "Der Lieferant zahlt zehn Prozent der Kosten.",
        ),
        (
            "Die Strafe beträgt 5.000 Euro.",
            "Die Strafe beträgt fünftausend Euro.",
        ),
        ("The fine is EUR 2.5 million.", "The fine is EUR 2,500,000."),
    ] {
        passes(sentence, passage);
    }
    for (sentence, passage) in [
        (
            "The supplier pays half of the costs.",
            "The supplier pays 40% of the costs.",
        ),
        (
            "The supplier pays two thirds of the costs.",
            "The supplier pays half of the costs.",
        ),
        (
            "Die Strafe beträgt 5.000 Euro.",
            "Die Strafe beträgt fünfhundert Euro.",
        ),
    ] {
        fails(sentence, passage, Numbers);
    }
}

#[test]
fn the_unit_of_a_table_is_the_one_in_its_head() {
    let table = "Record | Retention (years)\nInvoices | 10";
    passes("Invoices are kept for 10 years.", table);
    fails("Invoices are kept for 10 months.", table, Dates);
}

#[test]
fn a_bound_keeps_its_side() {
    for (sentence, passage) in [
        (
            "Passwords have 14 characters or more.",
            "Passwords have at least 14 characters.",
        ),
        (
            "Notice is no less than 30 days.",
            "Notice is at least 30 days.",
        ),
        (
            "Gifts may be worth up to EUR 50.",
            "Gifts may be worth at most EUR 50.",
        ),
        ("The fee does not exceed 8%.", "The fee is at most 8%."),
        (
            "A receipt is needed above EUR 10.",
            "A receipt is needed from EUR 10 on.",
        ),
        (
            "Report the loss within 2 hours.",
            "Report the loss no later than 2 hours after it.",
        ),
        (
            "Ask at least 10 days before the event.",
            "Ask no later than 10 days before the event.",
        ),
        ("The fee is 8%.", "The fee is up to 8%."),
        (
            "Die Frist beträgt mindestens 30 Tage.",
            "Die Frist beträgt nicht weniger als 30 Tage.",
        ),
    ] {
        passes(sentence, passage);
    }
    for (sentence, passage, kind) in [
        (
            "Passwords have at most 14 characters.",
            "Passwords have at least 14 characters.",
            Numbers,
        ),
        (
            "Gifts may be worth EUR 50 or more.",
            "Gifts may be worth up to EUR 50.",
            Numbers,
        ),
        (
            "A receipt is needed up to EUR 10.",
            "A receipt is needed from EUR 10 on.",
            Numbers,
        ),
        (
            "The fee is at least 8%.",
            "The fee does not exceed 8%.",
            Numbers,
        ),
        (
            "Notice is at most 30 days.",
            "Notice is no less than 30 days.",
            Dates,
        ),
        (
            "Report the loss after at least 2 hours.",
            "Report the loss within 2 hours.",
            Dates,
        ),
        (
            "Gifts below EUR 50 need approval.",
            "Gifts above EUR 50 need approval.",
            Numbers,
        ),
        (
            "Die Frist beträgt höchstens 30 Tage.",
            "Die Frist beträgt mindestens 30 Tage.",
            Dates,
        ),
    ] {
        fails(sentence, passage, kind);
    }
}

#[test]
fn both_sides_of_one_limit_may_be_told() {
    let gifts = "Employees may accept gifts up to EUR 50. A more valuable gift is refused.";
    passes("A gift of more than EUR 50 is refused.", gifts);
}

#[test]
fn a_defined_term_is_not_exchanged_for_its_rival() {
    let sales = "“Net Sales” means the gross amount invoiced less returns. The royalty is 5% of the \
                 Net Sales. Personal Data is processed in the EU.";
    passes("The royalty is 5% of Net Sales.", sales);
    passes("The royalty is 5% of net sales.", sales);
    passes("Personal Data is processed in the EU.", sales);
    fails("The royalty is 5% of Gross Sales.", sales, Names);
    let results = check(
        "The royalty is 5% of Gross Sales.",
        "What are Gross Sales?",
        &[sales],
    );
    let names = results.iter().find(|result| result.kind == Names);
    assert!(names.is_some_and(|result| result.passed), "{results:?}");
}

#[test]
fn a_condition_is_not_turned_round() {
    let renewal = "The Agreement renews automatically unless either party gives notice.";
    passes(
        "The Agreement renews automatically unless a party gives notice.",
        renewal,
    );
    passes(
        "The Agreement does not renew if a party gives notice.",
        renewal,
    );
    fails(
        "The Agreement renews automatically if a party gives notice.",
        renewal,
        Modality,
    );
    let fee = "Tickets are reimbursed without a receipt.";
    passes("Tickets are reimbursed without a receipt.", fee);
    fails("Tickets are reimbursed with a receipt.", fee, Modality);
    let german = "Der Vertrag verlängert sich, sofern keine Partei kündigt.";
    passes(
        "Der Vertrag verlängert sich, sofern keine Partei kündigt.",
        german,
    );
}

#[test]
fn what_is_forbidden_without_is_allowed_with() {
    let consent = "The Supplier shall not assign this Agreement without the prior consent of the \
                   Customer.";
    passes(
        "The Supplier may assign this Agreement with the prior consent of the Customer.",
        consent,
    );
    fails(
        "The Supplier may assign this Agreement without the consent of the Customer.",
        consent,
        Modality,
    );
    fails(
        "The Supplier may not assign this Agreement with the prior consent of the Customer.",
        consent,
        Modality,
    );
}

#[test]
fn a_ban_holds_for_each_of_its_verbs() {
    let text = "The Supplier shall not assign, transfer or pledge this Agreement nor subcontract the \
                Services.";
    passes("The Supplier may not pledge this Agreement.", text);
    fails("The Supplier may transfer this Agreement.", text, Modality);
    fails("The Supplier may subcontract the Services.", text, Modality);
}

#[test]
fn a_plain_statement_is_not_denied() {
    let text = "The warranty covers hidden defects of the goods. It does not cover wear.";
    passes("The warranty covers hidden defects of the goods.", text);
    fails(
        "The warranty does not cover hidden defects of the goods.",
        text,
        Modality,
    );
}

#[test]
fn who_pays_is_not_exchanged() {
    let text = "The Seller pays liquidated damages of 1% of the price.";
    passes("Liquidated damages of 1% are paid by the Seller.", text);
    fails("The Buyer pays liquidated damages of 1%.", text, Modality);
    let fees = "The fees are paid to the Supplier every month.";
    passes(
        "The Customer pays the fees every month.",
        &format!("{fees} The Customer is billed."),
    );
}

#[test]
fn german_modals_have_to_agree() {
    let text = "Mitarbeiter dürfen während einer Ausschreibung keine Geschenke annehmen. Der \
                Lieferant muss Mängel nicht melden. Private Nutzung ist nicht gestattet. \
                Unterauftragnehmer dürfen beauftragt werden.";
    for sentence in [
        "Mitarbeiter dürfen während einer Ausschreibung keine Geschenke annehmen.",
        "Der Lieferant muss Mängel nicht melden.",
        "Private Nutzung ist verboten.",
        "Unterauftragnehmer dürfen beauftragt werden.",
    ] {
        passes(sentence, text);
    }
    for sentence in [
        "Mitarbeiter dürfen während einer Ausschreibung Geschenke annehmen.",
        "Der Lieferant muss Mängel melden.",
        "Private Nutzung ist gestattet.",
        "Unterauftragnehmer dürfen nicht beauftragt werden.",
    ] {
        fails(sentence, text, Modality);
    }
}

#[test]
fn support_is_a_share() {
    let passage = "Gifts above EUR 50 need the approval of Legal.";
    assert!((support("Gifts need approval.", "", passage) - 1.0).abs() < 1e-9);
    assert!((support("Gifts need flowers.", "", passage) - 2.0 / 3.0).abs() < 1e-9);
    assert!((support("Gifts need flowers.", "Which flowers?", passage) - 1.0).abs() < 1e-9);
    assert!(support("Weather is mild.", "", passage).abs() < 1e-9);
    assert!(support("", "", passage).abs() < 1e-9);
}

#[test]
fn a_quote_carries_the_sentence_that_it_is_about() {
    let wrong = "A gift above EUR 500 needs the approval of Legal [1].";
    assert!(carries(wrong, "Gifts above EUR 50 need the approval of Legal.") > 0.9);
    assert!(carries(wrong, "Hotels are booked in the portal.") < 0.1);
}
