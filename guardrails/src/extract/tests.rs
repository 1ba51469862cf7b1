use super::*;

const GIFTS: Source<'_> = Source {
    header: "Gifts and Hospitality Policy > 2. What may be accepted",
    text: "## 2. What may be accepted\n\n2.1 Employees may accept gifts from a business partner up to a \
           total value of EUR 50 per partner and calendar year.\n\n2.3 Business meals may be accepted up \
           to EUR 80 per person. Above that amount the line manager has to approve in writing \
           beforehand.\n\n2.5 Cash and vouchers may not be accepted, whatever their value.",
};

const RETENTION: Source<'_> = Source {
    header: "Records Retention Schedule > 2. Schedule",
    text: "Record | Kept for | Owner\nAccounting records, invoices | 7 years | Finance\nTax audit files \
           | 10 years | Finance\nVisitor lists | 90 days | Site Security",
};

const LAPTOP: Source<'_> = Source {
    header: "Information Security Policy > 4. Devices",
    text: "4.1 Devices are encrypted. 4.2 The loss of a device is reported to the incident line within 2 \
           hours. 4.3 Who finds a device hands it in at the reception.",
};

fn quotes(question: &str, passages: &[Source<'_>], most: usize) -> Vec<String> {
    best_of(question, passages, most)
        .into_iter()
        .map(|found| {
            passages[found.passage]
                .text
                .chars()
                .skip(found.start)
                .take(found.end - found.start)
                .collect()
        })
        .collect()
}

#[track_caller]
fn first(question: &str, passages: &[Source<'_>], expected: &str) {
    let found = quotes(question, passages, 3);
    assert!(
        found.first().is_some_and(|quote| quote.contains(expected)),
        "{question}: {found:#?}"
    );
}

#[test]
fn the_sentence_that_answers_comes_first() {
    let all = [GIFTS, RETENTION, LAPTOP];
    first(
        "Up to which value may I accept a gift from a partner?",
        &all,
        "EUR 50",
    );
    first("May I accept a voucher?", &all, "Cash and vouchers may not");
    first(
        "How quickly is the loss of a device reported?",
        &all,
        "within 2 hours",
    );
    first(
        "How long are visitor lists kept?",
        &all,
        "Visitor lists | 90 days",
    );
    first("How long are invoices kept?", &all, "7 years");
    first(
        "Who approves a business meal above the limit?",
        &all,
        "line manager",
    );
}

#[test]
fn the_kind_of_answer_decides_between_sentences_of_one_subject() {
    let text = "Notice is given in writing. Notice is addressed to the HR Director. The notice is 30 days.";
    let passage = [Source { header: "", text }];
    first("How long is the notice?", &passage, "30 days");
    first("Who receives the notice?", &passage, "HR Director");
}

#[test]
fn who_is_answered_with_a_name_that_the_question_lacks() {
    let text =
        "The Data Protection Officer is asked beforehand. The Data Protection Officer is Eva Holm.";
    let passage = [Source { header: "", text }];
    first("Who is the Data Protection Officer?", &passage, "Eva Holm");
}

#[test]
fn the_heading_gives_a_sentence_its_subject() {
    let notice = Source {
        header: "Employee Handbook > 7. Notice periods",
        text: "7.1 It is three months for either side.",
    };
    let other = Source {
        header: "Employee Handbook > 8. Inventions",
        text: "8.1 It is decided within four months.",
    };
    first(
        "How long is the notice period?",
        &[other, notice],
        "three months",
    );
}

#[test]
fn a_list_item_comes_with_the_head_of_its_list() {
    let passage = [Source {
        header: "",
        text: "Approval is needed for:\n- donations above EUR 500\n- sponsoring of sports clubs\n\nAsk early.",
    }];
    let found = quotes("Does sponsoring need approval?", &passage, 1);
    assert_eq!(
        found,
        ["Approval is needed for:\n- donations above EUR 500\n- sponsoring of sports clubs"]
    );
}

#[test]
fn headings_and_questions_are_not_quoted() {
    let passage = [Source {
        header: "",
        text: "Gifts from suppliers\n\nMay gifts from suppliers be accepted?\n\nGifts from suppliers are handed in.",
    }];
    let found = quotes("May I accept gifts from suppliers?", &passage, 5);
    assert_eq!(found, ["Gifts from suppliers are handed in."]);
}

#[test]
fn a_heading_on_the_line_above_is_no_part_of_the_quote() {
    let passage = [Source {
        header: "",
        text: "12 Term and Termination\n12.1 The Agreement ends after two years.",
    }];
    let found = quotes("When does the Agreement end?", &passage, 1);
    assert_eq!(found, ["12.1 The Agreement ends after two years."]);
}

#[test]
fn nothing_is_quoted_twice() {
    let found = quotes(
        "How quickly is the loss of a device reported?",
        &[LAPTOP, LAPTOP],
        5,
    );
    let loss = found
        .iter()
        .filter(|quote| quote.contains("2 hours"))
        .count();
    assert_eq!(loss, 1);
}

#[test]
fn a_question_about_something_else_finds_nothing() {
    let found = best(
        "What is the melting point of tungsten?",
        &[GIFTS.text, LAPTOP.text],
        3,
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn scores_are_shares_and_fall() {
    let found = best_of(
        "Which gifts and meals may be accepted?",
        &[GIFTS, RETENTION, LAPTOP],
        5,
    );
    assert!(found.len() > 1);
    assert!(found.iter().all(|e| (0.0..=1.0).contains(&e.score)));
    assert!(found.is_sorted_by(|a, b| a.score >= b.score));
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_quoted_within_its_bounds(
            text in "(\\PC|[.:|#\n -]|Gift|ß|1\\.|\n- ){0,60}",
            question in "(\\PC|Gift|how long ){0,10}",
        ) {
            let length = text.chars().count();
            for found in best(&question, &[&text, "A gift is given."], 4) {
                prop_assert!(found.start < found.end);
                if found.passage == 0 {
                    prop_assert!(found.end <= length);
                }
            }
        }
    }
}
