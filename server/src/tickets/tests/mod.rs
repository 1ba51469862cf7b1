//! The sender against a Jira that fails in every way: one issue for each escalation.

mod server;

use super::{Jira, Sent, TicketSender, Tracker as _, TrackerError};
use crate::config::{Config, JiraDeployment, Secret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use inhouse_protocol::{EscalationId, EscalationReason, Outcome, PersonSource, Role, Timestamp};
use inhouse_store::{
    Actor, FinishRun, ManualClock, MasterKeys, NewEscalation, NewUser, Principal, Store, TICKET,
};
use server::{Fault, JiraServer};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const QUESTION: &str = "May I hire my cousin Zebulon?";
/// How long the test's Jira needs to show an issue in its search.
const LAG_MS: i64 = 45_000;

struct Desk {
    _dir: tempfile::TempDir,
    store: Store,
    clock: Arc<ManualClock>,
    asker: Principal,
    jira: JiraServer,
    config: Config,
}

impl Desk {
    async fn new(deployment: JiraDeployment) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp(1_800_000_000_000)));
        let url = format!("sqlite://{}/inhouse.db", dir.path().display());
        let store = Store::open(&url, clock.clone(), MasterKeys::ephemeral())
            .await
            .unwrap();
        store.migrate().await.unwrap();
        let new = NewUser {
            email: "emil@example.com".into(),
            name: "Emil".into(),
            role: Role::Employee,
            department: Some("Sales".into()),
            password_hash: Some("$argon2id$none".into()),
            source: PersonSource::Local,
            external_id: None,
        };
        store.create_user(&Actor::Operator, new).await.unwrap();
        let asker = store
            .principal_of_email("emil@example.com")
            .await
            .unwrap()
            .unwrap();
        let (version, authorization) = match deployment {
            JiraDeployment::DataCenter => (2, "Bearer s3cret".to_owned()),
            JiraDeployment::Cloud => (
                3,
                format!("Basic {}", BASE64_STANDARD.encode("bot@example.com:s3cret")),
            ),
        };
        let (jira, base_url) =
            JiraServer::start(version, &authorization, clock.clone(), LAG_MS).await;
        let mut config = Config::default();
        config.server.public_url = Some("https://inhouse.example".parse().unwrap());
        config.jira.deployment = deployment;
        config.jira.base_url = Some(base_url);
        config.jira.project = "LEGAL".into();
        config.jira.email = "bot@example.com".into();
        config.jira.token = Some(Secret::new("s3cret"));
        config.jira.allow = vec!["127.0.0.0/8".into(), "::1".into()];
        config.jira.timeout_s = 1;
        config.jira.connect_timeout_s = 1;
        Self {
            _dir: dir,
            store,
            clock,
            asker,
            jira,
            config,
        }
    }

    async fn escalate(&self) -> EscalationId {
        let run = self
            .store
            .start_run_alone(&self.asker, QUESTION)
            .await
            .unwrap();
        let mut end = FinishRun::new(Outcome::Escalated);
        end.escalation = Some(NewEscalation {
            reason: EscalationReason::NotInDocuments,
            rule: None,
            note: String::new(),
            ticket: true,
        });
        self.store.finish_run(&run, end).await.unwrap().unwrap()
    }

    fn sender(&self) -> TicketSender {
        let jira = Jira::new(&self.config).unwrap().unwrap();
        TicketSender::new(self.store.clone(), Arc::new(jira))
    }

    fn wait(&self, duration: Duration) {
        self.clock
            .advance_ms(i64::try_from(duration.as_millis()).unwrap());
    }

    /// Sends until nothing waits any more, moving the clock on where all tickets wait.
    async fn drain(&self, senders: &[TicketSender]) {
        for _ in 0..10_000 {
            if self.store.jobs_waiting(TICKET).await.unwrap() == 0 {
                return;
            }
            let sent = futures::future::join_all(senders.iter().map(TicketSender::send_next)).await;
            if sent.into_iter().all(|sent| sent.unwrap() == Sent::Nothing) {
                self.wait(Duration::from_secs(20));
            }
        }
        panic!("the queue doesn't empty");
    }

    async fn key_of(&self, escalation: &EscalationId) -> Option<String> {
        self.store.ticket_for(escalation).await.unwrap().key
    }
}

const BOTH: [JiraDeployment; 2] = [JiraDeployment::DataCenter, JiraDeployment::Cloud];

#[tokio::test]
async fn an_escalation_becomes_an_issue_that_jira_accepts() {
    for deployment in BOTH {
        let desk = Desk::new(deployment).await;
        let escalation = desk.escalate().await;
        assert_eq!(
            desk.sender().send_next().await.unwrap(),
            Sent::Issue("LEGAL-1".into())
        );
        assert_eq!(desk.key_of(&escalation).await.as_deref(), Some("LEGAL-1"));
        assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Nothing);
        assert_eq!(desk.jira.wrong(), Vec::<String>::new());
        let issue = &desk.jira.issues()[0];
        let told = issue.fields.to_string();
        assert!(
            told.contains(&format!("https://inhouse.example/desk/{escalation}")),
            "{told}"
        );
        assert!(told.contains(&format!("inhouse-{escalation}")), "{told}");
        assert!(!told.contains("Zebulon") && !told.contains("Sales") && !told.contains("Emil"));
    }
}

#[tokio::test]
async fn the_question_is_told_only_where_it_is_configured() {
    for deployment in BOTH {
        let mut desk = Desk::new(deployment).await;
        desk.config.jira.include_question = true;
        desk.escalate().await;
        assert_eq!(
            desk.sender().send_next().await.unwrap(),
            Sent::Issue("LEGAL-1".into())
        );
        let told = desk.jira.issues()[0].fields.to_string();
        assert!(told.contains("Zebulon") && told.contains("Sales"), "{told}");
    }
}

#[tokio::test]
async fn a_lost_reply_makes_no_second_issue() {
    for deployment in BOTH {
        for fault in [Fault::LostReply, Fault::NoReply, Fault::BadGateway] {
            let desk = Desk::new(deployment).await;
            let escalation = desk.escalate().await;
            desk.jira.next([fault]);
            let sender = desk.sender();
            let Sent::Later { after, .. } = sender.send_next().await.unwrap() else {
                panic!("{fault:?} is tried again");
            };
            // Too early the search would not show it; so nothing is tried before.
            assert!(
                after >= Duration::from_millis(LAG_MS.unsigned_abs()),
                "{after:?}"
            );
            assert_eq!(sender.send_next().await.unwrap(), Sent::Nothing);
            desk.wait(after);
            assert_eq!(
                sender.send_next().await.unwrap(),
                Sent::Issue("LEGAL-1".into())
            );
            assert_eq!(desk.jira.issues().len(), 1, "{fault:?}");
            assert_eq!(desk.key_of(&escalation).await.as_deref(), Some("LEGAL-1"));
        }
    }
}

#[tokio::test]
async fn a_worker_that_dies_after_sending_leaves_one_issue() {
    let desk = Desk::new(JiraDeployment::Cloud).await;
    desk.escalate().await;
    desk.jira.next([Fault::NoReply]);
    let sender = desk.sender();
    let sending = tokio::spawn(async move { sender.send_next().await });
    while desk.jira.issues().is_empty() {
        tokio::task::yield_now().await;
    }
    sending.abort();
    // Its lease holds until the search shows the issue.
    assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Nothing);
    desk.wait(Duration::from_mins(10));
    assert_eq!(
        desk.sender().send_next().await.unwrap(),
        Sent::Issue("LEGAL-1".into())
    );
    assert_eq!(desk.jira.issues().len(), 1);
}

#[tokio::test]
async fn a_limit_is_waited_for_as_long_as_it_asks() {
    let desk = Desk::new(JiraDeployment::Cloud).await;
    desk.escalate().await;
    desk.jira
        .next([Fault::Limited(Some(97)), Fault::Limited(None)]);
    let sender = desk.sender();
    let limited = |retry_after| TrackerError::Busy { retry_after };
    let seconds = Duration::from_secs;
    assert_eq!(
        sender.send_next().await.unwrap(),
        Sent::Later {
            error: limited(Some(seconds(97))),
            after: seconds(97)
        }
    );
    desk.wait(seconds(96));
    assert_eq!(sender.send_next().await.unwrap(), Sent::Nothing);
    desk.wait(seconds(1));
    assert_eq!(
        sender.send_next().await.unwrap(),
        Sent::Later {
            error: limited(None),
            after: seconds(30)
        }
    );
    desk.wait(seconds(30));
    assert_eq!(
        sender.send_next().await.unwrap(),
        Sent::Issue("LEGAL-1".into())
    );
}

#[tokio::test]
async fn a_refusal_is_final_and_says_why() {
    for (fault, words) in [
        (Fault::Refused, "Cost center is required."),
        (Fault::Unauthorized, "jira.token"),
        (Fault::Redirected, "jira.base_url"),
    ] {
        let desk = Desk::new(JiraDeployment::DataCenter).await;
        desk.escalate().await;
        desk.jira.next([fault]);
        let Sent::Failed(reason) = desk.sender().send_next().await.unwrap() else {
            panic!("{fault:?} is final");
        };
        assert!(reason.contains(words), "{reason}");
        assert!(!reason.contains("s3cret"), "{reason}");
        desk.wait(Duration::from_hours(24));
        assert_eq!(desk.sender().send_next().await.unwrap(), Sent::Nothing);
        assert_eq!(
            desk.store.jobs_failed(TICKET, 10).await.unwrap()[0].1,
            reason
        );
        assert!(desk.jira.issues().is_empty());
    }
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_never_called() {
    let mut desk = Desk::new(JiraDeployment::DataCenter).await;
    desk.config.jira.allow = Vec::new();
    desk.escalate().await;
    let Sent::Failed(reason) = desk.sender().send_next().await.unwrap() else {
        panic!("this machine is not allowed by default");
    };
    assert!(
        reason.contains("localhost") && reason.contains("jira.allow"),
        "{reason}"
    );
    assert_eq!(desk.jira.searches(), 0);
}

#[tokio::test]
async fn under_faults_of_every_kind_each_escalation_has_exactly_one_issue() {
    const ESCALATIONS: usize = 40;
    for deployment in BOTH {
        let desk = Desk::new(deployment).await;
        let mut escalations = BTreeSet::new();
        for _ in 0..ESCALATIONS {
            escalations.insert(desk.escalate().await);
        }
        let faults = [
            Fault::LostReply,
            Fault::Limited(Some(5)),
            Fault::Broken,
            Fault::BadGateway,
        ];
        desk.jira
            .next((0..ESCALATIONS * 2).map(|n| faults[n * 7 % 11 % faults.len()]));
        desk.drain(&[desk.sender(), desk.sender(), desk.sender()])
            .await;

        let issues = desk.jira.issues();
        assert_eq!(issues.len(), ESCALATIONS);
        assert_eq!(desk.jira.wrong(), Vec::<String>::new());
        let mut keys = BTreeSet::new();
        for escalation in &escalations {
            let key = desk.key_of(escalation).await.unwrap();
            let issue = issues.iter().find(|issue| issue.key == key).unwrap();
            assert!(issue.fields.to_string().contains(escalation.as_str()));
            keys.insert(key);
        }
        assert_eq!(keys.len(), ESCALATIONS);
    }
}

#[tokio::test]
async fn the_check_names_what_is_wrong_with_project_type_or_token() {
    for deployment in BOTH {
        let mut desk = Desk::new(deployment).await;
        let check = async |config: &Config| Jira::new(config).unwrap().unwrap().check().await;
        assert!(
            check(&desk.config)
                .await
                .unwrap()
                .contains("project LEGAL, as Inhouse")
        );
        desk.config.jira.issue_type = "Story".into();
        let wrong = check(&desk.config).await.unwrap_err().to_string();
        assert!(
            wrong.contains("'Story'") && wrong.contains("Task, Bug"),
            "{wrong}"
        );
        desk.config.jira.project = "HR".into();
        let wrong = check(&desk.config).await.unwrap_err().to_string();
        assert!(wrong.contains("No project could be found."), "{wrong}");
        desk.config.jira.token = Some(Secret::new("other"));
        let wrong = check(&desk.config).await.unwrap_err().to_string();
        assert!(wrong.contains("jira.token"), "{wrong}");
    }
}
