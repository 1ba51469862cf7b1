//! Erasing a person, legal holds, and the keys of what is sealed.

use super::conflicts::conflict;
use super::{Done, World, both, reply, sentence};
use inhouse_protocol::{
    AnswerMode, Audience, EscalationReason, EscalationState, HoldKind, NewHold, Outcome,
    PersonChange, Role, RunEvent, RunId, SignInMethod, Stage, UserId,
};
use inhouse_store::{
    Actor, FinishRun, ModelCall, NewEscalation, NewSession, Principal, StoreError, TICKET, UsageBy,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use std::collections::BTreeSet;
use std::path::PathBuf;

both!(
    nothing_of_an_erased_person_is_found_and_the_chain_is_whole,
    an_erased_account_is_a_number_that_nothing_can_be_done_with,
    what_others_have_a_part_in_stays_without_the_name,
    a_question_in_work_ends_with_its_asker,
    a_hold_stands_against_erasing_until_it_is_lifted,
    a_hold_names_one_person_or_everything,
    nobody_erases_themselves_or_the_last_admin,
    a_reason_that_names_the_person_is_refused,
);

/// Words that are the erased person's and stand nowhere else.
const WORDS: [&str; 14] = [
    "zebulonquince",
    "quillfeather",
    "bandicoot",
    "wombatnote",
    "narwhalreply",
    "firefoxocelot",
    "tapirtoken",
    "lemurdepartment",
    "axolotlsubject",
    "caracalsentence",
    "pangolinhold",
    "okapitrace",
    "numbatconflict",
    "jerboaerror",
];

const REASON: &str = "Request under article 17";

/// A person with something in every table that can hold something of a person.
async fn somebody(world: &World) -> Result<(UserId, Principal, RunId), Box<dyn std::error::Error>> {
    let (user, zeb) = world.person("zebulonquince", Role::Employee).await?;
    let store = &world.store;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "It ends in May.").await?;
    let passages = world.passages_of(&version).await?;
    store
        .set_answer_mode(&user.id, Some(AnswerMode::Quotes))
        .await?;
    let session = NewSession::new(SignInMethod::Password, "FirefoxOcelot 1.0");
    store.open_session(&user.id, &session).await?;
    store
        .record_sign_in_failure(&user.email, "192.0.2.7", SignInMethod::Password)
        .await?;

    let run = world.ask(&zeb, "Does quillfeather end?").await?;
    let mut written = sentence(&passages[0]);
    written.text = "Caracalsentence.".into();
    let event = RunEvent::Sentence {
        sentence: written.clone(),
    };
    store.append_event(&run, &event).await?;
    let end = FinishRun {
        message: "Bandicoot has your question.".into(),
        standalone_question: Some("Does the lease of quillfeather end?".into()),
        trace: json!({ "rules": [{ "words": "okapitrace" }] }),
        mode: Some(AnswerMode::Quotes),
        settings: json!({ "embedding": "tiny" }),
        conflict: Some(conflict("numbatconflict", &passages)),
        passages,
        sentences: vec![written],
        model_calls: vec![ModelCall {
            task: "answer".into(),
            engine: "scripted".into(),
            model: "tiny".into(),
            prompt_sha256: "00".into(),
            parameters: json!({}),
            prompt_tokens: 100,
            completion_tokens: 5,
            duration_ms: 7,
            error: Some("jerboaerror".into()),
        }],
        escalation: Some(NewEscalation {
            ticket: true,
            ..NewEscalation::new(EscalationReason::NotInDocuments)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    let escalation = store.finish_run(&run, end).await?.ok_or("an escalation")?;
    store.escalate_run(&zeb, &run, "wombatnote", true).await?;
    store.set_ticket_key(&escalation, "LEGAL-12").await?;
    let reply = reply("narwhalreply", EscalationState::Answered);
    store.reply(&lena, &escalation, &reply).await?;
    store.escalation(&lena, &escalation).await?;
    let hold = NewHold {
        kind: HoldKind::Person,
        person: Some(user.id.clone()),
        reason: "The pangolinhold case".into(),
    };
    let hold = store.place_hold(&Actor::Operator, &hold).await?;
    store.lift_hold(&Actor::Operator, &hold.id).await?;
    let id = &user.id;
    world
        .tamper(&format!(
            "UPDATE users SET department = 'lemurdepartment', totp_sealed = 'x', totp_since = 1
                 WHERE id = '{id}';
             INSERT INTO identities (provider, name, user_id, linked_at)
                 VALUES ('https://id.example.com', 'axolotlsubject', '{id}', 1);
             INSERT INTO recovery_codes (user_id, hash) VALUES ('{id}', 'aa');
             INSERT INTO group_members (group_id, user_id, source, added_at)
                 VALUES ('legal-team', '{id}', 'local', 1);
             INSERT INTO api_tokens (id, user_id, name, hash, scopes, created_at, expires_at)
                 VALUES ('t1', '{id}', 'tapirtoken', 'bb', '[]', 1, 2)"
        ))
        .await?;
    Ok((user.id, zeb, run))
}

async fn nothing_of_an_erased_person_is_found_and_the_chain_is_whole(world: World) -> Done {
    let (id, ..) = somebody(&world).await?;
    let (ada, _) = world.person("ada", Role::Admin).await?;
    let (other, emil) = world.person("emil", Role::Employee).await?;
    let kept = world.ask(&emil, "And emil's own question?").await?;
    let before = found(&world).await?;
    for word in WORDS {
        assert!(before.contains(word), "{word} was there");
    }

    let store = &world.store;
    let preview = store.preview_erasure(&id).await?;
    assert!(!preview.done && preview.held_by.is_none());
    assert!(
        preview
            .elsewhere
            .iter()
            .any(|place| place.contains("LEGAL-12"))
    );
    let by = Actor::User(ada.id.clone());
    let report = store.erase_person(&by, &id, REASON).await?;
    assert!(report.done);
    assert_eq!(
        (report.removed, report.elsewhere),
        (preview.removed, preview.elsewhere)
    );
    let counted = |what: &str| report.kept.iter().any(|kept| kept.what.starts_with(what));
    assert!(
        counted("records of the log") && counted("figures"),
        "{:?}",
        report.kept
    );

    store.verify_audit().await?;
    assert_eq!(found(&world).await?, BTreeSet::new());
    assert_eq!(in_files(&world)?, BTreeSet::new());
    assert_eq!(store.jobs_waiting(TICKET).await?, 0);
    assert_eq!(
        store.run_for(&emil, &kept).await?.question,
        "And emil's own question?"
    );
    assert_eq!(store.user(&other.id).await?.email, "emil@example.com");
    let usage = store
        .usage_by(UsageBy::Model, super::MORNING, super::MORNING.plus_ms(1))
        .await?;
    assert_eq!(usage[0].usage.prompt_tokens, 100, "figures stay");
    Ok(())
}

async fn an_erased_account_is_a_number_that_nothing_can_be_done_with(world: World) -> Done {
    let (id, zeb, run) = somebody(&world).await?;
    let store = &world.store;
    store.erase_person(&Actor::Operator, &id, REASON).await?;
    let person = store.person(&id).await?;
    assert!(person.erased && person.disabled && !person.totp);
    assert_eq!(store.user(&id).await?.answer_mode, None);
    let mode = store.set_answer_mode(&id, Some(AnswerMode::Written)).await;
    assert!(matches!(mode, Err(StoreError::Conflict { .. })));
    assert_eq!((person.name.as_str(), person.department), ("", None));
    assert_eq!(person.email, format!("erased-{id}@invalid"));
    assert!(store.principal_of_email(&person.email).await?.is_none());
    assert!(store.conversations(&zeb).await?.is_empty());
    assert!(matches!(
        store.run_for(&zeb, &run).await,
        Err(StoreError::NotFound)
    ));

    let again = store.erase_person(&Actor::Operator, &id, REASON).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert!(matches!(
        store.preview_erasure(&id).await,
        Err(StoreError::Conflict { .. })
    ));
    let back = PersonChange {
        disabled: Some(false),
        ..PersonChange::default()
    };
    let back = store.change_user(&Actor::Operator, &id, &back).await;
    assert!(matches!(back, Err(StoreError::Conflict { .. })));
    let session = NewSession::new(SignInMethod::Password, "Firefox");
    let opened = store.open_session(&id, &session).await;
    assert!(matches!(opened, Err(StoreError::NotFound)));
    // What comes late about them is recorded without what is personal.
    let hold = NewHold {
        kind: HoldKind::Person,
        person: Some(id.clone()),
        reason: "A late pangolinhold".into(),
    };
    let late = store.place_hold(&Actor::Operator, &hold).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
    assert!(!found(&world).await?.contains("pangolinhold"));
    Ok(())
}

async fn what_others_have_a_part_in_stays_without_the_name(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (lena, desk) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let run = world.ask(&emil, "May I sign?").await?;
    store
        .finish_run(&run, FinishRun::new(Outcome::Declined))
        .await?;
    let id = store.escalate_run(&emil, &run, "", false).await?;
    let reply = reply("No.", EscalationState::Answered);
    store.reply(&desk, &id, &reply).await?;
    let report = store
        .erase_person(&Actor::Operator, &lena.id, REASON)
        .await?;
    let replies = report
        .kept
        .iter()
        .find(|kept| kept.what.starts_with("replies"));
    assert_eq!(
        replies.map(|kept| (kept.count, kept.article.as_str())),
        Some((1, "GDPR 17(3)(e)"))
    );
    let read = store.my_request(&emil, &id).await?.replies;
    assert_eq!(
        (read[0].author.as_str(), read[0].body.as_str()),
        ("Erased person", "No.")
    );
    store.verify_audit().await?;
    Ok(())
}

async fn a_question_in_work_ends_with_its_asker(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let run = world.ask(&asker, "When?").await?;
    assert_eq!(
        store.running_runs_of(&emil.id).await?,
        std::slice::from_ref(&run)
    );
    store
        .erase_person(&Actor::Operator, &emil.id, REASON)
        .await?;
    assert!(store.running_runs_of(&emil.id).await?.is_empty());
    let stage = RunEvent::Stage {
        stage: Stage::Searching,
    };
    let event = store.append_event(&run, &stage).await;
    assert!(matches!(event, Err(StoreError::Conflict { .. })));
    let end = FinishRun {
        standalone_question: Some("When?".into()),
        ..FinishRun::new(Outcome::Answered)
    };
    let end = store.finish_run(&run, end).await;
    assert!(matches!(end, Err(StoreError::Conflict { .. })));
    Ok(())
}

async fn a_hold_stands_against_erasing_until_it_is_lifted(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    let (other, _) = world.person("otto", Role::Employee).await?;
    let store = &world.store;
    let run = world.ask(&asker, "When?").await?;
    let on = |kind, person: Option<&UserId>| NewHold {
        kind,
        person: person.cloned(),
        reason: "Dismissal claim 7 Ca 12/26".into(),
    };
    for (hold, erased) in [
        (on(HoldKind::Person, Some(&emil.id)), &emil.id),
        (on(HoldKind::Everything, None), &emil.id),
    ] {
        let hold = store.place_hold(&Actor::Operator, &hold).await?;
        let report = store.erase_person(&Actor::Operator, erased, REASON).await?;
        assert!(!report.done);
        assert_eq!(
            report.held_by.as_deref(),
            Some("Dismissal claim 7 Ca 12/26")
        );
        let user = store.user(erased).await?;
        assert!(user.disabled_at.is_none(), "nothing happened");
        assert_eq!(store.run_for(&asker, &run).await?.question, "When?");
        let lifted = store.lift_hold(&Actor::Operator, &hold.id).await?;
        assert!(lifted.lifted_at.is_some());
        let twice = store.lift_hold(&Actor::Operator, &hold.id).await;
        assert!(matches!(twice, Err(StoreError::NotFound)));
    }
    let hold = on(HoldKind::Person, Some(&other.id));
    store.place_hold(&Actor::Operator, &hold).await?;
    let report = store
        .erase_person(&Actor::Operator, &emil.id, REASON)
        .await?;
    assert!(
        report.done,
        "a hold on somebody else stands against nothing"
    );
    let holds = store.holds().await?;
    assert!(holds[0].lifted_at.is_none(), "those in force come first");
    assert_eq!(holds[0].person_name.as_deref(), Some("otto"));
    Ok(())
}

async fn a_hold_names_one_person_or_everything(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let hold = |kind, person, reason: &str| NewHold {
        kind,
        person,
        reason: reason.into(),
    };
    for bad in [
        hold(HoldKind::Person, None, "Dismissal claim"),
        hold(
            HoldKind::Everything,
            Some(emil.id.clone()),
            "Dismissal claim",
        ),
        hold(HoldKind::Everything, None, "short"),
    ] {
        let placed = world.store.place_hold(&Actor::Operator, &bad).await;
        assert!(matches!(placed, Err(StoreError::Invalid(_))));
    }
    let unknown = hold(HoldKind::Person, Some("none".parse()?), "Dismissal claim");
    let placed = world.store.place_hold(&Actor::Operator, &unknown).await;
    assert!(matches!(placed, Err(StoreError::NotFound)));
    assert!(world.store.holds().await?.is_empty());
    Ok(())
}

async fn nobody_erases_themselves_or_the_last_admin(world: World) -> Done {
    let (ada, _) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let own = Actor::User(ada.id.clone());
    for by in [own, Actor::Operator] {
        let erased = store.erase_person(&by, &ada.id, REASON).await;
        assert!(matches!(erased, Err(StoreError::Conflict { .. })));
    }
    world.person("bea", Role::Admin).await?;
    assert!(
        store
            .erase_person(&Actor::Operator, &ada.id, REASON)
            .await?
            .done
    );
    Ok(())
}

async fn a_reason_that_names_the_person_is_refused(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    for reason in ["Emil asked for it", "asked by emil@example.com", "short"] {
        let erased = world
            .store
            .erase_person(&Actor::Operator, &emil.id, reason)
            .await;
        assert!(matches!(erased, Err(StoreError::Invalid(_))), "{reason}");
    }
    assert!(world.store.user(&emil.id).await?.erased_at.is_none());
    Ok(())
}

/// The person's words that are in any column of any table, as text.
async fn found(world: &World) -> Result<BTreeSet<&'static str>, Box<dyn std::error::Error>> {
    let mut connection = sqlx::AnyConnection::connect(&world.url).await?;
    let mut found = BTreeSet::new();
    for (table, column) in columns(world).await? {
        let sql = format!("SELECT CAST({column} AS TEXT) AS value FROM {table}");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await?;
        for row in rows {
            let value: Option<String> = row.try_get("value")?;
            let value = value.unwrap_or_default().to_lowercase();
            found.extend(WORDS.iter().filter(|word| value.contains(**word)));
        }
    }
    connection.close().await?;
    Ok(found)
}

/// The person's words that are in the database's files, deleted or not.
fn in_files(world: &World) -> Result<BTreeSet<&'static str>, Box<dyn std::error::Error>> {
    let mut found = BTreeSet::new();
    let Some(path) = world.url.strip_prefix("sqlite://").map(PathBuf::from) else {
        return Ok(found);
    };
    for file in std::fs::read_dir(path.parent().ok_or("a file lies in a folder")?)? {
        let bytes = std::fs::read(file?.path())?.to_ascii_lowercase();
        let holds = |word: &&&str| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        };
        found.extend(WORDS.iter().filter(holds));
    }
    Ok(found)
}

/// Every column of every table of the schema.
async fn columns(world: &World) -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let sql = if world.store.is_sqlite() {
        "SELECT m.name AS table_name, c.name AS column_name
         FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'"
    } else {
        "SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name
         FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'"
    };
    let mut connection = sqlx::AnyConnection::connect(&world.url).await?;
    let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
    connection.close().await?;
    rows.iter()
        .map(|row| Ok((row.try_get("table_name")?, row.try_get("column_name")?)))
        .collect()
}

#[tokio::test]
async fn every_column_stands_in_the_table_of_personal_data_and_no_other() -> Done {
    let world = World::sqlite().await?;
    let table = include_str!("../../../../tests/golden/personal_data.txt");
    let mut decided = BTreeSet::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(column) = words.next() else { continue };
        let (export, erasure) = (words.next(), words.next());
        assert!(
            export
                .is_some_and(|word| ["shown", "counted", "hidden", "officer", "-"].contains(&word)),
            "{line}"
        );
        assert!(
            erasure.is_some_and(
                |word| ["removed", "emptied", "sealed", "number", "-"].contains(&word)
            ),
            "{line}"
        );
        assert!(decided.insert(column.to_owned()), "twice: {column}");
    }
    let existing: BTreeSet<String> = columns(&world)
        .await?
        .into_iter()
        .map(|(table, column)| format!("{table}.{column}"))
        .collect();
    assert_eq!(decided, existing);
    Ok(())
}
