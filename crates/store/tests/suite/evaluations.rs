//! Evaluations as they run and end, and the calibration that is in use.

use super::measuring::{done, fitted, new, set};
use super::{Done, MORNING, World, both};
use inhouse_protocol::{EvaluationKind, EvaluationState, Role};
use inhouse_store::{Actor, NewCalibration, NewEvaluationRow, Principal, StoreError};
use serde_json::json;

both!(
    one_evaluation_runs_at_a_time,
    an_evaluation_keeps_its_progress_and_sees_that_it_is_to_stop,
    an_evaluation_ends_once_and_its_record_names_who_started_it,
    what_a_stopped_process_left_behind_is_found,
    one_calibration_is_in_use_until_another_or_the_shipped_one_is,
);

async fn one_evaluation_runs_at_a_time(world: World) -> Done {
    let (store, by) = (&world.store, Principal::operator());
    let sets = [set(store, &by, "One").await?, set(store, &by, "Two").await?];
    let other = world.other_process().await?;
    let started = tokio::join!(
        store.start_evaluation(&by, new(&sets[0])),
        other.start_evaluation(&by, new(&sets[1])),
    );
    let (first, second) = match started {
        (Ok(id), Err(refused)) | (Err(refused), Ok(id)) => (id, refused),
        both => return Err(format!("one of two: {both:?}").into()),
    };
    assert!(matches!(second, StoreError::Conflict { .. }));
    let running = store.delete_evaluation(&by, &first).await;
    assert!(matches!(running, Err(StoreError::Conflict { .. })));
    let set_of_it = store.evaluation(&first).await?.set;
    let running = store.delete_question_set(&by, &set_of_it).await;
    assert!(matches!(running, Err(StoreError::Conflict { .. })));
    store
        .finish_evaluation(&first, EvaluationState::Done, None, None)
        .await?;
    done(store, &by, &sets[0]).await?;

    let overlong = NewEvaluationRow {
        label: "x".repeat(121),
        ..new(&sets[0])
    };
    let overlong = store.start_evaluation(&by, overlong).await;
    assert!(matches!(overlong, Err(StoreError::Invalid(_))));
    let unknown = store.start_evaluation(&by, new(&"none".parse()?)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn an_evaluation_keeps_its_progress_and_sees_that_it_is_to_stop(world: World) -> Done {
    let (ada, admin) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let set = set(store, &admin, "Contracts").await?;
    let id = store.start_evaluation(&admin, new(&set)).await?;
    world.clock.advance_ms(500);
    let (first, second) = (json!({ "n": 1 }), json!({ "n": 2 }));
    let results = [(2, second.clone()), (1, json!("to be done again"))];
    store.evaluation_progress(&id, 1, &results).await?;
    store
        .evaluation_progress(&id, 2, &[(1, first.clone())])
        .await?;
    let row = store.evaluation(&id).await?;
    assert_eq!(
        (row.set_name.as_str(), row.label.as_str()),
        ("Contracts", "before")
    );
    assert_eq!(
        (row.kind, row.within_document),
        (EvaluationKind::Rules, true)
    );
    assert_eq!(
        (row.state, row.questions, row.done),
        (EvaluationState::Running, 2, 2)
    );
    assert_eq!(row.settings, json!({ "embedding": "tiny" }));
    assert_eq!((row.figures.as_ref(), row.error.as_ref()), (None, None));
    assert_eq!(
        (row.user_id.as_ref(), row.started_by.as_deref()),
        (Some(&ada.id), Some("ada"))
    );
    assert!(row.is_of(&admin) && !row.is_of(&Principal::operator()));
    assert_eq!(
        (row.started_at, row.active_at),
        (MORNING, MORNING.plus_ms(500))
    );
    assert_eq!(row.finished_at, None);
    let kept = store.evaluation_results(&id).await?;
    assert_eq!(kept, [(1, first), (2, second)]);

    let worker = world.other_process().await?;
    assert!(!worker.stop_requested(&id).await?);
    store.request_stop_evaluation(&admin, &id).await?;
    store.request_stop_evaluation(&admin, &id).await?;
    assert!(worker.stop_requested(&id).await?);
    assert!(store.evaluation(&id).await?.stop_requested);
    worker
        .finish_evaluation(&id, EvaluationState::Stopped, None, None)
        .await?;
    let late = worker.evaluation_progress(&id, 2, &[]).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
    store.request_stop_evaluation(&admin, &id).await?;
    let unknown = store
        .request_stop_evaluation(&admin, &"none".parse()?)
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn an_evaluation_ends_once_and_its_record_names_who_started_it(world: World) -> Done {
    let (ada, admin) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let set = set(store, &admin, "Contracts").await?;
    let id = store.start_evaluation(&admin, new(&set)).await?;
    let running = store
        .finish_evaluation(&id, EvaluationState::Running, None, None)
        .await;
    assert!(matches!(running, Err(StoreError::Invalid(_))));
    world.clock.advance_ms(9);
    let error = Some("The model is gone.".to_owned());
    store
        .finish_evaluation(
            &id,
            EvaluationState::Failed,
            Some(json!([1])),
            error.clone(),
        )
        .await?;
    let again = store
        .finish_evaluation(&id, EvaluationState::Done, None, None)
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    let unknown = store
        .finish_evaluation(&"none".parse()?, EvaluationState::Done, None, None)
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    let row = store.evaluation(&id).await?;
    assert_eq!((row.state, row.error), (EvaluationState::Failed, error));
    assert_eq!(row.figures, Some(json!([1])));
    assert_eq!(row.finished_at, Some(MORNING.plus_ms(9)));
    let mut records = store.audit_after(0, 100).await?;
    let last = records.pop().ok_or("a record")?;
    assert_eq!(last.action, "evaluation.finish");
    assert_eq!(last.actor, Actor::User(ada.id));
    let second = done(store, &Principal::operator(), &set).await?;
    let last = store.audit_after(0, 100).await?.pop().ok_or("a record")?;
    assert_eq!(last.actor, Actor::Operator);
    let listed = store.evaluations_of(&set).await?;
    let ids: Vec<_> = listed.iter().map(|row| &row.id).collect();
    assert_eq!(ids, [&second, &id], "the newest first");
    Ok(())
}

async fn what_a_stopped_process_left_behind_is_found(world: World) -> Done {
    let (store, by) = (&world.store, Principal::operator());
    let set = set(store, &by, "Contracts").await?;
    done(store, &by, &set).await?;
    let id = store.start_evaluation(&by, new(&set)).await?;
    world.clock.advance_ms(60_000);
    let (before, now) = (MORNING, store.now());
    assert!(store.unfinished_evaluations(before).await?.is_empty());
    assert_eq!(
        store.unfinished_evaluations(now).await?,
        std::slice::from_ref(&id)
    );
    store.touch_evaluation(&id).await?;
    assert!(store.unfinished_evaluations(now).await?.is_empty());
    Ok(())
}

async fn one_calibration_is_in_use_until_another_or_the_shipped_one_is(world: World) -> Done {
    let (store, by) = (&world.store, Principal::operator());
    let set = set(store, &by, "Contracts").await?;
    let evaluation = done(store, &by, &set).await?;
    let first = store.add_calibration(&by, fitted(&evaluation)).await?;
    world.clock.advance_ms(1);
    let second = NewCalibration {
        reranker: Some("small".into()),
        ..fitted(&evaluation)
    };
    let second = store.add_calibration(&by, second).await?;
    assert_eq!(store.calibration_in_use().await?, None);
    for adopted in [Some(&first), Some(&second), Some(&first), None] {
        world.clock.advance_ms(1);
        store.adopt_calibration(&by, adopted).await?;
        // Again: nothing happens.
        store.adopt_calibration(&by, adopted).await?;
        let in_use = store.calibration_in_use().await?;
        assert_eq!(in_use.as_ref().map(|row| &row.id), adopted);
        let all = store.calibrations().await?;
        assert_eq!([&all[0].id, &all[1].id], [&second, &first]);
        let adopted: Vec<_> = all.iter().filter(|row| row.in_use()).cloned().collect();
        assert_eq!(adopted, in_use.into_iter().collect::<Vec<_>>());
    }
    let unknown = store.adopt_calibration(&by, Some(&"none".parse()?)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    let row = store.calibration(&second).await?;
    assert_eq!(row.content, json!({ "intercept": -1.5 }));
    assert_eq!(
        (row.embedding.as_str(), row.reranker.as_deref()),
        ("tiny", Some("small"))
    );
    let mut records = store.audit_after(0, 100).await?;
    records.retain(|record| record.action == "calibration.adopt");
    let told: Vec<_> = records
        .iter()
        .map(|record| (record.subject.clone(), record.detail["former"].clone()))
        .collect();
    let subject = |id: &str| format!("calibration:{id}");
    assert_eq!(
        told,
        [
            (subject(first.as_str()), json!(null)),
            (subject(second.as_str()), json!(first)),
            (subject(first.as_str()), json!(second)),
            (subject("shipped"), json!(first)),
        ]
    );
    Ok(())
}
