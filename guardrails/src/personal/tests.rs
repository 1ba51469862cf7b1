use super::*;

/// The one kind found in `text`, and the words.
#[track_caller]
fn only(text: &str) -> (Kind, String) {
    let found = find(text);
    let [one] = found.as_slice() else {
        panic!("one piece is expected in '{text}': {found:?}");
    };
    let words = text.chars().skip(one.start).take(one.end - one.start);
    (one.kind, words.collect())
}

#[track_caller]
fn finds(kind: Kind, words: &str) {
    for text in [words.to_owned(), format!("Ist es so: {words}, oder?")] {
        assert_eq!(only(&text), (kind, words.to_owned()), "{text}");
    }
}

#[track_caller]
fn nothing(text: &str) {
    assert_eq!(find(text), [], "{text}");
}

#[test]
fn e_mail_addresses_are_found_without_the_full_stop() {
    finds(Kind::Email, "anna.berg+legal@mail.example.co.uk");
    let (_, words) = only("Write to anna@example.org.");
    assert_eq!(words, "anna@example.org");
    nothing("Meet us @ the fair, or see example.org.");
}

#[test]
fn an_iban_is_found_by_its_checksum_and_the_length_of_its_country() {
    for account in [
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "de89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NL91ABNA0417164300",
        "NO93 8601 1117 947",
    ] {
        finds(Kind::Iban, account);
    }
    nothing("DE89 3704 0044 0532 0130 01");
    nothing("DE89 3704 0044 0532 0130");
    nothing("Our VAT number is DE123456789.");
}

#[test]
fn a_card_is_found_by_its_network_and_check_digit() {
    for card in [
        "4111 1111 1111 1111",
        "4111111111111111",
        "5555-5555-5555-4444",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "6011 1111 1111 1117",
        "3056 930902 5904",
        "3530 1113 3330 0000",
    ] {
        finds(Kind::Card, card);
    }
    let (_, words) = only("The card 4111 1111 1111 1111 12 of the guest.");
    assert_eq!(words, "4111 1111 1111 1111");
    nothing("4111 1111 1111 1112");
    // A trade item number of thirteen figures, and a book's.
    nothing("GTIN 4006381333931");
    nothing("ISBN 978-3-16-148410-0");
}

#[test]
fn national_numbers_are_found_by_their_checksums() {
    for (right, wrong) in [
        // Germany: tax, pension.
        ("86095742719", "86095742718"),
        ("86 095 742 719", "86 095 742 791"),
        ("15070649C103", "15070649C104"),
        ("15 070649 C 103", "15 071349 C 103"),
        // Spain: DNI, NIE.
        ("12345678Z", "12345678A"),
        ("X1234567L", "X1234567M"),
        // France.
        ("255081416802538", "255081416802539"),
        ("2 55 08 14 168 025 38", "2 55 08 14 168 025 83"),
        // Italy.
        ("RSSMRA85T10A562S", "RSSMRA85T10A562T"),
        // Poland.
        ("44051401359", "44051401358"),
        // Sweden; with the month 56 it is a company's.
        ("811218-9876", "811218-9877"),
        ("19811218-9876", "556000-4615"),
        // The United Kingdom and the United States have none, but numbers not given out.
        ("AB123456C", "QQ123456C"),
        ("AB 12 34 56 C", "GB 12 34 56 C"),
        ("078-05-1120", "000-05-1120"),
    ] {
        finds(Kind::NationalId, right);
        nothing(wrong);
    }
}

#[test]
fn a_dutch_number_needs_its_name() {
    let (kind, words) = only("Her BSN is 111222333.");
    assert_eq!((kind, words.as_str()), (Kind::NationalId, "111222333"));
    nothing("Her BSN is 111222334.");
    nothing("The order 111222333 is late.");
}

#[test]
fn telephone_numbers_are_found_in_their_usual_forms() {
    for number in [
        "+49 30 901820",
        "+49 (0)30 90182-0",
        "+1 212-555-0187",
        "+442079460958",
        "030 9018200",
        "0171/5550123",
        "(089) 1234567",
        "020 7946 0958",
        "01 23 45 67 89",
        "(212) 555-0187",
        "212-555-0187",
        "212.555.0187",
    ] {
        finds(Kind::Phone, number);
    }
    let (kind, words) = only("My phone number is 5550 187.");
    assert_eq!((kind, words.as_str()), (Kind::Phone, "5550 187"));
    nothing("The phone call of 12.03.2024 counts.");
    nothing("A mobile phone costs 1.200 euros.");
}

#[test]
fn contracts_and_policies_stay_as_they_are() {
    for text in [
        "Under clause 12.4.1, and section 8.2(b), notice of 30 days is due on 31.03.2026 or 2026-03-31.",
        "The fee is EUR 1,250,000.00, or 1.250.000,00 Euro, and USD 250 000 000 at most.",
        "It holds for ISO 27001:2022, IEC 60068-2-1 and EN 301 549.",
        "Kestrel Marine GmbH, HRB 12345 B, Amtsgericht Hamburg, VAT DE123456789.",
        "Regulation (EU) 2016/679, Directive (EU) 2019/1937, Case C-311/18, BGBl. I S. 2954.",
        "Purchase order 4500012345 of 12/03/2024, quotation 2024-0815, part HP-9.",
        "Between 08:00 and 17:00 on 365 days, 99.95 % of the time, 0.5 per cent a month.",
        "The Service Provider shall indemnify the Customer under Article 9 of the General Terms.",
        "§ 139b AO and Art. 6(1)(f) of the General Data Protection Regulation apply.",
        "The clause at DFARS 252.227-7013, and patent 201410046641 of 10-Feb-14.",
        "Postfach 10 01 02, 20095 Hamburg, Room 0815.",
        "Which Employee Stock Plan applies to Employee Benefits Managers?",
    ] {
        nothing(text);
        assert_eq!(mask(text), text);
    }
}

#[test]
fn names_are_found_after_a_title() {
    for (text, name) in [
        ("May Mr. Lindberg work from home?", "Lindberg"),
        ("Darf Frau Dr. Anna Berg das?", "Anna Berg"),
        ("Does the employee Anna Berg get a bonus?", "Anna Berg"),
        ("Ask Ms van der Meer about it.", "van der Meer"),
    ] {
        assert_eq!(only(text), (Kind::Name, name.to_owned()), "{text}");
    }
    nothing("Which employee Handbook holds?");
    nothing("Anna Berg asks about the lease.");
}

#[test]
fn names_are_found_near_other_personal_data() {
    let text = "Can Anna Berg, born on that day, be paid to DE89 3704 0044 0532 0130 00?";
    assert_eq!(
        mask(text),
        "Can [name], born on that day, be paid to [IBAN]?"
    );
    let text = "Please call Jonas von Meer at +49 30 901820 about the Master Agreement.";
    assert_eq!(
        mask(text),
        "Please call [name] at [phone number] about the Master Agreement."
    );
    let text = "Kestrel Marine GmbH, +49 30 901820";
    assert_eq!(mask(text), "Kestrel Marine GmbH, [phone number]");
    let far = format!("Anna Berg {} anna@example.org", "writes letters ".repeat(4));
    assert!(mask(&far).starts_with("Anna Berg"), "{far}");
}

#[test]
fn places_are_counted_in_characters() {
    let found = find("Für Änderungen: anna@example.org");
    assert_eq!(
        found,
        [Found {
            kind: Kind::Email,
            start: 16,
            end: 32
        }]
    );
}

#[test]
fn several_pieces_are_found_in_order_and_masked() {
    let text = "Write to anna@example.org or +49 30 901820, tax id 86095742719.";
    let kinds: Vec<Kind> = find(text).iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [Kind::Email, Kind::Phone, Kind::NationalId]);
    assert_eq!(
        mask(text),
        "Write to [e-mail] or [phone number], tax id [id number]."
    );
    assert_eq!(mask(""), "");
}
