//! The watch over service levels: warnings, breaches and what was put off, each told once.

use super::desk::escalated;
use super::{Done, MORNING, World, both, reply};
use inhouse_protocol::{
    ChangeEscalation, DueState, EscalationChange, EscalationId, EscalationState, Role, Snooze,
    Timestamp,
};
use inhouse_store::{ClockEventKind, Principal};

both!(
    a_clock_warns_once_and_is_breached_once,
    a_reply_begins_the_time_of_the_resolution,
    a_clock_that_stands_still_is_not_watched,
    what_was_put_off_comes_back_by_itself,
    two_watches_tell_a_breach_once,
);

type Or<T> = Result<T, Box<dyn std::error::Error>>;

const HOUR: i64 = 3_600_000;

/// What the watch notices so many hours after Monday, 09:00.
async fn sweep(world: &World, hours: i64) -> Or<Vec<ClockEventKind>> {
    world.clock.set(at(hours));
    let events = world.store.sweep_clocks(world.store.now()).await?;
    Ok(events.into_iter().map(|event| event.kind).collect())
}

fn at(hours: i64) -> Timestamp {
    MORNING.plus_ms(hours * HOUR)
}

async fn change(
    world: &World,
    by: &Principal,
    id: &EscalationId,
    change: EscalationChange,
) -> Done {
    let revision = None;
    world
        .store
        .change_escalation(by, id, &ChangeEscalation { change, revision })
        .await?;
    Ok(())
}

async fn timeline(world: &World, by: &Principal, id: &EscalationId) -> Or<Vec<String>> {
    let lines = world.store.escalation(by, id).await?.timeline;
    Ok(lines.into_iter().map(|line| line.kind).collect())
}

async fn a_clock_warns_once_and_is_breached_once(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    // Due on Monday, 17:00.
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    assert!(sweep(&world, 5).await?.is_empty());
    assert_eq!(sweep(&world, 6).await?, [ClockEventKind::Warned]);
    assert!(sweep(&world, 7).await?.is_empty());
    assert_eq!(sweep(&world, 9).await?, [ClockEventKind::Breached]);
    assert!(sweep(&world, 26).await?.is_empty());
    assert_eq!(
        timeline(&world, &lena, &id).await?,
        ["opened", "warned", "breached"]
    );
    let (summary, _) = world.store.escalation_summary(&lena, &id).await?;
    let due = summary.first_reply_due.ok_or("it has a service level")?;
    assert_eq!((due.state, due.left_minutes), (DueState::Breached, -120));
    let queues = world.store.queues(&lena).await?.queues;
    assert_eq!((queues[0].open, queues[0].breached), (1, 1));
    let actions: Vec<_> = world
        .store
        .audit_after(0, 100)
        .await?
        .into_iter()
        .filter(|record| record.subject == format!("escalation:{id}"))
        .map(|record| record.action)
        .collect();
    assert!(actions.contains(&"escalation.warn".to_owned()));
    assert!(actions.contains(&"escalation.breach".to_owned()));
    Ok(())
}

async fn a_reply_begins_the_time_of_the_resolution(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    // To be resolved within five days of eight hours: by Friday, 17:00.
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    assert_eq!(sweep(&world, 7).await?, [ClockEventKind::Warned]);
    world.clock.advance_ms(60_000);
    let answered = reply("No.", EscalationState::Answered);
    world.store.reply(&lena, &id, &answered).await?;
    assert!(sweep(&world, 24).await?.is_empty());
    // Thursday, 15:00: ten of forty hours are left.
    assert_eq!(sweep(&world, 78).await?, [ClockEventKind::Warned]);
    assert_eq!(sweep(&world, 105).await?, [ClockEventKind::Breached]);
    let resolved = reply("Done.", EscalationState::Resolved);
    world.store.reply(&lena, &id, &resolved).await?;
    assert!(sweep(&world, 200).await?.is_empty());
    let (summary, _) = world.store.escalation_summary(&lena, &id).await?;
    let states =
        [summary.first_reply_due, summary.resolution_due].map(|due| due.map(|due| due.state));
    assert_eq!(states, [Some(DueState::Met), Some(DueState::Missed)]);
    Ok(())
}

async fn a_clock_that_stands_still_is_not_watched(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let waiting = |waiting| EscalationChange {
        waiting: Some(waiting),
        ..EscalationChange::default()
    };
    world.clock.set(at(1));
    change(&world, &lena, &id, waiting(true)).await?;
    assert!(sweep(&world, 31).await?.is_empty());
    let (summary, _) = world.store.escalation_summary(&lena, &id).await?;
    let due = summary.first_reply_due.ok_or("it has a service level")?;
    assert_eq!((due.state, due.left_minutes), (DueState::Paused, 420));
    // Tuesday, 16:00: seven hours are left, an hour today and six tomorrow.
    change(&world, &lena, &id, waiting(false)).await?;
    let (summary, _) = world.store.escalation_summary(&lena, &id).await?;
    let due = summary.first_reply_due.ok_or("it has a service level")?;
    assert_eq!((due.at, due.state), (at(54), DueState::OnTime));
    assert_eq!(sweep(&world, 53).await?, [ClockEventKind::Warned]);
    Ok(())
}

async fn what_was_put_off_comes_back_by_itself(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let snooze = EscalationChange {
        snooze: Some(Snooze::Until(at(3))),
        ..EscalationChange::default()
    };
    change(&world, &lena, &id, snooze).await?;
    assert!(sweep(&world, 2).await?.is_empty());
    assert_eq!(sweep(&world, 3).await?, [ClockEventKind::Woken]);
    assert!(sweep(&world, 4).await?.is_empty());
    let (summary, _) = world.store.escalation_summary(&lena, &id).await?;
    assert_eq!(summary.snoozed_until, None);
    assert_eq!(
        timeline(&world, &lena, &id)
            .await?
            .last()
            .map(String::as_str),
        Some("woken")
    );
    Ok(())
}

async fn two_watches_tell_a_breach_once(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    for _ in 0..5 {
        escalated(&world, &emil, "May I sign?").await?;
    }
    let other = world.other_process().await?;
    world.clock.set(at(9));
    let now = world.store.now();
    let (here, there) = tokio::join!(world.store.sweep_clocks(now), other.sweep_clocks(now));
    assert_eq!(here?.len() + there?.len(), 5);
    Ok(())
}
