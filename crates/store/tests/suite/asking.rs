//! Questions: conversations, runs, their events and ends.

use super::{Done, MORNING, World, both, sentence};
use inhouse_protocol::{
    Audience, Day, EscalationReason, Outcome, Role, RunEvent, RunState, Stage, Timestamp,
};
use inhouse_store::{FinishRun, ModelCall, NewEscalation, Principal, StoreError, TICKET, UsageBy};
use serde_json::json;

both!(
    a_conversation_is_named_after_its_first_question,
    a_question_is_neither_empty_nor_overlong,
    events_can_be_picked_up_where_they_were_left,
    events_at_once_get_places_without_gaps,
    a_run_ends_once_with_all_that_explains_it,
    an_end_that_cannot_be_stored_leaves_the_run_open,
    an_escalated_question_has_its_escalation,
    what_a_crash_left_behind_is_found_and_can_be_finished,
    a_stop_reaches_the_one_who_works_on_the_run,
    the_operator_asks_outside_any_conversation,
    usage_is_counted_by_who_asked,
);

const STAGE: RunEvent = RunEvent::Stage {
    stage: Stage::Searching,
};

fn call(prompt_tokens: u32) -> ModelCall {
    ModelCall {
        task: "answer".into(),
        engine: "mistralrs".into(),
        model: "tiny".into(),
        prompt_sha256: "00".into(),
        parameters: json!({ "temperature": 0.1 }),
        prompt_tokens,
        completion_tokens: 5,
        duration_ms: 1_200,
        error: None,
    }
}

fn escalation(ticket: bool) -> NewEscalation {
    NewEscalation {
        rule: Some("The documents don't say".into()),
        ticket,
        ..NewEscalation::new(EscalationReason::NotInDocuments)
    }
}

async fn a_conversation_is_named_after_its_first_question(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let conversation = store.create_conversation(&emil).await?;
    assert!(
        store.conversations(&emil).await?.is_empty(),
        "nothing to list yet"
    );
    assert_eq!(
        store.conversation(&emil, &conversation).await?.exchanges,
        []
    );
    store
        .start_run(&emil, &conversation, " What is\n the notice period? ")
        .await?;
    world.clock.advance_ms(1_000);
    store
        .start_run(&emil, &conversation, "And for leases?")
        .await?;
    let listed = store.conversations(&emil).await?;
    assert_eq!(listed[0].title, "What is the notice period?");
    assert_eq!(listed[0].updated_at, MORNING.plus_ms(1_000));
    let whole = store.conversation(&emil, &conversation).await?;
    let questions: Vec<_> = whole
        .exchanges
        .iter()
        .map(|e| e.question.as_str())
        .collect();
    assert_eq!(
        questions,
        ["What is\n the notice period?", "And for leases?"]
    );
    assert_eq!(whole.exchanges[0].state, RunState::Running);
    Ok(())
}

async fn a_question_is_neither_empty_nor_overlong(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let conversation = world.store.create_conversation(&emil).await?;
    for question in [" \n ", "x".repeat(4_001).as_str()] {
        let asked = world.store.start_run(&emil, &conversation, question).await;
        assert!(matches!(asked, Err(StoreError::Invalid(_))));
    }
    Ok(())
}

async fn events_can_be_picked_up_where_they_were_left(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "It ends in May.").await?;
    let passages = world.passages_of(&version).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "When does it end?").await?;
    let store = &world.store;
    let written = sentence(&passages[0]);
    let events = [
        STAGE,
        RunEvent::Passages {
            passages: passages.clone(),
            as_of: Day::of(2026, 3, 31),
            standalone: Some("When does the lease end?".into()),
        },
        RunEvent::Sentence {
            sentence: written.clone(),
        },
    ];
    for (event, place) in events.iter().zip(1..) {
        assert_eq!(store.append_event(&run, event).await?, place);
    }
    let end = FinishRun {
        sentences: vec![written],
        passages,
        ..FinishRun::new(Outcome::Answered)
    };
    store.finish_run(&run, end).await?;

    let scope = store.scope(&emil).await?;
    let all = store.events_after(&scope, &run, 0).await?;
    assert_eq!(
        all.iter().map(|event| event.seq).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(all[2].event, events[2]);
    let done = RunEvent::Done {
        outcome: Outcome::Answered,
        message: String::new(),
        escalation: None,
    };
    assert_eq!(all[3].event, done);
    let other = world.other_process().await?;
    assert_eq!(other.events_after(&scope, &run, 2).await?, all[2..]);
    assert!(store.events_after(&scope, &run, 4).await?.is_empty());
    let late = store.append_event(&run, &STAGE).await;
    assert!(
        matches!(late, Err(StoreError::Conflict { .. })),
        "`Done` is the last"
    );
    Ok(())
}

async fn events_at_once_get_places_without_gaps(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "When?").await?;
    let mut appends = Vec::new();
    for _ in 0..10 {
        let (store, run) = (world.store.clone(), run.clone());
        appends.push(tokio::spawn(async move {
            store.append_event(&run, &STAGE).await
        }));
    }
    let mut places = Vec::new();
    for append in appends {
        places.push(append.await??);
    }
    places.sort_unstable();
    assert_eq!(places, (1..=10).collect::<Vec<u64>>());
    Ok(())
}

async fn a_run_ends_once_with_all_that_explains_it(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "It ends in May.").await?;
    let passages = world.passages_of(&version).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let conversation = world.store.create_conversation(&emil).await?;
    let run = world
        .store
        .start_run(&emil, &conversation, "When does it end?")
        .await?;
    let end = FinishRun {
        answerability: Some(0.875),
        rule: Some("answer".into()),
        standalone_question: Some("When does the lease end?".into()),
        as_of: Day::of(2026, 3, 31),
        trace: json!({ "rules": [{ "id": "answer", "words": "answerable" }] }),
        timings_ms: json!({ "search": 3.5 }),
        sentences: vec![sentence(&passages[0])],
        passages: passages.clone(),
        model_calls: vec![call(100), call(20)],
        ..FinishRun::new(Outcome::Answered)
    };
    assert_eq!(world.store.finish_run(&run, end.clone()).await?, None);
    let again = world.store.finish_run(&run, end).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    let unknown = world
        .store
        .finish_run(&"none".parse()?, FinishRun::new(Outcome::Stopped))
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));

    let exchange = world
        .store
        .conversation(&emil, &conversation)
        .await?
        .exchanges
        .remove(0);
    assert_eq!(
        (exchange.state, exchange.outcome),
        (RunState::Done, Some(Outcome::Answered))
    );
    assert_eq!(exchange.as_of, Day::of(2026, 3, 31));
    assert_eq!(exchange.passages, passages);
    assert_eq!(exchange.sentences, [sentence(&passages[0])]);
    let usage = world.store.usage_of(&run).await?;
    assert_eq!(
        (
            usage.model_calls,
            usage.prompt_tokens,
            usage.completion_tokens
        ),
        (2, 120, 10)
    );
    // A run without an answerability or a day, after one with them: the statement is the same one.
    let declined = world.ask(&emil, "Where is the pizza?").await?;
    world
        .store
        .finish_run(&declined, FinishRun::new(Outcome::Declined))
        .await?;
    assert_eq!(world.store.usage_of(&declined).await?.model_calls, 0);
    Ok(())
}

async fn an_end_that_cannot_be_stored_leaves_the_run_open(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "When?").await?;
    let note = "x".repeat(2_001);
    let end = FinishRun {
        model_calls: vec![call(100)],
        escalation: Some(NewEscalation {
            note,
            ..escalation(true)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    let finished = world.store.finish_run(&run, end).await;
    assert!(matches!(finished, Err(StoreError::Invalid(_))));
    assert_eq!(
        world.store.run_for(&emil, &run).await?.state,
        RunState::Running
    );
    assert_eq!(world.store.usage_of(&run).await?.model_calls, 0);
    assert_eq!(world.store.jobs_waiting(TICKET).await?, 0);
    let lost = world
        .store
        .finish_run(&run, FinishRun::new(Outcome::Escalated))
        .await;
    assert!(
        matches!(lost, Err(StoreError::Invalid(_))),
        "no question is lost"
    );
    Ok(())
}

async fn an_escalated_question_has_its_escalation(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let conversation = world.store.create_conversation(&emil).await?;
    let run = world.store.start_run(&emil, &conversation, "When?").await?;
    let end = FinishRun {
        message: "Legal has your question.".into(),
        escalation: Some(escalation(true)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = world
        .store
        .finish_run(&run, end)
        .await?
        .ok_or("an escalation")?;
    assert_eq!(world.store.jobs_waiting(TICKET).await?, 1);
    let exchange = world
        .store
        .conversation(&emil, &conversation)
        .await?
        .exchanges
        .remove(0);
    assert_eq!(exchange.message, "Legal has your question.");
    let shown = exchange.escalation.ok_or("an escalation")?;
    assert_eq!(shown.summary.id, id);
    assert_eq!(shown.rule.as_deref(), Some("The documents don't say"));
    assert!(shown.trace.is_empty());
    let scope = world.store.scope(&emil).await?;
    let last = world
        .store
        .events_after(&scope, &run, 0)
        .await?
        .pop()
        .ok_or("an event")?;
    assert!(matches!(last.event, RunEvent::Done { escalation: Some(of), .. } if of == id));
    Ok(())
}

async fn what_a_crash_left_behind_is_found_and_can_be_finished(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let left = world.ask(&emil, "When?").await?;
    let done = world.ask(&emil, "Where?").await?;
    world
        .store
        .finish_run(&done, FinishRun::new(Outcome::Declined))
        .await?;
    world.clock.advance_ms(60_000);
    let busy = world.ask(&emil, "Who?").await?;
    world.clock.advance_ms(60_000);
    world.store.append_event(&busy, &STAGE).await?;
    let after_crash = world.other_process().await?;
    let minute_ago = Timestamp(world.store.now().0 - 60_000);
    assert_eq!(
        after_crash.unfinished_runs(minute_ago).await?,
        std::slice::from_ref(&left)
    );
    let end = FinishRun {
        escalation: Some(NewEscalation {
            reason: EscalationReason::Failure,
            ..escalation(false)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    after_crash.finish_run(&left, end).await?;
    assert!(after_crash.unfinished_runs(minute_ago).await?.is_empty());
    assert_eq!(
        world.store.my_requests(&emil).await?[0].reason,
        EscalationReason::Failure
    );
    Ok(())
}

async fn a_stop_reaches_the_one_who_works_on_the_run(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "When?").await?;
    let worker = world.other_process().await?;
    assert!(!worker.cancel_requested(&run).await?);
    world.store.request_cancel(&emil, &run).await?;
    world.store.request_cancel(&emil, &run).await?;
    assert!(worker.cancel_requested(&run).await?);
    worker
        .finish_run(&run, FinishRun::new(Outcome::Stopped))
        .await?;
    assert_eq!(
        world.store.run_for(&emil, &run).await?.outcome,
        Some(Outcome::Stopped)
    );
    Ok(())
}

async fn the_operator_asks_outside_any_conversation(world: World) -> Done {
    let operator = Principal::operator();
    let run = world.store.start_run_alone(&operator, "When?").await?;
    let info = world.store.run_for(&operator, &run).await?;
    assert_eq!((info.conversation, info.state), (None, RunState::Running));
    world
        .store
        .finish_run(&run, FinishRun::new(Outcome::Escalated))
        .await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.store.start_run_alone(&emil, "And I?").await?;
    let end = FinishRun {
        escalation: Some(escalation(false)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = world
        .store
        .finish_run(&run, end)
        .await?
        .ok_or("an escalation")?;
    assert_eq!(world.store.my_request(&emil, &id).await?.conversation, None);
    Ok(())
}

async fn usage_is_counted_by_who_asked(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    for (principal, prompt_tokens) in [(&emil, 10), (&emil, 30), (&Principal::operator(), 100)] {
        let run = world.store.start_run_alone(principal, "When?").await?;
        let end = FinishRun {
            model_calls: vec![call(prompt_tokens)],
            ..FinishRun::new(Outcome::Answered)
        };
        world.store.finish_run(&run, end).await?;
    }
    let (from, to) = (MORNING, MORNING.plus_ms(1));
    let rows = world.store.usage_by(UsageBy::Person, from, to).await?;
    let lines: Vec<_> = rows
        .iter()
        .map(|row| (row.key.as_deref(), row.questions, row.usage.prompt_tokens))
        .collect();
    assert_eq!(lines, [(None, 1, 100), (Some("emil@example.com"), 2, 40)]);
    let departments = world.store.usage_by(UsageBy::Department, from, to).await?;
    assert_eq!(departments[1].key.as_deref(), Some("Sales"));
    assert_eq!(
        world.store.usage_by(UsageBy::Model, from, to).await?.len(),
        1
    );
    assert!(
        world
            .store
            .usage_by(UsageBy::Model, to, to.plus_ms(1))
            .await?
            .is_empty()
    );
    Ok(())
}
