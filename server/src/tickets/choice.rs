//! Which tracker takes what: that of the configuration file everything, else those saved by
//! admins, by queue.

use super::webhook::Webhook;
use super::{Jira, Tracker, TrackerError, tracker};
use crate::app::{App, StartError};
use crate::config::Config;
use crate::outbound::{AllowList, Outbound};
use inhouse_protocol::{Timestamp, TrackerFollow, TrackerId, TrackerKind};
use inhouse_store::{Result, Store, StoredTracker};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The tracker of the configuration file, in place of a saved one's id.
pub(super) const CONFIGURED: &str = "config";

/// How trackers may be called.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    allow: Vec<String>,
    connect_timeout: Duration,
    timeout: Duration,
    pub(super) settle: Duration,
    /// The desk's address, which an escalation's id follows.
    pub(super) desk: String,
}

impl Reach {
    pub(crate) fn of(config: &Config) -> Self {
        let jira = &config.jira;
        Self {
            allow: jira.allow.clone(),
            connect_timeout: Duration::from_secs(jira.connect_timeout_s),
            timeout: Duration::from_secs(jira.timeout_s),
            settle: Duration::from_secs(jira.settle_s),
            desk: config.link("/desk/"),
        }
    }

    pub(super) fn outbound(&self) -> Outbound {
        let allow = AllowList::new("jira.allow", &self.allow);
        Outbound::new(allow, self.connect_timeout, self.timeout)
    }

    /// A tracker that an admin saved. Its address has to be one that the operator lists: without a
    /// list an admin could reach everything that this machine reaches.
    pub(crate) fn open(
        &self,
        saved: &StoredTracker,
    ) -> std::result::Result<Arc<dyn Tracker>, TrackerError> {
        if self.allow.is_empty() {
            return Err(TrackerError::Address(
                "the operator has to list its host in jira.allow first".to_owned(),
            ));
        }
        let Some(token) = &saved.token else {
            return Err(TrackerError::Refused("it has no token".to_owned()));
        };
        let settings = saved.settings.clone();
        Ok(match settings.kind {
            TrackerKind::Webhook => Arc::new(Webhook::open(settings, token.clone(), self)?),
            TrackerKind::JiraDataCenter
            | TrackerKind::JiraCloud
            | TrackerKind::JiraServiceManagement => {
                Arc::new(Jira::open(settings, token.expose(), self)?)
            }
        })
    }
}

/// Trackers as they were built, with when their settings were saved.
type Built = HashMap<TrackerId, (Timestamp, Arc<dyn Tracker>)>;

/// The trackers of an instance. Cheap to clone.
#[derive(Clone)]
pub struct Trackers {
    pub(super) store: Store,
    reach: Reach,
    configured: Option<Arc<dyn Tracker>>,
    /// Saved ones as they were built, with when they had been changed: their connections are kept.
    built: Arc<Mutex<Built>>,
}

/// Where a ticket goes.
pub(super) enum Choice {
    /// To this tracker.
    Tracker(String, Arc<dyn Tracker>),
    /// Nowhere yet, since the tracker is switched off or can't be used.
    Later(String),
    /// Nowhere.
    Nowhere,
}

/// A tracker that is asked for what changed.
pub(super) struct Followed {
    pub(super) id: TrackerId,
    pub(super) tracker: Arc<dyn Tracker>,
    /// Up to when it was asked; none for that of the configuration, whose reader remembers it.
    pub(super) polled_until: Option<Timestamp>,
    pub(super) saved: bool,
}

impl Trackers {
    /// Those of `config` and of the store.
    pub fn new(config: &Config, store: Store) -> std::result::Result<Self, StartError> {
        Ok(Self {
            configured: tracker(config)?,
            reach: Reach::of(config),
            store,
            built: Arc::default(),
        })
    }

    pub(super) fn of(app: &App) -> std::result::Result<Self, crate::error::AppError> {
        Self::new(&app.config, app.store.clone()).map_err(crate::error::AppError::internal)
    }

    /// The longest for which a new issue may be out of sight in any of them.
    pub(super) fn settles_in(&self) -> Duration {
        self.reach.timeout + self.reach.settle
    }

    /// Where a ticket of a queue goes. One that was tried goes where it was tried: there may be an
    /// issue already.
    pub(super) async fn for_ticket(&self, queue: &str, tried: Option<&str>) -> Result<Choice> {
        if tried.is_none_or(|tried| tried == CONFIGURED)
            && let Some(choice) = self.configured()
        {
            return Ok(choice);
        }
        let saved = self.store.trackers().await?;
        if let Some(tried) = saved.iter().find(|t| Some(t.id.as_str()) == tried) {
            return Ok(self.choice(tried));
        }
        if let Some(choice) = self.configured() {
            return Ok(choice);
        }
        let routed = |t: &&StoredTracker| t.settings.routes.iter().any(|r| r.queue == queue);
        let enabled = || saved.iter().filter(|tracker| tracker.enabled);
        let found = enabled()
            .find(routed)
            .or_else(|| enabled().find(|tracker| !tracker.settings.only_routes));
        Ok(match found {
            Some(tracker) => self.choice(tracker),
            None if saved.iter().any(|tracker| !tracker.enabled) => switched_off(),
            None => Choice::Nowhere,
        })
    }

    /// The tracker that has an issue; none: that of the configuration. Nothing where it is gone,
    /// switched off or can't be used.
    pub(super) async fn named(&self, id: Option<&str>) -> Result<Option<Arc<dyn Tracker>>> {
        Ok(match self.holder(id).await? {
            Choice::Tracker(_, tracker) => Some(tracker),
            Choice::Later(_) | Choice::Nowhere => None,
        })
    }

    /// The same, with why there is none.
    pub(super) async fn holder(&self, id: Option<&str>) -> Result<Choice> {
        let Some(id) = id.filter(|id| *id != CONFIGURED) else {
            return Ok(self.configured().unwrap_or(Choice::Nowhere));
        };
        let saved = self.store.trackers().await?;
        let found = saved.iter().find(|tracker| tracker.id.as_str() == id);
        Ok(found.map_or(Choice::Nowhere, |tracker| self.choice(tracker)))
    }

    /// Those that are asked for what changed.
    pub(super) async fn followed(&self) -> Result<Vec<Followed>> {
        let mut followed = Vec::new();
        if let (Some(tracker), Ok(id)) = (&self.configured, CONFIGURED.parse::<TrackerId>()) {
            followed.push(Followed {
                id,
                tracker: Arc::clone(tracker),
                polled_until: None,
                saved: false,
            });
        }
        for saved in self.store.trackers().await? {
            if saved.settings.follow != TrackerFollow::Polling {
                continue;
            }
            if let Choice::Tracker(_, tracker) = self.choice(&saved) {
                followed.push(Followed {
                    tracker,
                    polled_until: Some(saved.polled_until.unwrap_or(saved.created_at)),
                    saved: true,
                    id: saved.id,
                });
            }
        }
        Ok(followed)
    }

    fn configured(&self) -> Option<Choice> {
        let tracker = Arc::clone(self.configured.as_ref()?);
        Some(Choice::Tracker(CONFIGURED.to_owned(), tracker))
    }

    fn choice(&self, saved: &StoredTracker) -> Choice {
        if !saved.enabled {
            return switched_off();
        }
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, tracker)) = built.get(&saved.id)
            && *at == saved.updated_at
        {
            return Choice::Tracker(saved.id.to_string(), Arc::clone(tracker));
        }
        match self.reach.open(saved) {
            Ok(tracker) => {
                built.insert(saved.id.clone(), (saved.updated_at, Arc::clone(&tracker)));
                Choice::Tracker(saved.id.to_string(), tracker)
            }
            Err(error) => Choice::Later(error.to_string()),
        }
    }
}

fn switched_off() -> Choice {
    Choice::Later("the tracker is switched off".to_owned())
}
