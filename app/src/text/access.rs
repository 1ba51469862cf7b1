//! Texts of signing in, one's account, people, groups and who may see what.

use super::phrases::count;
use inhouse_protocol::{
    Audience, MemberSource, PersonSource, Right, SetGrant, SignInMethod, TokenScope,
};

// The frame
pub(crate) const QUALITY: &str = "Quality";
pub(crate) const RECORD: &str = "Log";
pub(crate) const PRIVACY: &str = "Privacy";
pub(crate) const LAW: &str = "Law";

// Signing in
pub(crate) const OR: &str = "or";
pub(crate) const SIGN_IN_CODE: &str = "Code";
pub(crate) const SIGN_IN_CODE_HINT: &str =
    "The six digits of your authenticator app, or one of your recovery codes.";
pub(crate) const SECOND_STEP: &str = "One more step";
pub(crate) const SECOND_STEP_TEXT: &str =
    "Your password is right. Your account has a second factor too.";
pub(crate) const CONTINUE: &str = "Continue";
pub(crate) const BACK: &str = "Back";
pub(crate) const NO_WAY_IN: &str =
    "No way to sign in is configured. Ask the person who runs Inhouse in your company.";

// The account
pub(crate) const ACCOUNT: &str = "Your account";
pub(crate) const ENROL_FIRST: &str = "Set up a second factor first";
pub(crate) const ENROL_FIRST_TEXT: &str =
    "Your company asks for one in your role. It takes a minute; then everything else is open.";
pub(crate) const SECOND_FACTOR: &str = "Second factor";
pub(crate) const SECOND_FACTOR_LEAD: &str = "A code from an app on your phone, asked for after your password. Who learns your password \
     still can't sign in.";
pub(crate) const SECOND_FACTOR_ELSEWHERE: &str =
    "You sign in through your company; its own second factor applies there.";
pub(crate) const SECOND_FACTOR_ON: &str = "On";
pub(crate) const SECOND_FACTOR_OFF: &str = "Off";
pub(crate) const SINCE: &str = "Since";
pub(crate) const SET_UP: &str = "Set up";
pub(crate) const TURN_OFF: &str = "Turn off";
pub(crate) const TURN_OFF_TEXT: &str =
    "Give a code once more. From then on your password alone signs you in.";
pub(crate) const REPLACE: &str = "Replace";
pub(crate) const REPLACE_TEXT: &str =
    "Give a code of the one in force; then set up the new one right away.";
pub(crate) const SCAN: &str = "Scan this with an authenticator app.";
pub(crate) const QR_CODE: &str = "QR code with the key of your second factor";
pub(crate) const CANT_SCAN: &str = "Can't scan it?";
pub(crate) const TYPE_KEY: &str = "Type this key into the app, as a time-based code:";
pub(crate) const TYPE_CODE: &str = "Type the six digits that the app shows.";
pub(crate) const CODE: &str = "Code";
pub(crate) const CODE_OR_RECOVERY: &str = "Six digits, or one of your recovery codes.";
pub(crate) const TURN_ON: &str = "Turn on";
pub(crate) const RECOVERY_CODES: &str = "Recovery codes";
pub(crate) const RECOVERY_TEXT: &str = "Your second factor is on. Keep these codes where you keep passwords: each signs you in once \
     if the phone is lost. They aren't shown again.";
pub(crate) const RECOVERY_KEPT: &str = "I have kept them";
pub(crate) const RECOVERY_LOW: &str =
    "Few are left. Set up the second factor anew to get fresh ones.";
pub(crate) const COPY_PLAIN: &str = "Copy";

pub(crate) const SESSIONS: &str = "Where you are signed in";
pub(crate) const SESSIONS_LEAD: &str =
    "End what you don't know or don't use; it takes effect at once.";
pub(crate) const NO_SESSIONS: &str = "Signed in nowhere.";
pub(crate) const THIS_BROWSER: &str = "This browser";
pub(crate) const SIGNED_IN_AT: &str = "Signed in";
pub(crate) const LAST_ACTIVE: &str = "last active";
pub(crate) const END_SESSION: &str = "End";
pub(crate) const SESSION_ENDED: &str = "The session was ended";
pub(crate) const UNKNOWN_DEVICE: &str = "Unknown program";

pub(crate) const TOKENS: &str = "Access for programs";
pub(crate) const TOKENS_LEAD: &str = "A token lets a script or another program work in your name, as far as its scopes reach and no \
     further than you yourself.";
pub(crate) const NO_TOKENS: &str = "No program works in your name.";
pub(crate) const TOKEN_NAME_HINT: &str = "What it is for, such as 'Weekly export'.";
pub(crate) const SCOPES: &str = "What it may do";
pub(crate) const DAYS: &str = "Valid for";
pub(crate) const LAST_USED: &str = "Last used";
pub(crate) const EXPIRES: &str = "Expires";
pub(crate) const EXPIRED: &str = "Expired";
pub(crate) const REVOKE: &str = "Revoke";
pub(crate) const NEW_TOKEN: &str = "New token";
pub(crate) const MAKE_TOKEN: &str = "Make token";
pub(crate) const TOKEN_MADE: &str = "Copy the token now";
pub(crate) const TOKEN_MADE_TEXT: &str =
    "This is the only time it is shown. The program sends it as 'Authorization: Bearer …'.";
pub(crate) const DONE: &str = "Done";
pub(crate) const NO_SCOPE: &str = "Choose at least one.";

pub(crate) const YOUR_DATA: &str = "Your data";
pub(crate) const YOUR_DATA_LEAD: &str = "Everything held on you: questions, requests, sign-ins and what the log says of you. As data and \
     as a page that reads without any program of ours.";
pub(crate) const DOWNLOAD_DATA: &str = "Download my data";
pub(crate) const LAW_LINK: &str = "Which law asks for what, and how it is met";

// People
pub(crate) const SIGNS_IN: &str = "Signs in";
pub(crate) const ERASED: &str = "Erased";
pub(crate) const WITH_SECOND_FACTOR: &str = "Second factor";
pub(crate) const MORE: &str = "More";
pub(crate) const DETAILS: &str = "Account";
pub(crate) const SESSIONS_OF: &str = "Signed in";
pub(crate) const SIGN_OUT_EVERYWHERE: &str = "Sign out everywhere";
pub(crate) const REMOVE_SECOND_FACTOR: &str = "Remove the second factor";
pub(crate) const REMOVE_SECOND_FACTOR_TEXT: &str =
    "For who lost their phone and their recovery codes. Make sure that it is them who asks.";
pub(crate) const PRIVACY_ACTIONS: &str = "Export or erase their data";
pub(crate) const LOADING: &str = "Loading…";

// Groups
pub(crate) const GROUPS: &str = "Groups";
pub(crate) const GROUPS_LEAD: &str =
    "A group gives its people rights on document sets. Changes take effect at their next request.";
pub(crate) const NO_GROUPS: &str = "There are no groups. Make the first one below.";
pub(crate) const NEW_GROUP: &str = "New group";
pub(crate) const MAKE_GROUP: &str = "Make group";
pub(crate) const GROUP_DESCRIPTION_HINT: &str = "Who belongs to it, for those who give it rights.";
pub(crate) const MEMBERS: &str = "Members";
pub(crate) const NO_MEMBERS: &str = "Nobody is in this group yet.";
pub(crate) const MEMBER_BY: &str = "In it by";
pub(crate) const ADD_MEMBER: &str = "Add a person";
pub(crate) const MEMBER_EMAIL: &str = "Name or e-mail";
pub(crate) const ADD: &str = "Add";
pub(crate) const REMOVE: &str = "Remove";
pub(crate) const NOBODY_OF_THAT_NAME: &str =
    "No account has this name or e-mail. Choose one of those suggested.";
pub(crate) const SEVERAL_OF_THAT_NAME: &str = "Several accounts have this name. Give the e-mail.";
pub(crate) const GROUP_SETS: &str = "Document sets";
pub(crate) const NO_GROUP_SETS: &str =
    "The group has no right on a document set. Rights are given on the set's own page.";
pub(crate) const EDIT_GROUP: &str = "Name and description";
pub(crate) const SAVE: &str = "Save";
pub(crate) const SAVED: &str = "Saved";
pub(crate) const DELETE_GROUP: &str = "Delete this group";
pub(crate) const DELETE_GROUP_TITLE: &str = "Delete this group?";
pub(crate) const DELETE_GROUP_TEXT: &str = "Its people lose the rights that it gave them, at once. The people themselves and the documents \
     stay.";

// Who may see what
pub(crate) const GRANTS: &str = "Groups";
pub(crate) const GIVE_GROUP: &str = "Add a group";
pub(crate) const GIVE_RIGHT: &str = "What it may do";
pub(crate) const CHOOSE_GROUP: &str = "Choose a group";
pub(crate) const NO_GRANTS: &str = "No group has a right of its own.";
pub(crate) const SAVE_ACCESS: &str = "Save who may see it";
pub(crate) const NARROWED: &str = "Narrowed";
pub(crate) const DOCUMENT_ACCESS: &str = "Who may see this document";
pub(crate) const ACCESS: &str = "Access";
pub(crate) const ALL_OF_SET: &str = "Everyone who may see the set";
pub(crate) const SOME_OF_SET: &str = "Only some of them";
pub(crate) const NARROW_HINT: &str = "Whoever manages the set sees it in any case.";
pub(crate) const NARROW_NO_GROUPS: &str =
    "The set is given to no group, so only those who manage it would see the document.";

pub(crate) fn sign_in_with(provider: &str) -> String {
    format!("Sign in with {provider}")
}

/// What to tell somebody whom the company's sign-in sent back without a session.
pub(crate) fn sign_in_failure(code: &str) -> &'static str {
    match code {
        "cancelled" => "You stopped at your company's sign-in. Try again.",
        "refused" => {
            "The answer of your company's sign-in couldn't be trusted, so it wasn't used. Try again; \
             if it stays so, tell the person who runs Inhouse."
        }
        "taken" => {
            "There is an account with your e-mail that isn't linked to your company's sign-in. Ask \
             the person who runs Inhouse."
        }
        "no_role" => {
            "Your company's sign-in knows you, but gives you no role here. Ask the person who runs \
             Inhouse."
        }
        "unknown" => {
            "Your company's sign-in knows you, but there is no account for you here. Ask the \
             person who runs Inhouse."
        }
        "disabled" => "Your account is disabled. Ask the person who runs Inhouse.",
        "expired" => "That took too long, or was begun in another browser. Try again.",
        "unavailable" => "Your company's sign-in doesn't answer. Try again in a moment.",
        _ => "Signing in through your company failed. Try again.",
    }
}

pub(crate) fn method(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Password => "with a password",
        SignInMethod::PasswordTotp => "with a password and a code",
        SignInMethod::Ldap => "with the company's directory",
        SignInMethod::Oidc => "through the company",
    }
}

/// `Firefox on Windows`
pub(crate) fn device(program: &str, system: Option<&str>) -> String {
    match system {
        Some(system) => format!("{program} on {system}"),
        None => program.to_owned(),
    }
}

pub(crate) fn end_session(device: &str) -> String {
    format!("End the session of {device}")
}

pub(crate) fn recovery_left(number: u32) -> String {
    count(
        u64::from(number),
        "recovery code left",
        "recovery codes left",
    )
}

pub(crate) fn scope(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Ask => "Ask",
        TokenScope::Documents => "Documents",
        TokenScope::Desk => "Review desk",
        TokenScope::People => "People",
        TokenScope::Log => "Log",
        TokenScope::Scim => "Provisioning",
    }
}

pub(crate) fn scope_explained(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Ask => "Ask questions, read your conversations, requests and sources.",
        TokenScope::Documents => "Read document sets, and manage those you manage.",
        TokenScope::Desk => "Read and answer what waits at the review desk.",
        TokenScope::People => "Manage accounts and groups.",
        TokenScope::Log => "Read, verify and export the log.",
        TokenScope::Scim => "Keep people and groups in step with your directory, by SCIM.",
    }
}

pub(crate) fn days(number: u32) -> String {
    count(u64::from(number), "day", "days")
}

pub(crate) fn revoke_token(name: &str) -> String {
    format!("Revoke {name}")
}

pub(crate) fn revoked(name: &str) -> String {
    format!("{name} was revoked")
}

/// Where a person proves who they are.
pub(crate) fn source(source: PersonSource) -> &'static str {
    match source {
        PersonSource::Local => "With a password here",
        PersonSource::Oidc => "Through the company",
        PersonSource::Ldap => "With the directory",
        PersonSource::Scim => "Through the company (provisioned)",
    }
}

pub(crate) fn more_of(name: &str) -> String {
    format!("More of {name}")
}

pub(crate) fn signed_out(name: &str) -> String {
    format!("{name} was signed out everywhere")
}

pub(crate) fn second_factor_removed(name: &str) -> String {
    format!("{name} has no second factor anymore")
}

pub(crate) fn members(number: u64) -> String {
    count(number, "person", "people")
}

/// Why somebody is in a group.
pub(crate) fn member_source(source: MemberSource) -> &'static str {
    match source {
        MemberSource::Local => "Added here",
        MemberSource::Scim => "Provisioned",
        MemberSource::SignIn => "Their sign-in",
        MemberSource::Role => "Their role",
    }
}

/// Everyone of a role is in such a group.
pub(crate) fn role_group(role: &str) -> String {
    format!("Role: {role}")
}

pub(crate) fn role_group_explained(role: &str) -> String {
    format!(
        "Everyone in the role '{role}' is in this group without being listed; others can be added."
    )
}

pub(crate) fn remove_member(name: &str) -> String {
    format!("Remove {name}")
}

pub(crate) fn removed(name: &str) -> String {
    format!("{name} was removed")
}

pub(crate) fn right(right: Right) -> &'static str {
    match right {
        Right::Read => "Reads",
        Right::Manage => "Manages",
    }
}

pub(crate) fn right_of(group: &str) -> String {
    format!("What {group} may do")
}

pub(crate) fn remove_group(group: &str) -> String {
    format!("Take {group} out")
}

pub(crate) fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "Everyone",
        Audience::Groups => "Some groups",
        Audience::Restricted => "Restricted",
    }
}

pub(crate) fn audience_explained(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "Serves everyone's answers.",
        Audience::Groups => "Serves answers to people of the groups below; admins manage it.",
        Audience::Restricted => {
            "For the groups below and nobody else. Others, admins included, don't learn that it \
             exists."
        }
    }
}

/// What a right on a set of this audience adds.
pub(crate) fn grants_explained(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "Everyone reads it already; a group can manage it too.",
        Audience::Groups => "Who manages also reads, adds and removes documents.",
        Audience::Restricted => {
            "At least one group has to manage it. Leave yourself out and it is gone for you too."
        }
    }
}

/// `Legal team reads, Board manages`
pub(crate) fn grants(grants: &[SetGrant]) -> String {
    let parts: Vec<String> = grants
        .iter()
        .map(|grant| format!("{} {}", grant.group_name, right(grant.right).to_lowercase()))
        .collect();
    parts.join(", ")
}

pub(crate) fn access_of(name: &str) -> String {
    format!("Access to {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_on_a_set_read_as_a_list() {
        let grant = |name: &str, right| SetGrant {
            group: crate::sample::id("group-1"),
            group_name: name.to_owned(),
            right,
        };
        let all = [
            grant("Legal team", Right::Read),
            grant("Board", Right::Manage),
        ];
        assert_eq!(grants(&all), "Legal team reads, Board manages");
        assert_eq!(grants(&[]), "");
    }

    #[test]
    fn a_failure_that_is_not_known_is_told_in_our_own_words() {
        let told = sign_in_failure("<script>");
        assert!(!told.contains("script"));
    }
}
