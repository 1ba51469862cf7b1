//! What puts approved answers back, where they come from, and what goes with them.

use super::approved::{answer, approved, citing, given, moved, refused, state_of};
use super::{Done, World, both, found, ids};
use inhouse_protocol::{
    ApprovalState, ApprovedAnswer, ApprovedAnswerChange, Audience, EscalationId, EscalationReason,
    Outcome, QueueChange, Right, Role,
};
use inhouse_store::{Actor, FinishRun, NewEscalation, Principal};

use ApprovalState::{Approved, Draft, Review};

both!(
    a_new_version_of_what_it_cites_puts_an_answer_back,
    what_it_cites_is_deleted_and_an_answer_comes_back_without_it,
    a_day_that_comes_puts_an_answer_back_and_it_is_not_given_before,
    what_lies_in_a_restricted_queue_is_not_published,
    a_reply_that_is_published_stands_in_the_timeline,
    what_was_found_for_the_question_can_still_be_cited,
    a_group_that_goes_takes_its_answers_with_it,
);

async fn a_new_version_of_what_it_cites_puts_an_answer_back(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let set = world.set("Policies", Audience::Everyone).await?;
    let store = &world.store;
    let first = "Gifts of up to EUR 50 may be accepted.";
    let (_, version) = world.document(&set, "gifts.txt", first).await?;
    let (_, other) = world.document(&set, "travel.txt", "By train.").await?;
    let passages = world.passages_of(&version).await?;
    let cites = ApprovedAnswerChange {
        citations: vec![citing(&passages[0])],
        ..answer("Which gifts?")
    };
    let id = approved(store, &lena, &cites).await?;
    let travel = world.passages_of(&other).await?;
    let beside = ApprovedAnswerChange {
        citations: vec![citing(&travel[0])],
        ..answer("How to travel?")
    };
    let beside = approved(store, &lena, &beside).await?;

    world.pass_days(1);
    let second = "Gifts of up to EUR 40 may be accepted.";
    let (_, newer) = ids(world.add(&set, "gifts.txt", second).await?)?;
    assert_eq!(given(store, &emil).await?.len(), 2, "not read yet");
    store.commit_version(&newer, found(second)).await?;
    let (state, reason) = state_of(store, &lena, &id).await?;
    assert_eq!(state, Review);
    assert!(reason.ok_or("a reason")?.contains("newer version"));
    assert_eq!(given(store, &emil).await?, [beside]);
    let records = store.audit_after(0, 1_000).await?;
    let mut reviews = records.iter().filter(|one| one.action == "approved.review");
    assert!(reviews.next().is_some_and(|one| one.actor == Actor::System));
    assert!(reviews.next().is_none());

    // It isn't in use again before it cites what holds now, which is offered.
    let again = moved(store, &lena, &id, Approved, false).await;
    assert!(refused(again).contains("newer version"));
    let shown = store.approved_answer(&lena, &id).await?;
    let texts: Vec<_> = shown.passages.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, [first, second]);
    let anew = ApprovedAnswerChange {
        citations: vec![citing(&shown.passages[1])],
        revision: Some(shown.revision),
        ..cites.clone()
    };
    store.change_approved_answer(&lena, &id, &anew).await?;
    moved(store, &lena, &id, Approved, false).await?;
    assert_eq!(given(store, &emil).await?.len(), 2);

    let both_versions = ApprovedAnswerChange {
        citations: vec![citing(&shown.passages[0]), citing(&shown.passages[1])],
        ..cites
    };
    let both_versions = store.create_approved_answer(&lena, &both_versions).await;
    assert!(refused(both_versions).contains("two versions"));
    Ok(())
}

async fn what_it_cites_is_deleted_and_an_answer_comes_back_without_it(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let set = world.set("Policies", Audience::Everyone).await?;
    let (document, version) = world.document(&set, "gifts.txt", "Up to EUR 50.").await?;
    let passages = world.passages_of(&version).await?;
    let store = &world.store;
    let cites = ApprovedAnswerChange {
        citations: vec![citing(&passages[0])],
        ..answer("Which gifts?")
    };
    let id = approved(store, &lena, &cites).await?;
    let everything = world.everything().await?;
    store
        .delete_document(&Actor::Operator, &everything, &document)
        .await?;
    let (state, reason) = state_of(store, &lena, &id).await?;
    assert_eq!(state, Review);
    assert!(reason.ok_or("a reason")?.contains("deleted"));
    assert!(given(store, &emil).await?.is_empty());
    let shown = store.approved_answer(&lena, &id).await?;
    assert_eq!((shown.citations.len(), shown.passages.len()), (0, 0));
    store
        .change_approved_answer(&lena, &id, &answer("Which gifts?"))
        .await?;
    moved(store, &lena, &id, Approved, false).await?;
    assert_eq!(given(store, &emil).await?, [id]);
    Ok(())
}

async fn a_day_that_comes_puts_an_answer_back_and_it_is_not_given_before(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let until_today = ApprovedAnswerChange {
        valid_until: Some(world.today()),
        ..answer("Which gifts?")
    };
    let id = approved(store, &lena, &until_today).await?;
    assert_eq!(store.review_approved_answers().await?, 0);
    assert_eq!(given(store, &emil).await?, std::slice::from_ref(&id));
    world.pass_days(1);
    // Nobody has looked at the answers yet, and it isn't given any more.
    assert!(given(store, &emil).await?.is_empty());
    assert_eq!(store.given_answer(&id, &emil).await?, None);
    assert_eq!(store.review_approved_answers().await?, 1);
    assert_eq!(store.review_approved_answers().await?, 0);
    let (state, reason) = state_of(store, &lena, &id).await?;
    assert_eq!(
        (state, reason.as_deref()),
        (Review, Some("Its last day is over."))
    );
    let again = moved(store, &lena, &id, Approved, false).await;
    assert!(refused(again).contains("last day"));
    Ok(())
}

/// A question at the desk.
async fn escalation(
    world: &World,
    by: &Principal,
) -> Result<EscalationId, Box<dyn std::error::Error>> {
    let run = world.ask(by, "Which gifts?").await?;
    let end = FinishRun {
        escalation: Some(NewEscalation::new(EscalationReason::Asked)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let escalation = world.store.finish_run(&run, end).await?;
    Ok(escalation.ok_or("it went to the desk")?)
}

async fn what_lies_in_a_restricted_queue_is_not_published(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let queue = QueueChange {
        key: "quiet".into(),
        name: "Quiet".into(),
        description: String::new(),
        restricted: true,
        topics: Vec::new(),
        languages: Vec::new(),
        first_reply_minutes: None,
        resolution_minutes: None,
        rotation: false,
    };
    store.create_queue(&lena, &queue).await?;
    let run = world.ask(&emil, "Whom do I tell?").await?;
    let end = FinishRun {
        escalation: Some(NewEscalation {
            queue: Some("quiet".into()),
            ..NewEscalation::new(EscalationReason::Rule)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    let quiet = store.finish_run(&run, end).await?;
    let from_there = ApprovedAnswerChange {
        escalation: quiet,
        ..answer("Whom do I tell?")
    };
    let made = store.create_approved_answer(&lena, &from_there).await;
    assert!(refused(made).contains("restricted"));
    Ok(())
}

async fn a_reply_that_is_published_stands_in_the_timeline(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let from = escalation(&world, &emil).await?;
    let published = ApprovedAnswerChange {
        escalation: Some(from.clone()),
        ..answer("Which gifts?")
    };
    let id = approved(store, &lena, &published).await?;
    moved(store, &lena, &id, Draft, false).await?;
    moved(store, &lena, &id, Approved, false).await?;
    assert_eq!(
        store.approved_answer(&lena, &id).await?.escalation,
        Some(from.clone())
    );
    let timeline = store.escalation(&lena, &from).await?.timeline;
    let published = timeline.iter().filter(|entry| entry.kind == "published");
    assert_eq!(published.count(), 1);
    Ok(())
}

async fn what_was_found_for_the_question_can_still_be_cited(world: World) -> Done {
    let (lena_user, lena) = world.person("lena", Role::Legal).await?;
    let (_, lea) = world.person("lea", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let board = world.group("Board", &[&lena_user]).await?;
    let open = world.set("Policies", Audience::Everyone).await?;
    let closed = world
        .set_for("Secret", Audience::Restricted, &[(&board, Right::Manage)])
        .await?;
    let (_, gifts) = world.document(&open, "gifts.txt", "Up to EUR 50.").await?;
    let (_, secret) = world
        .document(&closed, "board.txt", "Up to EUR 90.")
        .await?;
    let mut passages = world.passages_of(&gifts).await?;
    passages.extend(world.passages_of(&secret).await?);
    let store = &world.store;
    let run = world.ask(&emil, "Which gifts?").await?;
    let end = FinishRun {
        passages,
        escalation: Some(NewEscalation::new(EscalationReason::Asked)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let published = ApprovedAnswerChange {
        escalation: store.finish_run(&run, end).await?,
        ..answer("Which gifts?")
    };
    let id = store.create_approved_answer(&lena, &published).await?;
    let at_hand = |shown: &ApprovedAnswer| -> Vec<String> {
        let passages = shown.passages.iter();
        passages.map(|passage| passage.text.clone()).collect()
    };
    let to_lena = store.approved_answer(&lena, &id).await?;
    assert_eq!(at_hand(&to_lena), ["Up to EUR 50.", "Up to EUR 90."]);
    let to_lea = store.approved_answer(&lea, &id).await?;
    assert_eq!(at_hand(&to_lea), ["Up to EUR 50."]);

    // What is no longer in force is no longer at hand.
    world.document(&open, "gifts.txt", "Up to EUR 40.").await?;
    assert!(at_hand(&store.approved_answer(&lea, &id).await?).is_empty());
    Ok(())
}

async fn a_group_that_goes_takes_its_answers_with_it(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    let board = world.group("Board", &[&emil_user]).await?;
    let store = &world.store;
    let for_board = ApprovedAnswerChange {
        everyone: false,
        groups: vec![board.clone()],
        ..answer("Which gifts?")
    };
    let id = approved(store, &lena, &for_board).await?;
    let everything = world.everything().await?;
    store
        .delete_group(&Actor::Operator, &everything, &board)
        .await?;
    assert!(given(store, &emil).await?.is_empty());
    let shown = store.approved_answer(&lena, &id).await?;
    assert!(!shown.summary.everyone && shown.groups.is_empty());
    Ok(())
}
