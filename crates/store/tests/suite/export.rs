//! What a person gets who asks what is held on them, the keys that open it, and the record of what
//! an instance runs with.

use super::{Done, World, both, everything_at_the_desk, reply, sentence};
use inhouse_protocol::{
    Audience, EscalationReason, EscalationState, HoldKind, NewHold, Outcome, Role,
};
use inhouse_store::{
    Actor, AuditRecord, FinishRun, MasterKeys, NewEscalation, Principal, Started, Store,
    StoreError, SubjectExport, SubjectSection,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

both!(
    an_export_holds_what_is_the_persons_and_no_others,
    an_export_leaves_out_documents_that_either_may_not_see,
    a_hold_is_in_what_an_admin_hands_out_alone,
    an_export_is_recorded_and_an_erased_person_has_none,
    reading_what_somebody_else_asked_is_recorded,
    after_a_change_of_the_master_key_everything_opens_with_the_new_one,
    a_missing_master_key_is_told_before_anything_is_read,
    a_start_records_what_changed_since_the_last_one,
);

fn section<'a>(
    export: &'a SubjectExport,
    name: &str,
) -> Result<&'a SubjectSection, Box<dyn std::error::Error>> {
    let mut sections = export.sections.iter();
    let found = sections.find(|section| section.name == name);
    Ok(found.ok_or_else(|| format!("there is no section {name}"))?)
}

async fn records(world: &World, action: &str) -> Result<Vec<AuditRecord>, StoreError> {
    let mut records = world.store.audit_after(0, 1_000).await?;
    records.retain(|record| record.action == action);
    Ok(records)
}

async fn an_export_holds_what_is_the_persons_and_no_others(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    world.ask(&otto, "Otto's question?").await?;
    let run = world.ask(&asker, "May I sign?").await?;
    let end = FinishRun {
        trace: json!({ "rules": [{ "words": "Enough evidence: no" }] }),
        escalation: Some(NewEscalation::new(EscalationReason::NotInDocuments)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = store.finish_run(&run, end).await?.ok_or("an escalation")?;
    store
        .escalate_run(&asker, &run, "It is urgent.", false)
        .await?;
    let reply = reply("No, Lena signs.", EscalationState::Answered);
    store.reply(&lena, &id, &reply).await?;

    let export = store.export_person(&asker, &emil.id).await?;
    let account = &section(&export, "account")?.entries[0];
    assert_eq!(account["email"], "emil@example.com");
    assert_eq!(account["passwords"], 1);
    let question = &section(&export, "questions")?.entries[0];
    assert_eq!(question["question"], "May I sign?");
    assert_eq!(question["rules_saw"], json!(["Enough evidence: no"]));
    let request = &section(&export, "requests")?.entries[0];
    assert_eq!(request["note"], "It is urgent.");
    assert_eq!(request["replies"][0]["body"], "No, Lena signs.");
    let records = &section(&export, "records")?.entries;
    let created = &records[0];
    assert_eq!(created["action"], "user.create");
    assert_eq!(created["by"], "the operator");
    assert_eq!(created["personal"]["email"], "emil@example.com");
    let replied = records
        .iter()
        .find(|entry| entry["action"] == "escalation.reply");
    let replied = replied.ok_or("it is about emil")?;
    assert_eq!(replied["by"], "another person");
    assert_eq!(replied["personal"]["body"], "No, Lena signs.");

    let all = serde_json::to_string(&export)?;
    for other in ["Otto", "otto@", "lena@", "argon2"] {
        assert!(!all.contains(other), "{other}: {all}");
    }
    let lenas = store.principal_of_email("lena@example.com").await?;
    let lenas = lenas
        .and_then(|lena| lena.user().cloned())
        .ok_or("she is there")?;
    let export = store.export_person(&lena, &lenas.id).await?;
    assert_eq!(
        section(&export, "replies")?.entries[0]["body"],
        "No, Lena signs."
    );
    assert!(!serde_json::to_string(&export)?.contains("May I sign?"));
    Ok(())
}

async fn an_export_leaves_out_documents_that_either_may_not_see(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let group = world.group("Contracts", &[&emil]).await?;
    let grants = [(&group, inhouse_protocol::Right::Manage)];
    let set = world
        .set_for("Contracts", Audience::Restricted, &grants)
        .await?;
    let (_, version) = world
        .document(&set, "secretlease.txt", "It ends in May.")
        .await?;
    let passages = world.passages_of(&version).await?;
    let run = world.ask(&asker, "When does it end?").await?;
    let end = FinishRun {
        sentences: vec![sentence(&passages[0])],
        passages,
        ..FinishRun::new(Outcome::Answered)
    };
    let store = &world.store;
    store.finish_run(&run, end).await?;

    let told = |export: &SubjectExport| -> Result<(Value, Value), Box<dyn std::error::Error>> {
        let entry = &section(export, "questions")?.entries[0];
        Ok((entry["answer"].clone(), entry["left_out"].clone()))
    };
    let own = store.export_person(&asker, &emil.id).await?;
    assert_eq!(told(&own)?, (json!(["It ends in May."]), json!(0)));
    let by_admin = store.export_person(&ada, &emil.id).await?;
    assert_eq!(told(&by_admin)?, (json!([]), json!(2)));
    assert!(!serde_json::to_string(&by_admin)?.contains("secretlease"));

    store
        .remove_member(&Actor::Operator, &group, &emil.id)
        .await?;
    let own = store.export_person(&asker, &emil.id).await?;
    assert_eq!(told(&own)?, (json!([]), json!(2)));
    assert!(!serde_json::to_string(&own)?.contains("secretlease"));
    Ok(())
}

async fn a_hold_is_in_what_an_admin_hands_out_alone(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let hold = NewHold {
        kind: HoldKind::Person,
        person: Some(emil.id.clone()),
        reason: "Investigation 12".into(),
    };
    let store = &world.store;
    store.place_hold(&ada.actor(), &hold).await?;
    let own = serde_json::to_string(&store.export_person(&asker, &emil.id).await?)?;
    assert!(
        !own.contains("Investigation") && !own.contains("hold."),
        "{own}"
    );
    let handed = store.export_person(&ada, &emil.id).await?;
    assert_eq!(
        section(&handed, "holds")?.entries[0]["reason"],
        "Investigation 12"
    );
    Ok(())
}

async fn an_export_is_recorded_and_an_erased_person_has_none(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    store.export_person(&asker, &emil.id).await?;
    let record = records(&world, "subject.export").await?.remove(0);
    assert_eq!(record.actor, Actor::User(emil.id.clone()));
    assert_eq!(record.detail["entries"]["account"], 1);
    store
        .erase_person(&Actor::Operator, &emil.id, "Request under article 17")
        .await?;
    let export = store.export_person(&Principal::operator(), &emil.id).await;
    assert!(matches!(export, Err(StoreError::Conflict { .. })));
    let unknown = store
        .export_person(&Principal::operator(), &"none".parse()?)
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn reading_what_somebody_else_asked_is_recorded(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (lena, desk) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let run = world.ask(&asker, "May I sign?").await?;
    store
        .finish_run(&run, FinishRun::new(Outcome::Declined))
        .await?;
    let id = store.escalate_run(&asker, &run, "", false).await?;
    store.my_request(&asker, &id).await?;
    assert!(
        records(&world, "escalation.read").await?.is_empty(),
        "one's own"
    );
    store.escalations(&desk, &everything_at_the_desk()).await?;
    store.escalation(&desk, &id).await?;
    let read = records(&world, "escalation.read").await?.remove(0);
    assert_eq!(read.actor, Actor::User(lena.id));
    assert_eq!(read.subject, format!("escalation:{id}"));
    assert_eq!(read.detail["asker"], emil.id.as_str());
    let list = records(&world, "escalation.list").await?.remove(0);
    assert_eq!(list.detail["escalations"], 1);
    Ok(())
}

async fn after_a_change_of_the_master_key_everything_opens_with_the_new_one(world: World) -> Done {
    let (old, new) = (MasterKeys::fresh_line()?, MasterKeys::fresh_line()?);
    let keys = |text: &str| MasterKeys::parse(text, "test");
    let (url, clock) = (world.url.clone(), world.clock.clone());
    let open = |keys| Store::open(&url, clock.clone(), keys);
    let world = World {
        store: open(keys(&old)?).await?,
        ..world
    };
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let (gone, _) = world.person("gone", Role::Employee).await?;
    world
        .store
        .erase_person(&Actor::Operator, &gone.id, "Request under article 17")
        .await?;

    let both = open(keys(&format!("{new}\n{old}"))?).await?;
    both.check_keys().await?;
    let first = both.rewrap_keys(&Actor::Operator).await?;
    assert_eq!(first, 1, "what was destroyed doesn't come back");
    assert_eq!(both.rewrap_keys(&Actor::Operator).await?, 0);
    let after = open(keys(&new)?).await?;
    after.check_keys().await?;
    let export = after
        .export_person(&Principal::operator(), &emil.id)
        .await?;
    let created = &section(&export, "records")?.entries[0];
    assert_eq!(created["personal"]["email"], "emil@example.com");
    after.verify_audit().await?;
    assert!(
        world.store.check_keys().await.is_err(),
        "the old key opens nothing"
    );
    Ok(())
}

async fn a_missing_master_key_is_told_before_anything_is_read(world: World) -> Done {
    world.store.check_keys().await?;
    world.person("emil", Role::Employee).await?;
    world.store.check_keys().await?;
    let other = Store::open(&world.url, world.clock.clone(), MasterKeys::ephemeral()).await?;
    assert!(matches!(other.check_keys().await, Err(StoreError::Seal(_))));
    Ok(())
}

async fn a_start_records_what_changed_since_the_last_one(world: World) -> Done {
    let started = |questions: i64, rule: &str| Started {
        process: "serve".into(),
        version: "1.0.0".into(),
        settings: BTreeMap::from([("quota.questions_per_hour".into(), json!(questions))]),
        rules: BTreeMap::from([("rule attack".into(), json!(rule))]),
    };
    let store = &world.store;
    store.record_start(&started(7, "aa")).await?;
    store.record_start(&started(7, "aa")).await?;
    store.record_start(&started(9, "aa")).await?;
    // Another kind of process is compared with its own.
    let worker = Started {
        process: "worker".into(),
        ..started(7, "aa")
    };
    store.record_start(&worker).await?;
    store.record_start(&started(9, "bb")).await?;

    assert_eq!(records(&world, "settings.start").await?.len(), 5);
    let settings = records(&world, "settings.change").await?;
    let of_serve: Vec<_> = settings
        .iter()
        .filter(|record| record.subject == "settings:serve")
        .map(|record| &record.detail["changed"]["quota.questions_per_hour"])
        .collect();
    assert_eq!(
        of_serve,
        [
            &json!({ "was": null, "now": 7 }),
            &json!({ "was": 7, "now": 9 })
        ]
    );
    let rules = records(&world, "rules.change").await?;
    let last = rules.last().ok_or("the rule changed")?;
    assert_eq!(
        last.detail["changed"],
        json!({ "rule attack": { "was": "aa", "now": "bb" } })
    );
    assert_eq!(rules.len(), 3);
    Ok(())
}
