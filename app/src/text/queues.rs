//! Texts of the desk's queues and of its reply templates.

use super::phrases::count;

// Queues
pub(crate) const QUEUES: &str = "Queues";
pub(crate) const QUEUES_LEAD: &str =
    "What goes where, in which time it is answered, and who works on it.";
pub(crate) const NEW_QUEUE: &str = "New queue";
pub(crate) const EDIT_QUEUE: &str = "Change this queue";
pub(crate) const QUEUE_KEY: &str = "Key";
pub(crate) const QUEUE_KEY_HINT: &str =
    "As rules name it: small letters, digits, hyphens. It can't be changed later.";
pub(crate) const QUEUE_TOPICS: &str = "Topics";
pub(crate) const TOPICS_HINT: &str =
    "What goes here where no rule says otherwise, parted by commas, as the rules name them.";
pub(crate) const QUEUE_LANGUAGES: &str = "Languages";
pub(crate) const QUEUE_LANGUAGES_HINT: &str =
    "What goes here where no topic decides, as codes such as de, fr.";
pub(crate) const FIRST_REPLY_WITHIN: &str = "First reply within";
pub(crate) const RESOLUTION_WITHIN: &str = "Resolution within";
pub(crate) const HOURS_HINT: &str =
    "Business hours at normal priority, such as 8 or 1.5. Empty: no limit.";
pub(crate) const NO_HOURS: &str = "Give hours as a number, such as 8 or 1.5.";
pub(crate) const ROTATION: &str = "Give what comes in to the members in turn";
pub(crate) const ROTATION_HINT: &str = "Who is away is passed over.";
pub(crate) const IN_TURN: &str = "Given to the members in turn";
pub(crate) const MEMBERS_ONLY: &str = "Restricted";
pub(crate) const RESTRICTED_MEANS: &str = "Only its members see what is in it and who asked: no \
     other lawyer, no admin, no ticket. While it has no members, the whole desk sees it.";
pub(crate) const RETIRE_IT: &str = "Retire";
pub(crate) const RETIRE_TITLE: &str = "Retire this queue?";
pub(crate) const RETIRE_TEXT: &str =
    "Nothing new goes into it. What is resolved in it stays as it is.";
pub(crate) const QUEUE_RETIRED: &str = "The queue was retired";
pub(crate) const NO_QUEUE_MEMBERS: &str = "No members. Everybody at the desk sees what is in it.";
pub(crate) const NO_MEMBERS_RESTRICTED: &str =
    "No members yet, so everybody at the desk sees what is in it. Add those who should.";
pub(crate) const CHOOSE_PERSON: &str = "Add a member";
pub(crate) const IS_AWAY: &str = "Away";
pub(crate) const SET_AWAY: &str = "Set as away";
pub(crate) const BACK_AGAIN: &str = "Back again";

// Reply templates
pub(crate) const TEMPLATES: &str = "Reply templates";
pub(crate) const TEMPLATES_LEAD: &str =
    "Replies that are written once and used often, by everybody at the desk.";
pub(crate) const NO_TEMPLATES: &str = "There are no templates. Write the first one below.";
pub(crate) const NEW_TEMPLATE: &str = "New template";
pub(crate) const TEMPLATE_TITLE: &str = "Title";
pub(crate) const TEMPLATE_BODY: &str = "Reply";
pub(crate) const TEMPLATE_HINT: &str =
    "{asker}, {question}, {reference}, {me} and {today} are filled in where it is used.";
pub(crate) const TEMPLATE_DELETED: &str = "The template was deleted";
pub(crate) const EVERY_QUEUE: &str = "Every queue";

/// A number of minutes as hours, as the form takes them: `8`, `1.5`.
pub(crate) fn hours_of(minutes: u32) -> String {
    let (whole, part) = (minutes / 60, (minutes % 60 * 100 + 30) / 60);
    if part == 0 {
        return whole.to_string();
    }
    let text = format!("{whole}.{part:02}");
    text.trim_end_matches('0').to_owned()
}

/// `First reply within 8 h`
pub(crate) fn within_hours(what: &str, minutes: u32) -> String {
    format!("{what} within {} h", hours_of(minutes))
}

pub(crate) fn business_hours(hours: &str) -> String {
    format!("Business hours: {hours}.")
}

pub(crate) fn closed_on(days: &str) -> String {
    format!("Closed on {days}.")
}

pub(crate) fn open_in_queue(open: u64) -> String {
    count(open, "open question", "open questions")
}

pub(crate) fn past_time(number: u64) -> String {
    format!("{number} past their time")
}

/// `Topics: lease, data protection`
pub(crate) fn goes_here(what: &str, all: &str) -> String {
    format!("{what}: {all}")
}

pub(crate) fn rule_key(key: &str) -> String {
    format!("In rules: {key}")
}

pub(crate) fn retire_queue(name: &str) -> String {
    format!("Retire {name}")
}

pub(crate) fn add_to_queue(name: &str) -> String {
    format!("Add a member to {name}")
}

pub(crate) fn goes_away(name: &str) -> String {
    format!("Set {name} as away")
}

pub(crate) fn is_back(name: &str) -> String {
    format!("{name} is back again")
}

pub(crate) fn template_version(version: u64, by: &str) -> String {
    format!("Version {version}, by {by},")
}
