//! Whether issues can be made: the account, each project, its types, and the fields that a type
//! requires (`createmeta`).

use super::{Jira, list};
use crate::tickets::{Checked, Tracker as _, TrackerError};
use inhouse_protocol::MissingField;
use serde_json::Value;

/// A field as the check needs it.
struct FieldInfo {
    id: String,
    name: String,
    required: bool,
}

impl Jira {
    pub(super) async fn look(&self) -> Result<Checked, TrackerError> {
        let me = self.get(&self.api("myself")).await?;
        let who = me["displayName"]
            .as_str()
            .unwrap_or("an account without a name");
        let mut missing: Vec<MissingField> = Vec::new();
        let mut places = Vec::new();
        for (project, kind) in self.places() {
            let fields = if self.makes_requests() {
                self.fields_of_request(project, kind).await?
            } else {
                self.fields_of_issue(project, kind).await?
            };
            for field in self.lacking(project, kind, &fields)? {
                if missing.iter().all(|known| known.id != field.id) {
                    missing.push(field);
                }
            }
            places.push(format!("project {project}"));
        }
        Ok(Checked {
            found: format!("{}, {}, as {who}", self.name(), places.join(", ")),
            missing,
        })
    }

    /// The required fields that the settings don't fill. `Refused` where they fill one that can't
    /// be set.
    fn lacking(
        &self,
        project: &str,
        kind: &str,
        fields: &[FieldInfo],
    ) -> Result<Vec<MissingField>, TrackerError> {
        let filled = self.filled_fields();
        if let Some(unknown) = filled
            .iter()
            .find(|id| !fields.iter().any(|field| field.id == **id))
        {
            return Err(TrackerError::Refused(format!(
                "'{kind}' in project {project} has no field '{unknown}' on its screen"
            )));
        }
        Ok(fields
            .iter()
            .filter(|field| field.required)
            .filter(|field| !["project", "issuetype"].contains(&field.id.as_str()))
            .filter(|field| !filled.contains(&field.id.as_str()))
            .map(|field| MissingField {
                id: field.id.clone(),
                name: field.name.clone(),
            })
            .collect())
    }

    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-createmeta-projectidorkey-issuetypes-get>
    async fn fields_of_issue(
        &self,
        project: &str,
        kind: &str,
    ) -> Result<Vec<FieldInfo>, TrackerError> {
        let path = self.api(&format!("issue/createmeta/{project}/issuetypes"));
        // Cloud and Data Center name the same list differently.
        let types = self.listed(&path, ["issueTypes", "values"]).await?;
        let found = types
            .iter()
            .find(|known| known["name"].as_str() == Some(kind))
            .and_then(|known| known["id"].as_str())
            .filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
        let Some(id) = found else {
            let names: Vec<_> = types.iter().filter_map(|k| k["name"].as_str()).collect();
            return Err(TrackerError::Refused(format!(
                "project {project} has no issue type '{kind}'; it has {}",
                names.join(", ")
            )));
        };
        let fields = self
            .listed(&format!("{path}/{id}"), ["fields", "values"])
            .await?;
        Ok(fields
            .iter()
            .filter_map(|field| {
                let has_default = field["hasDefaultValue"].as_bool() == Some(true);
                info(field, field["required"].as_bool()? && !has_default)
            })
            .collect())
    }

    async fn fields_of_request(
        &self,
        project: &str,
        kind: &str,
    ) -> Result<Vec<FieldInfo>, TrackerError> {
        let kind = self.request_type(project, kind).await?;
        let fields = self.request_fields(&kind).await?;
        Ok(fields
            .iter()
            .filter_map(|field| info(field, field["required"].as_bool() == Some(true)))
            .collect())
    }

    /// Every entry of a list of `createmeta`, which is under one of these names.
    async fn listed(&self, path: &str, names: [&str; 2]) -> Result<Vec<Value>, TrackerError> {
        let mut all = Vec::new();
        loop {
            let start = all.len();
            let mut page = self
                .get(&format!("{path}?startAt={start}&maxResults=100"))
                .await?;
            let found = names.iter().find_map(|name| list(&mut page, name));
            let found = found.ok_or_else(|| {
                TrackerError::Unavailable("the reply has no list of types or fields".to_owned())
            })?;
            let empty = found.is_empty();
            all.extend(found);
            let total = page["total"].as_u64().and_then(|n| usize::try_from(n).ok());
            if empty || total.is_none_or(|total| all.len() >= total) {
                return Ok(all);
            }
        }
    }
}

fn info(field: &Value, required: bool) -> Option<FieldInfo> {
    let id = field["fieldId"].as_str().or(field["key"].as_str())?;
    Some(FieldInfo {
        id: id.to_owned(),
        name: field["name"].as_str().unwrap_or(id).to_owned(),
        required,
    })
}
