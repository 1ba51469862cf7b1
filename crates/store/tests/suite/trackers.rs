//! Saved trackers, and what comes back from them.

use super::{Done, World, both};
use inhouse_protocol::{
    EscalationId, EscalationReason, EscalationState, Outcome, ReplyKind, Role, Timestamp,
    TrackerChange, TrackerId, TrackerKind, TrackerSettings,
};
use inhouse_store::{
    Actor, FinishRun, MasterKeys, NewEscalation, NewsTaken, Principal, Store, StoreError,
    TicketComment, TicketNews, TicketStatus, TrackerSecret,
};

both!(
    a_tracker_is_kept_with_its_secrets_until_it_is_removed,
    a_tracker_that_is_not_there_is_not_found,
    a_secret_opens_with_the_instances_own_keys_only,
    news_count_once_and_move_the_escalation,
    news_of_another_tracker_or_issue_are_not_ours,
);

const BY: Actor = Actor::Operator;

fn change(name: &str, token: Option<&str>) -> TrackerChange {
    TrackerChange {
        settings: TrackerSettings {
            name: name.into(),
            kind: TrackerKind::JiraCloud,
            address: "https://example.atlassian.net".into(),
            project: "LEGAL".into(),
            issue_type: "Task".into(),
            account: "bot@example.com".into(),
            ..TrackerSettings::default()
        },
        enabled: true,
        token: token.map(str::to_owned),
        webhook_secret: None,
    }
}

async fn a_tracker_is_kept_with_its_secrets_until_it_is_removed(world: World) -> Done {
    let store = &world.store;
    let id = store
        .create_tracker(&BY, &change("Jira", Some(" s3cret ")))
        .await?;
    let kept = store.tracker(&id).await?;
    assert_eq!(kept.settings.name, "Jira");
    let token = kept.token.as_ref().map(TrackerSecret::expose);
    assert_eq!(token, Some("s3cret"));
    assert_eq!(kept.webhook_secret, None);
    assert!(!format!("{kept:?}").contains("s3cret"));

    store
        .change_tracker(&BY, &id, &change("Tickets", None))
        .await?;
    let kept = store.tracker(&id).await?;
    assert_eq!(kept.settings.name, "Tickets");
    assert!(kept.token.is_some(), "what isn't given stays");
    store
        .change_tracker(&BY, &id, &change("Tickets", Some("")))
        .await?;
    assert_eq!(store.tracker(&id).await?.token, None);
    let until = Timestamp(7);
    store.set_tracker_polled(&id, until).await?;
    assert_eq!(store.trackers().await?[0].polled_until, Some(until));

    store.delete_tracker(&BY, &id).await?;
    assert!(store.trackers().await?.is_empty());
    Ok(())
}

async fn a_tracker_that_is_not_there_is_not_found(world: World) -> Done {
    let store = &world.store;
    let id: TrackerId = "none".parse()?;
    let found = store.tracker(&id).await;
    assert!(matches!(found, Err(StoreError::NotFound)));
    let changed = store.change_tracker(&BY, &id, &change("Jira", None)).await;
    assert!(matches!(changed, Err(StoreError::NotFound)));
    let deleted = store.delete_tracker(&BY, &id).await;
    assert!(matches!(deleted, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_secret_opens_with_the_instances_own_keys_only(world: World) -> Done {
    let id = world
        .store
        .create_tracker(&BY, &change("Jira", Some("s3cret")))
        .await?;
    let other = Store::open(&world.url, world.clock.clone(), MasterKeys::ephemeral()).await?;
    assert!(matches!(other.tracker(&id).await, Err(StoreError::Seal(_))));
    Ok(())
}

/// An escalation that has an issue in a tracker.
async fn with_issue(
    world: &World,
    by: &Principal,
    key: &str,
) -> Result<(TrackerId, EscalationId), Box<dyn std::error::Error>> {
    let store = &world.store;
    let tracker = store.create_tracker(&BY, &change("Jira", None)).await?;
    let run = world.ask(by, "May I sign?").await?;
    let end = FinishRun {
        escalation: Some(NewEscalation {
            ticket: true,
            ..NewEscalation::new(EscalationReason::NotInDocuments)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = store.finish_run(&run, end).await?.ok_or("an escalation")?;
    assert!(store.claim_ticket(&id, tracker.as_str()).await?);
    store.set_ticket_key(&id, key).await?;
    assert!(!store.claim_ticket(&id, tracker.as_str()).await?);
    Ok((tracker, id))
}

fn news(key: &str, status: Option<(&str, bool, i64)>, comments: &[&str]) -> TicketNews {
    TicketNews {
        key: key.into(),
        status: status.map(|(name, done, at)| TicketStatus {
            name: name.into(),
            done,
            at: Timestamp(at),
        }),
        comments: comments
            .iter()
            .map(|body| TicketComment {
                id: format!("c-{body}"),
                author: "Jana".into(),
                body: (*body).into(),
            })
            .collect(),
    }
}

async fn news_count_once_and_move_the_escalation(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (tracker, id) = with_issue(&world, &emil, "LEGAL-1").await?;
    let store = &world.store;
    let take = async |deliveries: &[&str], news: TicketNews| {
        let deliveries: Vec<_> = deliveries.iter().map(|&name| name.to_owned()).collect();
        store.take_ticket_news(&tracker, &deliveries, &news).await
    };
    let state = async || -> Result<EscalationState, StoreError> {
        Ok(store.escalation(&lena, &id).await?.summary.state)
    };
    let done = || news("LEGAL-1", Some(("Done", true, 20)), &["Looked at it."]);
    assert_eq!(take(&["a"], done()).await?, NewsTaken::Changed);
    assert_eq!(state().await?, EscalationState::Resolved);
    assert_eq!(take(&["a", "b"], done()).await?, NewsTaken::Replayed);
    assert_eq!(take(&[], done()).await?, NewsTaken::Nothing);
    let older = news("LEGAL-1", Some(("To Do", false, 10)), &[]);
    assert_eq!(take(&["c"], older).await?, NewsTaken::Nothing);
    assert_eq!(state().await?, EscalationState::Resolved);
    let again = news("LEGAL-1", Some(("To Do", false, 30)), &["Looked at it."]);
    assert_eq!(take(&["d"], again).await?, NewsTaken::Changed);
    assert_eq!(state().await?, EscalationState::Open);

    let shown = store.escalation(&lena, &id).await?;
    assert_eq!(shown.ticket_state.as_deref(), Some("To Do"));
    let kinds: Vec<_> = shown.replies.iter().map(|reply| reply.kind).collect();
    assert_eq!(kinds, [ReplyKind::Ticket]);
    assert_eq!(shown.replies[0].body, "Jana: Looked at it.");
    let asked = store.my_request(&emil, &id).await?;
    assert!(asked.replies.is_empty(), "comments are for the desk");
    Ok(())
}

async fn news_of_another_tracker_or_issue_are_not_ours(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (tracker, _) = with_issue(&world, &emil, "LEGAL-1").await?;
    let store = &world.store;
    let other = store.create_tracker(&BY, &change("Other", None)).await?;
    let status = Some(("Done", true, 20));
    for (tracker, key) in [(&tracker, "LEGAL-2"), (&other, "LEGAL-1")] {
        let news = news(key, status, &["x"]);
        let taken = store.take_ticket_news(tracker, &[], &news).await?;
        assert_eq!(taken, NewsTaken::NotOurs);
    }
    Ok(())
}
