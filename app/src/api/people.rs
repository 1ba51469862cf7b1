//! The API of accounts and groups.

use super::{Api, Reply, parse, write};
use inhouse_protocol::{
    Group, GroupChange, GroupDetail, GroupId, MadeApiToken, NewApiToken, RecoveryCodes, SessionId,
    SessionInfo, TokenId, TotpCode, TotpEnrolment, TotpState, UserId,
};

impl Api {
    pub(crate) async fn end_session(&self, id: &SessionId) -> Reply<()> {
        self.tell("DELETE", format!("/api/v1/me/sessions/{id}"), None)
            .await
    }

    pub(crate) async fn totp(&self) -> Reply<TotpState> {
        self.get(path::totp()).await
    }

    /// A new secret; it is in force once a code of it was given.
    pub(crate) async fn enrol_totp(&self) -> Reply<TotpEnrolment> {
        parse(&self.send("POST", path::totp(), None).await?)
    }

    pub(crate) async fn confirm_totp(&self, code: String) -> Reply<RecoveryCodes> {
        let path = format!("{}/confirm", path::totp());
        self.give("POST", path, &TotpCode { code }).await
    }

    pub(crate) async fn remove_totp(&self, code: String) -> Reply<()> {
        let path = format!("{}/remove", path::totp());
        self.tell("POST", path, write(&TotpCode { code })).await
    }

    pub(crate) async fn new_token(&self, token: &NewApiToken) -> Reply<MadeApiToken> {
        self.give("POST", path::tokens(), token).await
    }

    pub(crate) async fn revoke_token(&self, id: &TokenId) -> Reply<()> {
        self.tell("DELETE", format!("{}/{id}", path::tokens()), None)
            .await
    }

    pub(crate) async fn sessions_of(&self, person: &UserId) -> Reply<Vec<SessionInfo>> {
        self.get(path::sessions_of(person)).await
    }

    /// Signs the person out everywhere.
    pub(crate) async fn end_sessions_of(&self, person: &UserId) -> Reply<()> {
        self.tell("DELETE", path::sessions_of(person), None).await
    }

    /// Takes the person's second factor away, for who lost it.
    pub(crate) async fn remove_totp_of(&self, person: &UserId) -> Reply<()> {
        self.tell("DELETE", format!("/api/v1/people/{person}/totp"), None)
            .await
    }

    pub(crate) async fn groups(&self) -> Reply<Vec<Group>> {
        self.get(path::groups()).await
    }

    pub(crate) async fn new_group(&self, group: &GroupChange) -> Reply<Group> {
        self.give("POST", path::groups(), group).await
    }

    pub(crate) async fn group(&self, id: &GroupId) -> Reply<GroupDetail> {
        self.get(path::group(id)).await
    }

    pub(crate) async fn change_group(&self, id: &GroupId, change: &GroupChange) -> Reply<()> {
        self.tell("PATCH", path::group(id), write(change)).await
    }

    pub(crate) async fn delete_group(&self, id: &GroupId) -> Reply<()> {
        self.tell("DELETE", path::group(id), None).await
    }

    pub(crate) async fn add_member(&self, group: &GroupId, person: &UserId) -> Reply<()> {
        self.tell("PUT", path::member(group, person), None).await
    }

    pub(crate) async fn remove_member(&self, group: &GroupId, person: &UserId) -> Reply<()> {
        self.tell("DELETE", path::member(group, person), None).await
    }
}

/// Where things of people and groups are.
pub(crate) mod path {
    use super::{GroupId, UserId};

    /// The ways to sign in that are configured.
    pub(crate) fn sign_in_options() -> String {
        "/api/v1/sign-in".to_owned()
    }

    pub(crate) fn own_sessions() -> String {
        "/api/v1/me/sessions".to_owned()
    }

    pub(crate) fn totp() -> String {
        "/api/v1/me/totp".to_owned()
    }

    pub(crate) fn tokens() -> String {
        "/api/v1/tokens".to_owned()
    }

    /// Everything held on the reader, as a download.
    pub(crate) fn own_export() -> String {
        "/api/v1/me/export".to_owned()
    }

    pub(crate) fn sessions_of(person: &UserId) -> String {
        format!("/api/v1/people/{person}/sessions")
    }

    pub(crate) fn groups() -> String {
        "/api/v1/groups".to_owned()
    }

    pub(crate) fn group(id: &GroupId) -> String {
        format!("/api/v1/groups/{id}")
    }

    pub(super) fn member(group: &GroupId, person: &UserId) -> String {
        format!("/api/v1/groups/{group}/members/{person}")
    }
}
