//! The embedding model, topics, and the search that joins both indexes: the real parts.

use crate::common::{embedder, id, models, operator, rows, sets};
use inhouse_protocol::{Day, DocumentId, PassageId};
use inhouse_retrieval::{
    EdgeIndex, Embedder, EmbeddingModel, LexicalIndex, Query, RetrievalError, RetrievalSettings,
    Retriever, Topics, VectorIndex, VectorPoint,
};
use inhouse_store::{IndexRow, Scope, embedded_text};
use std::sync::Arc;

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn like_texts_are_near_and_vectors_have_length_one() {
    let texts = [
        "The employee may carry over five days of vacation.",
        "Unused annual leave can be taken in the next year.",
        "The pump is made of stainless steel.",
    ]
    .map(ToOwned::to_owned);
    let vectors = embedder().embed(&texts, |_| {}).expect("embedded");
    for vector in &vectors {
        assert_eq!(vector.len(), embedder().dimensions());
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4);
    }
    assert!(cosine(&vectors[0], &vectors[1]) > 0.4);
    assert!(cosine(&vectors[0], &vectors[2]) < 0.2);
}

#[test]
fn a_text_has_the_same_vector_alone_and_among_others_in_the_order_given() {
    let texts: Vec<String> = (0..21)
        .map(|n| format!("Clause {n}. {}", "The party shall pay. ".repeat(n % 5)))
        .collect();
    let mut heard = Vec::new();
    let together = embedder()
        .embed(&texts, |done| heard.push(done))
        .expect("embedded");
    assert_eq!(heard.last(), Some(&21));
    assert!(heard.is_sorted() && heard[0] == 8, "{heard:?}");
    for (text, vector) in texts.iter().zip(&together) {
        let alone = embedder().embed_one(text).expect("embedded");
        assert!(cosine(&alone, vector) > 0.9999, "{text}");
    }
    assert!(embedder().seconds_in_runtime() > 0.0);
}

#[tokio::test]
async fn a_text_far_beyond_the_window_is_embedded_by_its_beginning() {
    let beginning = "The lease ends in May. ".repeat(100);
    let long = format!("{beginning}{}", "Something else. ".repeat(50_000));
    let vectors = (
        embedder().query(beginning).await.expect("embedded"),
        embedder().query(long).await.expect("embedded"),
    );
    assert!(cosine(&vectors.0, &vectors.1) > 0.9999);
    let empty = embedder().query(String::new()).await.expect("embedded");
    assert_eq!(empty.len(), embedder().dimensions());
}

#[test]
fn a_missing_model_is_named_with_what_to_do() {
    let mut model = EmbeddingModel::mini_lm(&models());
    model.model = "nowhere/model.onnx".into();
    let library = models().join("onnxruntime/libonnxruntime.so");
    let error = Embedder::load(&model, &library).err();
    let error = error.expect("there is no such file");
    assert!(matches!(error, RetrievalError::ModelMissing { .. }));
    let message = error.to_string();
    assert!(message.contains("nowhere/model.onnx"), "{message}");
    assert!(message.contains("deploy/fetch-models"), "{message}");
}

#[test]
fn a_question_is_told_from_what_is_not_ours() {
    let examples = [
        (
            "legal",
            [
                "What is the notice period for termination?",
                "Can I share customer data with a supplier?",
                "Who owns what I invent at work?",
            ],
        ),
        (
            "offtopic",
            [
                "Where can I order lunch?",
                "What is the weather tomorrow?",
                "Tell me a joke.",
            ],
        ),
    ]
    .map(|(label, texts)| (label.to_owned(), texts.map(ToOwned::to_owned).to_vec()));
    let topics = Topics::new(&embedder(), &examples).expect("embedded");
    for (question, label) in [
        ("where can I get a pizza", "offtopic"),
        ("How long before I leave must I give notice?", "legal"),
    ] {
        let vector = embedder().embed_one(question).expect("embedded");
        let topic = topics.classify(&vector);
        assert_eq!(topic.label, label, "{question}");
        assert!(topic.margin > 0.0 && topic.score > 0.2, "{topic:?}");
    }
}

/// A retriever over these rows; the folder has to outlive it.
async fn retriever(mut rows: Vec<IndexRow>) -> (Retriever, tempfile::TempDir) {
    let embedder = embedder();
    let texts: Vec<String> = rows
        .iter()
        .map(|row| embedded_text(&row.header, &row.text))
        .collect();
    let vectors = embedder.embed(&texts, |_| {}).expect("embedded");
    for (row, vector) in rows.iter_mut().zip(vectors) {
        row.vector = vector;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let edge = EdgeIndex::open(&dir.path().join("vectors"), embedder.dimensions());
    let edge = edge.expect("it opens");
    let points: Vec<VectorPoint> = rows.iter().map(Into::into).collect();
    edge.upsert(&points).await.expect("written");
    let lexical = LexicalIndex::open(&dir.path().join("lexical")).expect("it opens");
    lexical.apply(&rows, &[]).expect("applied");
    let settings = RetrievalSettings::default();
    let retriever = Retriever::new(embedder, Arc::new(lexical), Arc::new(edge), settings);
    (retriever, dir)
}

fn contracts() -> Vec<IndexRow> {
    let contract = |number: u32, set: u32, firm: &str, days: &str| {
        let opening = format!("This Lease is made between {firm} and Harbor Estates.");
        let notice = format!("Either party may end this Lease with {days} days of notice.");
        let texts = [
            opening.as_str(),
            notice.as_str(),
            "The rent is paid on the first of each month.",
            "The tenant keeps the rooms in good repair.",
        ];
        rows(number, set, &format!("{firm} Lease.txt"), &texts)
    };
    let firms = [
        ("Acme", "thirty"),
        ("Bolt", "sixty"),
        ("Crane", "ninety"),
        ("Delta", "ten"),
        ("Ember", "twenty"),
        ("Flint", "forty"),
        ("Grove", "fifty"),
        ("Heron", "seventy"),
        ("Iris", "eighty"),
        ("Jade", "fourteen"),
    ];
    let numbered = (1..).zip(firms);
    numbered
        .flat_map(|(number, (firm, days))| contract(number, 20 + (number + 1) % 2, firm, days))
        .collect()
}

async fn first(retriever: &Retriever, scope: &Scope, query: Query) -> Option<PassageId> {
    let found = retriever.search(scope, &query).await;
    let found = found.expect("the search succeeds");
    found.hits.into_iter().next().map(|hit| hit.passage)
}

fn query(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        limit: 8,
        ..Query::default()
    }
}

#[tokio::test]
async fn a_question_that_names_a_contract_finds_the_clause_in_it() {
    let (retriever, _dir) = retriever(contracts()).await;
    for (firm, passage) in [("Acme", 1001), ("Bolt", 2001), ("Crane", 3001)] {
        for text in [
            format!("Consider the {firm} Lease with Harbor Estates; how can it be terminated?"),
            format!("How many days of notice end the lease of {firm}?"),
        ] {
            let best = first(&retriever, &operator(), query(&text)).await;
            assert_eq!(best, Some(id(passage)), "{text}");
        }
    }
}

#[tokio::test]
async fn nothing_outside_the_scope_is_found_by_any_leg() {
    let (retriever, _dir) = retriever(contracts()).await;
    let text = "In the lease of Bolt, what is the notice period?";
    let found = retriever.search(&sets(&[20]), &query(text)).await;
    let found = found.expect("the search succeeds");
    assert!(!found.hits.is_empty());
    for hit in &found.hits {
        assert!((2000..2004).all(|n| hit.passage != id(n)), "{hit:?}");
    }
    let nothing = retriever.search(&sets(&[]), &query(text)).await;
    let nothing = nothing.expect("the search succeeds");
    assert_eq!(nothing.hits, []);
    assert!(nothing.features.best_dense.abs() < f32::EPSILON);
}

#[tokio::test]
async fn nothing_of_another_day_is_found_by_any_leg() {
    let day = |text: &str| text.parse::<Day>().expect("a day");
    let mut rows = contracts();
    for row in &mut rows {
        // The lease of Acme ended; those of others go on.
        if row.document == id(1) {
            row.valid_until = day("2025-01-01").number();
        }
    }
    let (retriever, _dir) = retriever(rows).await;
    let query = query("How many days of notice end the lease of Acme?");
    let then = operator().as_of(day("2024-12-31"));
    assert_eq!(
        first(&retriever, &then, query.clone()).await,
        Some(id(1001))
    );
    let now = operator().as_of(day("2025-01-01"));
    let found = retriever.search(&now, &query).await;
    let found = found.expect("the search succeeds");
    assert!(!found.hits.is_empty());
    for hit in &found.hits {
        assert!((1000..1004).all(|n| hit.passage != id(n)), "{hit:?}");
    }
}

#[tokio::test]
async fn a_search_of_one_document_stays_in_it() {
    let (retriever, _dir) = retriever(contracts()).await;
    for text in ["How many days of notice?", "Acme: how many days of notice?"] {
        let mut query = query(text);
        query.document = Some(id::<DocumentId>(3));
        let found = retriever.search(&operator(), &query).await;
        let found = found.expect("the search succeeds");
        assert_eq!(found.hits[0].passage, id(3001));
        assert_eq!(found.hits.len(), 4);
        assert!((3000..3004).all(|n| found.hits.iter().any(|hit| hit.passage == id(n))));
    }
}

#[tokio::test]
async fn hits_are_in_order_with_scores_and_the_legs_that_found_them() {
    let (retriever, _dir) = retriever(contracts()).await;
    let mut query = query("days of notice to end the lease");
    query.limit = 3;
    let found = retriever.search(&operator(), &query).await;
    let found = found.expect("the search succeeds");
    assert_eq!(found.hits.len(), 3);
    for pair in found.hits.windows(2) {
        assert!(pair[0].score >= pair[1].score);
    }
    let best = &found.hits[0];
    assert!((0.0..=1.0).contains(&best.score));
    assert!(best.lexical.is_some_and(|score| score > 0.0));
    assert!(best.dense.is_some_and(|score| score > 0.3));
    let features = found.features;
    assert!(features.best_dense >= features.mean_dense_top5);
    assert!((0.0..=1.0).contains(&features.lexical_share));
    assert!(features.legs_agree > 0.0);

    query.vector = Some(found.aim.vector.clone());
    let again = retriever.search(&operator(), &query).await;
    assert_eq!(again.expect("the search succeeds").hits, found.hits);
}
