//! The desk's list, the past questions beside a new one, and the conversation before it.

use super::desk::escalated;
use super::desk_work::{HOUR, MINUTE, given, one, opened};
use super::{Done, World, both, reply};
use inhouse_protocol::{
    Assign, DeskFilter, EscalationChange, EscalationReason, EscalationState, Outcome, Priority,
    Role, Snooze,
};
use inhouse_store::{FinishRun, NewEscalation, Principal, StoreError};
use serde_json::json;

both!(
    the_list_is_filtered_and_ordered,
    what_is_snoozed_comes_back_by_itself,
    past_questions_come_with_their_last_reply,
    the_desk_sees_the_conversation_before,
);

async fn questions(
    world: &World,
    by: &Principal,
    filter: &DeskFilter,
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let found = world.store.escalations(by, filter).await?;
    Ok(found.into_iter().map(|one| one.question).collect())
}

async fn the_list_is_filtered_and_ordered(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (lena_user, lena) = world.person("lena", Role::Legal).await?;
    let slow = NewEscalation {
        priority: Priority::Low,
        ..NewEscalation::new(EscalationReason::Asked)
    };
    let slow = opened(&world, &emil, "Ärger mit dem Lease?", slow).await?;
    world.clock.advance_ms(MINUTE);
    let fast = NewEscalation {
        priority: Priority::Urgent,
        ..NewEscalation::new(EscalationReason::Asked)
    };
    opened(&world, &emil, "May I sign?", fast).await?;
    world
        .store
        .change_escalation(&lena, &slow, &given(Assign::Me))
        .await?;
    let (slow, fast) = ("Ärger mit dem Lease?", "May I sign?");
    let filter = DeskFilter::default();
    assert_eq!(questions(&world, &lena, &filter).await?, [fast, slow]);
    for (filter, expected) in [
        (json!({ "sort": "age" }), vec![slow, fast]),
        (json!({ "sort": "newest" }), vec![fast, slow]),
        (json!({ "sort": "priority" }), vec![fast, slow]),
        (json!({ "assignee": "me" }), vec![slow]),
        (json!({ "assignee": "nobody" }), vec![fast]),
        (json!({ "assignee": lena_user.id }), vec![slow]),
        (json!({ "priority": "urgent" }), vec![fast]),
        (json!({ "queue": "legal" }), vec![fast, slow]),
        (json!({ "queue": "whistleblowing" }), vec![]),
        (json!({ "q": "lease ärger" }), vec![slow]),
        (json!({ "q": "lease sign" }), vec![]),
        (json!({ "state": "resolved" }), vec![]),
        (json!({ "state": "all" }), vec![fast, slow]),
    ] {
        let filter: DeskFilter = serde_json::from_value(filter)?;
        let listed = questions(&world, &lena, &filter).await?;
        assert_eq!(listed, expected, "{filter:?}");
    }
    for wrong in [
        json!({ "state": "gone" }),
        json!({ "sort": "name" }),
        json!({ "priority": "now" }),
        json!({ "snoozed": "maybe" }),
    ] {
        let filter: DeskFilter = serde_json::from_value(wrong)?;
        let listed = world.store.escalations(&lena, &filter).await;
        assert!(matches!(listed, Err(StoreError::Invalid(_))));
    }
    Ok(())
}

async fn what_is_snoozed_comes_back_by_itself(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let snooze = one(EscalationChange {
        snooze: Some(Snooze::Until(store.now().plus_ms(HOUR))),
        ..EscalationChange::default()
    });
    let undo = store.change_escalation(&lena, &id, &snooze).await?.undo;
    assert_eq!(undo.snooze, Some(Snooze::Wake));
    let filter = DeskFilter::default();
    assert!(store.escalations(&lena, &filter).await?.is_empty());
    let too = DeskFilter {
        snoozed: Some("yes".into()),
        ..filter.clone()
    };
    assert_eq!(store.escalations(&lena, &too).await?.len(), 1);
    world.clock.advance_ms(HOUR);
    assert_eq!(store.escalations(&lena, &filter).await?.len(), 1);
    Ok(())
}

async fn past_questions_come_with_their_last_reply(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, first) = escalated(&world, &emil, "First?").await?;
    world.clock.advance_ms(MINUTE);
    escalated(&world, &emil, "Second?").await?;
    let store = &world.store;
    for body in ["Yes.", "No, sorry."] {
        world.clock.advance_ms(MINUTE);
        store
            .reply(&lena, &first, &reply(body, EscalationState::Answered))
            .await?;
    }
    let past = store.past_escalations(&lena, 400).await?;
    let past: Vec<_> = past
        .iter()
        .map(|(one, reply)| (one.question.as_str(), reply.as_str()))
        .collect();
    assert_eq!(past, [("Second?", ""), ("First?", "No, sorry.")]);
    assert_eq!(store.past_escalations(&lena, 1).await?.len(), 1);
    let outside = store.past_escalations(&emil, 1).await;
    assert!(matches!(outside, Err(StoreError::NotFound)));
    Ok(())
}

async fn the_desk_sees_the_conversation_before(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let conversation = store.create_conversation(&emil).await?;
    let mut last = None;
    for question in ["What is a lease?", "When does ours end?"] {
        let run = store.start_run(&emil, &conversation, question).await?;
        store
            .finish_run(&run, FinishRun::new(Outcome::Answered))
            .await?;
        last = Some(run);
    }
    let run = last.ok_or("it was asked")?;
    let id = store.escalate_run(&emil, &run, "", false).await?;
    let shown = store.escalation(&lena, &id).await?;
    let before: Vec<_> = shown
        .earlier
        .iter()
        .map(|one| one.question.as_str())
        .collect();
    assert_eq!(before, ["What is a lease?"]);
    let opened = &shown.timeline[0];
    assert_eq!(opened.actor.as_deref(), Some("emil"));
    assert_eq!(opened.words, "put it into the queue 'Legal'");
    assert!(store.my_request(&emil, &id).await?.earlier.is_empty());
    Ok(())
}
