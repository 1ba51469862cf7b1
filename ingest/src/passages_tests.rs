use super::*;
use crate::detect::Format;
use crate::parse::parse;

fn passages(format: Format, source: &str) -> Vec<NewPassage> {
    let parsed = parse(format, source.as_bytes()).unwrap();
    let chars: Vec<char> = parsed.text.chars().collect();
    let passages = split(&parsed, "Contract");
    for passage in &passages {
        let span: String = chars[passage.start..passage.end].iter().collect();
        assert_eq!(passage.text, span);
    }
    passages
}

fn sentences(n: usize) -> String {
    let sentence = |i| format!("Sentence number {i} says “näthing” of weight. ");
    (0..n).map(sentence).collect::<Vec<_>>().concat()
}

#[test]
fn no_passage_goes_across_a_heading_and_each_knows_its_path() {
    let source = "# Contract\n\n## 1 Scope\n\nShort text.\n\n## 2 Term\n\n### 2.1 Start\n\nBegins \
                  today.\n\n### 2.2 [End](x.md)\n\nEnds *soon*.\n";
    let found: Vec<(Vec<String>, String)> = passages(Format::Markdown, source)
        .into_iter()
        .map(|p| (p.heading_path, p.text))
        .collect();
    let path = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            (
                path(&["1 Scope"]),
                "Contract\n\n## 1 Scope\n\nShort text.".into()
            ),
            (
                path(&["2 Term", "2.1 Start"]),
                "2 Term\n\n### 2.1 Start\n\nBegins today.".into()
            ),
            (
                path(&["2 Term", "2.2 End"]),
                "[End](x.md)\n\nEnds *soon*.".replacen("[End]", "2.2 [End]", 1)
            ),
        ]
    );
}

#[test]
fn a_long_paragraph_is_cut_at_sentences_into_even_pieces() {
    let found = passages(Format::Text, &sentences(60));
    assert!(found.len() > 3);
    for passage in &found {
        let length = passage.end - passage.start;
        assert!((300..=MOST).contains(&length), "{length}");
        assert!(passage.text.ends_with("weight."), "{}", passage.text);
        assert!(passage.text.starts_with("Sentence"), "{}", passage.text);
    }
}

#[test]
fn pieces_of_one_clause_keep_its_title_in_their_path() {
    let source = format!("7.2 Effect of Termination. {}", sentences(40));
    for passage in passages(Format::Text, &source) {
        assert_eq!(passage.heading_path, ["7.2 Effect of Termination"]);
    }
}

#[test]
fn short_paragraphs_of_a_section_share_a_passage_up_to_the_limit() {
    let source = "One short paragraph of text.\n\n".repeat(50);
    let found = passages(Format::Text, &source);
    assert!(found.len() < 5);
    assert!(found.iter().all(|p| p.end - p.start <= MOST));
}

#[test]
fn a_text_without_any_blank_is_still_cut() {
    let found = passages(Format::Text, &"ab".repeat(5000));
    assert!(found.iter().all(|p| p.end - p.start <= MOST));
    let total: usize = found.iter().map(|p| p.end - p.start).sum();
    assert_eq!(total, 10_000);
}

#[test]
fn later_rows_of_a_table_know_its_columns() {
    let row = |i| format!("<tr><td>Article {i}</td><td>{i} euros a piece</td></tr>");
    let rows = (0..100).map(row).collect::<Vec<_>>().concat();
    let source = format!(
        "<h2>Prices</h2><table><tr><th>Article</th><th>Price</th></tr>{rows}</table><p>All prices \
         are net.</p>"
    );
    let found = passages(Format::Html, &source);
    assert!(found.len() > 2);
    assert!(found[0].text.contains("Article | Price"));
    assert_eq!(found[0].heading_path, ["Prices"]);
    for passage in &found[1..] {
        let of_rows = passage.text.starts_with("Article ");
        let path: &[&str] = if of_rows {
            &["Prices", "Article | Price"]
        } else {
            &["Prices"]
        };
        assert_eq!(passage.heading_path, path, "{}", passage.text);
    }
}
