//! Duplicates, parts, notes, drafts, and two people at one question.

use super::desk::escalated;
use super::desk_work::{given, kinds, opened, summary};
use super::{Done, World, both, reply, sentence, to_state};
use inhouse_protocol::{
    Assign, DraftState, EscalationId, EscalationReason, EscalationState, MergeEscalation, NewReply,
    Presence, ReplyKind, Role, SplitEscalation,
};
use inhouse_store::{Actor, NewEscalation, Principal, StoreError};

both!(
    a_reply_reaches_the_askers_of_duplicates,
    what_cannot_be_merged_is_refused,
    a_duplicate_comes_back_when_its_target_is_erased,
    a_part_of_a_question_goes_on_by_itself,
    a_note_is_for_the_desk_only,
    a_draft_is_sent_as_it_was_or_after_changes_or_not,
    who_works_on_it_is_told_to_others,
);

async fn a_reply_reaches_the_askers_of_duplicates(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, target) = escalated(&world, &emil, "May I sign?").await?;
    let (_, duplicate) = escalated(&world, &otto, "May I sign this?").await?;
    let store = &world.store;
    let merge = MergeEscalation {
        into: target.clone(),
        revision: Some(1),
    };
    store.merge_escalation(&lena, &duplicate, &merge).await?;
    let shown = store.escalation(&lena, &target).await?;
    let merged: Vec<_> = shown.duplicates.iter().map(|one| &one.id).collect();
    assert_eq!(merged, [&duplicate]);
    let waits = store.my_request(&otto, &duplicate).await?.summary;
    assert_eq!(
        (waits.state, waits.merged_into),
        (EscalationState::Open, None),
        "nobody has replied yet, and whose it is a duplicate of is not told"
    );
    let there = store
        .reply(&lena, &duplicate, &reply("Yes.", EscalationState::Answered))
        .await;
    assert!(matches!(there, Err(StoreError::Conflict { .. })));

    store
        .reply(&lena, &target, &reply("Yes.", EscalationState::Answered))
        .await?;
    for (asker, id) in [(&emil, &target), (&otto, &duplicate)] {
        let read = store.my_request(asker, id).await?;
        assert_eq!(read.replies.len(), 1);
        assert_eq!(read.summary.state, EscalationState::Answered);
        assert!(read.summary.first_reply_at.is_some());
    }
    // Opened again, it stands by itself.
    store
        .change_escalation(&lena, &duplicate, &to_state(EscalationState::Open))
        .await?;
    assert!(
        store
            .escalation(&lena, &target)
            .await?
            .duplicates
            .is_empty()
    );
    Ok(())
}

async fn what_cannot_be_merged_is_refused(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let (_, first) = escalated(&world, &emil, "First?").await?;
    let (_, second) = escalated(&world, &emil, "Second?").await?;
    let (_, third) = escalated(&world, &emil, "Third?").await?;
    let report = NewEscalation {
        queue: Some("whistleblowing".into()),
        ..NewEscalation::new(EscalationReason::Rule)
    };
    let report = opened(&world, &emil, "They bribe.", report).await?;
    let into = |id: &EscalationId| MergeEscalation {
        into: id.clone(),
        revision: None,
    };
    for (id, target) in [(&first, &first), (&first, &report), (&report, &first)] {
        let merged = store.merge_escalation(&lena, id, &into(target)).await;
        assert!(matches!(merged, Err(StoreError::Invalid(_))), "{merged:?}");
    }
    store
        .merge_escalation(&lena, &second, &into(&first))
        .await?;
    for (id, target) in [(&second, &third), (&third, &second)] {
        let merged = store.merge_escalation(&lena, id, &into(target)).await;
        assert!(matches!(merged, Err(StoreError::Conflict { .. })));
    }
    // What was merged into a duplicate goes along.
    store.merge_escalation(&lena, &first, &into(&third)).await?;
    assert_eq!(store.escalation(&lena, &third).await?.duplicates.len(), 2);
    let gone = store
        .merge_escalation(&lena, &third, &into(&"none".parse()?))
        .await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_duplicate_comes_back_when_its_target_is_erased(world: World) -> Done {
    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    let (_, otto) = world.person("otto", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, target) = escalated(&world, &emil, "May I sign?").await?;
    let (_, duplicate) = escalated(&world, &otto, "May I sign this?").await?;
    let store = &world.store;
    let merge = MergeEscalation {
        into: target,
        revision: None,
    };
    store.merge_escalation(&lena, &duplicate, &merge).await?;
    store
        .erase_person(&Actor::Operator, &emil_user.id, "Request under article 17")
        .await?;
    let back = summary(&world, &lena, &duplicate).await?;
    assert_eq!(
        (back.state, back.merged_into),
        (EscalationState::Open, None)
    );
    Ok(())
}

async fn a_part_of_a_question_goes_on_by_itself(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (run, id) = escalated(&world, &emil, "May I sign, and who pays?").await?;
    let store = &world.store;
    store
        .change_escalation(&lena, &id, &given(Assign::Me))
        .await?;
    let split = |subject: &str| SplitEscalation {
        subject: subject.to_owned(),
        revision: None,
    };
    let part = store
        .split_escalation(&lena, &id, &split(" Who pays? "))
        .await?;
    let found = summary(&world, &lena, &part).await?;
    assert_eq!(found.question, "Who pays?");
    assert_eq!(
        found.assignee.map(|person| person.name).as_deref(),
        Some("lena")
    );
    assert_eq!(kinds(&world, &lena, &part).await?, ["split"]);
    assert_eq!(store.my_requests(&emil).await?.len(), 2);
    assert_eq!(
        store.escalate_run(&emil, &run, "", false).await?,
        id,
        "the question's own is the one that it was split off from"
    );
    for wrong in [String::new(), "x".repeat(2_001)] {
        let made = store.split_escalation(&lena, &id, &split(&wrong)).await;
        assert!(matches!(made, Err(StoreError::Invalid(_))));
    }
    Ok(())
}

async fn a_note_is_for_the_desk_only(world: World) -> Done {
    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let note = NewReply {
        kind: ReplyKind::Note,
        ..reply("He asked in March, too.", EscalationState::Answered)
    };
    store.reply(&lena, &id, &note).await?;
    let desk = store.escalation(&lena, &id).await?;
    assert_eq!(desk.replies[0].kind, ReplyKind::Note);
    assert_eq!(desk.summary.state, EscalationState::Open);
    assert_eq!(desk.summary.first_reply_at, None);
    assert!(store.my_request(&emil, &id).await?.replies.is_empty());

    let own = store.export_person(&emil, &emil_user.id).await?;
    assert!(!serde_json::to_string(&own)?.contains("in March"));
    let handed_out = store
        .export_person(&Principal::operator(), &emil_user.id)
        .await?;
    assert!(serde_json::to_string(&handed_out)?.contains("in March"));

    let said = NewReply {
        kind: ReplyKind::Asker,
        ..note
    };
    let refused = store.reply(&lena, &id, &said).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    Ok(())
}

async fn a_draft_is_sent_as_it_was_or_after_changes_or_not(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "When does it end?").await?;
    let store = &world.store;
    let set = world.legal_set("Contracts").await?;
    let (_, version) = world.document(&set, "lease.txt", "It ends in May.").await?;
    let sentences = [sentence(&world.passages_of(&version).await?[0])];
    let none = store.reject_draft(&lena, &id).await;
    assert!(matches!(none, Err(StoreError::NotFound)));
    store.offer_draft(&lena, &id, &sentences, "tiny").await?;
    store.reject_draft(&lena, &id).await?;
    assert_eq!(store.draft(&lena, &id).await?, None);

    let edited = store.offer_draft(&lena, &id, &sentences, "tiny").await?;
    assert_eq!(store.draft(&lena, &id).await?.as_ref(), Some(&edited));
    let send = |body: &str, draft| NewReply {
        draft: Some(draft),
        revision: Some(1),
        ..reply(body, EscalationState::Answered)
    };
    let changed = send("It ends in June.", edited.id);
    store.reply(&lena, &id, &changed).await?;
    let as_it_was = store.offer_draft(&lena, &id, &sentences, "tiny").await?;
    let sent = NewReply {
        revision: None,
        ..send("It ends\nin May. ", as_it_was.id)
    };
    store.reply(&lena, &id, &sent).await?;
    let lines = store.escalation(&lena, &id).await?.timeline;
    let drafts: Vec<_> = lines
        .iter()
        .filter(|line| line.kind == "draft")
        .map(|line| line.words.as_str())
        .collect();
    let had = "had a reply drafted by the model";
    assert_eq!(
        drafts,
        [
            had,
            "rejected the model's draft",
            had,
            "sent the model's draft after changes",
            had,
            "sent the model's draft as it was"
        ]
    );

    // A draft out of a document that one may not see isn't there.
    let closed = world.closed_set("Board").await?;
    let (_, version) = world.document(&closed, "merger.txt", "Canary.").await?;
    let sentences = [sentence(&world.passages_of(&version).await?[0])];
    let offered = store
        .offer_draft(&Principal::operator(), &id, &sentences, "tiny")
        .await?;
    assert_eq!(offered.state, DraftState::Offered);
    assert_eq!(store.draft(&lena, &id).await?, None);
    Ok(())
}

async fn who_works_on_it_is_told_to_others(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, lea) = world.person("lea", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let (looks, writes) = (Presence { writing: false }, Presence { writing: true });
    let alone = store.present(&lena, &id, &looks).await?;
    assert_eq!((alone.others, alone.revision), (Vec::new(), 1));
    store.present(&lea, &id, &writes).await?;
    let seen = store.present(&lena, &id, &looks).await?;
    assert_eq!(seen.others, [("lea".to_owned(), true)]);
    world.clock.advance_ms(46_000);
    assert!(store.present(&lena, &id, &looks).await?.others.is_empty());
    let outside = store.present(&emil, &id, &looks).await;
    assert!(matches!(outside, Err(StoreError::NotFound)));
    Ok(())
}
