//! What askers do with their own requests, and their word on an answer.

use super::desk::escalated;
use super::desk_work::{HOUR, given, kinds, opened, summary, waiting};
use super::{Done, World, both, reply, to_state};
use inhouse_protocol::{
    Assign, EscalationReason, EscalationState, MergeEscalation, NoticeKind, Outcome, ReplyKind,
    Role,
};
use inhouse_store::{FinishRun, NewEscalation, StoreError};

both!(
    what_an_asker_adds_lets_the_clock_go_on_and_opens_the_question,
    an_asker_withdraws_and_opens_it_again,
    a_request_is_opened_again_within_thirty_days,
    a_duplicate_is_a_request_of_its_own_once_its_asker_says_more,
    a_request_is_rated_once_it_is_resolved,
    nobody_touches_the_request_of_another,
    a_word_on_an_answer_is_kept_with_its_comment,
);

async fn what_an_asker_adds_lets_the_clock_go_on_and_opens_the_question(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    store
        .reply(
            &lena,
            &id,
            &reply("What exactly?", EscalationState::Answered),
        )
        .await?;
    store.change_escalation(&lena, &id, &waiting(true)).await?;
    let due = summary(&world, &lena, &id).await?.resolution_due;
    let due = due.ok_or("a service level")?.at;
    world.clock.advance_ms(2 * HOUR);
    store.add_to_request(&emil, &id, " The lease. ").await?;

    let shown = store.escalation(&lena, &id).await?;
    assert_eq!(shown.summary.state, EscalationState::Open);
    assert_eq!(shown.summary.waiting_since, None);
    let now = shown.summary.resolution_due.ok_or("a service level")?.at;
    assert!(now > due, "later by the time waited");
    let last = shown.replies.last().ok_or("a message")?;
    assert_eq!(
        (last.kind, last.body.as_str()),
        (ReplyKind::Asker, "The lease.")
    );
    let told = store.notices(&lena).await?;
    assert_eq!(told.notices[0].kind, NoticeKind::Asker);
    for (body, fits) in [(String::new(), false), ("x".repeat(20_001), false)] {
        let added = store.add_to_request(&emil, &id, &body).await;
        assert_eq!(added.is_ok(), fits);
    }
    Ok(())
}

async fn an_asker_withdraws_and_opens_it_again(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (lena, lenas) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let to_lena = given(Assign::Person(lena.id.clone()));
    store.change_escalation(&lenas, &id, &to_lena).await?;
    store.withdraw_request(&emil, &id).await?;
    store.withdraw_request(&emil, &id).await?;
    let own = store.my_request(&emil, &id).await?.summary;
    assert_eq!(own.state, EscalationState::Resolved);
    assert!(own.withdrawn_at.is_some());
    let replied = store
        .reply(&lenas, &id, &reply("No.", EscalationState::Answered))
        .await;
    assert!(matches!(replied, Err(StoreError::Conflict { .. })));

    world.clock.advance_ms(HOUR);
    store
        .reopen_request(&emil, &id, "I need it after all.")
        .await?;
    let own = store.my_request(&emil, &id).await?;
    assert_eq!(own.summary.state, EscalationState::Open);
    assert_eq!(own.summary.withdrawn_at, None);
    assert_eq!(own.replies.len(), 1);
    let again = store.reopen_request(&emil, &id, "").await;
    assert!(
        matches!(again, Err(StoreError::Conflict { .. })),
        "it is open"
    );
    let lines = kinds(&world, &lenas, &id).await?;
    let tail: Vec<_> = lines
        .iter()
        .rev()
        .take(3)
        .rev()
        .map(String::as_str)
        .collect();
    assert_eq!(tail, ["withdrawn", "reopened", "asker"]);
    let told = store.notices(&lenas).await?.notices;
    let told: Vec<_> = told.iter().map(|notice| notice.kind).collect();
    assert_eq!(told, [NoticeKind::Returned, NoticeKind::Withdrawn]);
    Ok(())
}

async fn a_request_is_opened_again_within_thirty_days(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let resolved = to_state(EscalationState::Resolved);
    store.change_escalation(&lena, &id, &resolved).await?;
    let withdrawn = store.withdraw_request(&emil, &id).await;
    assert!(matches!(withdrawn, Err(StoreError::Conflict { .. })));
    world.pass_days(30);
    store.add_to_request(&emil, &id, "One more thing.").await?;
    let own = store.my_request(&emil, &id).await?.summary;
    assert_eq!(own.state, EscalationState::Open);

    store.change_escalation(&lena, &id, &resolved).await?;
    world.pass_days(31);
    for late in [
        store.reopen_request(&emil, &id, "").await,
        store.add_to_request(&emil, &id, "Hello?").await,
    ] {
        assert!(matches!(late, Err(StoreError::Conflict { .. })));
    }
    Ok(())
}

async fn a_duplicate_is_a_request_of_its_own_once_its_asker_says_more(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, first) = escalated(&world, &emil, "May I sign?").await?;
    let (_, second) = escalated(&world, &otto, "May I sign it?").await?;
    let store = &world.store;
    let merge = MergeEscalation {
        into: first.clone(),
        revision: None,
    };
    store.merge_escalation(&lena, &second, &merge).await?;
    let own = store.my_request(&otto, &second).await?.summary;
    assert_eq!(own.state, EscalationState::Open, "as the other one");
    let rated = store.rate_request(&otto, &second, 5, "").await;
    assert!(matches!(rated, Err(StoreError::Conflict { .. })));
    store
        .add_to_request(&otto, &second, "Mine is a lease.")
        .await?;
    let shown = summary(&world, &lena, &second).await?;
    assert_eq!(
        (shown.state, shown.merged_into),
        (EscalationState::Open, None)
    );
    let other = store.my_request(&emil, &first).await?;
    assert!(other.replies.is_empty(), "nobody reads another's words");
    Ok(())
}

async fn a_request_is_rated_once_it_is_resolved(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let early = store.rate_request(&emil, &id, 4, "").await;
    assert!(matches!(early, Err(StoreError::Conflict { .. })));
    store
        .reply(&lena, &id, &reply("No.", EscalationState::Resolved))
        .await?;
    for (rating, comment) in [(0, ""), (6, ""), (4, &*"x".repeat(1_001))] {
        let rated = store.rate_request(&emil, &id, rating, comment).await;
        assert!(matches!(rated, Err(StoreError::Invalid(_))));
    }
    store.rate_request(&emil, &id, 2, "Slow.").await?;
    store.rate_request(&emil, &id, 4, " Quick. ").await?;
    let own = store.my_request(&emil, &id).await?;
    assert_eq!(
        (own.summary.rating, own.rating_comment.as_str()),
        (Some(4), "Quick.")
    );
    assert_eq!(summary(&world, &lena, &id).await?.rating, Some(4));
    Ok(())
}

async fn nobody_touches_the_request_of_another(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let new = NewEscalation::new(EscalationReason::Rule);
    let id = opened(&world, &emil, "May I sign?", new).await?;
    let store = &world.store;
    for other in [&otto, &lena] {
        for result in [
            store.add_to_request(other, &id, "Hello.").await,
            store.withdraw_request(other, &id).await,
            store.reopen_request(other, &id, "").await,
            store.rate_request(other, &id, 5, "").await,
        ] {
            assert!(matches!(result, Err(StoreError::NotFound)));
        }
    }
    let before = summary(&world, &lena, &id).await?;
    assert_eq!((before.state, before.revision), (EscalationState::Open, 1));
    Ok(())
}

async fn a_word_on_an_answer_is_kept_with_its_comment(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let run = world.ask(&emil, "May I sign?").await?;
    let store = &world.store;
    let early = store.set_helpful(&emil, &run, true, "").await;
    assert!(matches!(early, Err(StoreError::Conflict { .. })));
    store
        .finish_run(&run, FinishRun::new(Outcome::Answered))
        .await?;
    store.set_helpful(&emil, &run, true, "").await?;
    store
        .set_helpful(&emil, &run, false, "It missed 4.2.")
        .await?;
    let other = store.set_helpful(&otto, &run, true, "").await;
    assert!(matches!(other, Err(StoreError::NotFound)));
    let overlong = store
        .set_helpful(&emil, &run, true, &"x".repeat(1_001))
        .await;
    assert!(matches!(overlong, Err(StoreError::Invalid(_))));
    let conversations = store.conversations(&emil).await?;
    let shown = store.conversation(&emil, &conversations[0].id).await?;
    assert_eq!(shown.exchanges[0].helpful, Some(false));
    Ok(())
}
