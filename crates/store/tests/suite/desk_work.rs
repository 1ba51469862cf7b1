//! Changes at the desk: queue, priority, whose it is, its clocks; one and many, and taken back.

use super::desk::escalated;
use super::{Done, World, both, reply, to_state};
use inhouse_protocol::{
    Assign, BulkChange, ChangeEscalation, DueState, EscalationChange, EscalationId,
    EscalationReason, EscalationState, EscalationSummary, NewReply, Outcome, Presence, Priority,
    Role, Snooze,
};
use inhouse_store::{Actor, FinishRun, NewEscalation, Principal, StoreError, TICKET};

both!(
    a_question_comes_into_a_queue_with_its_clocks,
    nothing_of_a_restricted_queue_asks_for_a_ticket,
    a_change_on_an_older_revision_is_refused_and_names_who_changed_it,
    a_change_of_nothing_and_what_can_not_be_are_refused,
    many_are_changed_at_once_and_each_can_be_taken_back,
    the_clock_stands_still_while_the_asker_is_waited_for,
    the_time_after_a_resolution_counts_for_nobody,
    nobody_has_it_when_whoever_had_it_is_erased,
);

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;

type Summary = Result<EscalationSummary, Box<dyn std::error::Error>>;

pub(crate) async fn opened(
    world: &World,
    by: &Principal,
    question: &str,
    new: NewEscalation,
) -> Result<EscalationId, Box<dyn std::error::Error>> {
    let run = world.ask(by, question).await?;
    let end = FinishRun {
        escalation: Some(new),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = world.store.finish_run(&run, end).await?;
    Ok(id.ok_or("an escalation")?)
}

pub(crate) async fn summary(world: &World, by: &Principal, id: &EscalationId) -> Summary {
    Ok(world.store.escalation_summary(by, id).await?.0)
}

pub(crate) async fn kinds(
    world: &World,
    by: &Principal,
    id: &EscalationId,
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let shown = world.store.escalation(by, id).await?;
    Ok(shown.timeline.into_iter().map(|line| line.kind).collect())
}

pub(crate) fn one(change: EscalationChange) -> ChangeEscalation {
    ChangeEscalation {
        change,
        revision: None,
    }
}

pub(crate) fn waiting(waiting: bool) -> ChangeEscalation {
    one(EscalationChange {
        waiting: Some(waiting),
        ..EscalationChange::default()
    })
}

pub(crate) fn given(assign: Assign) -> ChangeEscalation {
    one(EscalationChange {
        assignee: Some(assign),
        ..EscalationChange::default()
    })
}

async fn a_question_comes_into_a_queue_with_its_clocks(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let urgent = NewEscalation {
        queue: Some("nowhere".into()),
        priority: Priority::Urgent,
        ..NewEscalation::new(EscalationReason::Rule)
    };
    let id = opened(&world, &emil, "May I sign?", urgent).await?;
    let found = summary(&world, &lena, &id).await?;
    assert_eq!(found.queue.key, "legal", "an unknown queue is none");
    assert_eq!((found.priority, found.revision), (Priority::Urgent, 1));
    let due = found.first_reply_due.ok_or("a service level")?;
    assert_eq!((due.state, due.left_minutes), (DueState::OnTime, 120));

    let normal = one(EscalationChange {
        priority: Some(Priority::Normal),
        ..EscalationChange::default()
    });
    world.store.change_escalation(&lena, &id, &normal).await?;
    let due = summary(&world, &lena, &id).await?.first_reply_due;
    assert_eq!(due.ok_or("a service level")?.left_minutes, 480);
    assert_eq!(kinds(&world, &lena, &id).await?, ["opened", "priority"]);
    Ok(())
}

async fn nothing_of_a_restricted_queue_asks_for_a_ticket(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let report = NewEscalation {
        queue: Some("whistleblowing".into()),
        ticket: true,
        ..NewEscalation::new(EscalationReason::Rule)
    };
    let id = opened(&world, &emil, "They bribe.", report).await?;
    assert_eq!(store.jobs_waiting(TICKET).await?, 0);
    let asked = store.request_ticket(&lena, &id).await;
    assert!(matches!(asked, Err(StoreError::Invalid(_))));

    let (_, other) = escalated(&world, &emil, "May I sign?").await?;
    store.request_ticket(&lena, &other).await?;
    assert_eq!(store.jobs_waiting(TICKET).await?, 1);
    let queue = summary(&world, &lena, &id).await?.queue.id;
    let moved = one(EscalationChange {
        queue: Some(queue),
        ..EscalationChange::default()
    });
    store.change_escalation(&lena, &other, &moved).await?;
    assert_eq!(store.jobs_waiting(TICKET).await?, 0, "it is taken back");
    Ok(())
}

async fn a_change_on_an_older_revision_is_refused_and_names_who_changed_it(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, lea) = world.person("lea", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let seen = summary(&world, &lena, &id).await?.revision;
    store
        .change_escalation(&lea, &id, &given(Assign::Me))
        .await?;
    let late = NewReply {
        revision: Some(seen),
        ..reply("Yes.", EscalationState::Answered)
    };
    let refused = store.reply(&lena, &id, &late).await;
    let what = match refused {
        Err(StoreError::Conflict { what }) => what,
        other => return Err(format!("{other:?}").into()),
    };
    assert!(what.starts_with("lea changed this meanwhile."), "{what}");
    assert!(store.my_request(&emil, &id).await?.replies.is_empty());

    let now = summary(&world, &lena, &id).await?;
    assert_eq!(
        now.assignee.map(|person| person.name).as_deref(),
        Some("lea")
    );
    let again = NewReply {
        revision: Some(now.revision),
        ..late
    };
    store.reply(&lena, &id, &again).await?;
    Ok(())
}

async fn a_change_of_nothing_and_what_can_not_be_are_refused(world: World) -> Done {
    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let before = store.audit_after(0, 1_000).await?.len();
    for change in [
        one(EscalationChange::default()),
        given(Assign::Person(emil_user.id)),
        given(Assign::Rotation),
        one(EscalationChange {
            snooze: Some(Snooze::Until(store.now())),
            ..EscalationChange::default()
        }),
        one(EscalationChange {
            queue: Some("nowhere".parse()?),
            ..EscalationChange::default()
        }),
    ] {
        let changed = store.change_escalation(&lena, &id, &change).await;
        assert!(
            matches!(changed, Err(StoreError::Invalid(_))),
            "{changed:?}"
        );
    }
    // What is so already is no change.
    let same = store
        .change_escalation(&lena, &id, &to_state(EscalationState::Open))
        .await?;
    assert_eq!((same.revision, same.undo), (1, EscalationChange::default()));
    assert_eq!(store.audit_after(0, 1_000).await?.len(), before);
    Ok(())
}

async fn many_are_changed_at_once_and_each_can_be_taken_back(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let mut escalations = Vec::new();
    for question in ["First?", "Second?"] {
        escalations.push((escalated(&world, &emil, question).await?.1, 1));
    }
    escalations.push((escalated(&world, &emil, "Third?").await?.1, 7));
    escalations.push(("none".parse()?, 1));
    let bulk = BulkChange {
        escalations,
        change: EscalationChange {
            state: Some(EscalationState::Resolved),
            assignee: Some(Assign::Me),
            priority: Some(Priority::High),
            ..EscalationChange::default()
        },
    };
    let results = store.change_escalations(&lena, &bulk).await?;
    let failed: Vec<_> = results.iter().map(|one| one.error.is_some()).collect();
    assert_eq!(failed, [false, false, true, true]);
    let first = &results[0];
    let now = summary(&world, &lena, &first.id).await?;
    assert_eq!(now.state, EscalationState::Resolved);
    assert_eq!(
        (now.priority, now.revision),
        (Priority::High, first.revision)
    );

    let back = ChangeEscalation {
        change: first.undo.clone(),
        revision: Some(first.revision),
    };
    store.change_escalation(&lena, &first.id, &back).await?;
    let now = summary(&world, &lena, &first.id).await?;
    assert_eq!(
        (now.state, now.priority),
        (EscalationState::Open, Priority::Normal)
    );
    assert_eq!(now.assignee, None);
    let none = BulkChange {
        escalations: Vec::new(),
        ..bulk
    };
    let refused = store.change_escalations(&lena, &none).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    Ok(())
}

async fn the_clock_stands_still_while_the_asker_is_waited_for(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    world.clock.advance_ms(HOUR);
    store.change_escalation(&lena, &id, &waiting(true)).await?;
    world.clock.advance_ms(2 * HOUR);
    let due = summary(&world, &lena, &id).await?.first_reply_due;
    let due = due.ok_or("a service level")?;
    assert_eq!((due.state, due.left_minutes), (DueState::Paused, 420));
    store.change_escalation(&lena, &id, &waiting(false)).await?;
    world.clock.advance_ms(HOUR);
    let due = summary(&world, &lena, &id).await?.first_reply_due;
    assert_eq!(due.ok_or("a service level")?.left_minutes, 360);

    let ask_back = NewReply {
        wait: true,
        ..reply("Which contract?", EscalationState::Answered)
    };
    store.reply(&lena, &id, &ask_back).await?;
    let now = summary(&world, &lena, &id).await?;
    assert_eq!(now.waiting_since, Some(store.now()));
    assert_eq!(
        now.first_reply_due.map(|due| due.state),
        Some(DueState::Met)
    );
    store
        .reply(&lena, &id, &reply("Yes.", EscalationState::Answered))
        .await?;
    assert_eq!(summary(&world, &lena, &id).await?.waiting_since, None);
    assert_eq!(
        kinds(&world, &lena, &id).await?,
        [
            "opened", "waiting", "resumed", "reply", "waiting", "reply", "resumed"
        ]
    );
    let both = NewReply {
        wait: true,
        ..reply("Closed.", EscalationState::Resolved)
    };
    let refused = store.reply(&lena, &id, &both).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    Ok(())
}

async fn the_time_after_a_resolution_counts_for_nobody(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    world.clock.advance_ms(HOUR);
    store
        .reply(&lena, &id, &reply("Yes.", EscalationState::Resolved))
        .await?;
    world.pass_days(7);
    store
        .change_escalation(&lena, &id, &to_state(EscalationState::Open))
        .await?;
    let due = summary(&world, &lena, &id).await?.resolution_due;
    let due = due.ok_or("a service level")?;
    assert_eq!((due.state, due.left_minutes), (DueState::OnTime, 2_340));
    Ok(())
}

async fn nobody_has_it_when_whoever_had_it_is_erased(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (lea_user, lea) = world.person("lea", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    store
        .change_escalation(&lea, &id, &given(Assign::Me))
        .await?;
    store
        .present(&lea, &id, &Presence { writing: true })
        .await?;
    store
        .erase_person(&Actor::Operator, &lea_user.id, "Request under article 17")
        .await?;
    assert_eq!(summary(&world, &lena, &id).await?.assignee, None);
    let lines = store.escalation(&lena, &id).await?.timeline;
    let took = lines.last().ok_or("a line")?;
    assert_eq!(took.actor.as_deref(), Some("Erased person"));
    Ok(())
}
