//! What the log's actions are called.

/// The kinds of records that can be searched for: the first part of their action, and a name.
pub(crate) const KINDS: [(&str, &str); 29] = [
    ("run", "Questions"),
    ("escalation", "Questions with Legal"),
    ("queue", "Queues of the desk"),
    ("template", "Reply templates"),
    ("approved", "Approved answers"),
    ("view", "Saved views of the desk"),
    ("conversation", "Conversations"),
    ("document", "Documents"),
    ("set", "Document sets and who sees them"),
    ("embedding", "Changes of the embedding model"),
    ("answers", "How people are answered"),
    ("mail", "Mail to people"),
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
    ("tracker", "Ticket trackers"),
    ("rules", "Rules"),
    ("keys", "Keys"),
    ("ai_notice", "Notices of the AI"),
];

/// What each action is, said of who did it.
const ACTIONS: &[(&str, &str)] = &[
    ("run.ask", "asked a question"),
    ("run.finish", "finished a question"),
    ("run.helpful", "said whether an answer helped"),
    ("run.stop", "stopped an answer"),
    ("run.replay", "read a question to answer it again"),
    ("conversation.create", "began a conversation"),
    ("escalation.add", "added to a question with Legal"),
    ("escalation.ask", "sent a question to Legal"),
    ("escalation.change", "changed a question at the desk"),
    ("escalation.draft", "had a reply drafted, or decided on one"),
    ("escalation.list", "listed what is at the desk"),
    ("escalation.merge", "merged a question into another one"),
    ("escalation.note", "wrote an internal note to a question"),
    ("escalation.read", "read a question at the desk"),
    ("escalation.rate", "rated how a question went"),
    ("escalation.reopen", "opened a question with Legal again"),
    ("escalation.reply", "replied to a question"),
    ("escalation.split", "split off a part of a question"),
    ("escalation.state", "changed where a question stands"),
    ("escalation.ticket", "made a ticket of a question"),
    (
        "escalation.ticket_update",
        "brought a ticket to where its question is",
    ),
    (
        "escalation.ticket_news",
        "took over what happened to a ticket",
    ),
    ("tracker.create", "set up a ticket tracker"),
    ("tracker.change", "changed a ticket tracker"),
    ("tracker.delete", "removed a ticket tracker"),
    ("escalation.withdraw", "withdrew a question from Legal"),
    ("escalation.warn", "warned that a question is due soon"),
    ("escalation.breach", "noted that a question is overdue"),
    ("escalation.wake", "brought back a question put off"),
    ("queue.create", "made a queue"),
    ("queue.change", "changed a queue"),
    ("queue.retire", "took a queue out of use"),
    ("queue.member", "put a person into a queue"),
    ("queue.member.remove", "took a person out of a queue"),
    ("template.create", "made a reply template"),
    ("template.change", "changed a reply template"),
    ("template.delete", "deleted a reply template"),
    ("approved.create", "drafted an approved answer"),
    ("approved.change", "changed an approved answer"),
    ("approved.propose", "proposed an approved answer"),
    ("approved.approve", "approved an answer"),
    ("approved.return", "made an approved answer a draft"),
    ("approved.retire", "retired an approved answer"),
    ("approved.review", "put an approved answer up for review"),
    ("approved.export", "exported the approved answers"),
    ("view.save", "saved a view of the desk"),
    ("view.delete", "deleted a view of the desk"),
    ("document.add", "added a document"),
    ("document.add_version", "added a version of a document"),
    ("document.ready", "finished reading a document"),
    ("document.failed", "couldn't read a document"),
    ("document.retry", "had a document read again"),
    ("document.cancel", "stopped the reading of a document"),
    ("document.delete", "deleted a document"),
    ("document.dates", "said when a version is in force"),
    ("document.facts", "changed what is known of a document"),
    ("document.request", "asked for a document that is missing"),
    (
        "document.request.decide",
        "said whether a missing document comes",
    ),
    (
        "document.proposals",
        "decided what a document says of itself",
    ),
    (
        "document.review_due",
        "told a document's owner that its review is due",
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
    ("mail.choice", "chose whether to be told by mail"),
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
    ("rules.draft", "drafted rules"),
    ("rules.edit", "changed a draft of rules"),
    ("rules.propose", "proposed rules"),
    ("rules.return", "took a proposal of rules back"),
    ("rules.publish", "put rules into force"),
    ("rules.withdraw", "withdrew rules"),
    (
        "rules.replay",
        "tried rules on the questions that were asked",
    ),
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
