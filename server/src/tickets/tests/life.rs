//! After an issue was made: what happens on one side is known on the other.

use super::{ALL, Desk, Sent, Which};
use inhouse_protocol::{
    ChangeEscalation, EscalationChange, EscalationId, EscalationState, NewReply, ReplyKind,
    TrackerKind,
};
use std::time::Duration;

impl Desk {
    async fn state(&self, id: &EscalationId) -> EscalationState {
        let found = self.store.escalation(&self.lawyer, id).await.unwrap();
        found.summary.state
    }

    /// Somebody at the desk moves it.
    async fn move_to(&self, id: &EscalationId, state: EscalationState) {
        let change = ChangeEscalation {
            change: EscalationChange {
                state: Some(state),
                ..EscalationChange::default()
            },
            revision: None,
        };
        let store = &self.store;
        store
            .change_escalation(&self.lawyer, id, &change)
            .await
            .unwrap();
    }

    async fn reply(&self, id: &EscalationId, body: &str, kind: ReplyKind) {
        let reply = NewReply {
            body: body.into(),
            kind,
            state: EscalationState::Answered,
            wait: false,
            revision: None,
            draft: None,
        };
        self.store.reply(&self.lawyer, id, &reply).await.unwrap();
    }

    /// What stands at the desk of a kind.
    async fn written(&self, id: &EscalationId, kind: ReplyKind) -> Vec<String> {
        let found = self.store.escalation(&self.lawyer, id).await.unwrap();
        let replies = found.replies.into_iter();
        let of_kind = replies.filter(|reply| reply.kind == kind);
        of_kind.map(|reply| reply.body).collect()
    }
}

#[tokio::test]
async fn closed_there_is_resolved_here_and_opened_again_there_is_open_here() {
    for which in ALL {
        let desk = Desk::new(which).await;
        let (id, key) = desk.issue().await;
        assert_eq!(desk.poll().await, 1, "its first status is noted");
        assert_eq!(desk.poll().await, 0);
        desk.jira.set_status(&key, "In Progress");
        desk.poll().await;
        assert_eq!(desk.state(&id).await, EscalationState::Open);
        desk.jira.set_status(&key, "Done");
        assert_eq!(desk.poll().await, 1);
        assert_eq!(desk.state(&id).await, EscalationState::Resolved);
        let shown = desk.store.escalation(&desk.lawyer, &id).await.unwrap();
        assert_eq!(shown.ticket_state.as_deref(), Some("Done"));
        desk.wait(Duration::from_mins(1));
        desk.jira.set_status(&key, "To Do");
        desk.poll().await;
        assert_eq!(desk.state(&id).await, EscalationState::Open);
        // What came from there doesn't go back there.
        assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Nothing);
        assert_eq!(desk.jira.wrong(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn resolved_here_is_closed_there_and_opened_again_here_is_open_there() {
    for which in ALL {
        let desk = Desk::new(which).await;
        let (id, key) = desk.issue().await;
        desk.move_to(&id, EscalationState::Resolved).await;
        assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Updated);
        assert_eq!(desk.jira.issue(&key).status, "Done");
        assert_eq!(desk.poll().await, 0, "it was known");
        desk.move_to(&id, EscalationState::Open).await;
        assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Updated);
        assert_eq!(desk.jira.issue(&key).status, "To Do");
        assert_eq!(desk.state(&id).await, EscalationState::Open);
        assert_eq!(desk.jira.wrong(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_was_decided_here_is_not_undone_by_older_news() {
    let desk = Desk::new(Which::Cloud).await;
    let (id, key) = desk.issue().await;
    desk.poll().await;
    desk.jira.set_status(&key, "Done");
    desk.poll().await;
    desk.move_to(&id, EscalationState::Open).await;
    // The change is on its way while the tracker still says that it is done.
    desk.poll().await;
    assert_eq!(desk.state(&id).await, EscalationState::Open);
    assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Updated);
    assert_eq!(desk.jira.issue(&key).status, "To Do");
    desk.poll().await;
    assert_eq!(desk.state(&id).await, EscalationState::Open);
}

#[tokio::test]
async fn comments_there_reach_the_desk_once_and_not_the_asker() {
    for which in ALL {
        let desk = Desk::new(which).await;
        let (id, key) = desk.issue().await;
        desk.jira.comment(&key, "Jana", "Asked the works council.");
        desk.poll().await;
        desk.poll().await;
        let written = desk.written(&id, ReplyKind::Ticket).await;
        assert_eq!(written.len(), 1, "{written:?}");
        assert!(written[0].starts_with("Jana: Asked the works council."));
        let request = desk.store.my_request(&desk.asker, &id).await.unwrap();
        assert!(request.replies.is_empty());
    }
}

#[tokio::test]
async fn replies_are_told_only_where_it_is_configured_and_do_not_come_back() {
    for (kind, send) in [
        (TrackerKind::JiraDataCenter, false),
        (TrackerKind::JiraDataCenter, true),
        (TrackerKind::JiraServiceManagement, true),
    ] {
        let mut desk = Desk::new(Which::DataCenter).await;
        let mut settings = desk.settings(kind);
        settings.send_replies = send;
        desk.save_alone(settings).await;
        let (id, key) = desk.issue().await;
        desk.reply(&id, "Yes, write to emil@example.com.", ReplyKind::Reply)
            .await;
        desk.reply(&id, "He is my nephew.", ReplyKind::Note).await;
        desk.drain(&[desk.sender()]).await;
        let told = desk.jira.issue(&key).comments;
        assert_eq!(told.len(), usize::from(send));
        if send {
            let told = told[0].2.as_str().unwrap();
            assert!(told.starts_with("Yes, write to"), "{told}");
            assert!(!told.contains("emil@example.com"), "masked: {told}");
            assert!(!told.contains("lea"), "nobody is named: {told}");
        }
        // Told once, whatever else changes.
        desk.move_to(&id, EscalationState::Resolved).await;
        desk.drain(&[desk.sender()]).await;
        assert_eq!(desk.jira.issue(&key).comments.len(), usize::from(send));
        desk.poll().await;
        assert!(desk.written(&id, ReplyKind::Ticket).await.is_empty());
    }
}

#[tokio::test]
async fn what_was_done_before_the_issue_was_there_is_told_after_it() {
    let desk = Desk::new(Which::Cloud).await;
    let id = desk.escalate().await;
    desk.move_to(&id, EscalationState::Resolved).await;
    desk.drain(&[desk.sender()]).await;
    assert_eq!(desk.jira.issues()[0].status, "Done");
}

#[tokio::test]
async fn of_a_restricted_queue_nothing_goes_out_and_nothing_comes_in() {
    let desk = Desk::new(Which::DataCenter).await;
    let (before, key) = desk.issue().await;
    let waiting = desk.escalate().await;
    for id in [&before, &waiting] {
        // Reports of wrongdoing.
        let queue = "00000000-0000-7000-8000-000000000002".parse().unwrap();
        let change = ChangeEscalation {
            change: EscalationChange {
                queue: Some(queue),
                ..EscalationChange::default()
            },
            revision: None,
        };
        let store = &desk.store;
        store
            .change_escalation(&desk.lawyer, id, &change)
            .await
            .unwrap();
    }
    desk.move_to(&before, EscalationState::Resolved).await;
    desk.drain(&[desk.sender()]).await;
    assert_eq!(desk.jira.issues().len(), 1);
    assert_eq!(desk.jira.issue(&key).status, "To Do");
    desk.jira.comment(&key, "Jana", "Who is it?");
    assert_eq!(desk.poll().await, 0);
}
