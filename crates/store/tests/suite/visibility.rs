//! Who sees what: one canary document for Legal, every way to its content.

use super::{Done, MODEL, World, both, found, ids, sentence};
use inhouse_protocol::{
    Audience, DocumentId, LineBox, Outcome, PageInfo, PassageId, PersonChange, Role, RunEvent,
    SetId, Validity, VersionId,
};
use inhouse_store::{Actor, Committed, FinishRun, Principal, StoreError};
use std::collections::{BTreeSet, HashSet};

both!(
    a_scope_holds_the_sets_of_its_audience,
    an_employee_reaches_the_legal_document_by_no_way,
    a_passage_outside_the_scope_is_left_out_and_the_order_kept,
    a_scope_is_for_the_day_on_which_it_was_made_or_for_another,
    passages_are_those_in_force_on_the_scopes_day,
    a_source_says_when_it_is_in_force_and_where_its_lines_stand,
    a_conversation_shows_only_what_its_owner_may_see_now,
    a_deleted_document_leaves_old_answers,
    other_peoples_conversations_and_runs_are_not_there,
);

struct Sets {
    open: (SetId, DocumentId, VersionId),
    secret: (SetId, DocumentId, VersionId),
}

async fn two_sets(world: &World) -> Result<Sets, Box<dyn std::error::Error>> {
    let open = world.set("Policies", Audience::Everyone).await?;
    let secret = world.legal_set("Board").await?;
    let (document, version) = world
        .document(&open, "travel.txt", "Book by train.")
        .await?;
    let (canary, canary_version) = world.document(&secret, "merger.txt", "Canary.").await?;
    Ok(Sets {
        open: (open, document, version),
        secret: (secret, canary, canary_version),
    })
}

async fn a_scope_holds_the_sets_of_its_audience(world: World) -> Done {
    let sets = two_sets(&world).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let scope = world.store.scope(&emil).await?;
    assert_eq!(scope.sets(), Some([sets.open.0.clone()].as_slice()));
    assert!(!scope.contains(&sets.secret.0));
    for (principal, manages) in [(&lena, false), (&ada, true)] {
        let scope = world.store.scope(principal).await?;
        assert!(scope.contains(&sets.open.0) && scope.contains(&sets.secret.0));
        assert!(!scope.contains(&"another".parse()?));
        for set in [&sets.open.0, &sets.secret.0] {
            assert_eq!(scope.manages(set), manages);
        }
        assert_eq!(scope.manages_any(), manages);
    }
    let scope = world.store.scope(&Principal::operator()).await?;
    assert_eq!(scope.sets(), None);
    Ok(())
}

async fn an_employee_reaches_the_legal_document_by_no_way(world: World) -> Done {
    let sets = two_sets(&world).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (store, scope) = (&world.store, world.store.scope(&emil).await?);
    let (set, document, version) = &sets.secret;
    let canary = world.passages_of(version).await?;

    let visible = store.sets(&scope).await?;
    assert_eq!(
        visible.iter().map(|set| &set.id).collect::<Vec<_>>(),
        [&sets.open.0]
    );
    assert!(matches!(
        store.set(&scope, set).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.documents(&scope, set).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.document(&scope, document).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.original_of(&scope, document).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.source(&scope, version, 0, 5, 5).await,
        Err(StoreError::NotFound)
    ));
    assert!(
        store
            .documents_named(&scope, "merger.txt")
            .await?
            .is_empty()
    );
    assert!(
        store
            .passages(&scope, &[canary[0].id.clone()])
            .await?
            .is_empty()
    );
    let both = BTreeSet::from([document.clone(), sets.open.1.clone()]);
    assert_eq!(
        store.shown_documents(&scope, &both).await?,
        HashSet::from([sets.open.1.clone()])
    );
    let deleted = store.delete_document(&emil.actor(), &scope, document).await;
    assert!(matches!(deleted, Err(StoreError::NotFound)));
    assert_eq!(
        world.passages_of(version).await?,
        canary,
        "nothing was deleted"
    );
    Ok(())
}

async fn a_passage_outside_the_scope_is_left_out_and_the_order_kept(world: World) -> Done {
    let sets = two_sets(&world).await?;
    let (_, second) = world
        .document(&sets.open.0, "gifts.txt", "No gifts.")
        .await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let mut asked = Vec::new();
    for version in [&second, &sets.secret.2, &sets.open.2] {
        asked.push(world.passages_of(version).await?[0].id.clone());
    }
    let scope = world.store.scope(&emil).await?;
    let shown = world.store.passages(&scope, &asked).await?;
    let ids: Vec<_> = shown.iter().map(|passage| &passage.id).collect();
    assert_eq!(ids, [&asked[0], &asked[2]]);
    Ok(())
}

async fn a_scope_is_for_the_day_on_which_it_was_made_or_for_another(world: World) -> Done {
    let sets = two_sets(&world).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let today = world.today();
    for principal in [&emil, &Principal::operator()] {
        assert_eq!(world.store.scope(principal).await?.on(), today);
    }
    let then = world.store.scope(&emil).await?.as_of(today.plus(-400));
    assert_eq!(then.on(), today.plus(-400));
    assert!(then.contains(&sets.open.0) && !then.contains(&sets.secret.0));
    world.pass_days(1);
    assert_eq!(world.store.scope(&emil).await?.on(), today.plus(1));
    Ok(())
}

/// A document with two versions, the later one read ten days after the first.
async fn changed(world: &World) -> Result<(SetId, [VersionId; 2]), Box<dyn std::error::Error>> {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (_, first) = world.document(&set, "notice.txt", "Ten days.").await?;
    world.pass_days(10);
    let (_, second) = world.document(&set, "notice.txt", "Twenty days.").await?;
    Ok((set, [first, second]))
}

async fn passages_are_those_in_force_on_the_scopes_day(world: World) -> Done {
    let (_, versions) = changed(&world).await?;
    let mut asked: Vec<PassageId> = Vec::new();
    for version in &versions {
        let rows = world.store.index_rows(version, MODEL).await?;
        asked.extend(rows.into_iter().map(|row| row.passage));
    }
    assert_eq!(asked.len(), 2);
    let today = world.today();
    let scope = world.everything().await?;
    for (day, version, validity) in [
        (today, &versions[1], (Some(today), None)),
        (today.plus(900), &versions[1], (Some(today), None)),
        (today.plus(-1), &versions[0], (None, Some(today))),
        (today.plus(-900), &versions[0], (None, Some(today))),
    ] {
        let shown = world
            .store
            .passages(&scope.clone().as_of(day), &asked)
            .await?;
        assert_eq!(shown.len(), 1, "{day}");
        assert_eq!(&shown[0].version, version, "{day}");
        let (from, until) = validity;
        assert_eq!(shown[0].validity, Validity { from, until }, "{day}");
    }
    Ok(())
}

async fn a_source_says_when_it_is_in_force_and_where_its_lines_stand(world: World) -> Done {
    let (set, versions) = changed(&world).await?;
    let scope = world.everything().await?;
    let (today, store) = (world.today(), &world.store);
    let old = store.source(&scope, &versions[0], 0, 4, 100).await?;
    assert!(old.superseded);
    assert_eq!(
        old.validity.and_then(|validity| validity.until),
        Some(today)
    );
    let new = store.source(&scope, &versions[1], 0, 4, 100).await?;
    assert!(!new.superseded);
    assert!(new.boxes.is_empty() && new.page_info.is_empty());

    // Of three lines, one on each page, the middle one is asked for.
    let text = "One.\nTwo.\nSix.";
    let line = |start: usize, page: u32| LineBox {
        start,
        end: start + 4,
        page,
        left: 1_000,
        top: 2_000,
        width: 500,
        height: 100,
    };
    let page = |page: u32| PageInfo {
        page,
        label: Some(format!("A-{page}")),
        parser: "poppler".into(),
        width: 595,
        height: 842,
    };
    let (_, version) = ids(world.add(&set, "lines.pdf", text).await?)?;
    let committed = Committed {
        boxes: vec![line(0, 1), line(5, 2), line(10, 3)],
        page_info: vec![page(1), page(2), page(3)],
        ..found(text)
    };
    store.commit_version(&version, committed).await?;
    let near = store.source(&scope, &version, 5, 9, 0).await?;
    assert_eq!(near.boxes, [line(5, 2)]);
    assert_eq!(near.page_info, [page(2)]);
    let wide = store.source(&scope, &version, 5, 9, 100).await?;
    assert_eq!(wide.boxes, [line(5, 2)], "of what is asked for");
    assert_eq!(wide.page_info.len(), 3, "of all that is shown");
    Ok(())
}

async fn a_conversation_shows_only_what_its_owner_may_see_now(world: World) -> Done {
    let sets = two_sets(&world).await?;
    let (user, lena) = world.person("lena", Role::Legal).await?;
    let mut passages = world.passages_of(&sets.secret.2).await?;
    passages.extend(world.passages_of(&sets.open.2).await?);
    let conversation = world.store.create_conversation(&lena).await?;
    let run = world
        .store
        .start_run(&lena, &conversation, "What happens?")
        .await?;
    let sentences = vec![sentence(&passages[0]), sentence(&passages[1])];
    let shown = RunEvent::Passages {
        passages: passages.clone(),
        as_of: None,
        standalone: None,
    };
    world.store.append_event(&run, &shown).await?;
    for sentence in &sentences {
        let sentence = sentence.clone();
        world
            .store
            .append_event(&run, &RunEvent::Sentence { sentence })
            .await?;
    }
    let end = FinishRun {
        passages,
        sentences,
        ..FinishRun::new(Outcome::Answered)
    };
    world.store.finish_run(&run, end).await?;
    let all = world.store.conversation(&lena, &conversation).await?;
    assert_eq!(
        (
            all.exchanges[0].passages.len(),
            all.exchanges[0].sentences.len()
        ),
        (2, 2)
    );

    let demote = PersonChange {
        role: Some(Role::Employee),
        disabled: None,
    };
    world
        .store
        .change_user(&Actor::Operator, &user.id, &demote)
        .await?;
    let lena = world
        .store
        .principal_of_email("lena@example.com")
        .await?
        .ok_or("there")?;
    let now = world.store.conversation(&lena, &conversation).await?;
    let exchange = &now.exchanges[0];
    assert_eq!((exchange.passages.len(), exchange.sentences.len()), (1, 1));
    assert_eq!(exchange.passages[0].name, "travel.txt");
    assert_eq!(
        exchange.sentences[0].citations[0].number, 1,
        "counted along what is shown"
    );
    let scope = world.store.scope(&lena).await?;
    let events = world.store.events_after(&scope, &run, 0).await?;
    assert_eq!(
        events.iter().map(|event| event.seq).collect::<Vec<_>>(),
        [1, 3, 4]
    );
    assert!(!serde_json::to_string(&(&now, &events))?.contains("Canary"));
    Ok(())
}

async fn a_deleted_document_leaves_old_answers(world: World) -> Done {
    let sets = two_sets(&world).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let passages = world.passages_of(&sets.open.2).await?;
    let conversation = world.store.create_conversation(&emil).await?;
    let run = world
        .store
        .start_run(&emil, &conversation, "How do I travel?")
        .await?;
    let end = FinishRun {
        sentences: vec![sentence(&passages[0])],
        passages,
        ..FinishRun::new(Outcome::Answered)
    };
    world.store.finish_run(&run, end).await?;
    // A superseded version stays readable in what cited it …
    world
        .document(&sets.open.0, "travel.txt", "Book by bus.")
        .await?;
    let before = world.store.conversation(&emil, &conversation).await?;
    assert_eq!(before.exchanges[0].sentences.len(), 1);
    // … a deleted document doesn't.
    let scope = world.everything().await?;
    world
        .store
        .delete_document(&Actor::Operator, &scope, &sets.open.1)
        .await?;
    let after = world.store.conversation(&emil, &conversation).await?;
    assert!(after.exchanges[0].passages.is_empty() && after.exchanges[0].sentences.is_empty());
    Ok(())
}

async fn other_peoples_conversations_and_runs_are_not_there(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let conversation = store.create_conversation(&emil).await?;
    let run = store.start_run(&emil, &conversation, "May I?").await?;
    let id = store.escalate_run(&emil, &run, "", false).await?;
    for other in [&ada, &Principal::operator()] {
        assert!(matches!(
            store.conversation(other, &conversation).await,
            Err(StoreError::NotFound)
        ));
        let asked = store.start_run(other, &conversation, "Me too?").await;
        assert!(matches!(asked, Err(StoreError::NotFound)));
        assert!(matches!(
            store.run_for(other, &run).await,
            Err(StoreError::NotFound)
        ));
        assert!(matches!(
            store.request_cancel(other, &run).await,
            Err(StoreError::NotFound)
        ));
        let sent = store.escalate_run(other, &run, "", false).await;
        assert!(matches!(sent, Err(StoreError::NotFound)));
        assert!(matches!(
            store.my_request(other, &id).await,
            Err(StoreError::NotFound)
        ));
        assert!(store.conversations(other).await?.is_empty());
        assert!(store.my_requests(other).await?.is_empty());
    }
    assert_eq!(store.conversations(&emil).await?.len(), 1);
    Ok(())
}
