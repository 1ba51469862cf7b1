//! Saved trackers: where issues go, what they are told, and what keeps a tracker from being saved.

use super::super::setup;
use super::{Desk, Sent, Which};
use crate::tickets::choice::Reach;
use inhouse_protocol::{
    Priority, TrackerField, TrackerKind, TrackerPriority, TrackerRoute, TrackerSettings,
};
use serde_json::json;

fn field(value: &str) -> TrackerField {
    TrackerField {
        id: "customfield_10010".into(),
        value: value.into(),
    }
}

impl Desk {
    /// What the check finds of a saved tracker.
    async fn checked(&self, settings: TrackerSettings) -> Result<super::super::Checked, String> {
        let id = self.save(settings).await;
        let saved = self.store.tracker(&id).await.unwrap();
        let tracker = Reach::of(&self.config).open(&saved);
        match tracker {
            Ok(tracker) => tracker.check().await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[tokio::test]
async fn queue_priority_due_date_labels_and_custom_fields_are_mapped() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let mut settings = desk.settings(TrackerKind::JiraDataCenter);
    settings.labels = vec!["from-inhouse".into()];
    settings.due_date = true;
    settings.priorities = vec![TrackerPriority {
        priority: Priority::Normal,
        name: "Medium".into(),
    }];
    settings.fields = vec![field(r#"{"value": "{queue} {priority}"}"#)];
    settings.issue_type = "Story".into();
    settings.routes = vec![TrackerRoute {
        queue: "legal".into(),
        project: "LEGAL".into(),
        issue_type: "Task".into(),
    }];
    desk.save_alone(settings).await;
    desk.issue().await;
    assert_eq!(desk.jira.wrong(), Vec::<String>::new());
    let fields = desk.jira.issues()[0].fields.clone();
    assert_eq!(fields["issuetype"]["name"], "Task");
    assert_eq!(fields["priority"]["name"], "Medium");
    assert_eq!(fields["customfield_10010"]["value"], "legal normal");
    assert_eq!(fields["labels"][0], "from-inhouse");
    assert!(fields["duedate"].is_string(), "{fields}");
}

#[tokio::test]
async fn a_queue_that_no_tracker_takes_gets_no_issue() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let mut settings = desk.settings(TrackerKind::JiraDataCenter);
    settings.only_routes = true;
    settings.routes = vec![TrackerRoute {
        queue: "hr".into(),
        project: "LEGAL".into(),
        issue_type: "Task".into(),
    }];
    desk.save_alone(settings).await;
    let id = desk.escalate().await;
    assert!(matches!(
        desk.sender().send_next().await.unwrap(),
        Sent::Failed(_)
    ));
    assert_eq!(desk.key_of(&id).await, None);
    assert!(desk.jira.issues().is_empty());
}

#[tokio::test]
async fn a_ticket_that_was_tried_stays_with_its_tracker() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let settings = desk.settings(TrackerKind::JiraDataCenter);
    let first = desk.save_alone(settings.clone()).await;
    let id = desk.escalate().await;
    desk.jira.next([super::Fault::LostReply]);
    let sender = desk.sender();
    assert!(matches!(
        sender.send_next().await.unwrap(),
        Sent::Later { .. }
    ));
    // From now on the queue belongs to another tracker, which knows nothing of that issue.
    let mut routed = settings;
    routed.routes = vec![TrackerRoute {
        queue: "legal".into(),
        project: "LEGAL".into(),
        issue_type: "Task".into(),
    }];
    desk.save(routed).await;
    desk.wait(std::time::Duration::from_mins(10));
    assert_eq!(
        sender.send_next().await.unwrap(),
        Sent::Issue("LEGAL-1".into())
    );
    let (_, tracker) = desk.store.ticket_of(&id).await.unwrap().unwrap();
    assert_eq!(tracker.as_deref(), Some(first.as_str()));
    assert_eq!(desk.jira.issues().len(), 1);
}

#[tokio::test]
async fn the_check_of_a_saved_tracker_names_required_fields_that_are_not_filled() {
    for kind in [
        TrackerKind::JiraDataCenter,
        TrackerKind::JiraServiceManagement,
    ] {
        let desk = Desk::new(Which::DataCenter).await;
        let mut settings = desk.settings(kind);
        let found = desk.checked(settings.clone()).await.unwrap();
        assert!(found.found.contains("project LEGAL, as Inhouse"));
        assert!(found.missing.is_empty());
        settings.issue_type = match kind {
            TrackerKind::JiraServiceManagement => "Contract review",
            _ => "Bug",
        }
        .into();
        let found = desk.checked(settings.clone()).await.unwrap();
        assert_eq!(found.missing.len(), 1);
        assert_eq!(found.missing[0].name, "Cost center");
        settings.fields = vec![field(r#"{"value": "Legal"}"#)];
        let found = desk.checked(settings.clone()).await.unwrap();
        assert!(found.missing.is_empty());
        settings.fields[0].id = "customfield_1".into();
        let wrong = desk.checked(settings.clone()).await.unwrap_err();
        assert!(wrong.contains("customfield_1"), "{wrong}");
        settings.fields.clear();
        settings.issue_type = "Story".into();
        let wrong = desk.checked(settings.clone()).await.unwrap_err();
        assert!(
            wrong.contains("'Story'") && wrong.contains("Task"),
            "{wrong}"
        );
        settings.project = "NONE".into();
        let wrong = desk.checked(settings).await.unwrap_err();
        assert!(wrong.contains("project"), "{wrong}");
    }
}

#[tokio::test]
async fn a_saved_address_counts_only_where_the_operator_lists_it() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let settings = desk.settings(TrackerKind::JiraDataCenter);
    for allow in [vec![], vec!["jira.example.com".to_owned()]] {
        desk.config.jira.allow = allow;
        let wrong = desk.checked(settings.clone()).await.unwrap_err();
        assert!(wrong.contains("jira.allow"), "{wrong}");
    }
}

#[tokio::test]
async fn a_saved_token_is_not_in_the_database_in_the_clear() {
    let desk = Desk::new(Which::Service).await;
    let mut seen = 0;
    for file in std::fs::read_dir(desk.dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        seen += bytes.len();
        for secret in [&b"s3cret"[..], b"a secret that signs"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret));
        }
    }
    assert!(seen > 0);
    let saved = desk.store.trackers().await.unwrap();
    assert_eq!(saved[0].token.as_ref().unwrap().expose(), "s3cret");
    assert!(!format!("{saved:?}").contains("s3cret"));
}

#[test]
fn settings_that_can_not_be_meant_are_refused_by_their_field() {
    let good = TrackerSettings {
        name: " Jira ".into(),
        address: "https://jira.example.com/jira".into(),
        project: "LEGAL".into(),
        issue_type: "Task".into(),
        ..TrackerSettings::default()
    };
    assert_eq!(setup::prepared(good.clone()).unwrap().name, "Jira");
    let wrong = |change: &dyn Fn(&mut TrackerSettings)| {
        let mut settings = good.clone();
        change(&mut settings);
        match setup::prepared(settings) {
            Err(crate::error::AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    let found = [
        wrong(&|s| s.name.clear()),
        wrong(&|s| s.address = "ftp://jira.example.com".into()),
        wrong(&|s| s.address = "https://a:b@jira.example.com".into()),
        wrong(&|s| s.project = "LEGAL\" OR 1".into()),
        wrong(&|s| s.issue_type.clear()),
        wrong(&|s| s.kind = TrackerKind::JiraCloud),
        wrong(&|s| s.labels = vec!["two words".into()]),
        wrong(&|s| s.only_routes = true),
        wrong(&|s| {
            s.fields = vec![TrackerField {
                id: "summary".into(),
                value: "x".into(),
            }];
        }),
    ];
    let expected = [
        "name",
        "address",
        "address",
        "project",
        "issue_type",
        "account",
        "labels",
        "routes",
        "fields",
    ];
    assert_eq!(json!(found), json!(expected));
}
