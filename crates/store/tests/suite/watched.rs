//! Folders of the server that are kept in a set, and what refers to a document.

use super::{Done, World, both, reply, sentence};
use inhouse_protocol::{Audience, EscalationReason, EscalationState, Outcome, References, Role};
use inhouse_store::{FinishRun, NewEscalation, WatchedFile};

both!(
    what_a_folder_held_is_kept_until_it_is_forgotten,
    a_folder_is_told_to_who_manages_its_set,
    what_refers_to_a_document_is_counted,
);

const ROOT: &str = "/srv/policies";

fn lying(path: &str) -> WatchedFile {
    WatchedFile {
        path: path.to_owned(),
        size_bytes: 5,
        modified_ms: 1_000,
        sha256: String::new(),
        document: None,
        refused: String::new(),
    }
}

async fn what_a_folder_held_is_kept_until_it_is_forgotten(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (document, _) = world.document(&set, "travel.txt", "one").await?;
    let store = &world.store;
    let taken = WatchedFile {
        sha256: "sha-one".into(),
        document: Some(document),
        ..lying("travel.txt")
    };
    store.note_watched(ROOT, &lying("travel.txt")).await?;
    store.note_watched(ROOT, &taken).await?;
    store.note_watched(ROOT, &lying("A/new.txt")).await?;
    store.note_watched("/srv/other", &lying("x.txt")).await?;
    let files = store.watched_files(ROOT).await?;
    assert_eq!(files, [lying("A/new.txt"), taken.clone()]);
    store.forget_watched(ROOT, "A/new.txt").await?;
    assert_eq!(store.watched_files(ROOT).await?, [taken]);
    Ok(())
}

async fn a_folder_is_told_to_who_manages_its_set(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (document, _) = world.document(&set, "travel.txt", "one").await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let (scope, reader) = (world.everything().await?, store.scope(&emil).await?);
    assert_eq!(store.watched_folder(&scope, ROOT).await?, None);
    let no_set = "There is no set 'Policies'. Make it.";
    store.note_watched_root(ROOT, None, no_set).await?;
    let told = store.watched_folder(&scope, ROOT).await?.ok_or("there")?;
    assert_eq!((told.set, told.problem.as_str()), (None, no_set));
    assert_eq!(store.watched_folder(&reader, ROOT).await?, None);

    let taken = WatchedFile {
        document: Some(document),
        ..lying("travel.txt")
    };
    let refused = WatchedFile {
        refused: "Files of this kind are not read.".into(),
        ..lying("film.mp4")
    };
    for file in [&taken, &refused, &lying("still-written.txt")] {
        store.note_watched(ROOT, file).await?;
    }
    store.note_watched_root(ROOT, Some(&set), "").await?;
    let told = store.watched_folder(&scope, ROOT).await?.ok_or("there")?;
    assert_eq!((told.set.as_ref(), told.files), (Some(&set), 1));
    assert_eq!(told.looked_at, Some(store.now()));
    assert_eq!(told.problem, "");
    let [not_taken] = told.refused.as_slice() else {
        return Err(format!("{told:?}").into());
    };
    assert_eq!(not_taken.path, "film.mp4");
    assert_eq!(store.watched_folder(&reader, ROOT).await?, None);
    Ok(())
}

async fn what_refers_to_a_document_is_counted(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (document, version) = world.document(&set, "travel.txt", "one").await?;
    let (other, _) = world.document(&set, "other.txt", "two").await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let none = store.references(&scope, &document).await?;
    assert_eq!(none, References::default());

    let passages = world.passages_of(&version).await?;
    let answered = FinishRun {
        sentences: vec![sentence(&passages[0]), sentence(&passages[0])],
        passages: passages.clone(),
        ..FinishRun::new(Outcome::Answered)
    };
    let run = world.ask(&emil, "When?").await?;
    store.finish_run(&run, answered).await?;
    let asked = FinishRun {
        passages,
        escalation: Some(NewEscalation::new(EscalationReason::NotInDocuments)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let run = world.ask(&emil, "And then?").await?;
    let request = store.finish_run(&run, asked).await?.ok_or("a request")?;
    let watched = WatchedFile {
        document: Some(document.clone()),
        ..lying("travel.txt")
    };
    store.note_watched(ROOT, &watched).await?;

    let references = store.references(&scope, &document).await?;
    let expected = References {
        answers: 1,
        open_requests: 1,
        watched: Some(ROOT.into()),
        ..References::default()
    };
    assert_eq!(references, expected);
    assert_eq!(
        store.references(&scope, &other).await?,
        References::default()
    );
    let reply = reply("In May.", EscalationState::Resolved);
    store.reply(&lena, &request, &reply).await?;
    let references = store.references(&scope, &document).await?;
    assert_eq!(references.open_requests, 0);
    Ok(())
}
