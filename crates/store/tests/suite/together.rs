//! Many at once: nothing is lost, and no two transactions wait for each other for ever.

use super::{Done, World, both, file, found, ids, reply};
use inhouse_protocol::{
    Audience, EscalationReason, EscalationState, FailureCause, Outcome, ReadSettings, Role,
};
use inhouse_store::{Actor, FinishRun, NewEscalation, Principal, Store, StoreError};
use tokio::task::JoinSet;

both!(changes_of_every_kind_at_once_all_succeed);

async fn upload(
    store: Store,
    set: inhouse_protocol::SetId,
    number: usize,
) -> Result<(), StoreError> {
    let text = format!("text {number}");
    // Three names only: uploads, commits and retries meet in the same documents.
    let name = format!("{}.txt", number % 3);
    let added = store
        .add_version(&Actor::Operator, file(&set, &name, &text))
        .await?;
    let Ok((document, version)) = ids(added) else {
        return Ok(());
    };
    if number.is_multiple_of(4) {
        let cause = FailureCause::Broken;
        store.fail_version(&version, cause, "broken").await?;
        // Somebody else's version may be the newest by now.
        let scope = store.scope(&Principal::operator()).await?;
        let settings = ReadSettings::default();
        let retried = store
            .retry_version(&Actor::Operator, &scope, &document, &settings)
            .await;
        match retried {
            Ok(_) | Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    store.commit_version(&version, found(&text)).await
}

async fn changes_of_every_kind_at_once_all_succeed(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let conversation = world.store.create_conversation(&emil).await?;
    let stores = [world.store.clone(), world.other_process().await?];
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        let store = stores[number % 2].clone();
        tasks.spawn(upload(store.clone(), set.clone(), number));
        let (emil, lena, conversation) = (emil.clone(), lena.clone(), conversation.clone());
        tasks.spawn(async move {
            let run = store.start_run(&emil, &conversation, "When?").await?;
            let end = FinishRun {
                escalation: Some(NewEscalation {
                    ticket: true,
                    ..NewEscalation::new(EscalationReason::NotInDocuments)
                }),
                ..FinishRun::new(Outcome::Escalated)
            };
            let (sent, ended) = tokio::join!(
                store.escalate_run(&emil, &run, "Please.", true),
                store.finish_run(&run, end),
            );
            let id = sent?;
            assert_eq!(ended?.as_ref(), Some(&id));
            let reply = reply("In May.", EscalationState::Resolved);
            store.reply(&lena, &id, &reply).await?;
            Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    assert_eq!(world.store.my_requests(&emil).await?.len(), 16);
    assert_eq!(world.store.jobs_waiting(inhouse_store::TICKET).await?, 16);
    assert_eq!(world.in_force().await?.len(), 3);
    world.store.verify_audit().await?;
    let whole = world.store.conversation(&emil, &conversation).await?;
    assert_eq!(whole.exchanges.len(), 16);
    // Whoever follows the outbox ends with exactly what can be found.
    let mut indexed = std::collections::BTreeSet::new();
    for entry in world.store.outbox_after(0, 1_000).await? {
        match entry.kind {
            inhouse_store::OutboxKind::Upsert => indexed.insert(entry.version),
            inhouse_store::OutboxKind::Remove => indexed.remove(&entry.version),
        };
    }
    let findable = world.store.findable_versions().await?;
    assert_eq!(indexed.into_iter().collect::<Vec<_>>(), findable);
    Ok(())
}
