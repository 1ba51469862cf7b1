use super::*;
use inhouse_protocol::FailureCause;

fn read(source: &str) -> Vec<(BlockKind, String)> {
    let parsed = parse(source.as_bytes()).unwrap();
    let chars: Vec<char> = parsed.text.chars().collect();
    let slice = |start, end| chars[start..end].iter().collect();
    parsed
        .blocks
        .iter()
        .map(|b| (b.kind, slice(b.start, b.end)))
        .collect()
}

fn texts(source: &str) -> Vec<String> {
    read(source).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn styles_labels_tables_and_notes_are_as_displayed() {
    let source = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\stylesheet{\s0 Normal;}
{\s1\outlinelevel0 heading 1;}{\*\cs9 Char;}{\s5 Title;}}{\info{\title Lending}{\author Ada}}
\pard\s5 Loan policy\par\pard\s1 Who may borrow\par
\pard{\listtext\pard\plain 7.2\tab}Staff may borrow a car.\footnote \chftn  By mail.}\par
\pard{\listtext\f3\'b7\tab}keys\par
\trowd\pard\intbl Car\cell Fee\par a day\cell\row
\pard Ask first{\*\atnid AR}{\*\atnauthor Ada Roth}\chatn{\*\annotation\pard Why?}.\par}"
        .replace("car.\\footnote", "car.{\\footnote");
    assert_eq!(
        read(&source),
        [
            (BlockKind::Heading { level: 1 }, "Loan policy".to_owned()),
            (BlockKind::Heading { level: 1 }, "Who may borrow".to_owned()),
            (
                BlockKind::Paragraph,
                "7.2 Staff may borrow a car. (note 1)".to_owned()
            ),
            (BlockKind::Footnote, "Note 1: By mail.".to_owned()),
            (BlockKind::ListItem, "• keys".to_owned()),
            (BlockKind::TableRow, "Car | Fee a day".to_owned()),
            (BlockKind::Paragraph, "Ask first.".to_owned()),
            (BlockKind::Footnote, "Comment by Ada Roth: Why?".to_owned()),
        ]
    );
    let parsed = parse(source.as_bytes()).unwrap();
    assert_eq!(parsed.title.as_deref(), Some("Loan policy"));
}

#[test]
fn letters_come_from_code_pages_fonts_and_unicode() {
    assert_eq!(texts(r"{\rtf1\ansi Pr\'e4mie 5 \'80\par}"), ["Prämie 5 €"]);
    assert_eq!(
        texts(r"{\rtf1\ansi\ansicpg1251 \'c4\'ee\'e3\'ee\'e2\'ee\'f0\par}"),
        ["Договор"]
    );
    assert_eq!(
        texts(r"{\rtf1\ansi{\fonttbl{\f1\fcharset128 Mincho;}}{\f1 \'8c\'5f\'96\'f1}\par}"),
        ["契約"]
    );
    assert_eq!(
        texts(r"{\rtf1\ansi\uc1 \u8364? and \u-10179?\u-8704?\uc2\u228\'c3\'a4!\par}"),
        ["€ and 😀ä!"]
    );
    assert_eq!(
        texts(r"{\rtf1 \ldblquote a\rdblquote\~b\_c \{d\}\emdash\par}"),
        ["“a” b-c {d}—"]
    );
}

#[test]
fn tracked_changes_read_as_accepted_and_hidden_text_is_dropped() {
    let source = r"{\rtf1 The fee is {\deleted five}{\revised six} euros{\v secret}.\par}";
    let parsed = parse(source.as_bytes()).unwrap();
    assert_eq!(parsed.text, "The fee is six euros.");
    assert_eq!(parsed.warnings, [CHANGES_ACCEPTED, HIDDEN_LEFT_OUT]);
}

#[test]
fn what_is_no_text_is_skipped() {
    let source = r"{\rtf1{\*\generator Word}{\header Loan policy}{\footer Page {\field{\*\fldinst
PAGE}{\fldrslt 1}}}{\pict\bin4 }}}}}{\*\unknown secret}{\object{\*\objdata 00ff}{\result shown}}
{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In a box.\par}}{\shprslt In a box.}} end\par}";
    assert_eq!(texts(source), ["Loan policy", "In a box.", "shown end"]);
}

#[test]
fn deep_groups_open_ends_and_other_files_fail_with_a_reason() {
    let deep = format!("{{\\rtf1 {}", "{".repeat(100_000));
    let failure = parse(deep.as_bytes()).unwrap_err();
    assert_eq!(failure.cause, FailureCause::Depth);
    assert_eq!(texts(r"{\rtf1 {\b open"), ["open"]);
    assert_eq!(texts(r"{\rtf1 closed}}}} more"), ["closed more"]);
    let failure = parse(b"plain").unwrap_err();
    assert_eq!(failure.cause, FailureCause::Broken);
}
