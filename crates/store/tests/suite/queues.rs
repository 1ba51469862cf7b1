//! Queues: where a question goes, whose turn it is, and who may change what; templates and views.

use super::{Done, World, both};
use inhouse_protocol::{
    EscalationId, EscalationReason, NewDeskView, Outcome, QueueChange, QueueId, Role,
    TemplateChange,
};
use inhouse_store::{Actor, FinishRun, NewEscalation, Principal, StoreError};

both!(
    a_question_goes_by_its_rule_then_its_topic_then_its_language,
    a_rotation_gives_to_the_members_in_turn_and_passes_over_who_is_away,
    a_queue_is_made_changed_and_retired_by_the_desk_alone,
    a_queue_that_was_told_something_stays_restricted,
    who_restricts_a_queue_is_not_shut_out,
    a_member_works_the_desk,
    a_template_is_changed_by_who_saw_its_last_version,
    a_view_is_ones_own,
);

type Or<T> = Result<T, Box<dyn std::error::Error>>;

fn queue(key: &str) -> QueueChange {
    QueueChange {
        key: key.to_owned(),
        name: format!("The {key} queue"),
        description: String::new(),
        restricted: false,
        topics: Vec::new(),
        languages: Vec::new(),
        first_reply_minutes: Some(60),
        resolution_minutes: None,
        rotation: false,
    }
}

fn template(title: &str, queue: Option<&QueueId>, version: Option<u64>) -> TemplateChange {
    TemplateChange {
        title: title.to_owned(),
        body: "Dear {asker},".to_owned(),
        queue: queue.cloned(),
        version,
    }
}

async fn open(world: &World, by: &Principal, new: NewEscalation) -> Or<EscalationId> {
    let run = world.ask(by, "May I sign?").await?;
    let end = FinishRun {
        escalation: Some(new),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = world.store.finish_run(&run, end).await?;
    Ok(id.ok_or("an escalation")?)
}

fn new() -> NewEscalation {
    NewEscalation::new(EscalationReason::Rule)
}

async fn a_question_goes_by_its_rule_then_its_topic_then_its_language(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let listed = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    for change in [
        QueueChange {
            topics: listed(&["leave", " leave ", ""]),
            ..queue("hr")
        },
        QueueChange {
            languages: listed(&["de"]),
            ..queue("germany")
        },
        queue("old"),
    ] {
        store.create_queue(&lena, &change).await?;
    }
    let old = store.queue_of_key(&lena, "old").await?;
    store.retire_queue(&lena, &old).await?;
    for (wanted, topic, language, expected) in [
        (Some("germany"), "leave", "en", "germany"),
        (Some("old"), "leave", "de", "hr"),
        (Some("unheard-of"), "", "de", "germany"),
        (None, "leave", "de", "hr"),
        (None, "contracts", "de", "germany"),
        (None, "contracts", "en", "legal"),
        (None, "", "", "legal"),
    ] {
        let new = NewEscalation {
            queue: wanted.map(str::to_owned),
            topic: topic.to_owned(),
            language: language.to_owned(),
            ..new()
        };
        let id = open(&world, &emil, new).await?;
        let (summary, _) = store.escalation_summary(&lena, &id).await?;
        assert_eq!(summary.queue.key, expected, "{wanted:?} {topic} {language}");
    }
    assert_eq!(
        store.queue_keys().await?,
        ["germany", "hr", "legal", "whistleblowing"]
    );
    let queues = store.queues(&lena).await?;
    let open: Vec<_> = queues
        .queues
        .iter()
        .map(|queue| (queue.name.key.as_str(), queue.open, queue.breached))
        .collect();
    assert_eq!(
        open,
        [
            ("legal", 2, 0),
            ("whistleblowing", 0, 0),
            ("hr", 2, 0),
            ("germany", 3, 0)
        ]
    );
    assert_eq!(queues.queues[2].topics, ["leave"]);
    assert_eq!(queues.hours, "Mon–Fri 09:00–17:00, UTC");
    assert_eq!(queues.people.len(), 1);
    Ok(())
}

async fn a_rotation_gives_to_the_members_in_turn_and_passes_over_who_is_away(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (lena, by) = world.person("lena", Role::Legal).await?;
    let (max, _) = world.person("max", Role::Legal).await?;
    let (gone, _) = world.person("gone", Role::Legal).await?;
    let store = &world.store;
    let change = QueueChange {
        rotation: true,
        ..queue("turns")
    };
    let id = store.create_queue(&by, &change).await?;
    for person in [&lena, &max, &gone] {
        store.set_queue_member(&by, &id, &person.id, false).await?;
    }
    store.set_queue_member(&by, &id, &gone.id, true).await?;
    let mut given = Vec::new();
    // All at one moment.
    for _ in 0..4 {
        let new = NewEscalation {
            queue: Some("turns".into()),
            ..new()
        };
        let opened = open(&world, &emil, new).await?;
        let (summary, _) = store.escalation_summary(&by, &opened).await?;
        given.push(summary.assignee.ok_or("it is given to somebody")?.name);
    }
    assert_ne!(given[0], given[1]);
    assert_eq!(given[..2], given[2..]);
    assert!(given.iter().all(|name| name != "gone"));
    Ok(())
}

async fn a_queue_is_made_changed_and_retired_by_the_desk_alone(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let id = store.create_queue(&lena, &queue("hr")).await?;
    for other in [&emil, &ada] {
        assert!(matches!(
            store.queues(other).await,
            Err(StoreError::NotFound)
        ));
        let made = store.create_queue(other, &queue("mine")).await;
        assert!(matches!(made, Err(StoreError::NotFound)));
        let changed = store.change_queue(other, &id, &queue("hr")).await;
        assert!(matches!(changed, Err(StoreError::NotFound)));
        let retired = store.retire_queue(other, &id).await;
        assert!(matches!(retired, Err(StoreError::NotFound)));
    }
    let twice = store.create_queue(&lena, &queue("hr")).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    for wrong in [
        queue(""),
        queue("Human Resources"),
        QueueChange {
            name: " ".into(),
            ..queue("a")
        },
        QueueChange {
            languages: vec!["German".into()],
            ..queue("a")
        },
        QueueChange {
            first_reply_minutes: Some(0),
            ..queue("a")
        },
    ] {
        let made = store.create_queue(&lena, &wrong).await;
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{wrong:?}");
    }
    let renamed = store.change_queue(&lena, &id, &queue("people")).await;
    assert!(matches!(renamed, Err(StoreError::Invalid(_))));
    let change = QueueChange {
        first_reply_minutes: None,
        resolution_minutes: Some(90),
        ..queue("hr")
    };
    store.change_queue(&lena, &id, &change).await?;
    let queues = store.queues(&lena).await?.queues;
    let changed = queues.iter().find(|queue| queue.name.id == id);
    let changed = changed.ok_or("it is there")?;
    assert_eq!(
        (changed.first_reply_minutes, changed.resolution_minutes),
        (None, Some(90))
    );

    let legal = store.queue_of_key(&lena, "legal").await?;
    let fallback = store.retire_queue(&lena, &legal).await;
    assert!(matches!(fallback, Err(StoreError::Conflict { .. })));
    let new = NewEscalation {
        queue: Some("hr".into()),
        ..new()
    };
    open(&world, &emil, new).await?;
    let busy = store.retire_queue(&lena, &id).await;
    assert!(matches!(busy, Err(StoreError::Conflict { .. })));
    let actions: Vec<_> = store
        .audit_after(0, 100)
        .await?
        .into_iter()
        .filter(|record| record.subject == format!("queue:{id}"))
        .map(|record| record.action)
        .collect();
    assert_eq!(actions, ["queue.create", "queue.change"]);
    Ok(())
}

async fn a_queue_that_was_told_something_stays_restricted(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let closed = QueueChange {
        restricted: true,
        ..queue("secret")
    };
    let id = store.create_queue(&lena, &closed).await?;
    store.change_queue(&lena, &id, &queue("secret")).await?;
    store.change_queue(&lena, &id, &closed).await?;
    let new = NewEscalation {
        queue: Some("secret".into()),
        ..new()
    };
    open(&world, &emil, new).await?;
    let opened = store.change_queue(&lena, &id, &queue("secret")).await;
    assert!(matches!(opened, Err(StoreError::Conflict { .. })));
    Ok(())
}

async fn who_restricts_a_queue_is_not_shut_out(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (max, maxs) = world.person("max", Role::Legal).await?;
    let store = &world.store;
    let id = store.create_queue(&lena, &queue("hr")).await?;
    store.set_queue_member(&lena, &id, &max.id, false).await?;
    let closed = QueueChange {
        restricted: true,
        ..queue("hr")
    };
    let shut = store.change_queue(&lena, &id, &closed).await;
    assert!(matches!(shut, Err(StoreError::Conflict { .. })));
    store.change_queue(&maxs, &id, &closed).await?;
    let hidden = store.change_queue(&lena, &id, &closed).await;
    assert!(matches!(hidden, Err(StoreError::NotFound)));
    let legal = store.queue_of_key(&lena, "legal").await?;
    let closed = QueueChange {
        restricted: true,
        ..queue("legal")
    };
    let fallback = store.change_queue(&lena, &legal, &closed).await;
    assert!(matches!(fallback, Err(StoreError::Conflict { .. })));
    Ok(())
}

async fn a_member_works_the_desk(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let (lena, by) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let id = store.create_queue(&by, &queue("hr")).await?;
    let outside = store.set_queue_member(&by, &id, &emil.id, false).await;
    assert!(matches!(outside, Err(StoreError::Invalid(_))));
    store.set_queue_member(&by, &id, &lena.id, true).await?;
    let queues = store.queues(&by).await?.queues;
    let members = queues.iter().find(|queue| queue.name.id == id);
    let members = &members.ok_or("it is there")?.members;
    assert_eq!(members.len(), 1);
    assert!(members[0].away && members[0].person.name == "lena");
    store.remove_queue_member(&by, &id, &lena.id).await?;
    let twice = store.remove_queue_member(&by, &id, &lena.id).await;
    assert!(matches!(twice, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_template_is_changed_by_who_saw_its_last_version(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (max, maxs) = world.person("max", Role::Legal).await?;
    let store = &world.store;
    assert!(matches!(
        store.reply_templates(&emil).await,
        Err(StoreError::NotFound)
    ));
    let id = store
        .create_reply_template(&lena, &template("Thanks", None, None))
        .await?;
    store
        .change_reply_template(&maxs, &id, &template("Many thanks", None, Some(1)))
        .await?;
    let late = store
        .change_reply_template(&lena, &id, &template("Thank you", None, Some(1)))
        .await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
    let found = store.reply_templates(&lena).await?;
    assert_eq!(
        (
            found[0].title.as_str(),
            found[0].version,
            found[0].changed_by.as_str()
        ),
        ("Many thanks", 2, "max")
    );

    // One of a restricted queue is its members'.
    let queue = store.queue_of_key(&lena, "whistleblowing").await?;
    store
        .set_queue_member(&lena, &queue, &max.id, false)
        .await?;
    let theirs = store
        .create_reply_template(&maxs, &template("Received", Some(&queue), None))
        .await?;
    assert_eq!(store.reply_templates(&lena).await?.len(), 1);
    assert_eq!(store.reply_templates(&maxs).await?.len(), 2);
    let deleted = store.delete_reply_template(&lena, &theirs).await;
    assert!(matches!(deleted, Err(StoreError::NotFound)));
    let moved = store
        .create_reply_template(&lena, &template("Mine", Some(&queue), None))
        .await;
    assert!(matches!(moved, Err(StoreError::Invalid(_))));
    store.delete_reply_template(&maxs, &theirs).await?;
    assert_eq!(store.reply_templates(&maxs).await?.len(), 1);
    Ok(())
}

async fn a_view_is_ones_own(world: World) -> Done {
    let (lena, lenas) = world.person("lena", Role::Legal).await?;
    let (_, max) = world.person("max", Role::Legal).await?;
    let store = &world.store;
    let new = NewDeskView {
        name: "Urgent".into(),
        query: "?priority=urgent&assignee=me".into(),
    };
    let id = store.save_desk_view(&lenas, &new).await?;
    let views = store.desk_views(&lenas).await?;
    assert_eq!(
        (views[0].name.as_str(), views[0].query.as_str()),
        ("Urgent", "priority=urgent&assignee=me")
    );
    assert!(store.desk_views(&max).await?.is_empty());
    let deleted = store.delete_desk_view(&max, &id).await;
    assert!(matches!(deleted, Err(StoreError::NotFound)));
    let nobodys = store.save_desk_view(&Principal::operator(), &new).await;
    assert!(matches!(nobodys, Err(StoreError::Invalid(_))));
    store
        .erase_person(&Actor::Operator, &lena.id, "Request under article 17")
        .await?;
    assert!(store.desk_views(&lenas).await?.is_empty());
    Ok(())
}
