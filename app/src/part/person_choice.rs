//! Choosing a person by typing: a list of suggestions, and whom what was typed names.

use super::{IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{Person, UserId};
use leptos::prelude::*;

/// The suggestions for an input whose `list` is `id`: everyone who was not erased, by e-mail.
pub(crate) fn people_list(id: &'static str, people: &[Person]) -> AnyView {
    let options = people
        .iter()
        .filter(|person| !person.erased)
        .map(|person| view! { <option value=person.email.clone()>{person.name.clone()}</option> })
        .wholes();
    view! { <datalist id=id>{options}</datalist> }.whole()
}

/// Whom an e-mail names, or a name that only one person has. In words, why it names nobody.
pub(crate) fn find_person(people: &[Person], typed: &str) -> Result<UserId, &'static str> {
    let typed = typed.trim().to_lowercase();
    let there = || people.iter().filter(|person| !person.erased);
    if let Some(person) = there().find(|person| person.email.to_lowercase() == typed) {
        return Ok(person.id.clone());
    }
    let mut named = there().filter(|person| person.name.to_lowercase() == typed);
    match (named.next(), named.next()) {
        (Some(person), None) => Ok(person.id.clone()),
        (Some(_), Some(_)) => Err(text::SEVERAL_OF_THAT_NAME),
        (None, _) => Err(text::NOBODY_OF_THAT_NAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{PersonSource, Role, Timestamp};

    fn person(id: &str, name: &str, email: &str) -> Person {
        Person {
            id: sample::id(id),
            email: email.to_owned(),
            name: name.to_owned(),
            role: Role::Employee,
            department: None,
            disabled: false,
            source: PersonSource::Local,
            totp: false,
            erased: false,
            created_at: Timestamp(0),
            last_seen_at: None,
        }
    }

    #[test]
    fn a_person_is_found_by_e_mail_or_by_a_name_of_their_own() {
        let people = [
            person("user-1", "Emil Berg", "emil@example.com"),
            person("user-2", "Ada Falk", "ada@example.com"),
            person("user-3", "Ada Falk", "ada.falk@example.com"),
        ];
        let found = |typed| find_person(&people, typed);
        assert_eq!(found(" EMIL@example.com "), Ok(sample::id("user-1")));
        assert_eq!(found("emil berg"), Ok(sample::id("user-1")));
        assert_eq!(found("Ada Falk"), Err(text::SEVERAL_OF_THAT_NAME));
        assert_eq!(found("Nora"), Err(text::NOBODY_OF_THAT_NAME));
    }

    #[test]
    fn an_erased_person_is_not_found_anymore() {
        let mut gone = person("user-1", "Emil Berg", "emil@example.com");
        gone.erased = true;
        assert_eq!(
            find_person(&[gone], "emil@example.com"),
            Err(text::NOBODY_OF_THAT_NAME)
        );
    }
}
