//! The audit record: every change leaves one, in its own transaction.

use super::{Done, World, both, found, ids, reply, to_state};
use inhouse_protocol::EscalationReason;
use inhouse_protocol::{
    Audience, DocumentFacts, EscalationState, Fact, Outcome, PersonChange, Proposal,
    ProposalsDecided, ReadSettings, Reviewed, Role, SignInMethod, VersionDates,
};
use inhouse_store::{Actor, FinishRun, ModelCall, NewEscalation, NewSession, StoreError};
use serde_json::Value;

both!(
    every_change_leaves_a_record,
    a_change_whose_record_fails_leaves_nothing_behind,
    a_refused_change_leaves_no_record,
    no_record_holds_a_secret,
);

/// Everything that can be changed, once; returns what the record should say.
async fn change_everything(
    world: &World,
) -> Result<Vec<(&'static str, Actor)>, Box<dyn std::error::Error>> {
    let store = &world.store;
    let operator = Actor::Operator;
    let mut expected = Vec::new();
    let mut note = |action: &'static str, actor: &Actor| expected.push((action, actor.clone()));

    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    note("user.create", &operator);
    let (_, lena) = world.person("lena", Role::Legal).await?;
    note("user.create", &operator);
    let promote = PersonChange {
        role: Some(Role::Admin),
        disabled: None,
    };
    let (other, _) = world.person("olga", Role::Employee).await?;
    note("user.create", &operator);
    store.change_user(&operator, &other.id, &promote).await?;
    note("user.change", &operator);
    store
        .set_password_hash(&operator, &other.id, "$argon2id$two")
        .await?;
    note("user.password", &operator);
    let session = store
        .open_session(
            &emil_user.id,
            &NewSession::new(SignInMethod::Password, "Firefox"),
        )
        .await?;
    note("session.sign_in", &emil.actor());
    store.end_session(&emil.actor(), &session).await?;
    note("session.sign_out", &emil.actor());
    store
        .record_sign_in_failure("emil@example.com", "10.0.0.1", SignInMethod::Password)
        .await?;
    note("session.refused", &Actor::System);

    let set = world.set("Contracts", Audience::Everyone).await?;
    note("set.create", &operator);
    let (document, first) = ids(world.add(&set, "lease.txt", "one").await?)?;
    note("document.add", &operator);
    let mut says = found("one");
    says.proposals = vec![Proposal {
        fact: Fact::Jurisdiction,
        value: "Germany".into(),
        quote: "the laws of Germany".into(),
        page: None,
    }];
    store.commit_version(&first, says).await?;
    note("document.ready", &Actor::System);
    let (_, second) = ids(world.add(&set, "lease.txt", "two").await?)?;
    note("document.add_version", &operator);
    world.fail(&second, "broken").await?;
    note("document.failed", &Actor::System);
    let scope = world.everything().await?;
    let settings = ReadSettings::default();
    store
        .retry_version(&operator, &scope, &document, &settings)
        .await?;
    note("document.retry", &operator);
    store.cancel_version(&operator, &scope, &document).await?;
    note("document.cancel", &operator);
    store.retry_failed(&operator, &scope, &set).await?;
    note("document.retry", &operator);
    store.cancel_all(&operator, &scope, &set).await?;
    note("document.cancel", &operator);
    let dates = VersionDates {
        effective_from: Some(world.today()),
        effective_until: None,
    };
    store
        .set_version_dates(&operator, &scope, &first, dates)
        .await?;
    note("document.dates", &operator);
    let decided = ProposalsDecided {
        accept: vec![Fact::Jurisdiction],
        dismiss: Vec::new(),
    };
    store
        .decide_proposals(&operator, &scope, &first, &decided)
        .await?;
    note("document.proposals", &operator);
    let facts = DocumentFacts {
        tags: vec!["lease".into()],
        ..DocumentFacts::default()
    };
    store
        .set_facts(&operator, &scope, &document, &facts)
        .await?;
    note("document.facts", &operator);
    let reviewed = Reviewed { next: None };
    store
        .reviewed(&operator, &scope, &document, reviewed)
        .await?;
    note("document.reviewed", &operator);
    store.delete_document(&operator, &scope, &document).await?;
    note("document.delete", &operator);

    let conversation = store.create_conversation(&emil).await?;
    note("conversation.create", &emil.actor());
    let run = store.start_run(&emil, &conversation, "When?").await?;
    note("run.ask", &emil.actor());
    store.request_cancel(&emil, &run).await?;
    note("run.stop", &emil.actor());
    let call = ModelCall {
        task: "answer".into(),
        engine: "e".into(),
        model: "m".into(),
        prompt_sha256: "00".into(),
        parameters: Value::Null,
        prompt_tokens: 1,
        completion_tokens: 1,
        duration_ms: 1,
        error: None,
    };
    let end = FinishRun {
        model_calls: vec![call],
        escalation: Some(NewEscalation {
            ticket: true,
            ..NewEscalation::new(EscalationReason::Rule)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = store.finish_run(&run, end).await?.ok_or("an escalation")?;
    note("run.finish", &Actor::System);
    store.escalate_run(&emil, &run, "Please.", false).await?;
    note("escalation.ask", &emil.actor());
    let reply = reply("Yes.", EscalationState::Answered);
    store.reply(&lena, &id, &reply).await?;
    note("escalation.reply", &lena.actor());
    store
        .change_escalation(&lena, &id, &to_state(EscalationState::Resolved))
        .await?;
    note("escalation.change", &lena.actor());
    store.set_ticket_key(&id, "LEGAL-1").await?;
    note("escalation.ticket", &Actor::System);
    Ok(expected)
}

async fn every_change_leaves_a_record(world: World) -> Done {
    let expected = change_everything(&world).await?;
    let records = world.store.audit_after(0, 1_000).await?;
    let actual: Vec<_> = records
        .iter()
        .map(|record| (record.action.as_str(), record.actor.clone()))
        .collect();
    assert_eq!(actual, expected);
    for (record, seq) in records.iter().zip(1..) {
        assert_eq!((record.seq, record.at), (seq, super::MORNING));
    }
    assert_eq!(world.store.audit_after(3, 2).await?, records[3..5]);
    let (count, head) = world.store.verify_audit().await?;
    assert_eq!(count, records.len() as u64);
    assert_eq!(Some(&head), records.last().map(|record| &record.hash));
    Ok(())
}

async fn a_change_whose_record_fails_leaves_nothing_behind(world: World) -> Done {
    let (user, emil) = world.person("emil", Role::Employee).await?;
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = world.document(&set, "lease.txt", "one").await?;
    let (_, waiting) = ids(world.add(&set, "loan.txt", "two").await?)?;
    let run = world.ask(&emil, "When?").await?;
    // The next record's place is taken: writing it fails.
    world
        .tamper("UPDATE counters SET value = value - 1 WHERE name = 'audit'")
        .await?;

    let (store, operator) = (&world.store, Actor::Operator);
    let scope = world.everything().await?;
    let disable = PersonChange {
        disabled: Some(true),
        role: None,
    };
    assert!(world.person("bob", Role::Employee).await.is_err());
    assert!(
        store
            .change_user(&operator, &user.id, &disable)
            .await
            .is_err()
    );
    assert!(store.commit_version(&waiting, found("two")).await.is_err());
    assert!(
        store
            .delete_document(&operator, &scope, &document)
            .await
            .is_err()
    );
    assert!(world.add(&set, "more.txt", "three").await.is_err());
    assert!(store.escalate_run(&emil, &run, "", true).await.is_err());
    let end = FinishRun::new(Outcome::Declined);
    assert!(store.finish_run(&run, end.clone()).await.is_err());

    assert_eq!(store.users().await?.len(), 1);
    assert!(
        store
            .principal_of_email("emil@example.com")
            .await?
            .is_some()
    );
    assert_eq!(store.findable_versions().await?, [version]);
    assert_eq!(store.outbox_head().await?, 1);
    assert_eq!(store.documents(&scope, &set).await?.len(), 2);
    assert!(store.my_requests(&emil).await?.is_empty());
    assert_eq!(store.jobs_waiting(inhouse_store::TICKET).await?, 0);
    assert!(store.events_after(&scope, &run, 0).await?.is_empty());
    world
        .tamper("UPDATE counters SET value = value + 1 WHERE name = 'audit'")
        .await?;
    store.finish_run(&run, end).await?;
    Ok(())
}

async fn a_refused_change_leaves_no_record(world: World) -> Done {
    world.person("emil", Role::Employee).await?;
    let before = world.store.audit_after(0, 100).await?;
    assert!(world.person("emil", Role::Employee).await.is_err());
    let unknown = PersonChange {
        disabled: Some(true),
        role: None,
    };
    let changed = world
        .store
        .change_user(&Actor::Operator, &"none".parse()?, &unknown)
        .await;
    assert!(matches!(changed, Err(StoreError::NotFound)));
    assert_eq!(world.store.audit_after(0, 100).await?, before);
    Ok(())
}

async fn no_record_holds_a_secret(world: World) -> Done {
    change_everything(&world).await?;
    for record in world.store.audit_after(0, 1_000).await? {
        assert!(
            !record.detail.to_string().contains("argon2id"),
            "{record:?}"
        );
    }
    Ok(())
}
