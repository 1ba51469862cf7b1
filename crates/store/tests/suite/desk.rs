//! Escalations from both sides, and their tickets.

use super::{Done, World, both, everything_at_the_desk, reply, to_state};
use inhouse_protocol::{
    DeskFilter, EscalationId, EscalationReason, EscalationState, Outcome, Role, RunId,
};
use inhouse_store::{FinishRun, NewEscalation, Principal, StoreError, TICKET, TicketJob};
use serde_json::json;

both!(
    legal_replies_and_the_asker_reads_it,
    the_desk_is_not_there_for_others,
    the_desk_sees_the_trace_and_the_asker_does_not,
    the_desk_lists_who_waits_longest_first,
    a_question_reaches_legal_once_however_often_it_is_sent,
    a_question_sent_before_its_end_keeps_its_escalation,
    a_ticket_is_asked_for_once,
    a_ticket_key_is_set_once,
    a_reply_has_words_and_an_outcome,
);

pub(crate) async fn escalated(
    world: &World,
    by: &Principal,
    question: &str,
) -> Result<(RunId, EscalationId), Box<dyn std::error::Error>> {
    let run = world.ask(by, question).await?;
    let end = FinishRun {
        trace: json!({ "rules": [{ "words": "Enough evidence: no" }, { "words": "Escalate" }] }),
        escalation: Some(NewEscalation::new(EscalationReason::NotInDocuments)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = world.store.finish_run(&run, end).await?;
    Ok((run, id.ok_or("an escalation")?))
}

async fn legal_replies_and_the_asker_reads_it(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (run, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let open = store.escalations(&lena, &DeskFilter::default()).await?;
    assert_eq!((open.len(), open[0].asker.as_str()), (1, "emil"));
    assert_eq!(open[0].department.as_deref(), Some("Sales"));

    world.clock.advance_ms(5_000);
    store
        .reply(
            &lena,
            &id,
            &reply(" No, Lena signs. ", EscalationState::Answered),
        )
        .await?;
    world.clock.advance_ms(5_000);
    store
        .reply(&lena, &id, &reply("Closed.", EscalationState::Resolved))
        .await?;
    let read = store.my_request(&emil, &id).await?;
    assert_eq!(read.summary.state, EscalationState::Resolved);
    assert_eq!(
        read.summary.first_reply_at,
        Some(super::MORNING.plus_ms(5_000))
    );
    let bodies: Vec<_> = read
        .replies
        .iter()
        .map(|r| (r.author.as_str(), r.body.as_str()))
        .collect();
    assert_eq!(bodies, [("lena", "No, Lena signs."), ("lena", "Closed.")]);
    let conversation = read.conversation.ok_or("it came from one")?;
    let exchange = store
        .conversation(&emil, &conversation)
        .await?
        .exchanges
        .remove(0);
    assert_eq!(
        (&exchange.run, exchange.escalation.map(|e| e.replies.len())),
        (&run, Some(2))
    );
    let listed = store.conversations(&emil).await?;
    assert_eq!(listed[0].updated_at, super::MORNING.plus_ms(10_000));
    assert!(
        store
            .escalations(&lena, &DeskFilter::default())
            .await?
            .is_empty()
    );

    store
        .change_escalation(&lena, &id, &to_state(EscalationState::Open))
        .await?;
    assert_eq!(
        store.escalations(&lena, &everything_at_the_desk()).await?[0].state,
        EscalationState::Open
    );
    Ok(())
}

async fn the_desk_is_not_there_for_others(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    for other in [&emil, &ada] {
        assert!(matches!(
            store.escalations(other, &DeskFilter::default()).await,
            Err(StoreError::NotFound)
        ));
        assert!(matches!(
            store.escalation(other, &id).await,
            Err(StoreError::NotFound)
        ));
        let said = store
            .reply(other, &id, &reply("Yes.", EscalationState::Resolved))
            .await;
        assert!(matches!(said, Err(StoreError::NotFound)));
        let moved = store
            .change_escalation(other, &id, &to_state(EscalationState::Resolved))
            .await;
        assert!(matches!(moved, Err(StoreError::NotFound)));
    }
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let unknown = store.escalation(&lena, &"none".parse()?).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn the_desk_sees_the_trace_and_the_asker_does_not(world: World) -> Done {
    let set = world.legal_set("Board").await?;
    world.document(&set, "merger.txt", "Canary.").await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let desk = world.store.escalation(&lena, &id).await?;
    assert_eq!(desk.trace, ["Enough evidence: no", "Escalate"]);
    assert_eq!(desk.conversation, None);
    let own = world.store.my_request(&emil, &id).await?;
    assert!(own.trace.is_empty() && own.conversation.is_some());
    Ok(())
}

async fn the_desk_lists_who_waits_longest_first(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    for question in ["First?", "Second?"] {
        escalated(&world, &emil, question).await?;
        world.clock.advance_ms(1_000);
    }
    let open = world
        .store
        .escalations(&lena, &DeskFilter::default())
        .await?;
    let questions: Vec<_> = open.iter().map(|e| e.question.as_str()).collect();
    assert_eq!(questions, ["First?", "Second?"]);
    let newest = DeskFilter {
        sort: Some("newest".into()),
        ..DeskFilter::default()
    };
    assert_eq!(
        world.store.escalations(&lena, &newest).await?[0].question,
        "Second?"
    );
    assert_eq!(world.store.my_requests(&emil).await?[0].question, "Second?");
    Ok(())
}

async fn a_question_reaches_legal_once_however_often_it_is_sent(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "May I sign?").await?;
    let store = &world.store;
    store
        .finish_run(&run, FinishRun::new(Outcome::Answered))
        .await?;
    let id = store
        .escalate_run(&emil, &run, "It is urgent.", false)
        .await?;
    assert_eq!(
        store.escalate_run(&emil, &run, "By Friday.", false).await?,
        id
    );
    assert_eq!(store.escalate_run(&emil, &run, "", false).await?, id);
    let own = store.my_requests(&emil).await?;
    assert_eq!((own.len(), own[0].reason), (1, EscalationReason::Asked));
    assert_eq!(
        store.my_request(&emil, &id).await?.note,
        "It is urgent.\n\nBy Friday."
    );
    let overlong = store
        .escalate_run(&emil, &run, &"x".repeat(2_001), false)
        .await;
    assert!(matches!(overlong, Err(StoreError::Invalid(_))));
    Ok(())
}

async fn a_question_sent_before_its_end_keeps_its_escalation(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "May I sign?").await?;
    let id = world
        .store
        .escalate_run(&emil, &run, "Please look.", false)
        .await?;
    let ended = world
        .store
        .finish_run(&run, FinishRun::new(Outcome::Answered))
        .await?;
    assert_eq!(ended, Some(id));
    Ok(())
}

async fn a_ticket_is_asked_for_once(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let run = world.ask(&emil, "May I sign?").await?;
    let store = &world.store;
    store
        .finish_run(&run, FinishRun::new(Outcome::Answered))
        .await?;
    let id = store.escalate_run(&emil, &run, "", true).await?;
    store.escalate_run(&emil, &run, "", true).await?;
    assert_eq!(store.jobs_waiting(TICKET).await?, 1);
    let job = store
        .lease_job(&[TICKET], "w", 1_000)
        .await?
        .ok_or("a job")?;
    let payload: TicketJob = serde_json::from_str(&job.payload)?;
    assert_eq!(payload.escalation, id);
    store.finish_job(&job.id, "w").await?;
    store.escalate_run(&emil, &run, "", true).await?;
    assert_eq!(
        store.jobs_waiting(TICKET).await?,
        0,
        "not even when it is done"
    );
    Ok(())
}

async fn a_ticket_key_is_set_once(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let (_, other) = escalated(&world, &emil, "May I stamp?").await?;
    let store = &world.store;
    let ticket = store.ticket_for(&id).await?;
    assert_eq!(ticket.question, "May I sign?");
    assert_eq!(ticket.key, None);
    store.set_ticket_key(&id, "LEGAL-12").await?;
    store.set_ticket_key(&id, "LEGAL-12").await?;
    assert_eq!(
        store.ticket_for(&id).await?.key.as_deref(),
        Some("LEGAL-12")
    );
    for (of, key) in [(&id, "LEGAL-13"), (&other, "LEGAL-12")] {
        let set = store.set_ticket_key(of, key).await;
        assert!(matches!(set, Err(StoreError::Conflict { .. })));
    }
    let unknown = store.set_ticket_key(&"none".parse()?, "LEGAL-1").await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    let own = store.my_requests(&emil).await?;
    let tickets: Vec<_> = own.iter().filter_map(|e| e.ticket.as_deref()).collect();
    assert_eq!(tickets, ["LEGAL-12"]);
    Ok(())
}

async fn a_reply_has_words_and_an_outcome(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let long = "x".repeat(20_001);
    for new in [
        reply("  ", EscalationState::Answered),
        reply(&long, EscalationState::Answered),
        reply("Yes.", EscalationState::Open),
    ] {
        let replied = world.store.reply(&lena, &id, &new).await;
        assert!(matches!(replied, Err(StoreError::Invalid(_))));
    }
    assert!(world.store.my_request(&emil, &id).await?.replies.is_empty());
    Ok(())
}
