use super::svg::{escaped, shortened};
use super::*;
use crate::figures;
use crate::figures::tests::evaluation;
use crate::words;
use inhouse_protocol::{EvaluationKind, Metric};

fn sample() -> (Vec<EvaluationResult>, Vec<Figure>) {
    let (results, measured): (Vec<_>, Vec<_>) = evaluation().into_iter().unzip();
    let figures = figures(EvaluationKind::Rules, &results, &measured);
    (results, figures)
}

/// The text between the first `<name>` and `</name>`.
fn inside<'a>(svg: &'a str, name: &str) -> &'a str {
    let from = svg.split_once(&format!("<{name}>")).unwrap().1;
    from.split_once(&format!("</{name}>")).unwrap().0
}

/// The texts that are drawn.
fn drawn(svg: &str) -> Vec<&str> {
    svg.split("<text ")
        .skip(1)
        .map(|text| {
            let from = text.split_once('>').unwrap().1;
            from.split_once("</text>").unwrap().0
        })
        .collect()
}

#[test]
fn every_chart_is_drawn_without_style_script_or_color_of_its_own() {
    let (results, figures) = sample();
    assert_eq!(available(&results, &figures), CHARTS);
    for chart in CHARTS {
        let svg = draw(chart, &results, &figures).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        assert!(svg.contains(r#"role="img""#) && svg.contains(r#"viewBox="0 0 640 "#));
        assert!(!inside(&svg, "title").is_empty());
        for forbidden in ["style", "<script", "=\"#", "rgb", "NaN", "inf", "href"] {
            assert!(!svg.contains(forbidden), "{forbidden} in {chart:?}");
        }
    }
}

#[test]
fn tags_are_closed_in_the_order_they_were_opened() {
    let (results, figures) = sample();
    for chart in CHARTS {
        let svg = draw(chart, &results, &figures).unwrap();
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            assert!(tag.matches('"').count() % 2 == 0, "{tag}");
            let name = tag.trim_start_matches('/').split(' ').next().unwrap();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty());
    }
}

#[test]
fn every_percentage_that_is_drawn_can_be_read_in_the_description() {
    let (results, figures) = sample();
    let axis = ["0 %", "25 %", "50 %", "75 %", "100 %"];
    for chart in CHARTS {
        let svg = draw(chart, &results, &figures).unwrap();
        let description = inside(&svg, "desc");
        for text in drawn(&svg).iter().filter(|text| !axis.contains(text)) {
            let words: Vec<&str> = text.split(' ').collect();
            for number in words.iter().filter(|word| word.contains('.')) {
                assert!(description.contains(number), "{number} of {chart:?}");
            }
        }
    }
    let svg = draw(Chart::Figures, &results, &figures).unwrap();
    let recall = figures
        .iter()
        .find(|f| f.metric == Metric::Recall4000)
        .unwrap();
    let said = format!(
        "Recall in 4,000 characters: 87.5 % ({} to {}), 20 questions.",
        words::percent(recall.low.unwrap()),
        words::percent(recall.high.unwrap())
    );
    assert!(inside(&svg, "desc").contains(&said));
}

#[test]
fn the_operating_point_and_the_counts_of_each_kind_are_shown() {
    let (results, figures) = sample();
    let svg = draw(Chart::AnsweredWrongly, &results, &figures).unwrap();
    assert!(drawn(&svg).contains(&"as it ran: 80.0 % and 10.0 %"));
    assert!(inside(&svg, "desc").contains(
        "Where at most 10.0 % of the unanswerable are answered, 80.0 % of the answerable are."
    ));
    let svg = draw(Chart::Separation, &results, &figures).unwrap();
    assert!(inside(&svg, "desc").contains("30–40 %: 4 and 18. 80–90 %: 16 and 2."));
    let svg = draw(Chart::Reliability, &results, &figures).unwrap();
    assert!(
        inside(&svg, "desc").contains("22 questions given 30.0 % on average: 18.2 % answerable.")
    );
}

#[test]
fn texts_of_a_set_are_escaped_and_long_names_shortened() {
    let (mut results, figures) = sample();
    for result in &mut results {
        result.question.category =
            Some("<script>alert('1')</script> & a name that is much too long".to_owned());
    }
    let svg = draw(Chart::Categories, &results, &figures).unwrap();
    assert!(!svg.contains("<script"));
    assert!(
        inside(&svg, "desc")
            .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; a name")
    );
    assert_eq!(escaped("a\u{0}\"b\""), "a &quot;b&quot;");
    assert_eq!(shortened("über alles hinaus", 9), "über all…");
    assert_eq!(shortened("kurz", 4), "kurz");
}

#[test]
fn a_chart_without_anything_to_show_is_not_offered() {
    assert!(available(&[], &[]).is_empty());
    let (mut results, figures) = sample();
    for result in &mut results {
        result.answerability = None;
        result.question.category = None;
    }
    assert_eq!(available(&results, &figures), [Chart::Figures]);
}
