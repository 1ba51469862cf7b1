//! Versions of the rules: what is live, what was, who may say so, and the questions they are tried on.

use super::{Done, World, both};
use inhouse_protocol::{EscalationReason, Outcome, Role, RuleVersionState, RunId};
use inhouse_store::{FinishRun, NewEscalation, Principal, Store, StoreError};
use sha2::{Digest as _, Sha256};

use RuleVersionState::{Draft, Former, Live, Proposed, Withdrawn};

both!(
    a_version_takes_the_place_of_the_live_one_and_comes_back,
    only_one_of_two_that_go_live_at_once_stays,
    a_second_person_approves_what_somebody_else_wrote_and_proposed,
    only_drafts_are_written_anew_and_only_as_they_were_checked,
    rules_are_the_desks_alone,
    rules_are_tried_on_the_last_questions_but_on_none_of_a_restricted_queue,
);

const NOTE: &str = "Gifts go to Legal.";

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

async fn actions(store: &Store) -> Result<Vec<String>, StoreError> {
    let records = store.audit_after(0, 1_000).await?;
    let actions = records.into_iter().map(|record| record.action);
    Ok(actions
        .filter(|action| action.starts_with("rules."))
        .collect())
}

async fn a_version_takes_the_place_of_the_live_one_and_comes_back(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    assert_eq!(store.live_rules().await?, None);
    let first = store.create_rule_version(&lena, "a", NOTE, None).await?;
    let operator = Principal::operator();
    let second = store
        .create_rule_version(&operator, "b", NOTE, Some(1))
        .await?;
    store
        .set_rule_version_state(&lena, &first, Live, &sha256("a"), false)
        .await?;
    assert_eq!(store.live_rules_id().await?.as_ref(), Some(&first));
    world.clock.advance_ms(5);
    store
        .set_rule_version_state(&operator, &second, Live, &sha256("b"), false)
        .await?;

    let other = world.other_process().await?;
    let live = other.live_rules().await?.ok_or("one is live")?;
    assert_eq!(
        (live.number, live.content.as_str(), live.sha256),
        (2, "b", sha256("b"))
    );
    let versions = other.rule_versions().await?;
    let told: Vec<_> = versions
        .iter()
        .map(|version| (version.number, version.state, version.author.as_str()))
        .collect();
    assert_eq!(told, [(2, Live, "The operator"), (1, Former, "lena")]);
    assert_eq!(versions[1].approved_by.as_deref(), Some("lena"));
    assert_eq!(versions[1].live_until, versions[0].live_from);

    store
        .set_rule_version_state(&lena, &first, Live, &sha256("a"), false)
        .await?;
    let (again, content) = store.rule_version_numbered(1).await?;
    assert_eq!((again.state, content.as_str()), (Live, "a"));
    assert_eq!(again.live_until, None);
    assert_eq!(
        actions(store).await?,
        [
            "rules.draft",
            "rules.draft",
            "rules.publish",
            "rules.publish",
            "rules.publish"
        ]
    );
    let unknown = store.rule_version(&"none".parse()?).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn only_one_of_two_that_go_live_at_once_stays(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (store, other) = (&world.store, world.other_process().await?);
    let one = store.create_rule_version(&lena, "a", NOTE, None).await?;
    let two = store.create_rule_version(&lena, "b", NOTE, None).await?;
    let (first, second) = (sha256("a"), sha256("b"));
    let (left, right) = tokio::join!(
        store.set_rule_version_state(&lena, &one, Live, &first, false),
        other.set_rule_version_state(&lena, &two, Live, &second, false),
    );
    left?;
    right?;
    let versions = store.rule_versions().await?;
    let mut states: Vec<_> = versions.iter().map(|version| version.state).collect();
    states.sort_by_key(|state| state.as_str());
    assert_eq!(states, [Former, Live]);
    Ok(())
}

async fn a_second_person_approves_what_somebody_else_wrote_and_proposed(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, otto) = world.person("otto", Role::Legal).await?;
    let (_, pia) = world.person("pia", Role::Legal).await?;
    let store = &world.store;
    let id = store.create_rule_version(&lena, "a", NOTE, None).await?;
    store.change_rule_version(&otto, &id, "b", NOTE).await?;
    let (hash, refused) = (sha256("b"), |result: Result<(), StoreError>| {
        matches!(result, Err(StoreError::Conflict { .. }))
    });
    let set =
        async |by: &Principal, to| store.set_rule_version_state(by, &id, to, &hash, true).await;
    assert!(refused(set(&pia, Live).await), "nobody proposed it");
    set(&lena, Proposed).await?;
    assert!(refused(set(&lena, Live).await), "her own");
    assert!(refused(set(&otto, Live).await), "he wrote on it");
    set(&pia, Draft).await?;
    set(&lena, Proposed).await?;
    set(&pia, Live).await?;
    let (live, _) = store.rule_version(&id).await?;
    assert_eq!(live.approved_by.as_deref(), Some("pia"));

    let next = store.create_rule_version(&pia, "c", NOTE, Some(1)).await?;
    let hash_of_next = sha256("c");
    store
        .set_rule_version_state(&pia, &next, Proposed, &hash_of_next, true)
        .await?;
    store
        .set_rule_version_state(&Principal::operator(), &next, Live, &hash_of_next, true)
        .await?;
    // It was approved before.
    set(&lena, Live).await?;
    Ok(())
}

async fn only_drafts_are_written_anew_and_only_as_they_were_checked(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let id = store.create_rule_version(&lena, "a", "", None).await?;
    let stale = store
        .set_rule_version_state(&lena, &id, Proposed, &sha256("b"), false)
        .await;
    assert!(matches!(stale, Err(StoreError::Conflict { .. })));
    let silent = store
        .set_rule_version_state(&lena, &id, Proposed, &sha256("a"), false)
        .await;
    assert!(matches!(silent, Err(StoreError::Invalid(_))), "no note");
    store.change_rule_version(&lena, &id, "b", NOTE).await?;
    store
        .set_rule_version_state(&lena, &id, Proposed, &sha256("b"), false)
        .await?;
    let late = store.change_rule_version(&lena, &id, "c", NOTE).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
    store
        .set_rule_version_state(&lena, &id, Withdrawn, &sha256("b"), false)
        .await?;
    let gone = store
        .set_rule_version_state(&lena, &id, Live, &sha256("b"), false)
        .await;
    assert!(matches!(gone, Err(StoreError::Conflict { .. })));
    let (_, content) = store.rule_version(&id).await?;
    assert_eq!(content, "b");
    Ok(())
}

async fn rules_are_the_desks_alone(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let id = store.create_rule_version(&lena, "a", NOTE, None).await?;
    for role in [Role::Employee, Role::Admin] {
        let (_, other) = world.person(role.as_str(), role).await?;
        let made = store.create_rule_version(&other, "a", NOTE, None).await;
        assert!(matches!(made, Err(StoreError::NotFound)));
        let changed = store.change_rule_version(&other, &id, "b", NOTE).await;
        assert!(matches!(changed, Err(StoreError::NotFound)));
        let moved = store
            .set_rule_version_state(&other, &id, Live, &sha256("a"), false)
            .await;
        assert!(matches!(moved, Err(StoreError::NotFound)));
        let read = store.last_questions(&other, 10).await;
        assert!(matches!(read, Err(StoreError::NotFound)));
    }
    Ok(())
}

/// A question that goes to a person, to the queue of this key.
async fn sent(
    world: &World,
    by: &Principal,
    question: &str,
    queue: &str,
) -> Result<RunId, Box<dyn std::error::Error>> {
    let run = world.ask(by, question).await?;
    let end = FinishRun {
        escalation: Some(NewEscalation {
            queue: Some(queue.to_owned()),
            ..NewEscalation::new(EscalationReason::Rule)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    world.store.finish_run(&run, end).await?;
    Ok(run)
}

async fn rules_are_tried_on_the_last_questions_but_on_none_of_a_restricted_queue(
    world: World,
) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let answered = world.ask(&emil, "May I keep a pen?").await?;
    let end = FinishRun {
        answerability: Some(0.25),
        topic: Some("gifts".into()),
        ..FinishRun::new(Outcome::Answered)
    };
    store.finish_run(&answered, end).await?;
    world.clock.advance_ms(1);
    let open = sent(&world, &emil, "Who signs?", "legal").await?;
    world.clock.advance_ms(1);
    sent(&world, &emil, "My boss takes bribes.", "whistleblowing").await?;
    world.ask(&emil, "Still in work?").await?;

    let past = store.last_questions(&lena, 10).await?;
    let runs: Vec<_> = past.iter().map(|past| past.run.clone()).collect();
    assert_eq!(runs, [open, answered]);
    assert!(past[0].reached_desk && !past[1].reached_desk);
    assert_eq!(past[1].answerability, Some(0.25));
    assert_eq!(past[1].topic.as_deref(), Some("gifts"));
    assert_eq!(past[1].role, Some(Role::Employee));
    assert_eq!(past[1].department.as_deref(), Some("Sales"));
    assert_eq!(store.last_questions(&lena, 1).await?.len(), 1);
    assert_eq!(actions(store).await?, ["rules.replay", "rules.replay"]);
    Ok(())
}
