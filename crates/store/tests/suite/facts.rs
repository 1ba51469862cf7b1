//! What is known of a document: what people say, what the document says of itself, who sees to it.

use super::refusals::{conflict, invalid, not_there};
use super::{Done, World, both, found, ids};
use inhouse_protocol::{
    Audience, Day, DocumentAccess, DocumentFacts, DocumentId, Fact, PersonChange, Proposal,
    ProposalsDecided, Right, Role, VersionId,
};
use inhouse_store::Actor;

both!(
    facts_are_stored_as_they_were_said_and_recorded,
    facts_that_cannot_be_are_refused,
    no_two_documents_take_each_others_place_and_none_is_taken_twice,
    whoever_may_see_a_document_may_own_it_and_nobody_else,
    a_person_confirms_what_a_document_says_of_itself,
    what_is_known_already_is_not_proposed,
    a_persons_own_word_answers_what_was_proposed,
    a_word_on_the_document_answers_what_each_version_proposed,
    what_is_confirmed_of_the_document_is_asked_of_no_version_again,
);

const BY: Actor = Actor::Operator;

fn proposal(fact: Fact, value: &str) -> Proposal {
    Proposal {
        fact,
        value: value.to_owned(),
        quote: format!("… {value} …"),
        page: Some(1),
    }
}

/// A document that says these things of itself.
pub(super) async fn saying(
    world: &World,
    name: &str,
    proposals: Vec<Proposal>,
) -> Result<(DocumentId, VersionId), Box<dyn std::error::Error>> {
    let scope = world.everything().await?;
    let set = match world.store.set_by_name(&scope, "Policies").await? {
        Some(set) => set.id,
        None => world.set("Policies", Audience::Everyone).await?,
    };
    let (document, version) = ids(world.add(&set, name, name).await?)?;
    let committed = inhouse_store::Committed {
        proposals,
        ..found(name)
    };
    world.store.commit_version(&version, committed).await?;
    Ok((document, version))
}

async fn proposed(
    world: &World,
    document: &DocumentId,
) -> Result<Vec<Fact>, Box<dyn std::error::Error>> {
    let scope = world.everything().await?;
    let detail = world.store.document_detail(&scope, document).await?;
    let facts: Vec<_> = detail.versions[0]
        .proposals
        .iter()
        .map(|proposal| proposal.fact)
        .collect();
    assert_eq!(detail.summary.attention, !facts.is_empty());
    Ok(facts)
}

async fn facts_are_stored_as_they_were_said_and_recorded(world: World) -> Done {
    let (document, _) = saying(&world, "travel.txt", Vec::new()).await?;
    let (old, _) = saying(&world, "travel 2020.txt", Vec::new()).await?;
    let (emil, principal) = world.person("emil", Role::Employee).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let said = DocumentFacts {
        jurisdiction: " Germany ".into(),
        owner: Some(emil.id.clone()),
        review_on: Some(world.today()),
        tags: vec!["travel".into(), " ".into(), "travel ".into(), "HR".into()],
        supersedes: Some(old.clone()),
    };
    let before = store.audit_after(0, 100).await?.len();
    for _ in 0..2 {
        store.set_facts(&BY, &scope, &document, &said).await?;
    }
    let records = store.audit_after(0, 100).await?.split_off(before);
    assert_eq!(records.len(), 1, "what changes nothing leaves no record");
    assert_eq!(records[0].action, "document.facts");
    assert_eq!(records[0].detail["facts"]["jurisdiction"], "Germany");
    assert!(records[0].detail["set"].is_string());

    let detail = store.document_detail(&scope, &document).await?;
    let stored = DocumentFacts {
        jurisdiction: "Germany".into(),
        tags: vec!["travel".into(), "HR".into()],
        ..said
    };
    assert_eq!((detail.facts, detail.review_due), (stored, true));
    assert_eq!(detail.owner_name.as_deref(), Some("emil"));
    assert_eq!(detail.supersedes.map(|other| other.id), Some(old.clone()));
    assert!(detail.manages && detail.set_name == "Policies");

    // Who only reads is told no link that leads to what they may not see.
    let nobody = DocumentAccess {
        groups: Some(Vec::new()),
    };
    store
        .set_document_access(&BY, &scope, &old, &nobody)
        .await?;
    let reader = store.scope(&principal).await?;
    let told = store.document_detail(&reader, &document).await?;
    assert_eq!((told.facts.supersedes, told.supersedes), (None, None));
    assert!(!told.manages);
    not_there(&store.document_detail(&reader, &old).await);
    let by = principal.actor();
    let facts = DocumentFacts::default();
    not_there(&store.set_facts(&by, &reader, &document, &facts).await);
    not_there(&store.possible_owners(&reader, &document).await);
    Ok(())
}

async fn facts_that_cannot_be_are_refused(world: World) -> Done {
    let (document, _) = saying(&world, "travel.txt", Vec::new()).await?;
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let elsewhere = world.set("Contracts", Audience::Everyone).await?;
    let (other, _) = world.document(&elsewhere, "lease.txt", "one").await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let disable = PersonChange {
        disabled: Some(true),
        role: None,
    };
    store.change_user(&BY, &emil.id, &disable).await?;
    let facts = DocumentFacts::default();
    for wrong in [
        DocumentFacts {
            jurisdiction: "x".repeat(121),
            ..facts.clone()
        },
        DocumentFacts {
            tags: vec!["x".repeat(41)],
            ..facts.clone()
        },
        DocumentFacts {
            tags: (0..21).map(|number| number.to_string()).collect(),
            ..facts.clone()
        },
        DocumentFacts {
            owner: Some(emil.id.clone()),
            ..facts.clone()
        },
        DocumentFacts {
            owner: Some("nobody".parse()?),
            ..facts.clone()
        },
        DocumentFacts {
            supersedes: Some(document.clone()),
            ..facts.clone()
        },
        DocumentFacts {
            supersedes: Some(other),
            ..facts.clone()
        },
    ] {
        invalid(&store.set_facts(&BY, &scope, &document, &wrong).await);
    }
    Ok(())
}

async fn no_two_documents_take_each_others_place_and_none_is_taken_twice(world: World) -> Done {
    let (first, _) = saying(&world, "1.txt", Vec::new()).await?;
    let (second, _) = saying(&world, "2.txt", Vec::new()).await?;
    let (third, _) = saying(&world, "3.txt", Vec::new()).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let supersede = async |document: &DocumentId, other: &DocumentId| {
        let facts = DocumentFacts {
            supersedes: Some(other.clone()),
            ..DocumentFacts::default()
        };
        store.set_facts(&BY, &scope, document, &facts).await
    };
    supersede(&second, &first).await?;
    supersede(&third, &second).await?;
    conflict(supersede(&third, &first).await);
    conflict(supersede(&first, &third).await);
    conflict(supersede(&first, &second).await);
    let references = store.references(&scope, &second).await?;
    let by: Vec<_> = references
        .superseded_by
        .into_iter()
        .map(|other| other.id)
        .collect();
    assert_eq!(by, [third]);
    Ok(())
}

async fn whoever_may_see_a_document_may_own_it_and_nobody_else(world: World) -> Done {
    let mut people = Vec::new();
    for (name, role) in [
        ("reader", Role::Employee),
        ("manager", Role::Employee),
        ("outsider", Role::Employee),
        ("gone", Role::Employee),
        ("lena", Role::Legal),
        ("ada", Role::Admin),
    ] {
        people.push(world.person(name, role).await?);
    }
    let readers = world
        .group("Readers", &[&people[0].0, &people[3].0])
        .await?;
    let managers = world.group("Managers", &[&people[1].0]).await?;
    let legal = "legal-team".parse()?;
    let (store, everything) = (&world.store, world.everything().await?);
    let disable = PersonChange {
        disabled: Some(true),
        role: None,
    };
    store.change_user(&BY, &people[3].0.id, &disable).await?;
    for audience in Audience::ALL {
        let grants = [
            (&readers, Right::Read),
            (&legal, Right::Read),
            (&managers, Right::Manage),
        ];
        let set = world.set_for(audience.as_str(), audience, &grants).await?;
        let (document, _) = world.document(&set, "x.txt", "x").await?;
        for groups in [None, Some(vec![readers.clone()]), Some(Vec::new())] {
            let access = DocumentAccess { groups };
            store
                .set_document_access(&BY, &everything, &document, &access)
                .await?;
            let owners = store.possible_owners(&everything, &document).await?;
            for (person, principal) in &people {
                let sees = store.scope(principal).await?.shows(&set, &document);
                let could = owners.iter().any(|owner| owner.id == person.id);
                assert_eq!(could, sees, "{audience:?}, {access:?}, {}", person.name);
                let facts = DocumentFacts {
                    owner: Some(person.id.clone()),
                    ..DocumentFacts::default()
                };
                let made = store.set_facts(&BY, &everything, &document, &facts).await;
                assert_eq!(made.is_ok(), sees, "{made:?}");
            }
            let nobody = DocumentFacts::default();
            store
                .set_facts(&BY, &everything, &document, &nobody)
                .await?;
        }
    }
    Ok(())
}

async fn a_person_confirms_what_a_document_says_of_itself(world: World) -> Done {
    let begins = world.today().plus(30);
    let (document, version) = saying(
        &world,
        "travel.txt",
        vec![
            proposal(Fact::EffectiveFrom, &begins.to_string()),
            proposal(Fact::ReviewOn, "2027-05-01"),
            proposal(Fact::ReviewOn, "2028-05-01"),
            proposal(Fact::Jurisdiction, "Germany"),
        ],
    )
    .await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let all = [Fact::EffectiveFrom, Fact::ReviewOn, Fact::Jurisdiction];
    assert_eq!(proposed(&world, &document).await?, all);
    let detail = store.document_detail(&scope, &document).await?;
    assert_eq!(detail.facts, DocumentFacts::default(), "nothing counts yet");
    assert_eq!(world.in_force().await?, std::slice::from_ref(&version));

    let both = ProposalsDecided {
        accept: vec![Fact::ReviewOn],
        dismiss: vec![Fact::ReviewOn],
    };
    invalid(&store.decide_proposals(&BY, &scope, &version, &both).await);
    let decided = ProposalsDecided {
        accept: vec![Fact::EffectiveFrom, Fact::ReviewOn],
        dismiss: vec![Fact::Jurisdiction],
    };
    store
        .decide_proposals(&BY, &scope, &version, &decided)
        .await?;
    assert!(proposed(&world, &document).await?.is_empty());
    let detail = store.document_detail(&scope, &document).await?;
    let review_on: Day = "2027-05-01".parse()?;
    assert_eq!(detail.facts.review_on, Some(review_on));
    assert_eq!(detail.facts.jurisdiction, "");
    assert_eq!(detail.versions[0].dates.effective_from, Some(begins));
    assert!(world.in_force().await?.is_empty(), "it has not begun");
    conflict(
        store
            .decide_proposals(&BY, &scope, &version, &decided)
            .await,
    );
    let record = store.audit_after(0, 100).await?.pop().ok_or("a record")?;
    assert_eq!(record.action, "document.proposals");
    assert_eq!(
        record.detail["accepted"]["effective_from"],
        begins.to_string()
    );
    assert_eq!(record.detail["dismissed"]["jurisdiction"], "Germany");

    let (_, emil) = world.person("emil", Role::Employee).await?;
    let reader = store.scope(&emil).await?;
    let by = emil.actor();
    not_there(
        &store
            .decide_proposals(&by, &reader, &version, &decided)
            .await,
    );
    Ok(())
}

async fn what_is_known_already_is_not_proposed(world: World) -> Done {
    let (document, _) = saying(&world, "travel.txt", Vec::new()).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let facts = DocumentFacts {
        jurisdiction: "Germany".into(),
        review_on: Some("2027-05-01".parse()?),
        ..DocumentFacts::default()
    };
    store.set_facts(&BY, &scope, &document, &facts).await?;
    let set = store.document(&scope, &document).await?.set;
    let (_, next) = ids(world.add(&set, "travel.txt", "two").await?)?;
    let committed = inhouse_store::Committed {
        proposals: vec![
            proposal(Fact::Jurisdiction, "Germany"),
            proposal(Fact::ReviewOn, "2028-05-01"),
            proposal(Fact::EffectiveUntil, "31 April"),
        ],
        ..found("two")
    };
    store.commit_version(&next, committed).await?;
    assert_eq!(proposed(&world, &document).await?, [Fact::ReviewOn]);
    Ok(())
}

async fn a_persons_own_word_answers_what_was_proposed(world: World) -> Done {
    let (document, version) = saying(
        &world,
        "travel.txt",
        vec![
            proposal(Fact::EffectiveFrom, "2026-01-01"),
            proposal(Fact::EffectiveUntil, "2027-01-01"),
            proposal(Fact::Jurisdiction, "Germany"),
        ],
    )
    .await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let dates = inhouse_protocol::VersionDates {
        effective_from: Some("2026-02-01".parse()?),
        effective_until: None,
    };
    store
        .set_version_dates(&BY, &scope, &version, dates)
        .await?;
    let left = [Fact::EffectiveUntil, Fact::Jurisdiction];
    assert_eq!(proposed(&world, &document).await?, left);
    let facts = DocumentFacts {
        jurisdiction: "Austria".into(),
        ..DocumentFacts::default()
    };
    store.set_facts(&BY, &scope, &document, &facts).await?;
    assert_eq!(proposed(&world, &document).await?, [Fact::EffectiveUntil]);
    // What would end before it begins is refused, and still proposed.
    let dates = inhouse_protocol::VersionDates {
        effective_from: Some("2028-01-01".parse()?),
        effective_until: None,
    };
    store
        .set_version_dates(&BY, &scope, &version, dates)
        .await?;
    let accept = ProposalsDecided {
        accept: vec![Fact::EffectiveUntil],
        dismiss: Vec::new(),
    };
    invalid(&store.decide_proposals(&BY, &scope, &version, &accept).await);
    assert_eq!(proposed(&world, &document).await?, [Fact::EffectiveUntil]);
    Ok(())
}

async fn a_word_on_the_document_answers_what_each_version_proposed(world: World) -> Done {
    let says = || vec![proposal(Fact::Jurisdiction, "Sweden")];
    let (document, _) = saying(&world, "travel.txt", says()).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let set = store.document(&scope, &document).await?.set;
    let (_, next) = ids(world.add(&set, "travel.txt", "two").await?)?;
    let committed = inhouse_store::Committed {
        proposals: says(),
        ..found("two")
    };
    store.commit_version(&next, committed).await?;
    let facts = DocumentFacts {
        jurisdiction: "Sweden".into(),
        ..DocumentFacts::default()
    };
    store.set_facts(&BY, &scope, &document, &facts).await?;
    let detail = store.document_detail(&scope, &document).await?;
    let left = detail.versions.iter().map(|one| one.proposals.len());
    assert_eq!(left.collect::<Vec<_>>(), [0, 0]);
    Ok(())
}

async fn what_is_confirmed_of_the_document_is_asked_of_no_version_again(world: World) -> Done {
    let says = || {
        vec![
            proposal(Fact::EffectiveFrom, "2026-01-01"),
            proposal(Fact::Jurisdiction, "Sweden"),
        ]
    };
    let (document, first) = saying(&world, "travel.txt", says()).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let set = store.document(&scope, &document).await?.set;
    let (_, next) = ids(world.add(&set, "travel.txt", "two").await?)?;
    let committed = inhouse_store::Committed {
        proposals: says(),
        ..found("two")
    };
    store.commit_version(&next, committed).await?;
    let decided = ProposalsDecided {
        accept: vec![Fact::EffectiveFrom, Fact::Jurisdiction],
        dismiss: Vec::new(),
    };
    store
        .decide_proposals(&BY, &scope, &first, &decided)
        .await?;
    // The day is of the one version, the jurisdiction of the document.
    assert_eq!(proposed(&world, &document).await?, [Fact::EffectiveFrom]);
    Ok(())
}
