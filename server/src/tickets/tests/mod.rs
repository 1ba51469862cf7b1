//! Trackers against a Jira that fails in every way: one issue for each escalation, and what
//! happens on either side is known on the other.

mod faults;
mod hooks;
mod life;
mod mapping;
mod server;

use super::poller::Poller;
use super::{Jira, Sent, TicketSender, Tracker as _, TrackerError, Trackers};
use crate::config::{Config, JiraDeployment, Secret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use inhouse_protocol::{
    EscalationId, EscalationReason, Outcome, PersonSource, Role, Timestamp, TrackerChange,
    TrackerId, TrackerKind, TrackerSettings,
};
use inhouse_store::{
    Actor, FinishRun, ManualClock, MasterKeys, NewEscalation, NewUser, Principal, Store, TICKET,
    TICKET_UPDATE,
};
use server::{Fault, JiraServer};
use std::sync::Arc;
use std::time::Duration;

const QUESTION: &str = "May I hire my cousin Zebulon?";
/// How long the test's Jira needs to show an issue in its search.
const LAG_MS: i64 = 45_000;

/// A Jira of one of its kinds, and who names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// In the configuration.
    DataCenter,
    /// In the configuration.
    Cloud,
    /// Saved by an admin.
    Service,
}

struct Desk {
    dir: tempfile::TempDir,
    store: Store,
    clock: Arc<ManualClock>,
    asker: Principal,
    lawyer: Principal,
    jira: JiraServer,
    config: Config,
}

impl Desk {
    async fn new(which: Which) -> Self {
        // Nothing here outlives the test: where there is memory to write to, no disk is waited for.
        let memory = std::path::Path::new("/dev/shm");
        let dir = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
        let dir = dir.unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp(1_800_000_000_000)));
        let url = format!("sqlite://{}/inhouse.db", dir.path().display());
        let store = Store::open(&url, clock.clone(), MasterKeys::ephemeral())
            .await
            .unwrap();
        store.migrate().await.unwrap();
        let asker = person(&store, "emil", Role::Employee).await;
        let lawyer = person(&store, "lea", Role::Legal).await;
        let (version, authorization) = match which {
            Which::DataCenter | Which::Service => (2, "Bearer s3cret".to_owned()),
            Which::Cloud => (
                3,
                format!("Basic {}", BASE64_STANDARD.encode("bot@example.com:s3cret")),
            ),
        };
        let (jira, base_url) =
            JiraServer::start(version, &authorization, clock.clone(), LAG_MS).await;
        let mut config = Config::default();
        config.server.public_url = Some("https://inhouse.example".parse().unwrap());
        config.jira.allow = vec!["127.0.0.0/8".into(), "::1".into()];
        config.jira.timeout_s = 1;
        config.jira.connect_timeout_s = 1;
        config.jira.project = "LEGAL".into();
        config.jira.email = "bot@example.com".into();
        config.jira.token = Some(Secret::new("s3cret"));
        config.jira.base_url = Some(base_url);
        if which == Which::Cloud {
            config.jira.deployment = JiraDeployment::Cloud;
        }
        let mut desk = Self {
            dir,
            store,
            clock,
            asker,
            lawyer,
            jira,
            config,
        };
        if which == Which::Service {
            let settings = desk.settings(TrackerKind::JiraServiceManagement);
            desk.config.jira.base_url = None;
            desk.save(settings).await;
        }
        desk
    }

    /// Settings for this Jira, to be saved.
    fn settings(&self, kind: TrackerKind) -> TrackerSettings {
        let address = self.config.jira.base_url.as_ref().unwrap().to_string();
        TrackerSettings {
            name: "Jira".into(),
            kind,
            address,
            project: "LEGAL".into(),
            issue_type: "Task".into(),
            ..TrackerSettings::default()
        }
    }

    /// An admin saves a tracker.
    async fn save(&self, settings: TrackerSettings) -> TrackerId {
        let change = TrackerChange {
            settings,
            enabled: true,
            token: Some("s3cret".into()),
            webhook_secret: Some("a secret that signs".into()),
        };
        let by = Actor::Operator;
        self.store.create_tracker(&by, &change).await.unwrap()
    }

    /// The same, in place of the one of the configuration.
    async fn save_alone(&mut self, settings: TrackerSettings) -> TrackerId {
        self.config.jira.base_url = None;
        self.save(settings).await
    }

    async fn escalate(&self) -> EscalationId {
        let run = self
            .store
            .start_run_alone(&self.asker, QUESTION)
            .await
            .unwrap();
        let mut end = FinishRun::new(Outcome::Escalated);
        end.escalation = Some(NewEscalation {
            ticket: true,
            ..NewEscalation::new(EscalationReason::NotInDocuments)
        });
        self.store.finish_run(&run, end).await.unwrap().unwrap()
    }

    fn sender(&self) -> TicketSender {
        TicketSender::new(self.trackers())
    }

    fn trackers(&self) -> Trackers {
        Trackers::new(&self.config, self.store.clone()).unwrap()
    }

    /// Makes the issue of a new escalation.
    async fn issue(&self) -> (EscalationId, String) {
        let escalation = self.escalate().await;
        match self.sender().send_next().await.unwrap() {
            Sent::Issue(key) => (escalation, key),
            other => panic!("{other:?}"),
        }
    }

    /// Asks the trackers what changed; gives how many escalations that changed.
    async fn poll(&self) -> usize {
        // So that the search shows every issue.
        self.wait(Duration::from_mins(1));
        let trackers = self.trackers();
        let mut poller = Poller::new(trackers.clone());
        let mut changed = 0;
        for followed in trackers.followed().await.unwrap() {
            changed += poller.ask(&followed).await.unwrap();
        }
        changed
    }

    fn wait(&self, duration: Duration) {
        self.clock
            .advance_ms(i64::try_from(duration.as_millis()).unwrap());
    }

    /// Sends until nothing waits any more, moving the clock on where all tickets wait.
    async fn drain(&self, senders: &[TicketSender]) {
        for _ in 0..100_000 {
            let waiting = self.store.jobs_waiting(TICKET).await.unwrap()
                + self.store.jobs_waiting(TICKET_UPDATE).await.unwrap();
            if waiting == 0 {
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

async fn person(store: &Store, name: &str, role: Role) -> Principal {
    let email = format!("{name}@example.com");
    let new = NewUser {
        email: email.clone(),
        name: name.into(),
        role,
        department: Some("Sales".into()),
        password_hash: Some("$argon2id$none".into()),
        source: PersonSource::Local,
        external_id: None,
    };
    store.create_user(&Actor::Operator, new).await.unwrap();
    let principal = store.principal_of_email(&email).await.unwrap();
    principal.unwrap()
}

/// Those that the configuration can name.
const BOTH: [Which; 2] = [Which::DataCenter, Which::Cloud];
const ALL: [Which; 3] = [Which::DataCenter, Which::Cloud, Which::Service];

#[tokio::test]
async fn an_escalation_becomes_an_issue_that_jira_accepts() {
    for which in ALL {
        let desk = Desk::new(which).await;
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
        let by_label = told.contains(&format!("inhouse-{escalation}"));
        assert_eq!(by_label, which != Which::Service, "{told}");
        assert!(!told.contains("Zebulon") && !told.contains("Sales") && !told.contains("emil"));
    }
}

#[tokio::test]
async fn the_question_is_told_only_where_it_is_configured() {
    for which in BOTH {
        let mut desk = Desk::new(which).await;
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
    for which in ALL {
        for fault in [Fault::LostReply, Fault::NoReply, Fault::BadGateway] {
            let desk = Desk::new(which).await;
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
    let desk = Desk::new(Which::Cloud).await;
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
    let desk = Desk::new(Which::Cloud).await;
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
        let desk = Desk::new(Which::DataCenter).await;
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
    let mut desk = Desk::new(Which::DataCenter).await;
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
async fn the_check_names_what_is_wrong_with_project_type_or_token() {
    for which in BOTH {
        let mut desk = Desk::new(which).await;
        let check = async |config: &Config| Jira::new(config).unwrap().unwrap().check().await;
        assert!(
            check(&desk.config)
                .await
                .unwrap()
                .found
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
