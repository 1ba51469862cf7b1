//! Measuring on labelled questions, with an inference server whose answers are known.

use inhouse_tests::files::{self, GIFTS, HANDBOOK};
use inhouse_tests::{
    Client, Instance, Settings, on_a_lasting_thread, run_in, settings, shared, unique,
    write_settings,
};
use serde_json::{Value, json};
use std::fs;
use std::sync::OnceLock;
use tokio::sync::Mutex;

/// Who measures takes turns: one evaluation runs at a time, and a calibration is everybody's.
static TURN: Mutex<()> = Mutex::const_new(());

const QUOTE: &str = "accept gifts from a supplier\nup to a total value of 45 dollars";

/// The instance of these tests, with the handbook.
fn instance() -> &'static Instance {
    static INSTANCE: OnceLock<Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        on_a_lasting_thread(|| {
            let instance = Instance::start_in("measured", &settings());
            files::put_handbook(&instance);
            instance
        })
    })
}

fn about_gifts() -> Value {
    json!({
        "question": GIFTS, "document": "handbook.md", "quote": QUOTE, "answerable": true,
        "category": "gifts"
    })
}

fn figure(evaluation: &Value, metric: &str) -> Option<f64> {
    let figures = evaluation["figures"].as_array().expect("a list");
    let figure = figures.iter().find(|figure| figure["metric"] == metric)?;
    figure["value"].as_f64()
}

async fn evaluated(admin: &Client, questions: &[Value], what: &Value) -> Value {
    let set = admin
        .new_question_set(&unique("Questions"), questions)
        .await;
    let detail = admin.evaluate(&set, what).await;
    assert_eq!(detail["evaluation"]["state"], json!("done"), "{detail:#}");
    detail
}

#[tokio::test]
async fn a_file_that_is_no_set_of_questions_is_refused_with_the_line_at_fault() {
    let admin = shared().signed_in("admin").await;
    let questions = "{\"question\": \"How long?\"}\n{\"question\": \n";
    let body = json!({"name": unique("Broken"), "questions": questions});
    let refused = admin.post("/api/v1/question-sets", &body).await.expect(400);
    assert_eq!(refused["field"], json!("questions"));
    assert!(refused["message"].as_str().unwrap().contains("ine 2"));
}

#[tokio::test]
async fn a_large_set_is_taken_and_counted() {
    let admin = shared().signed_in("admin").await;
    let questions: Vec<Value> = (0..3_000)
        .map(|n| {
            let question = format!("How long is the notice period of contract number {n}? {GIFTS}");
            json!({"question": question, "answerable": n % 3 > 0})
        })
        .collect();
    let id = admin.new_question_set(&unique("Large"), &questions).await;
    let path = format!("/api/v1/question-sets/{id}");
    let set = admin.get(&path).await.expect(200)["set"].clone();
    assert_eq!(set["questions"], json!(3_000));
    assert_eq!(set["unanswerable"], json!(1_000));
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn the_search_is_measured_against_the_place_of_the_answer() {
    let _turn = TURN.lock().await;
    let admin = instance().signed_in("admin").await;
    let questions = [
        about_gifts(),
        json!({"question": "How long?", "document": "no-such.md", "quote": "ten days"}),
        json!({"question": "How long?", "document": "handbook.md", "quote": "for 99 years"}),
    ];
    let detail = evaluated(&admin, &questions, &json!({"kind": "retrieval"})).await;
    let evaluation = &detail["evaluation"];
    assert_eq!(figure(evaluation, "recall4000"), Some(1.0), "{detail:#}");
    assert_eq!(figure(evaluation, "auroc"), None, "nothing was judged");
    assert_eq!(evaluation["done"], json!(3));

    let results = detail["results"].as_array().unwrap();
    assert_eq!(results[0]["recall"], json!(1.0));
    assert_eq!(results[0]["found"][0]["document"], json!("handbook.md"));
    let error = |place: usize| results[place]["error"].as_str().unwrap();
    assert!(error(1).contains("No document 'no-such.md'"), "{detail:#}");
    assert!(error(2).contains("quote"), "{detail:#}");

    let id = evaluation["id"].as_str().unwrap();
    let chart = admin
        .get(&format!("/api/v1/evaluations/{id}/charts/figures"))
        .await;
    assert_eq!(chart.headers["content-type"], "image/svg+xml");
    assert!(chart.text.starts_with("<svg"), "{}", chart.text);
    for name in ["separation", "no-such-chart"] {
        let path = format!("/api/v1/evaluations/{id}/charts/{name}");
        admin.get(&path).await.expect(404);
    }
}

#[tokio::test]
async fn what_is_written_is_measured_with_its_citations_and_its_cost() {
    let _turn = TURN.lock().await;
    let admin = instance().signed_in("admin").await;
    let lease = "What is the notice period in the office lease for the Berlin warehouse?";
    let questions = [
        about_gifts(),
        json!({"question": lease, "answerable": false, "category": "leases"}),
    ];
    let what = json!({"kind": "written", "label": "first", "within_document": true});
    let detail = evaluated(&admin, &questions, &what).await;
    let evaluation = &detail["evaluation"];
    assert_eq!(figure(evaluation, "answered_of_answerable"), Some(1.0));
    assert_eq!(figure(evaluation, "answered_of_unanswerable"), Some(0.0));
    assert_eq!(figure(evaluation, "cited"), Some(1.0), "{detail:#}");
    assert!(figure(evaluation, "tokens_per_question").unwrap() > 0.0);
    let result = &detail["results"][0];
    assert_eq!(result["outcome"], json!("answered"));
    assert_eq!(result["cites_gold"], json!(true));
    assert!(
        result["sentences"][0]
            .as_str()
            .unwrap()
            .contains("45 dollars")
    );
    let settings = evaluation["settings"].as_array().unwrap();
    let named = |name: &str| settings.iter().any(|setting| setting[0] == json!(name));
    assert!(named("embedding") && named("model"), "{settings:?}");

    // Nothing of it is anybody's question.
    let conversations = admin.get("/api/v1/conversations").await.expect(200);
    assert_eq!(conversations, json!([]));
    let legal = instance().signed_in("legal").await;
    let desk = legal.get("/api/v1/escalations?state=all").await;
    assert!(!desk.text.contains(lease), "{desk:?}");
}

#[tokio::test]
async fn two_evaluations_are_compared_question_by_question() {
    let _turn = TURN.lock().await;
    let admin = instance().signed_in("admin").await;
    let set = admin
        .new_question_set(&unique("Questions"), &[about_gifts()])
        .await;
    let what = json!({"kind": "rules"});
    let (before, after) = (
        admin.evaluate(&set, &what).await,
        admin.evaluate(&set, &what).await,
    );
    let id = |detail: &Value| detail["evaluation"]["id"].as_str().unwrap().to_owned();
    let (before, after) = (id(&before), id(&after));
    let path = format!("/api/v1/evaluations/{after}/comparison");
    let compared = admin
        .get(&format!("{path}?with={before}"))
        .await
        .expect(200);
    let changes = compared["changes"].as_array().unwrap();
    let change = |metric: &str| changes.iter().find(|change| change["metric"] == metric);
    let recall = change("recall4000").expect("it was measured in both");
    assert_eq!(recall["before"], recall["after"]);
    assert_eq!(compared["questions"], json!([]), "the same came out");
    assert!(!compared["gate"]["reasons"].as_array().unwrap().is_empty());

    // The baseline of its set, until it goes.
    let set_path = format!("/api/v1/question-sets/{set}");
    let baseline = json!({"evaluation": before});
    let marked = admin.put(&format!("{set_path}/baseline"), &baseline).await;
    marked.expect(204);
    let shown = admin.get(&set_path).await.expect(200);
    assert_eq!(shown["set"]["baseline"], json!(before));
    assert_eq!(shown["evaluations"][0]["id"], json!(after), "newest first");

    let other = evaluated(&admin, &[about_gifts()], &what).await;
    let refused = admin.get(&format!("{path}?with={}", id(&other))).await;
    assert_eq!(refused.expect(400)["field"], json!("with"));
}

#[tokio::test]
async fn words_are_shown_to_who_measured_and_only_while_they_may_see_the_documents() {
    let _turn = TURN.lock().await;
    let instance = instance();
    let (admin, keeper) = (
        instance.signed_in("admin").await,
        instance.signed_in("admin").await,
    );
    let group = admin.new_group(&unique("Board")).await;
    for member in [&admin, &keeper] {
        admin.join(&group, &member.id().await).await;
    }
    let grants = [(group.as_str(), "manage")];
    let documents = admin
        .new_set_for(&unique("Board"), "restricted", &grants)
        .await;
    let minutes = b"# Minutes\n\nThe price in the purchase agreement for the heron plant is 7 million dollars.\n";
    admin
        .upload(&documents, &[("minutes.md", minutes)])
        .await
        .expect(200);
    admin.settled(&documents).await;
    let question = "What is the price in the purchase agreement for the heron plant?";
    admin.until_found(question, "minutes.md").await;

    let labelled = json!({
        "question": question, "document": "minutes.md", "quote": "7 million dollars",
        "answerable": true
    });
    let detail = evaluated(&admin, &[labelled], &json!({"kind": "quotes"})).await;
    assert_eq!(detail["evaluation"]["mine"], json!(true));
    let found = &detail["results"][0]["found"];
    assert_eq!(found[0]["document"], json!("minutes.md"), "{detail:#}");

    let path = format!(
        "/api/v1/evaluations/{}",
        detail["evaluation"]["id"].as_str().unwrap()
    );
    let hidden = |detail: &Value| {
        let result = &detail["results"][0];
        (result["found"].clone(), result["sentences"].clone()) == (json!([]), json!([]))
    };
    let theirs = keeper.get(&path).await.expect(200);
    assert_eq!(theirs["evaluation"]["mine"], json!(false));
    assert_eq!(
        theirs["evaluation"]["figures"],
        detail["evaluation"]["figures"]
    );
    assert!(hidden(&theirs), "{theirs:#}");

    keeper.leave(&group, &admin.id().await).await;
    let later = admin.get(&path).await.expect(200);
    assert!(hidden(&later), "{later:#}");
    assert_eq!(later["results"][0]["recall"], json!(1.0));
}

#[tokio::test]
async fn one_evaluation_runs_at_a_time_and_can_be_stopped() {
    let _turn = TURN.lock().await;
    let admin = instance().signed_in("admin").await;
    let slow = json!({"question": format!("{GIFTS} Tell me slowly. {}", unique("x"))});
    let set = admin
        .new_question_set(&unique("Slow"), &[slow, about_gifts()])
        .await;
    let what = json!({"kind": "written"});
    let running = admin.start_evaluation(&set, &what).await;
    let set_path = format!("/api/v1/question-sets/{set}");
    let again = admin.post(&format!("{set_path}/evaluations"), &what).await;
    again.expect(409);
    admin.delete(&set_path).await.expect(409);

    let path = format!("/api/v1/evaluations/{running}");
    let stop = admin.post(&format!("{path}/stop"), &json!({})).await;
    stop.expect(204);
    let stopped = admin.ended(&running).await;
    let evaluation = &stopped["evaluation"];
    assert_eq!(evaluation["state"], json!("stopped"), "{stopped:#}");
    assert_eq!(evaluation["figures"], json!([]));
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_calibration_is_fitted_on_an_evaluation_and_put_into_use() {
    let _turn = TURN.lock().await;
    let admin = instance().signed_in("admin").await;
    let questions: Vec<Value> = (1..=22)
        .flat_map(|n| {
            let lease = "What is the notice period in the office lease for the warehouse";
            [
                json!({"question": format!("{GIFTS} In year {n}?"), "answerable": true}),
                json!({"question": format!("{lease} number {n}?"), "answerable": false}),
            ]
        })
        .collect();
    let detail = evaluated(&admin, &questions, &json!({"kind": "rules"})).await;
    assert!(figure(&detail["evaluation"], "auroc").is_some());
    let evaluation = json!({"evaluation": detail["evaluation"]["id"]});
    let fitted = admin.post("/api/v1/calibrations", &evaluation).await;
    let fitted = fitted.expect(201);
    assert_eq!(fitted["questions"], json!(44), "{fitted:#}");
    assert_eq!(fitted["in_use"], json!(false), "a person decides that");
    assert_eq!(fitted["fits"], json!(true));

    let in_use = async || {
        let all = admin.get("/api/v1/calibrations").await.expect(200);
        assert!(all["threshold"].as_f64().is_some(), "{all:#}");
        let list = all["calibrations"].as_array().unwrap().clone();
        list.into_iter()
            .filter(|calibration| calibration["in_use"] == json!(true))
            .map(|calibration| calibration["id"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(in_use().await, [Value::Null], "the shipped one");
    let id = fitted["id"].as_str().unwrap();
    let adopt = format!("/api/v1/calibrations/{id}/adopt");
    admin.post(&adopt, &json!({})).await.expect(204);
    assert_eq!(in_use().await, [json!(id)]);
    let shipped = "/api/v1/calibrations/shipped/adopt";
    admin.post(shipped, &json!({})).await.expect(204);
    assert_eq!(in_use().await, [Value::Null]);

    // Too little for a fit.
    let few = evaluated(&admin, &[about_gifts()], &json!({"kind": "rules"})).await;
    let few = json!({"evaluation": few["evaluation"]["id"]});
    let refused = admin.post("/api/v1/calibrations", &few).await;
    assert_eq!(refused.expect(400)["field"], json!("evaluation"));
}

#[test]
fn the_command_line_measures_a_file_and_gates_a_change_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, files) = (folder.path().join("data"), folder.path());
    fs::create_dir(&data).unwrap();
    write_settings(&data, &Settings::new());
    let (handbook, questions) = (files.join("handbook.md"), files.join("questions.jsonl"));
    fs::write(&handbook, HANDBOOK).unwrap();
    fs::write(&questions, about_gifts().to_string()).unwrap();
    let run = |arguments: &[&str]| run_in(&data, arguments, "");
    let [handbook, questions] = [&handbook, &questions].map(|path| path.to_str().unwrap());
    let documents = ["--audience", "groups", "--grant", "Legal team=read"];
    let ingest = [&["ingest", handbook][..], &documents[..]].concat();
    assert!(run(&ingest).success);

    let evaluate = ["eval", "run", questions, "--kind", "quotes"];
    let first = run(&[&evaluate[..], &["--json"][..]].concat());
    assert!(first.success, "{first:?}");
    let first: Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(first["set_name"], json!("questions.jsonl"));
    assert_eq!(first["results"][0]["cites_gold"], json!(true), "{first:#}");
    let id = first["evaluation"]["id"].as_str().unwrap();

    let charts = files.join("charts");
    let shown = run(&["eval", "show", id, "--charts", charts.to_str().unwrap()]);
    assert!(shown.stdout.contains("Recall in 4,000 characters"));
    assert!(charts.join("figures.svg").is_file(), "{shown:?}");

    // Somebody who doesn't see the document finds nothing of it.
    let person = ["user", "add", "emil@example.com"];
    assert!(run_in(&data, &person, "granite-lantern-orbit\n").success);
    let gated = ["--gate", id, "--as", "emil@example.com"];
    let second = run(&[&evaluate[..], &gated[..]].concat());
    assert!(!second.success, "{second:?}");
    assert!(second.stdout.contains("The gate failed."), "{second:?}");

    // The same questions are the same set.
    let list = run(&["eval", "list", "--json"]);
    let sets: Value = serde_json::from_str(&list.stdout).unwrap();
    assert_eq!(sets.as_array().unwrap().len(), 1, "{sets:#}");
    assert_eq!(sets[0]["evaluations"].as_array().unwrap().len(), 2);
    let features = run(&["eval", "features", id]);
    let line: Value = serde_json::from_str(features.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(line["label"], json!(true));
    assert_eq!(line["group"], json!("handbook.md"));
}
