use super::*;

fn fault(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn json_lines_are_read_with_their_aliases_and_unknown_fields_are_ignored() {
    let text = concat!(
        r#"{"question": "How long is the notice period?", "query": "Consider it; how long?", "file": "contracts/acme.txt", "#,
        r#""category": "Notice", "spans": [[12, 40], [80, 90]], "paras": [[0, 100]], "type": "x"}"#,
        "\n\n",
        r#"{"question": "Who pays?", "answerable": false, "document": "acme.txt"}"#,
        "\n",
        r#"{"query": "Is it exclusive?", "answerable": "yes"}"#,
    );
    let questions = parse(text).unwrap();
    assert_eq!(questions.len(), 3);
    assert_eq!(questions[0].question, "How long is the notice period?");
    assert_eq!(questions[0].document.as_deref(), Some("acme.txt"));
    assert_eq!(questions[0].spans, [(12, 40), (80, 90)]);
    assert_eq!(questions[0].answerable, Some(true), "it has a place");
    assert_eq!(questions[1].answerable, Some(false));
    assert_eq!(questions[2].question, "Is it exclusive?");
    assert_eq!(questions[2].answerable, Some(true));
}

#[test]
fn a_table_is_read_with_comma_semicolon_or_tab_and_a_byte_order_mark() {
    for separator in [",", ";", "\t"] {
        let text = [
            ["\u{feff}Question", "Document", "Answerable", "Category"].join(separator),
            ["\"Notice, or 'notice;'?\"", "acme.txt", "No", "Notice"].join(separator),
            ["", "", "", ""].join(separator),
            ["Who pays?", "", "1", ""].join(separator),
        ]
        .join("\r\n");
        let questions = parse(&text).unwrap();
        assert_eq!(questions.len(), 2);
        assert_eq!(questions[0].question, "Notice, or 'notice;'?");
        assert_eq!(questions[0].document.as_deref(), Some("acme.txt"));
        assert_eq!(questions[0].answerable, Some(false));
        assert_eq!(questions[0].category.as_deref(), Some("Notice"));
        assert_eq!(questions[1].document, None);
        assert_eq!(questions[1].answerable, Some(true));
    }
}

#[test]
fn spans_of_a_table_are_pairs_of_characters() {
    let text = "question,spans,quote\nWhen?,12-40;80-90,\nWho?,,the tenant pays\nWhy?,,\n";
    let questions = parse(text).unwrap();
    assert_eq!(questions[0].spans, [(12, 40), (80, 90)]);
    assert_eq!(questions[0].answerable, Some(true));
    assert_eq!(questions[1].quote.as_deref(), Some("the tenant pays"));
    assert_eq!(questions[1].answerable, Some(true));
    assert_eq!(questions[2].answerable, None);
}

#[test]
fn a_fault_names_its_line_and_what_to_do() {
    let second = |line: &str| fault(&format!("{{\"question\": \"a\"}}\n\n{line}\n"));
    assert_eq!(
        second("{\"question\": \"\"}"),
        "Line 3: there is no question. Fill in 'question'."
    );
    assert!(second("{\"question\": \"b\"").starts_with("Line 3: this is not a JSON object"));
    assert!(!second("{\"question\": 7}").contains("line 1"));
    assert!(second("[\"b\"]").contains("doesn't begin with '{'"));
    assert!(second("{\"question\": \"b\", \"spans\": [[9, 9]]}").contains("span 9-9 is empty"));
    assert!(second("{\"question\": \"b\", \"spans\": [[-1, 9]]}").contains("Line 3"));
    assert!(second("{\"question\": \"b\", \"answerable\": \"maybe\"}").contains("'maybe'"));
    assert!(second("{\"question\": \"b\", \"answerable\": 2}").contains("'2'"));
    let long = "é".repeat(MAX_QUESTION_CHARS + 1);
    assert!(second(&format!("{{\"question\": \"{long}\"}}")).contains("longer than 4000"));
    assert!(fault("question,spans\na,1-2\nb,3\n").starts_with("Line 3: the span '3'"));
    assert!(
        fault("question,document\n\"two\nlines\",x\nb,c,d\n").starts_with("Line 4: there are more")
    );
}

#[test]
fn a_file_without_questions_or_with_too_many_is_refused() {
    assert_eq!(parse(" \n").unwrap_err(), ParseError::Empty);
    assert_eq!(parse("question,document\n").unwrap_err(), ParseError::Empty);
    assert_eq!(
        parse("[{\"question\": \"a\"}]").unwrap_err(),
        ParseError::Array
    );
    assert_eq!(
        parse("a,b\nc,d\n").unwrap_err(),
        ParseError::NoQuestionColumn
    );
    let most = "{\"question\": \"a\"}\n".repeat(MAX_QUESTIONS);
    assert_eq!(parse(&most).unwrap().len(), MAX_QUESTIONS);
    let text = format!("{most}{{\"question\": \"b\"}}");
    assert_eq!(parse(&text).unwrap_err(), ParseError::TooMany);
}
