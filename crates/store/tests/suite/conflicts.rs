//! Documents that contradict each other: shown whole or not at all.

use super::{Done, World, both, sentence};
use inhouse_protocol::{
    Audience, Conflict, ConflictSide, ConversationId, EscalationId, EscalationReason, GroupId,
    LogFilter, Outcome, PassageRef, Right, Role, RunEvent, RunId, UserId,
};
use inhouse_store::{Actor, FinishRun, NewEscalation, OpenedLog, Principal};
use serde_json::{Value, json};

both!(
    a_conflict_is_shown_while_every_document_of_it_is,
    the_record_says_where_a_conflict_stands_and_not_what_it_says,
    an_export_tells_of_a_conflict_that_one_may_see,
);

type Or<T> = Result<T, Box<dyn std::error::Error>>;

/// A conflict of these passages, each a side with all its words.
pub(crate) fn conflict(about: &str, passages: &[PassageRef]) -> Conflict {
    let sides = passages.iter().map(|passage| ConflictSide {
        value: passage.text.clone(),
        citation: sentence(passage).citations.remove(0),
    });
    Conflict {
        about: about.to_owned(),
        sides: sides.collect(),
    }
}

/// A question of Lena's on which an open and a restricted document differ.
struct Differing {
    lena: Principal,
    lena_id: UserId,
    /// Who may see the restricted one.
    group: GroupId,
    conversation: ConversationId,
    run: RunId,
    escalation: EscalationId,
    conflict: Conflict,
}

async fn differing(world: &World) -> Or<Differing> {
    let (user, lena) = world.person("lena", Role::Legal).await?;
    let group = world.group("Board", &[&user]).await?;
    let open = world.set("Policies", Audience::Everyone).await?;
    let grants = [(&group, Right::Manage)];
    let shut = world
        .set_for("Secret", Audience::Restricted, &grants)
        .await?;
    let (_, shown) = world.document(&open, "notice.txt", "Thirty days.").await?;
    let (_, hidden) = world.document(&shut, "canary.txt", "Sixty days.").await?;
    let mut passages = world.passages_of(&shown).await?;
    passages.extend(world.passages_of(&hidden).await?);
    let conflict = conflict("notice", &passages);
    let conversation = world.store.create_conversation(&lena).await?;
    let run = world
        .store
        .start_run(&lena, &conversation, "What is the notice?")
        .await?;
    let event = RunEvent::Conflict {
        conflict: conflict.clone(),
    };
    world.store.append_event(&run, &event).await?;
    let end = FinishRun {
        passages,
        conflict: Some(conflict.clone()),
        settings: json!({ "embedding": "tiny" }),
        escalation: Some(NewEscalation::new(EscalationReason::Conflict)),
        ..FinishRun::new(Outcome::Escalated)
    };
    let escalation = world.store.finish_run(&run, end).await?;
    Ok(Differing {
        lena,
        lena_id: user.id,
        group,
        conversation,
        run,
        escalation: escalation.ok_or("an escalation")?,
        conflict,
    })
}

async fn events(world: &World, of: &Principal, run: &RunId) -> Or<Vec<RunEvent>> {
    let scope = world.store.scope(of).await?;
    let events = world.store.events_after(&scope, run, 0).await?;
    Ok(events.into_iter().map(|event| event.event).collect())
}

async fn a_conflict_is_shown_while_every_document_of_it_is(world: World) -> Done {
    let asked = differing(&world).await?;
    let (_, dora) = world.person("dora", Role::Legal).await?;
    let store = &world.store;
    let lena = &asked.lena;
    let exchange = store
        .conversation(lena, &asked.conversation)
        .await?
        .exchanges
        .remove(0);
    let numbers = exchange
        .conflict
        .iter()
        .flat_map(|conflict| &conflict.sides);
    let numbers: Vec<u32> = numbers.map(|side| side.citation.number).collect();
    assert_eq!(numbers, [1, 2], "counted along the passages");
    let told = exchange.escalation.ok_or("an escalation")?;
    assert_eq!(told.summary.reason, EscalationReason::Conflict);
    assert_eq!(told.conflict, None, "the exchange shows it");
    assert_eq!(events(&world, lena, &asked.run).await?.len(), 2);
    let own = store.my_request(lena, &asked.escalation).await?;
    assert_eq!(own.conflict.map(|conflict| conflict.sides.len()), Some(2));

    // Another of the desk, outside of the restricted set.
    let read = store.escalation(&dora, &asked.escalation).await?;
    assert_eq!((read.conflict, read.passages.len()), (None, 1));

    store
        .remove_member(&Actor::Operator, &asked.group, &asked.lena_id)
        .await?;
    let now = store.conversation(lena, &asked.conversation).await?;
    let left = events(&world, lena, &asked.run).await?;
    let request = store.my_request(lena, &asked.escalation).await?;
    assert_eq!(now.exchanges[0].conflict, None);
    assert!(matches!(left[..], [RunEvent::Done { .. }]), "{left:?}");
    let text = serde_json::to_string(&(now, left, request))?;
    assert!(
        !text.contains("Sixty") && !text.contains("canary"),
        "{text}"
    );
    Ok(())
}

async fn opened(world: &World, by: &Principal) -> Or<OpenedLog> {
    let reason = "A question of the data protection officer";
    let opening = world.store.open_log(by, reason).await?.opening;
    let opened = world.store.opened_log(by, opening).await?;
    Ok(opened.ok_or("the log is open")?)
}

async fn the_record_says_where_a_conflict_stands_and_not_what_it_says(world: World) -> Done {
    let asked = differing(&world).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let end = async |by: &Principal| -> Or<Value> {
        let filter = LogFilter {
            action: Some("run.finish".into()),
            ..LogFilter::default()
        };
        let opened = opened(&world, by).await?;
        let mut records = store.read_log(&opened, &filter, None, 10).await?.0;
        Ok(records.remove(0).detail)
    };
    let whole = end(&Principal::operator()).await?;
    for (told, side) in [0_usize, 1].map(|at| (&whole["conflict"][at], &asked.conflict.sides[at])) {
        assert_eq!(told["document"], side.citation.document.as_str());
        assert_eq!(told["version"], side.citation.version.as_str());
        assert_eq!(told["passage"], side.citation.passage.as_str());
    }
    assert_eq!(whole["settings"], json!({ "embedding": "tiny" }));
    assert_eq!(whole["mode"], Value::Null);
    assert!(!whole["conflict"].to_string().contains("days"), "{whole}");
    let outside = end(&ada).await?;
    assert_eq!(outside["conflict"], Value::Null);

    let story = async |by: &Principal| -> Or<Option<Conflict>> {
        let opened = opened(&world, by).await?;
        Ok(store.question_story(&opened, &asked.run).await?.conflict)
    };
    assert_eq!(story(&ada).await?, None);
    let whole = story(&Principal::operator()).await?;
    assert_eq!(
        whole.map(|conflict| conflict.about).as_deref(),
        Some("notice")
    );
    store.verify_audit().await?;
    Ok(())
}

async fn an_export_tells_of_a_conflict_that_one_may_see(world: World) -> Done {
    let asked = differing(&world).await?;
    let store = &world.store;
    let question = async || -> Or<Value> {
        let export = store.export_person(&asked.lena, &asked.lena_id).await?;
        let mut sections = export.sections.into_iter();
        let questions = sections.find(|section| section.name == "questions");
        Ok(questions.ok_or("the questions")?.entries.remove(0))
    };
    let told = question().await?;
    assert_eq!(told["conflict"]["sides"][1]["value"], "Sixty days.");
    assert_eq!(told["left_out"], 0);
    store
        .remove_member(&Actor::Operator, &asked.group, &asked.lena_id)
        .await?;
    let told = question().await?;
    assert_eq!(
        (&told["conflict"], &told["left_out"]),
        (&json!(null), &json!(2))
    );
    assert!(!told.to_string().contains("Sixty"));
    Ok(())
}
