//! What can be done with escalations, one or many: the choices, and what each would change.

use super::times;
use crate::text;
use inhouse_protocol::{
    Assign, EscalationChange, EscalationId, EscalationState, EscalationSummary, Priority, Queues,
    Snooze, UserId,
};

/// What is being decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Assign,
    Priority,
    Queue,
    Snooze,
    State,
    Merge,
}

/// What is done with each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Change(EscalationChange),
    /// They are duplicates of this one.
    MergeInto(EscalationId),
}

/// An act with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) act: Act,
}

pub(super) fn assign(to: Assign) -> Act {
    Act::Change(EscalationChange {
        assignee: Some(to),
        ..EscalationChange::default()
    })
}

pub(super) fn set_state(state: EscalationState) -> Act {
    Act::Change(EscalationChange {
        state: Some(state),
        ..EscalationChange::default()
    })
}

pub(super) fn set_waiting(waiting: bool) -> EscalationChange {
    EscalationChange {
        waiting: Some(waiting),
        ..EscalationChange::default()
    }
}

/// What there is to choose from for `items`; `all` are the queues and people of the desk.
pub(super) fn choices(
    ask: Ask,
    items: &[EscalationSummary],
    all: &Queues,
    me: &UserId,
) -> Vec<Choice> {
    let change = |name: &str, change| Choice {
        name: name.to_owned(),
        act: Act::Change(change),
    };
    let none = EscalationChange::default;
    match ask {
        Ask::Assign => {
            let fixed = [
                (text::ME, Assign::Me),
                (text::NEXT_IN_TURN, Assign::Rotation),
                (text::NOBODY, Assign::Nobody),
            ];
            let others = all.people.iter().filter(|person| person.id != *me);
            let others = others.map(|p| (p.name.as_str(), Assign::Person(p.id.clone())));
            let named = |(name, to): (&str, Assign)| Choice {
                name: name.to_owned(),
                act: assign(to),
            };
            fixed.into_iter().chain(others).map(named).collect()
        }
        Ask::Priority => {
            let priority = |priority| EscalationChange {
                priority: Some(priority),
                ..none()
            };
            let all = Priority::ALL.into_iter();
            all.map(|one| change(text::priority(one), priority(one)))
                .collect()
        }
        Ask::Queue => {
            let queue = |queue: &inhouse_protocol::Queue| EscalationChange {
                queue: Some(queue.name.id.clone()),
                ..none()
            };
            let all = all.queues.iter();
            all.map(|one| change(&one.name.name, queue(one))).collect()
        }
        Ask::Snooze => {
            let snooze = |snooze| EscalationChange {
                snooze: Some(snooze),
                ..none()
            };
            let sleeps = items.iter().any(|item| item.snoozed_until.is_some());
            let wake = sleeps.then(|| change(text::WAKE, snooze(Snooze::Wake)));
            let later = times::later().into_iter();
            later
                .map(|(name, at)| change(name, snooze(Snooze::Until(at))))
                .chain(wake)
                .collect()
        }
        Ask::State => [EscalationState::Resolved, EscalationState::Open]
            .into_iter()
            .map(|state| Choice {
                name: text::to_state(state).to_owned(),
                act: set_state(state),
            })
            .collect(),
        Ask::Merge => items
            .iter()
            .map(|item| Choice {
                name: item.question.clone(),
                act: Act::MergeInto(item.id.clone()),
            })
            .collect(),
    }
}

/// Why `act` would leave the escalation as it is, in words; nothing where it changes it.
pub(super) fn idle(act: &Act, item: &EscalationSummary, me: &UserId) -> Option<&'static str> {
    if item.merged_into.is_some() {
        return Some(text::IS_MERGED);
    }
    let change = match act {
        Act::MergeInto(target) => return (*target == item.id).then_some(text::STAYS_AS_ONE),
        Act::Change(change) => change,
    };
    let assignee = item.assignee.as_ref().map(|person| &person.id);
    let so = [
        change.state.map(|state| state == item.state),
        change.queue.as_ref().map(|queue| *queue == item.queue.id),
        change.priority.map(|priority| priority == item.priority),
        change.assignee.as_ref().map(|to| match to {
            Assign::Me => assignee == Some(me),
            Assign::Person(person) => assignee == Some(person),
            Assign::Nobody => assignee.is_none(),
            Assign::Rotation => false,
        }),
        change.snooze.map(|snooze| match snooze {
            Snooze::Until(at) => item.snoozed_until == Some(at),
            Snooze::Wake => item.snoozed_until.is_none(),
        }),
        change
            .waiting
            .map(|waiting| waiting == item.waiting_since.is_some()),
    ];
    so.into_iter().flatten().all(|so| so).then_some(text::IS_SO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{EscalationReason, PersonName, Queue, QueueName, Timestamp};

    fn item(id: &str) -> EscalationSummary {
        let mut item = sample::escalation(EscalationReason::Rule).summary;
        item.id = sample::id(id);
        item
    }

    fn desk() -> Queues {
        let person = |id: &str, name: &str| PersonName {
            id: sample::id(id),
            name: name.to_owned(),
        };
        let queue = |key: &str| Queue {
            name: QueueName {
                id: sample::id(&format!("queue-{key}")),
                key: key.to_owned(),
                name: key.to_owned(),
                restricted: false,
            },
            description: String::new(),
            topics: Vec::new(),
            languages: Vec::new(),
            first_reply_minutes: None,
            resolution_minutes: None,
            rotation: false,
            members: Vec::new(),
            open: 0,
            breached: 0,
        };
        Queues {
            queues: vec![queue("1"), queue("hr")],
            people: vec![person("me", "Lena"), person("user-2", "Lea Berg")],
            hours: String::new(),
            holidays: Vec::new(),
        }
    }

    fn named(ask: Ask, items: &[EscalationSummary]) -> Vec<Choice> {
        choices(ask, items, &desk(), &sample::id("me"))
    }

    #[test]
    fn one_is_named_as_oneself_and_not_among_the_others() {
        let names: Vec<_> = named(Ask::Assign, &[])
            .into_iter()
            .map(|c| c.name)
            .collect();
        assert_eq!(
            names,
            [text::ME, text::NEXT_IN_TURN, text::NOBODY, "Lea Berg"]
        );
    }

    #[test]
    fn waking_is_offered_only_for_what_sleeps() {
        let mut one = item("a");
        let wakes = |items: &[EscalationSummary]| {
            named(Ask::Snooze, items)
                .iter()
                .any(|choice| choice.name == text::WAKE)
        };
        assert!(!wakes(&[one.clone()]));
        one.snoozed_until = Some(Timestamp(5));
        assert!(wakes(&[one]));
    }

    #[test]
    fn what_is_so_already_would_not_change() {
        let me = sample::id("me");
        let mut one = item("a");
        let queues = named(Ask::Queue, &[]);
        assert_eq!(idle(&queues[0].act, &one, &me), Some(text::IS_SO));
        assert_eq!(idle(&queues[1].act, &one, &me), None);
        assert_eq!(idle(&assign(Assign::Me), &one, &me), None);
        assert_eq!(idle(&assign(Assign::Nobody), &one, &me), Some(text::IS_SO));
        one.assignee = Some(PersonName {
            id: me.clone(),
            name: "Lena".to_owned(),
        });
        assert_eq!(idle(&assign(Assign::Me), &one, &me), Some(text::IS_SO));
        assert_eq!(idle(&assign(Assign::Rotation), &one, &me), None);
        one.merged_into = Some(sample::id("b"));
        assert_eq!(idle(&queues[1].act, &one, &me), Some(text::IS_MERGED));
    }

    #[test]
    fn of_those_that_are_merged_one_stays() {
        let items = [item("a"), item("b")];
        let into = &named(Ask::Merge, &items)[1].act;
        let me = sample::id("me");
        assert_eq!(idle(into, &items[0], &me), None);
        assert_eq!(idle(into, &items[1], &me), Some(text::STAYS_AS_ONE));
    }
}
