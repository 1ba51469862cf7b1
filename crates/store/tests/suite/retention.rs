//! What is old enough is removed, class by class, unless a hold covers it.

use super::{Done, MORNING, World, both, reply};
use inhouse_protocol::{
    ConversationId, EscalationState, HoldKind, NewHold, Outcome, RetentionRun, Role, SignInMethod,
};
use inhouse_store::{
    Actor, FinishRun, NewSession, Principal, RetentionLimits, RetentionMode, StoreError,
};

both!(
    an_old_conversation_goes_and_its_figures_stay,
    an_open_request_keeps_its_conversation_and_an_answered_one_goes_with_it,
    ended_sessions_go_after_their_time,
    what_a_hold_covers_stays_and_is_counted,
    the_log_is_cut_at_a_checkpoint_and_verifies_from_there,
    a_log_that_does_not_verify_is_not_cut,
    a_dry_run_changes_nothing,
    of_two_workers_one_runs_a_day,
);

const DAY_MS: i64 = 86_400_000;

const LIMITS: RetentionLimits = RetentionLimits {
    conversations_days: 30,
    requests_days: 60,
    sessions_days: 10,
    log_days: 0,
};

const LOG: RetentionLimits = RetentionLimits {
    conversations_days: 0,
    requests_days: 0,
    sessions_days: 0,
    log_days: 200,
};

async fn apply(world: &World, limits: &RetentionLimits) -> Result<RetentionRun, StoreError> {
    let run = world
        .store
        .apply_retention(&Actor::System, limits, RetentionMode::Now)
        .await?;
    run.ok_or(StoreError::NotFound)
}

fn removed(run: &RetentionRun, what: &str) -> u64 {
    let counted = run
        .removed
        .iter()
        .find(|counted| counted.what.starts_with(what));
    counted.map_or(0, |counted| counted.count)
}

/// A question that was answered, in a conversation of its own.
async fn answered(
    world: &World,
    by: &Principal,
    question: &str,
) -> Result<ConversationId, Box<dyn std::error::Error>> {
    let conversation = world.store.create_conversation(by).await?;
    let run = world.store.start_run(by, &conversation, question).await?;
    world
        .store
        .finish_run(&run, FinishRun::new(Outcome::Declined))
        .await?;
    Ok(conversation)
}

async fn an_old_conversation_goes_and_its_figures_stay(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let old = answered(&world, &emil, "When?").await?;
    let alone = world.store.start_run_alone(&emil, "And now?").await?;
    world
        .store
        .finish_run(&alone, FinishRun::new(Outcome::Declined))
        .await?;
    world.clock.advance_ms(20 * DAY_MS);
    let young = answered(&world, &emil, "Where?").await?;
    world.clock.advance_ms(10 * DAY_MS);
    assert!(
        apply(&world, &LIMITS).await?.removed.is_empty(),
        "not a day too early"
    );
    world.clock.advance_ms(1);
    let run = apply(&world, &LIMITS).await?;
    assert_eq!(
        (removed(&run, "conversations"), removed(&run, "questions")),
        (1, 2)
    );
    let gone = world.store.conversation_summary(&emil, &old).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
    assert!(matches!(
        world.store.run_for(&emil, &alone).await,
        Err(StoreError::NotFound)
    ));
    assert_eq!(
        world
            .store
            .conversation(&emil, &young)
            .await?
            .exchanges
            .len(),
        1
    );
    assert!(
        apply(&world, &LIMITS).await?.removed.is_empty(),
        "it is gone"
    );
    Ok(())
}

async fn an_open_request_keeps_its_conversation_and_an_answered_one_goes_with_it(
    world: World,
) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let run = world.ask(&emil, "May I sign?").await?;
    store
        .finish_run(&run, FinishRun::new(Outcome::Declined))
        .await?;
    let id = store.escalate_run(&emil, &run, "", true).await?;
    world.clock.advance_ms(400 * DAY_MS);
    let nothing = apply(&world, &LIMITS).await?;
    assert_eq!(
        removed(&nothing, "requests") + removed(&nothing, "conversations"),
        0
    );
    let reply = reply("No.", EscalationState::Resolved);
    store.reply(&lena, &id, &reply).await?;
    world.clock.advance_ms(60 * DAY_MS);
    assert_eq!(
        removed(&apply(&world, &LIMITS).await?, "requests"),
        0,
        "from the last reply"
    );
    world.clock.advance_ms(1);
    let gone = apply(&world, &LIMITS).await?;
    assert_eq!(
        (removed(&gone, "requests"), removed(&gone, "conversations")),
        (1, 1)
    );
    assert!(store.my_requests(&emil).await?.is_empty());
    assert_eq!(store.jobs_waiting(inhouse_store::TICKET).await?, 0);
    Ok(())
}

async fn ended_sessions_go_after_their_time(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let new = NewSession::new(SignInMethod::Password, "Firefox");
    let ended = store.open_session(&emil.id, &new).await?;
    store.end_session(&Actor::Operator, &ended).await?;
    store
        .record_sign_in_failure("emil@example.com", "192.0.2.7", SignInMethod::Password)
        .await?;
    world.clock.advance_ms(10 * DAY_MS + 1);
    let kept = store.open_session(&emil.id, &new).await?;
    let run = apply(&world, &LIMITS).await?;
    assert_eq!(removed(&run, "sessions"), 1);
    assert_eq!(
        removed(&run, "failed"),
        2,
        "of the account and of the address"
    );
    assert!(store.principal_of_session(&kept).await?.is_some());
    Ok(())
}

async fn what_a_hold_covers_stays_and_is_counted(world: World) -> Done {
    let (emil, held) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let kept = answered(&world, &held, "When?").await?;
    answered(&world, &otto, "Where?").await?;
    let hold = NewHold {
        kind: HoldKind::Person,
        person: Some(emil.id.clone()),
        reason: "Dismissal claim".into(),
    };
    let store = &world.store;
    let hold = store.place_hold(&Actor::Operator, &hold).await?;
    world.clock.advance_ms(31 * DAY_MS);
    let run = apply(&world, &LIMITS).await?;
    assert_eq!((removed(&run, "conversations"), run.held), (1, 1));
    assert_eq!(store.conversation(&held, &kept).await?.exchanges.len(), 1);
    store.lift_hold(&Actor::Operator, &hold.id).await?;
    let run = apply(&world, &LIMITS).await?;
    assert_eq!((removed(&run, "conversations"), run.held), (1, 0));
    let runs = store.retention_runs(10).await?;
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0], run, "the newest first");
    Ok(())
}

/// A checkpoint of the newest record; who signs it doesn't matter here.
async fn checkpoint(world: &World) -> Done {
    world
        .tamper(
            "INSERT INTO checkpoints (seq, hash, at, key_id, signature)
             SELECT seq, hash, at, 'test', '' FROM audit ORDER BY seq DESC LIMIT 1",
        )
        .await
}

async fn the_log_is_cut_at_a_checkpoint_and_verifies_from_there(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    answered(&world, &emil, "When?").await?;
    checkpoint(&world).await?;
    answered(&world, &emil, "After the checkpoint?").await?;
    let store = &world.store;
    let before = store.audit_after(0, 100).await?;
    world.clock.advance_ms(201 * DAY_MS);
    let hold = NewHold {
        kind: HoldKind::Everything,
        person: None,
        reason: "Audit by the authority".into(),
    };
    let hold = store.place_hold(&Actor::Operator, &hold).await?;
    let held = apply(&world, &LOG).await?;
    assert_eq!((removed(&held, "records"), held.held), (0, 4));
    store.lift_hold(&Actor::Operator, &hold.id).await?;

    let run = apply(&world, &LOG).await?;
    assert_eq!(
        removed(&run, "records"),
        4,
        "up to the checkpoint, not to the day"
    );
    let after = store.audit_after(0, 100).await?;
    assert_eq!(after[0], before[4]);
    store.verify_audit().await?;
    // And again, at a later checkpoint.
    checkpoint(&world).await?;
    answered(&world, &emil, "Where?").await?;
    store.verify_audit().await?;
    world.clock.advance_ms(201 * DAY_MS);
    let run = apply(&world, &LOG).await?;
    assert!(removed(&run, "records") > 4);
    store.verify_audit().await?;
    world
        .tamper("UPDATE audit SET detail = '{}' WHERE action = 'run.finish'")
        .await?;
    assert!(matches!(
        store.verify_audit().await,
        Err(StoreError::Corrupt(_))
    ));
    Ok(())
}

async fn a_log_that_does_not_verify_is_not_cut(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    answered(&world, &emil, "When?").await?;
    checkpoint(&world).await?;
    answered(&world, &emil, "Where?").await?;
    world
        .tamper("UPDATE audit SET actor = 'operator' WHERE seq = 2")
        .await?;
    world.clock.advance_ms(201 * DAY_MS);
    let run = apply(&world, &LOG).await?;
    assert_eq!(removed(&run, "records"), 0, "it is evidence");
    Ok(())
}

async fn a_dry_run_changes_nothing(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let old = answered(&world, &emil, "When?").await?;
    world.clock.advance_ms(31 * DAY_MS);
    let store = &world.store;
    let run = store
        .apply_retention(&Actor::Operator, &LIMITS, RetentionMode::DryRun)
        .await?
        .ok_or("a dry run is always due")?;
    assert_eq!(removed(&run, "conversations"), 1);
    assert_eq!(
        store.conversation(&emil, &old).await?.exchanges[0].question,
        "When?"
    );
    assert!(store.retention_runs(1).await?.is_empty());
    Ok(())
}

async fn of_two_workers_one_runs_a_day(world: World) -> Done {
    let daily = RetentionMode::Every(DAY_MS);
    let other = world.other_process().await?;
    let store = &world.store;
    let (one, two) = tokio::join!(
        store.apply_retention(&Actor::System, &LIMITS, daily),
        other.apply_retention(&Actor::System, &LIMITS, daily),
    );
    assert!(one?.is_some() != two?.is_some());
    world.clock.set(MORNING.plus_ms(DAY_MS - 1));
    assert!(
        store
            .apply_retention(&Actor::System, &LIMITS, daily)
            .await?
            .is_none()
    );
    world.clock.set(MORNING.plus_ms(DAY_MS));
    assert!(
        other
            .apply_retention(&Actor::System, &LIMITS, daily)
            .await?
            .is_some()
    );
    assert_eq!(store.retention_runs(10).await?.len(), 2);
    Ok(())
}
