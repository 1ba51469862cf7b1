//! What the log's actions are called.

/// The kinds of records that can be searched for: the first part of their action, and a name.
pub(crate) const KINDS: [(&str, &str); 23] = [
    ("run", "Questions"),
    ("escalation", "Questions with Legal"),
    ("conversation", "Conversations"),
    ("document", "Documents"),
    ("set", "Document sets and who sees them"),
    ("embedding", "Changes of the embedding model"),
    ("answers", "How people are answered"),
    ("question_set", "Sets of questions"),
    ("evaluation", "Evaluations"),
    ("calibration", "Calibrations"),
    ("group", "Groups"),
    ("user", "Accounts"),
    ("session", "Sign-ins"),
    ("totp", "Second factors"),
    ("token", "Tokens of programs"),
    ("log", "Readings of the log"),
    ("subject", "Exports and erasures"),
    ("hold", "Legal holds"),
    ("retention", "Removals by age"),
    ("settings", "Starts and settings"),
    ("rules", "Rules"),
    ("keys", "Keys"),
    ("ai_notice", "Notices of the AI"),
];

/// What each action is, said of who did it.
const ACTIONS: &[(&str, &str)] = &[
    ("run.ask", "asked a question"),
    ("run.finish", "finished a question"),
    ("run.stop", "stopped an answer"),
    ("run.replay", "read a question to answer it again"),
    ("conversation.create", "began a conversation"),
    ("escalation.ask", "sent a question to Legal"),
    ("escalation.list", "listed what is at the desk"),
    ("escalation.read", "read a question at the desk"),
    ("escalation.reply", "replied to a question"),
    ("escalation.state", "changed where a question stands"),
    ("escalation.ticket", "made a ticket of a question"),
    ("document.add", "added a document"),
    ("document.add_version", "added a version of a document"),
    ("document.ready", "finished reading a document"),
    ("document.failed", "couldn't read a document"),
    ("document.retry", "had a document read again"),
    ("document.cancel", "stopped the reading of a document"),
    ("document.delete", "deleted a document"),
    ("document.dates", "said when a version is in force"),
    ("document.facts", "changed what is known of a document"),
    (
        "document.proposals",
        "decided what a document says of itself",
    ),
    ("document.reviewed", "reviewed a document"),
    ("document.access", "changed who may see a document"),
    ("set.create", "made a document set"),
    ("set.access", "changed who may see a document set"),
    ("embedding.begin", "began to embed with a new model"),
    ("embedding.pause", "paused the new embedding"),
    ("embedding.resume", "went on with the new embedding"),
    ("embedding.give_up", "gave up a new embedding"),
    ("embedding.switch", "answers with a new embedding model"),
    ("answers.mode", "chose how to be answered"),
    ("question_set.create", "added a set of questions"),
    (
        "question_set.baseline",
        "chose what evaluations are compared with",
    ),
    ("question_set.delete", "removed a set of questions"),
    ("evaluation.start", "started an evaluation"),
    ("evaluation.stop", "stopped an evaluation"),
    ("evaluation.finish", "finished an evaluation"),
    ("evaluation.delete", "removed an evaluation"),
    ("calibration.fit", "fitted a calibration"),
    ("calibration.adopt", "put a calibration into use"),
    ("group.create", "made a group"),
    ("group.change", "changed a group"),
    ("group.delete", "deleted a group"),
    ("group.member_add", "put a person into a group"),
    ("group.member_remove", "took a person out of a group"),
    ("group.link", "tied a group to the company's directory"),
    (
        "group.release",
        "untied a group from the company's directory",
    ),
    ("user.create", "made an account"),
    ("user.change", "changed an account"),
    ("user.deprovision", "deactivated an account by provisioning"),
    ("user.password", "set a password"),
    ("ai_notice.seen", "understood that an AI system answers"),
    ("user.groups", "changed a person's groups"),
    ("user.link", "linked an account to the company's sign-in"),
    ("user.profile", "renewed a person's name or department"),
    ("session.sign_in", "signed in"),
    ("session.sign_out", "signed out"),
    ("session.refused", "was refused at sign-in"),
    ("session.end", "ended a session"),
    ("session.end_all", "signed a person out everywhere"),
    ("session.keys", "renewed the keys of sessions"),
    ("totp.begin", "began to set up a second factor"),
    ("totp.enrol", "set up a second factor"),
    ("totp.remove", "removed a second factor"),
    ("totp.recovery_code", "used a recovery code"),
    ("token.create", "made a token"),
    ("token.revoke", "revoked a token"),
    ("token.refused", "came with a token that was refused"),
    ("log.open", "opened the log"),
    ("log.read", "read in the log"),
    ("log.export", "exported the log"),
    ("log.fault", "found that the chain doesn't hold"),
    ("subject.export", "exported a person's data"),
    ("subject.erase", "erased a person"),
    ("hold.place", "placed a legal hold"),
    ("hold.lift", "lifted a legal hold"),
    ("retention.run", "removed what was old enough"),
    ("settings.start", "started"),
    ("settings.change", "started with other settings"),
    ("rules.change", "started with other rules"),
    ("keys.rotate", "made a new key"),
    ("keys.rewrap", "put people's keys under the new master key"),
];

/// An action in words; one that has none keeps its name.
pub(crate) fn action(name: &str) -> String {
    let known = ACTIONS.iter().find(|(action, _)| *action == name);
    known.map_or_else(|| name.to_owned(), |(_, words)| (*words).to_owned())
}

/// What the search calls a kind; of a single action its words.
pub(crate) fn kind(name: &str) -> String {
    let known = KINDS.iter().find(|(kind, _)| *kind == name);
    known.map_or_else(|| action(name), |(_, words)| (*words).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_without_words_keeps_its_name() {
        assert_eq!(action("run.ask"), "asked a question");
        assert_eq!(action("moon.landing"), "moon.landing");
        assert_eq!(kind("run"), "Questions");
        assert_eq!(kind("run.ask"), "asked a question");
    }

    #[test]
    fn every_action_belongs_to_a_kind_that_can_be_searched_for() {
        for (action, _) in ACTIONS {
            let first = action.split('.').next().unwrap_or_default();
            assert!(KINDS.iter().any(|(kind, _)| *kind == first), "{action}");
        }
    }
}
