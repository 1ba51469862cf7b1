//! The model that answers, and the one that takes its place.

use super::{Done, World, both, found, ids};
use inhouse_protocol::{Audience, NextEmbedding, PassageId, SetId, VersionId};
use inhouse_store::{
    Actor, EmbeddingModel, Indexes, ModelState, OutboxKind, Store, StoreError, ToEmbed,
};

both!(
    the_first_model_answers_at_once,
    another_model_is_on_its_way_while_the_first_answers,
    the_model_that_answers_again_gives_up_the_change,
    an_earlier_try_still_counts,
    what_is_left_of_an_earlier_try_goes_if_its_vectors_have_another_length,
    where_nothing_was_embedded_another_model_answers_at_once,
    a_model_that_answers_keeps_the_length_of_its_vectors,
    starts_at_once_agree_on_one_model,
    passages_without_a_vector_are_given_in_order,
    it_switches_once_no_findable_passage_lacks_a_vector,
    what_was_read_with_the_former_model_is_refused,
    a_commit_and_a_switch_at_once_leave_no_passage_without_a_vector,
    a_change_is_paused_and_goes_on,
    indexes_are_told_of_vectors_that_come_later,
    a_vector_of_another_length_or_of_an_unknown_model_is_refused,
    a_former_models_vectors_are_removed_step_by_step,
);

async fn adopt(store: &Store, model: &str) -> Result<Vec<(String, ModelState)>, StoreError> {
    let models = store.adopt_embedding(model, 2, "{}").await?;
    Ok(names(models))
}

fn names(models: Vec<EmbeddingModel>) -> Vec<(String, ModelState)> {
    models.into_iter().map(|m| (m.model, m.state)).collect()
}

fn named(model: &str, state: ModelState) -> (String, ModelState) {
    (model.to_owned(), state)
}

/// A set with a document of two passages by 'tiny', which answers.
async fn two_passages(world: &World) -> Result<(SetId, VersionId), Box<dyn std::error::Error>> {
    adopt(&world.store, "tiny").await?;
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "one\ntwo").await?;
    Ok((set, version))
}

/// A vector by `model` for everything that lacks one.
async fn embed(store: &Store, model: &str, indexes: Indexes) -> Result<usize, StoreError> {
    let lacking = store.passages_to_embed(model, None, 100).await?;
    let vectors = some_vectors(&lacking);
    store.add_vectors(model, &vectors, indexes).await?;
    Ok(vectors.len())
}

fn some_vectors(passages: &[ToEmbed]) -> Vec<(PassageId, Vec<f32>)> {
    let passages = passages.iter();
    passages
        .map(|lacking| (lacking.passage.clone(), vec![1.0, 0.5]))
        .collect()
}

async fn actions(store: &Store) -> Result<Vec<String>, StoreError> {
    let records = store.audit_after(0, 1_000).await?;
    let actions = records.into_iter().map(|record| record.action);
    Ok(actions.filter(|a| a.starts_with("embedding.")).collect())
}

async fn the_first_model_answers_at_once(world: World) -> Done {
    let store = &world.store;
    assert!(store.embedding_models().await?.is_empty());
    assert_eq!(store.embedding_state().await?.active, "");
    let models = store.adopt_embedding("tiny", 2, r#"{"a":1}"#).await?;
    assert_eq!(models, store.embedding_models().await?);
    let [tiny] = models.as_slice() else {
        return Err("one model".into());
    };
    assert_eq!(
        (tiny.model.as_str(), tiny.state, tiny.dimensions),
        ("tiny", ModelState::Active, 2)
    );
    // Starting again changes nothing but the settings.
    let again = store.adopt_embedding("tiny", 2, r#"{"a":2}"#).await?;
    assert_eq!(again[0].settings, r#"{"a":2}"#);
    assert_eq!(again[0].begun_at, tiny.begun_at);
    assert_eq!(actions(store).await?, ["embedding.switch"]);
    Ok(())
}

async fn another_model_is_on_its_way_while_the_first_answers(world: World) -> Done {
    let (_, version) = two_passages(&world).await?;
    let store = &world.store;
    let models = adopt(store, "large").await?;
    assert_eq!(
        models,
        [
            named("tiny", ModelState::Active),
            named("large", ModelState::Building)
        ]
    );
    let state = store.embedding_state().await?;
    assert_eq!(state.active, "tiny");
    let expected = NextEmbedding {
        model: "large".into(),
        paused: false,
        done: 0,
        total: 2,
        begun_at: store.now(),
    };
    assert_eq!(state.next, Some(expected));

    let rows = store.index_rows(&version, "tiny").await?;
    assert!(rows.iter().all(|row| row.vector == [0.25, -1.0]));
    let rows = store.index_rows(&version, "large").await?;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.vector.is_empty()));
    embed(store, "large", Indexes::FilledLater).await?;
    let rows = store.index_rows(&version, "large").await?;
    assert!(rows.iter().all(|row| row.vector == [1.0, 0.5]));
    assert_eq!(store.embedding_state().await?.next.map(|n| n.done), Some(2));
    Ok(())
}

async fn the_model_that_answers_again_gives_up_the_change(world: World) -> Done {
    two_passages(&world).await?;
    adopt(&world.store, "large").await?;
    let models = adopt(&world.store, "tiny").await?;
    assert_eq!(models, [named("tiny", ModelState::Active)]);
    // A third instead of the second.
    adopt(&world.store, "large").await?;
    let models = adopt(&world.store, "huge").await?;
    assert_eq!(
        models,
        [
            named("tiny", ModelState::Active),
            named("huge", ModelState::Building)
        ]
    );
    let expected = ["switch", "begin", "give_up", "begin", "give_up", "begin"];
    assert_eq!(
        actions(&world.store).await?,
        expected.map(|action| format!("embedding.{action}"))
    );
    Ok(())
}

async fn an_earlier_try_still_counts(world: World) -> Done {
    two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    let lacking = store.passages_to_embed("large", None, 1).await?;
    let vectors = some_vectors(&lacking);
    store
        .add_vectors("large", &vectors, Indexes::FilledLater)
        .await?;
    adopt(store, "tiny").await?;
    adopt(store, "large").await?;
    assert_eq!(store.embedding_state().await?.next.map(|n| n.done), Some(1));
    Ok(())
}

async fn what_is_left_of_an_earlier_try_goes_if_its_vectors_have_another_length(
    world: World,
) -> Done {
    two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    embed(store, "large", Indexes::FilledLater).await?;
    store.adopt_embedding("large", 3, "{}").await?;
    let next = store.embedding_state().await?.next;
    assert_eq!(next.map(|next| next.done), Some(0));
    let models = store.embedding_models().await?;
    assert_eq!(models[1].dimensions, 3);
    Ok(())
}

async fn where_nothing_was_embedded_another_model_answers_at_once(world: World) -> Done {
    adopt(&world.store, "tiny").await?;
    let models = adopt(&world.store, "large").await?;
    assert_eq!(models, [named("large", ModelState::Active)]);
    Ok(())
}

async fn a_model_that_answers_keeps_the_length_of_its_vectors(world: World) -> Done {
    adopt(&world.store, "tiny").await?;
    let refused = world.store.adopt_embedding("tiny", 3, "{}").await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    Ok(())
}

async fn starts_at_once_agree_on_one_model(world: World) -> Done {
    let mut starts = Vec::new();
    for number in 0..6 {
        let store = world.other_process().await?;
        let model = format!("model-{number}");
        starts.push(tokio::spawn(async move {
            adopt(&store, &model).await.map(|_| ())
        }));
    }
    for start in starts {
        start.await??;
    }
    let models = world.store.embedding_models().await?;
    let active = models.iter().filter(|m| m.state == ModelState::Active);
    assert_eq!(active.count(), 1, "{models:?}");
    Ok(())
}

async fn passages_without_a_vector_are_given_in_order(world: World) -> Done {
    let (set, version) = two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    assert!(store.passages_to_embed("tiny", None, 9).await?.is_empty());
    let all = store.passages_to_embed("large", None, 9).await?;
    let texts: Vec<_> = all.iter().map(|lacking| lacking.text.as_str()).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(all[0].version, version);
    assert_eq!(all[0].header, "A title > 1 Term");
    let after = store
        .passages_to_embed("large", Some(&all[0].passage), 9)
        .await?;
    assert_eq!(after, all[1..]);

    // What can't be found needs no vector.
    let (document, _) = world.document(&set, "loan.txt", "three").await?;
    assert_eq!(store.passages_to_embed("large", None, 9).await?.len(), 3);
    let scope = world.everything().await?;
    store
        .delete_document(&Actor::Operator, &scope, &document)
        .await?;
    assert_eq!(store.passages_to_embed("large", None, 9).await?, all);
    Ok(())
}

async fn it_switches_once_no_findable_passage_lacks_a_vector(world: World) -> Done {
    let (set, _) = two_passages(&world).await?;
    let store = &world.store;
    assert!(!store.switch_embedding("large").await?, "it is unknown");
    adopt(store, "large").await?;
    assert!(!store.switch_embedding("large").await?);
    embed(store, "large", Indexes::FilledLater).await?;
    // What comes meanwhile is embedded by the model that answers.
    world.document(&set, "loan.txt", "three").await?;
    assert!(!store.switch_embedding("large").await?);
    assert_eq!(embed(store, "large", Indexes::Told).await?, 1);
    assert!(store.switch_embedding("large").await?);

    let models = names(store.embedding_models().await?);
    assert_eq!(models, [named("large", ModelState::Active)]);
    assert_eq!(store.embedding_state().await?.next, None);
    assert!(
        !store.switch_embedding("large").await?,
        "it answers already"
    );
    let actions = actions(store).await?;
    assert_eq!(
        actions,
        ["embedding.switch", "embedding.begin", "embedding.switch"]
    );
    store.verify_audit().await?;
    Ok(())
}

async fn what_was_read_with_the_former_model_is_refused(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    adopt(&world.store, "large").await?;
    let (_, version) = ids(world.add(&set, "lease.txt", "one").await?)?;
    let refused = world.store.commit_version(&version, found("one")).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    assert!(world.store.findable_versions().await?.is_empty());
    assert!(world.store.index_rows(&version, "tiny").await?.is_empty());
    let mut again = found("one");
    again.embedding_model = "large".into();
    world.store.commit_version(&version, again).await?;
    assert_eq!(world.store.findable_versions().await?, [version]);
    Ok(())
}

async fn a_commit_and_a_switch_at_once_leave_no_passage_without_a_vector(world: World) -> Done {
    let (set, _) = two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    embed(store, "large", Indexes::FilledLater).await?;
    let mut commits = Vec::new();
    for number in 0..8 {
        let text = format!("text {number}");
        let (_, version) = ids(world.add(&set, &format!("{number}.txt"), &text).await?)?;
        let store = world.other_process().await?;
        commits.push(tokio::spawn(async move {
            match store.commit_version(&version, found(&text)).await {
                Err(StoreError::Conflict { .. }) => Ok(false),
                done => done.map(|()| true),
            }
        }));
    }
    let switched = store.switch_embedding("large").await?;
    let mut committed = 0_usize;
    for commit in commits {
        committed += usize::from(commit.await??);
    }
    let lacking = store.passages_to_embed("large", None, 100).await?.len();
    if switched {
        // Whoever came after it was refused, and nobody came before it.
        assert_eq!((committed, lacking), (0, 0));
    } else {
        assert_eq!(lacking, committed);
    }
    Ok(())
}

async fn a_change_is_paused_and_goes_on(world: World) -> Done {
    two_passages(&world).await?;
    let store = &world.store;
    let by = Actor::Operator;
    for paused in [true, false] {
        let none = store.pause_embedding(&by, paused).await;
        assert!(matches!(none, Err(StoreError::NotFound)), "{none:?}");
    }
    adopt(store, "large").await?;
    embed(store, "large", Indexes::FilledLater).await?;
    store.pause_embedding(&by, true).await?;
    // Twice is once.
    store.pause_embedding(&by, true).await?;
    assert_eq!(
        store.embedding_state().await?.next.map(|next| next.paused),
        Some(true)
    );
    assert!(!store.switch_embedding("large").await?);
    // A start doesn't resume what a person stopped.
    let models = adopt(store, "large").await?;
    assert_eq!(models[1], named("large", ModelState::Paused));
    store.pause_embedding(&by, false).await?;
    assert!(store.switch_embedding("large").await?);
    let actions = actions(store).await?;
    assert_eq!(
        actions[1..],
        ["begin", "pause", "resume", "switch"].map(|action| format!("embedding.{action}"))
    );
    Ok(())
}

async fn indexes_are_told_of_vectors_that_come_later(world: World) -> Done {
    let (_, version) = two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    let before = store.outbox_head().await?;
    let lacking = store.passages_to_embed("large", None, 9).await?;
    let vectors = some_vectors(&lacking);
    store
        .add_vectors("large", &vectors[..1], Indexes::FilledLater)
        .await?;
    assert_eq!(store.outbox_head().await?, before);
    store
        .add_vectors("large", &vectors[1..], Indexes::Told)
        .await?;
    let entries = store.outbox_after(before, 9).await?;
    let told: Vec<_> = entries.iter().map(|e| (e.kind, &e.version)).collect();
    assert_eq!(told, [(OutboxKind::Upsert, &version)]);
    // Done twice it is done once.
    store
        .add_vectors("large", &vectors, Indexes::FilledLater)
        .await?;
    assert!(store.switch_embedding("large").await?);
    Ok(())
}

async fn a_vector_of_another_length_or_of_an_unknown_model_is_refused(world: World) -> Done {
    two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    let lacking = store.passages_to_embed("large", None, 1).await?;
    let passage = lacking[0].passage.clone();
    let wrong = [(passage.clone(), vec![1.0])];
    let refused = store
        .add_vectors("large", &wrong, Indexes::FilledLater)
        .await;
    assert!(
        matches!(refused, Err(StoreError::Invalid(_))),
        "{refused:?}"
    );
    let vectors = [(passage, vec![1.0, 0.0])];
    let refused = store
        .add_vectors("huge", &vectors, Indexes::FilledLater)
        .await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    assert_eq!(store.passages_to_embed("large", None, 9).await?.len(), 2);
    Ok(())
}

async fn a_former_models_vectors_are_removed_step_by_step(world: World) -> Done {
    let (_, version) = two_passages(&world).await?;
    let store = &world.store;
    adopt(store, "large").await?;
    embed(store, "large", Indexes::FilledLater).await?;
    assert!(store.forgotten_models().await?.is_empty());
    assert_eq!(store.forget_vectors("tiny", 9).await?, 0, "it answers");
    assert!(store.switch_embedding("large").await?);
    assert_eq!(store.forgotten_models().await?, ["tiny"]);
    assert_eq!(store.forget_vectors("tiny", 1).await?, 1);
    assert_eq!(store.forget_vectors("tiny", 9).await?, 1);
    assert_eq!(store.forget_vectors("tiny", 9).await?, 0);
    assert!(store.forgotten_models().await?.is_empty());
    let rows = store.index_rows(&version, "large").await?;
    assert!(rows.iter().all(|row| row.vector == [1.0, 0.5]));
    Ok(())
}
