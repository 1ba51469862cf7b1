//! Sets of labelled questions, evaluations over them, and calibrations fitted on these.

use super::{Done, MORNING, World, both};
use inhouse_protocol::{
    EvaluationId, EvaluationKind, EvaluationState, LabelledQuestion, QuestionSetId, Role,
};
use inhouse_store::{Actor, NewCalibration, NewEvaluationRow, Principal, Store, StoreError};
use serde_json::json;

both!(
    a_set_counts_its_labels_and_not_what_its_questions_say,
    a_set_has_a_name_of_its_own_and_questions,
    a_baseline_is_done_and_of_its_set,
    a_set_goes_with_its_evaluations_and_leaves_their_calibrations,
    every_change_leaves_a_record,
    an_erased_person_leaves_sets_and_evaluations_behind,
);

pub(crate) type Or<T> = Result<T, Box<dyn std::error::Error>>;

fn question(text: &str) -> LabelledQuestion {
    LabelledQuestion {
        question: text.to_owned(),
        ..LabelledQuestion::default()
    }
}

pub(crate) async fn set(store: &Store, by: &Principal, name: &str) -> Or<QuestionSetId> {
    let questions = [question("When does it end?"), question("May I?")];
    Ok(store
        .create_question_set(by, name, "", "aa", &questions)
        .await?)
}

pub(crate) fn new(set: &QuestionSetId) -> NewEvaluationRow {
    NewEvaluationRow {
        set: set.clone(),
        kind: EvaluationKind::Rules,
        label: " before ".into(),
        within_document: true,
        settings: json!({ "embedding": "tiny" }),
        questions: 2,
    }
}

pub(crate) async fn done(store: &Store, by: &Principal, set: &QuestionSetId) -> Or<EvaluationId> {
    let id = store.start_evaluation(by, new(set)).await?;
    store
        .finish_evaluation(&id, EvaluationState::Done, Some(json!([])), None)
        .await?;
    Ok(id)
}

pub(crate) fn fitted(evaluation: &EvaluationId) -> NewCalibration {
    NewCalibration {
        evaluation: evaluation.clone(),
        data: "Two questions".into(),
        embedding: "tiny".into(),
        reranker: None,
        content: json!({ "intercept": -1.5 }),
    }
}

async fn a_set_counts_its_labels_and_not_what_its_questions_say(world: World) -> Done {
    let (_, admin) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let questions = [
        LabelledQuestion {
            answerable: Some(true),
            spans: vec![(12, 40), (80, 90)],
            quote: Some("It ends\0 in May.".into()),
            ..question("When?")
        },
        LabelledQuestion {
            answerable: Some(true),
            quote: Some("It ends in May.".into()),
            ..question("Does it end?")
        },
        LabelledQuestion {
            answerable: Some(false),
            ..question(r#"What is {"answerable":true,"quote":"x","spans":[[1,2]]}?"#)
        },
        question("Unlabelled?"),
    ];
    let id = store
        .create_question_set(&admin, " Contracts ", "By hand", "ab", &questions)
        .await?;
    let kept = store.question_set(&id).await?;
    assert_eq!(
        (kept.name.as_str(), kept.description.as_str()),
        ("Contracts", "By hand")
    );
    assert_eq!(
        (
            kept.questions,
            kept.answerable,
            kept.unanswerable,
            kept.with_place
        ),
        (4, 2, 1, 2)
    );
    assert_eq!(kept.created_by.as_deref(), Some("ada"));
    assert_eq!((kept.created_at, &kept.baseline), (MORNING, &None));
    assert_eq!(store.labelled_questions(&id).await?, questions);
    let by_operator = set(store, &Principal::operator(), "Another").await?;
    let listed = store.question_sets(&admin).await?;
    let ids: Vec<_> = listed.iter().map(|set| &set.id).collect();
    assert_eq!(ids, [&by_operator, &id], "by name");
    assert_eq!(listed[0].created_by, None);
    assert_eq!(listed[1], kept);
    Ok(())
}

async fn a_set_has_a_name_of_its_own_and_questions(world: World) -> Done {
    let (store, by) = (&world.store, Principal::operator());
    let id = set(store, &by, "Contracts").await?;
    assert_eq!(store.question_set_of("aa").await?, Some(id));
    assert_eq!(store.question_set_of("ab").await?, None);
    let one = [question("When?")];
    let taken = store
        .create_question_set(&by, "Contracts", "", "cc", &one)
        .await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
    let long = "x".repeat(1_001);
    for (name, description, questions) in [
        (" ", "", &one[..]),
        (&long[..121], "", &one[..]),
        ("A", long.as_str(), &one[..]),
        ("A", "", &[]),
    ] {
        let made = store
            .create_question_set(&by, name, description, "cc", questions)
            .await;
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{name}");
    }
    let unknown = "none".parse()?;
    assert!(matches!(
        store.question_set(&unknown).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.labelled_questions(&unknown).await,
        Err(StoreError::NotFound)
    ));
    Ok(())
}

async fn a_baseline_is_done_and_of_its_set(world: World) -> Done {
    let (store, by) = (&world.store, Principal::operator());
    let sets = [set(store, &by, "One").await?, set(store, &by, "Two").await?];
    let (own, others) = (
        done(store, &by, &sets[0]).await?,
        done(store, &by, &sets[1]).await?,
    );
    let running = store.start_evaluation(&by, new(&sets[0])).await?;
    for wrong in [&others, &running, &"none".parse()?] {
        let set = store.set_baseline(&by, &sets[0], Some(wrong.clone())).await;
        assert!(matches!(set, Err(StoreError::Invalid(_))));
    }
    store.set_baseline(&by, &sets[0], Some(own.clone())).await?;
    assert_eq!(
        store.question_set(&sets[0]).await?.baseline,
        Some(own.clone())
    );
    store.delete_evaluation(&by, &own).await?;
    assert_eq!(store.question_set(&sets[0]).await?.baseline, None);
    store.set_baseline(&by, &sets[1], Some(others)).await?;
    store.set_baseline(&by, &sets[1], None).await?;
    assert_eq!(store.question_set(&sets[1]).await?.baseline, None);
    let unknown = store.set_baseline(&by, &"none".parse()?, None).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_set_goes_with_its_evaluations_and_leaves_their_calibrations(world: World) -> Done {
    let (store, by) = (&world.store, Principal::operator());
    let gone = set(store, &by, "One").await?;
    let stays = set(store, &by, "Two").await?;
    let id = store.start_evaluation(&by, new(&gone)).await?;
    store.evaluation_progress(&id, 1, &[(1, json!({}))]).await?;
    store
        .finish_evaluation(&id, EvaluationState::Done, Some(json!([])), None)
        .await?;
    store.set_baseline(&by, &gone, Some(id.clone())).await?;
    let other = done(store, &by, &stays).await?;
    let calibration = store.add_calibration(&by, fitted(&id)).await?;
    // One of another set may run.
    store.start_evaluation(&by, new(&stays)).await?;
    store.delete_question_set(&by, &gone).await?;
    assert!(matches!(
        store.evaluation(&id).await,
        Err(StoreError::NotFound)
    ));
    assert!(store.evaluation_results(&id).await?.is_empty());
    assert_eq!(store.question_sets(&by).await?.len(), 1);
    assert_eq!(store.evaluation(&other).await?.set, stays);
    let kept = store.calibration(&calibration).await?;
    assert_eq!(
        (kept.evaluation, kept.data.as_str()),
        (None, "Two questions")
    );
    let again = store.delete_question_set(&by, &gone).await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    let again = store.delete_evaluation(&by, &id).await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    let fit = store.add_calibration(&by, fitted(&id)).await;
    assert!(matches!(fit, Err(StoreError::NotFound)));
    Ok(())
}

async fn every_change_leaves_a_record(world: World) -> Done {
    let (ada, admin) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let set = set(store, &admin, "Contracts").await?;
    let id = store.start_evaluation(&admin, new(&set)).await?;
    store.touch_evaluation(&id).await?;
    store.evaluation_progress(&id, 1, &[]).await?;
    store.request_stop_evaluation(&admin, &id).await?;
    store
        .finish_evaluation(&id, EvaluationState::Done, None, None)
        .await?;
    store.set_baseline(&admin, &set, Some(id.clone())).await?;
    let calibration = store.add_calibration(&admin, fitted(&id)).await?;
    store.adopt_calibration(&admin, Some(&calibration)).await?;
    store.delete_evaluation(&admin, &id).await?;
    store.delete_question_set(&admin, &set).await?;
    let records = store.audit_after(1, 100).await?;
    let actions: Vec<_> = records
        .iter()
        .map(|record| record.action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "question_set.create",
            "evaluation.start",
            "evaluation.stop",
            "evaluation.finish",
            "question_set.baseline",
            "calibration.fit",
            "calibration.adopt",
            "evaluation.delete",
            "question_set.delete",
        ]
    );
    let by = Actor::User(ada.id);
    assert!(records.iter().all(|record| record.actor == by));
    store.verify_audit().await?;
    Ok(())
}

async fn an_erased_person_leaves_sets_and_evaluations_behind(world: World) -> Done {
    let (ada, admin) = world.person("ada", Role::Admin).await?;
    world.person("bea", Role::Admin).await?;
    let store = &world.store;
    let set = set(store, &admin, "Contracts").await?;
    let id = done(store, &admin, &set).await?;
    store.add_calibration(&admin, fitted(&id)).await?;
    let export = store.export_person(&admin, &ada.id).await?;
    let told = |name: &str| {
        let mut sections = export.sections.iter();
        let section = sections.find(|section| section.name == name);
        section.map(|section| section.entries[0].clone())
    };
    let sets = told("question_sets").ok_or("a section")?;
    assert_eq!(sets["name"], "Contracts");
    let evaluations = told("evaluations").ok_or("a section")?;
    assert_eq!(
        (&evaluations["label"], &evaluations["kind"]),
        (&json!("before"), &json!("rules"))
    );
    let calibrations = told("calibrations").ok_or("a section")?;
    assert_eq!(calibrations["data"], "Two questions");

    let report = store
        .erase_person(&Actor::Operator, &ada.id, "Request under article 17")
        .await?;
    let mut kept = report.kept.iter();
    let kept = kept.find(|kept| kept.what.starts_with("sets of questions"));
    assert_eq!(kept.map(|kept| kept.count), Some(3));
    let made_by = Some("Erased person".to_owned());
    assert_eq!(store.question_set(&set).await?.created_by, made_by);
    assert_eq!(store.evaluation(&id).await?.started_by, made_by);
    assert_eq!(store.calibrations().await?[0].created_by, made_by);
    Ok(())
}
