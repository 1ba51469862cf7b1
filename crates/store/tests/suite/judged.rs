//! What rules made of a question, and the approved answers that were given.

use super::{Done, World, both, sentence};
use inhouse_protocol::{
    ApprovedAnswerId, Audience, EscalationReason, GivenAnswer, Outcome, Right, Role, RunEvent,
    Timestamp,
};
use inhouse_store::{Actor, FinishRun, NewEscalation, StoreError};

both!(
    what_rules_made_of_a_question_is_kept_and_shown,
    an_answered_question_can_reach_the_desk_as_well,
    an_approved_answer_is_shown_as_it_was_given_while_its_documents_are,
    what_a_passage_scores_is_kept,
    the_sets_and_tags_of_what_was_found_are_those_in_the_scope,
    the_groups_of_a_person_are_named,
    a_draft_starts_from_what_the_reader_may_see,
);

async fn what_rules_made_of_a_question_is_kept_and_shown(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, dora) = world.person("dora", Role::Employee).await?;
    let store = &world.store;
    let conversation = store.create_conversation(&emil).await?;
    let run = store.start_run(&emil, &conversation, "Is it?").await?;
    let end = FinishRun {
        topic: Some("gifts".into()),
        language: Some("en".into()),
        caution: Some("Ask before you sign.".into()),
        flags: vec!["personal-data".into()],
        ..FinishRun::new(Outcome::Answered)
    };
    store.finish_run(&run, end).await?;
    let exchange = store
        .conversation(&emil, &conversation)
        .await?
        .exchanges
        .remove(0);
    assert_eq!(exchange.caution.as_deref(), Some("Ask before you sign."));
    assert_eq!((exchange.approved, exchange.helpful), (None, None));

    let ever = Timestamp(0);
    assert_eq!(store.asked_on_topic(&emil, "gifts", ever).await?, 1);
    assert_eq!(store.asked_on_topic(&emil, "travel", ever).await?, 0);
    assert_eq!(store.asked_on_topic(&dora, "gifts", ever).await?, 0);
    let later = store.now().plus_ms(1);
    assert_eq!(store.asked_on_topic(&emil, "gifts", later).await?, 0);
    Ok(())
}

async fn an_answered_question_can_reach_the_desk_as_well(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let conversation = store.create_conversation(&emil).await?;
    let run = store.start_run(&emil, &conversation, "Is it?").await?;
    let end = FinishRun {
        escalation: Some(NewEscalation::new(EscalationReason::Rule)),
        ..FinishRun::new(Outcome::Answered)
    };
    assert!(store.finish_run(&run, end).await?.is_some());
    let exchange = store
        .conversation(&emil, &conversation)
        .await?
        .exchanges
        .remove(0);
    assert_eq!(exchange.outcome, Some(Outcome::Answered));
    assert!(exchange.escalation.is_some());
    Ok(())
}

async fn an_approved_answer_is_shown_as_it_was_given_while_its_documents_are(world: World) -> Done {
    let (user, emil) = world.person("emil", Role::Employee).await?;
    let group = world.group("Board", &[&user]).await?;
    let grants = [(&group, Right::Manage)];
    let set = world
        .set_for("Secret", Audience::Restricted, &grants)
        .await?;
    let (_, version) = world.document(&set, "gifts.txt", "Up to EUR 50.").await?;
    let passages = world.passages_of(&version).await?;
    let store = &world.store;
    let conversation = store.create_conversation(&emil).await?;
    let run = store.start_run(&emil, &conversation, "How much?").await?;
    let id: ApprovedAnswerId = "019b0000-0000-7000-8000-000000000001".parse()?;
    let answer = GivenAnswer {
        id: id.clone(),
        owner: "Lena".into(),
        approved_at: store.now(),
        body: "Up to EUR 50 a year.".into(),
        citations: sentence(&passages[0]).citations,
    };
    let event = RunEvent::Approved {
        answer: answer.clone(),
    };
    store.append_event(&run, &event).await?;
    let end = FinishRun {
        approved: Some(id),
        ..FinishRun::new(Outcome::Answered)
    };
    store.finish_run(&run, end).await?;
    let whole = store.conversation(&emil, &conversation).await?;
    assert_eq!(whole.exchanges[0].approved.as_ref(), Some(&answer));

    store
        .remove_member(&Actor::Operator, &group, &user.id)
        .await?;
    let whole = store.conversation(&emil, &conversation).await?;
    assert_eq!(whole.exchanges[0].approved, None);
    let scope = store.scope(&emil).await?;
    let events = store.events_after(&scope, &run, 0).await?;
    assert_eq!(events.len(), 1, "the end alone");
    Ok(())
}

async fn what_a_passage_scores_is_kept(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "It ends in May.").await?;
    let passages = world.passages_of(&version).await?;
    let ids = [passages[0].id.clone(), "none".parse()?];
    let store = &world.store;
    assert!(store.passage_injection(&ids).await?.is_empty());
    store
        .set_passage_injection(&[(ids[0].clone(), 0.25), (ids[1].clone(), 1.0)])
        .await?;
    let known = store.passage_injection(&ids).await?;
    assert_eq!(known.len(), 1);
    assert!((known[&ids[0]] - 0.25).abs() < 1e-9);
    Ok(())
}

async fn the_sets_and_tags_of_what_was_found_are_those_in_the_scope(world: World) -> Done {
    let open = world.set("Policies", Audience::Everyone).await?;
    let shut = world.closed_set("Secret").await?;
    let (_, shown) = world.document(&open, "gifts.txt", "Up to EUR 50.").await?;
    let (_, hidden) = world.document(&shut, "board.txt", "All of it.").await?;
    let mut passages = world.passages_of(&shown).await?;
    passages.extend(world.passages_of(&hidden).await?);
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let scope = world.store.scope(&emil).await?;
    let (sets, tags) = world.store.sets_and_tags(&scope, &passages).await?;
    assert_eq!(sets, ["Policies"]);
    assert!(tags.is_empty());
    Ok(())
}

async fn the_groups_of_a_person_are_named(world: World) -> Done {
    let (user, emil) = world.person("emil", Role::Employee).await?;
    let (_, dora) = world.person("dora", Role::Employee).await?;
    world.group("Board", &[&user]).await?;
    let named = world.store.groups_named(&emil).await?;
    assert!(named.contains(&"Board".to_owned()), "{named:?}");
    let others = world.store.groups_named(&dora).await?;
    assert!(!others.contains(&"Board".to_owned()), "{others:?}");
    Ok(())
}

async fn a_draft_starts_from_what_the_reader_may_see(world: World) -> Done {
    let open = world.set("Policies", Audience::Everyone).await?;
    let shut = world.closed_set("Secret").await?;
    let (_, shown) = world.document(&open, "gifts.txt", "Up to EUR 50.").await?;
    let (_, hidden) = world.document(&shut, "board.txt", "All of it.").await?;
    let mut passages = world.passages_of(&shown).await?;
    passages.extend(world.passages_of(&hidden).await?);
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let asked = world.ask(&emil, "How much?").await?;
    let end = FinishRun {
        passages,
        escalation: Some(NewEscalation::new(EscalationReason::NotVerified)),
        ..FinishRun::new(Outcome::Escalated)
    };
    store.finish_run(&asked, end).await?;
    let to_draft = store.question_to_draft(&lena, &asked).await?;
    assert_eq!(to_draft.question, "How much?");
    let names: Vec<_> = to_draft.passages.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["gifts.txt"]);

    let answered = world.ask(&emil, "How much more?").await?;
    let end = FinishRun::new(Outcome::Answered);
    store.finish_run(&answered, end).await?;
    for (by, run) in [(&emil, &asked), (&lena, &answered)] {
        let refused = store.question_to_draft(by, run).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    }
    Ok(())
}
