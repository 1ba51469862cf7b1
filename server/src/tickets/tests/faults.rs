//! A thousand escalations while the tracker fails in every way.

use super::server::Fault;
use super::{Desk, Which};
use inhouse_store::TICKET;
use std::collections::BTreeSet;
use std::time::Duration;

/// What happens to each new issue in turn; most of it twice as often as that nothing does.
const FAULTS: [Fault; 8] = [
    Fault::LostReply,
    Fault::Limited(Some(5)),
    Fault::Broken,
    Fault::BadGateway,
    Fault::Limited(None),
    Fault::LostReply,
    Fault::Refused,
    Fault::BadGateway,
];

#[tokio::test]
async fn under_faults_of_every_kind_each_escalation_has_exactly_one_issue() {
    for (which, escalations) in [
        (Which::DataCenter, 1_000),
        (Which::Cloud, 100),
        (Which::Service, 100),
    ] {
        one_issue_each(which, escalations).await;
    }
}

async fn one_issue_each(which: Which, escalations: usize) {
    let desk = Desk::new(which).await;
    let mut all = BTreeSet::new();
    for _ in 0..escalations {
        all.insert(desk.escalate().await);
    }
    // Some connections end only when their time is over.
    desk.jira.next([Fault::NoReply; 3]);
    desk.jira
        .next((0..escalations * 2).map(|n| FAULTS[n * 7 % 11 % FAULTS.len()]));
    let senders = [desk.sender(), desk.sender(), desk.sender()];
    desk.drain(&senders).await;
    // What was refused for good is asked for again by hand, until it is there.
    loop {
        let refused = desk.store.jobs_failed(TICKET, 1_000).await.unwrap();
        if refused.is_empty() {
            break;
        }
        for escalation in &all {
            if desk.key_of(escalation).await.is_none() {
                let store = &desk.store;
                store
                    .request_ticket(&desk.lawyer, escalation)
                    .await
                    .unwrap();
            }
        }
        desk.wait(Duration::from_mins(2));
        desk.drain(&senders).await;
    }

    let issues = desk.jira.issues();
    assert_eq!(issues.len(), escalations, "{which:?}");
    let mut keys = BTreeSet::new();
    for escalation in &all {
        let key = desk.key_of(escalation).await.unwrap();
        let issue = issues.iter().find(|issue| issue.key == key).unwrap();
        assert!(issue.fields.to_string().contains(escalation.as_str()));
        keys.insert(key);
    }
    assert_eq!(keys.len(), escalations, "{which:?}");
    assert_eq!(desk.jira.wrong(), Vec::<String>::new());
}
