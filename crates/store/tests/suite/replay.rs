//! How an answer was made, and what is kept so that it can be made again.

use super::{Done, World, both, sentence};
use inhouse_protocol::{
    AnswerMode, AnswerSentence, Audience, Day, Exchange, Outcome, PassageRef, Role,
};
use inhouse_store::{FinishRun, ModelCall, Principal, StoreError};
use serde_json::json;

both!(
    an_exchange_says_how_it_was_answered,
    what_a_model_wrote_is_told_from_the_documents_own_words,
    an_answer_is_kept_with_all_that_it_depended_on,
    only_the_operator_reads_what_an_answer_was_made_of,
    reading_what_somebody_asked_leaves_a_record,
);

type Or<T> = Result<T, Box<dyn std::error::Error>>;

async fn found(world: &World) -> Or<Vec<PassageRef>> {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "It ends in May.").await?;
    world.passages_of(&version).await
}

fn call() -> ModelCall {
    ModelCall {
        task: "answer".into(),
        engine: "scripted".into(),
        model: "small".into(),
        prompt_sha256: "ab".repeat(32),
        parameters: json!({ "temperature": 0, "seed": 7 }),
        prompt_tokens: 100,
        completion_tokens: 5,
        duration_ms: 7,
        error: None,
    }
}

async fn exchange(world: &World, by: &Principal, end: FinishRun) -> Or<Exchange> {
    let conversation = world.store.create_conversation(by).await?;
    let run = world
        .store
        .start_run(by, &conversation, "And when does it end?")
        .await?;
    world.store.finish_run(&run, end).await?;
    let mut whole = world.store.conversation(by, &conversation).await?;
    Ok(whole.exchanges.remove(0))
}

async fn an_exchange_says_how_it_was_answered(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let end = FinishRun {
        mode: Some(AnswerMode::Quotes),
        standalone_question: Some("When does the lease end?".into()),
        ..FinishRun::new(Outcome::Answered)
    };
    let told = exchange(&world, &emil, end).await?;
    assert_eq!(told.mode, Some(AnswerMode::Quotes));
    assert_eq!(told.standalone.as_deref(), Some("When does the lease end?"));
    let told = exchange(&world, &emil, FinishRun::new(Outcome::Declined)).await?;
    assert_eq!((told.mode, told.standalone), (None, None));
    Ok(())
}

async fn what_a_model_wrote_is_told_from_the_documents_own_words(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let passages = found(&world).await?;
    let written = sentence(&passages[0]);
    let quoted = AnswerSentence {
        verbatim: true,
        ..written.clone()
    };
    let (writing, quoting) = (Some(AnswerMode::Written), Some(AnswerMode::Quotes));
    for (mode, sentences, calls, generated) in [
        (writing, vec![&quoted, &written], 1, true),
        (writing, vec![&quoted], 1, false),
        (writing, vec![], 1, false),
        (quoting, vec![&quoted], 0, false),
        // As earlier versions kept it.
        (None, vec![&written], 1, true),
        (None, vec![&written], 0, false),
    ] {
        let end = FinishRun {
            mode,
            sentences: sentences.into_iter().cloned().collect(),
            model_calls: vec![call(); calls],
            ..FinishRun::new(Outcome::Answered)
        };
        let told = exchange(&world, &emil, end).await?;
        let (mode, sentences) = (told.mode, told.sentences.len());
        assert_eq!(told.ai_generated, generated, "{mode:?} {sentences} {calls}");
    }
    Ok(())
}

async fn an_answer_is_kept_with_all_that_it_depended_on(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let passages = found(&world).await?;
    let run = world.ask(&asker, "And when does it end?").await?;
    let end = FinishRun {
        mode: Some(AnswerMode::Written),
        settings: json!({ "answer_model": "small", "threshold": 0.5 }),
        standalone_question: Some("When does the lease end?".into()),
        as_of: Day::of(2026, 3, 31),
        answerability: Some(0.75),
        rule: Some("answer".into()),
        message: "Here it is.".into(),
        trace: json!({ "rules": [] }),
        sentences: vec![sentence(&passages[0])],
        passages: passages.clone(),
        model_calls: vec![call()],
        ..FinishRun::new(Outcome::Answered)
    };
    world.store.finish_run(&run, end.clone()).await?;
    let kept = world
        .store
        .recorded_run(&Principal::operator(), &run)
        .await?;
    assert_eq!((kept.id, kept.asker), (run, Some(emil.id)));
    assert_eq!(kept.question, "And when does it end?");
    assert_eq!(
        (kept.standalone, kept.as_of),
        (end.standalone_question, end.as_of)
    );
    assert_eq!((kept.mode, kept.settings), (end.mode, end.settings));
    assert_eq!((kept.outcome, kept.rule), (Some(end.outcome), end.rule));
    assert_eq!((kept.message, kept.trace), (end.message, end.trace));
    assert_eq!(kept.answerability, Some(0.75));
    assert_eq!((kept.passages, kept.sentences), (passages, end.sentences));
    assert_eq!(kept.conflict, None);
    assert_eq!(kept.asked_at, super::MORNING);
    let made = &kept.model_calls[0];
    assert_eq!(made.prompt_sha256, call().prompt_sha256);
    assert_eq!(made.parameters, call().parameters);

    // Without all that can be absent.
    let run = world.ask(&asker, "Where is the pizza?").await?;
    world
        .store
        .finish_run(&run, FinishRun::new(Outcome::Declined))
        .await?;
    let kept = world
        .store
        .recorded_run(&Principal::operator(), &run)
        .await?;
    assert_eq!(
        (kept.mode, kept.settings, kept.answerability),
        (None, json!(null), None)
    );
    Ok(())
}

async fn only_the_operator_reads_what_an_answer_was_made_of(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (store, operator) = (&world.store, Principal::operator());
    let run = world.ask(&asker, "When?").await?;
    let running = store.recorded_run(&operator, &run).await;
    assert!(matches!(running, Err(StoreError::Conflict { .. })));
    store
        .finish_run(&run, FinishRun::new(Outcome::Declined))
        .await?;
    for by in [&asker, &ada] {
        let read = store.recorded_run(by, &run).await;
        assert!(matches!(read, Err(StoreError::NotFound)));
    }
    let unknown = store.recorded_run(&operator, &"none".parse()?).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    store
        .erase_person(&operator.actor(), &emil.id, "Request under article 17")
        .await?;
    let removed = store.recorded_run(&operator, &run).await;
    assert!(matches!(removed, Err(StoreError::NotFound)));
    Ok(())
}

async fn reading_what_somebody_asked_leaves_a_record(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (store, operator) = (&world.store, Principal::operator());
    let own = store.start_run_alone(&operator, "When?").await?;
    let others = world.ask(&asker, "When?").await?;
    for run in [&own, &others] {
        store
            .finish_run(run, FinishRun::new(Outcome::Declined))
            .await?;
        store.recorded_run(&operator, run).await?;
    }
    let mut records = store.audit_after(0, 100).await?;
    records.retain(|record| record.action == "run.replay");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].subject, format!("run:{others}"));
    assert_eq!(records[0].detail["asker"], emil.id.as_str());
    Ok(())
}
