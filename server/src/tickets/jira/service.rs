//! Requests of a service desk.
//! <https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/>

use super::{Jira, key, list};
use crate::tickets::{Ticket, TrackerError};
use serde_json::{Value, json};

/// Entries of one page of a list, and pages read at most.
const PAGE: usize = 100;
const PAGES: usize = 20;

/// A service desk with one of its request types.
pub(super) struct RequestType {
    desk: String,
    id: String,
}

impl Jira {
    pub(super) async fn create_request(&self, ticket: &Ticket) -> Result<String, TrackerError> {
        let (project, name) = self.place(&ticket.queue);
        let kind = self.request_type(project, name).await?;
        let text = self.text(ticket);
        let mut values = self.chosen_fields(ticket);
        values.insert("description".to_owned(), text.wiki());
        values.insert("summary".to_owned(), Value::String(text.summary));
        let request = json!({
            "serviceDeskId": kind.desk,
            "requestTypeId": kind.id,
            "requestFieldValues": values,
        });
        let made = self.post("servicedeskapi/request", &request).await?;
        key(&made["issueKey"])
    }

    /// The request type of this name in a project's service desk.
    pub(super) async fn request_type(
        &self,
        project: &str,
        name: &str,
    ) -> Result<RequestType, TrackerError> {
        let desks = self.all("servicedeskapi/servicedesk").await?;
        let desk = desks
            .iter()
            .find(|desk| desk["projectKey"].as_str() == Some(project))
            .and_then(|desk| text_of(&desk["id"]))
            .ok_or_else(|| {
                TrackerError::Refused(format!("project {project} has no service desk"))
            })?;
        let types = self
            .all(&format!("servicedeskapi/servicedesk/{desk}/requesttype"))
            .await?;
        let found = types
            .iter()
            .find(|kind| kind["name"].as_str() == Some(name))
            .and_then(|kind| text_of(&kind["id"]));
        let Some(id) = found else {
            let names: Vec<_> = types.iter().filter_map(|k| k["name"].as_str()).collect();
            return Err(TrackerError::Refused(format!(
                "project {project} has no request type '{name}'; it has {}",
                names.join(", ")
            )));
        };
        Ok(RequestType { desk, id })
    }

    /// The fields of a request type.
    pub(super) async fn request_fields(
        &self,
        kind: &RequestType,
    ) -> Result<Vec<Value>, TrackerError> {
        let path = format!(
            "servicedeskapi/servicedesk/{}/requesttype/{}/field",
            kind.desk, kind.id
        );
        list(&mut self.get(&path).await?, "requestTypeFields").ok_or_else(|| {
            TrackerError::Unavailable("the request type's fields are not in the reply".to_owned())
        })
    }

    /// Every entry of a paged list.
    async fn all(&self, path: &str) -> Result<Vec<Value>, TrackerError> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let start = all.len();
            let mut page = self
                .get(&format!("{path}?start={start}&limit={PAGE}"))
                .await?;
            let Some(values) = list(&mut page, "values") else {
                break;
            };
            let empty = values.is_empty();
            all.extend(values);
            if empty || page["isLastPage"].as_bool() != Some(false) {
                break;
            }
        }
        Ok(all)
    }
}

/// An id, which is a text in some versions and a number in others. One with other characters than
/// letters and digits would change the path that it is put into.
fn text_of(id: &Value) -> Option<String> {
    let text = match id {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(text)
}
