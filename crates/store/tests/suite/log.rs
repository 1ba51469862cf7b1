//! Reading the log: with a reason, with a record of the reading, and without what the reader may
//! not see.

use super::{Done, World, both, ids, sentence};
use inhouse_protocol::{Audience, LogFilter, LogRecord, Outcome, PassageRef, Right, Role};
use inhouse_record::export::{self, Withheld};
use inhouse_store::{Actor, FinishRun, ModelCall, OpenedLog, Principal, StoreError};
use serde_json::{Value, json};

both!(
    the_log_is_opened_with_a_reason_for_an_hour_and_for_oneself,
    every_reading_leaves_a_record_that_names_the_opening,
    a_page_goes_on_where_the_one_before_ended,
    a_filter_finds_by_person_document_kind_and_time,
    what_is_personal_is_shown_until_the_key_is_destroyed,
    records_of_a_restricted_set_keep_their_place_alone,
    the_end_of_a_question_says_what_it_was_made_of,
    a_story_tells_the_whole_question_and_no_more_than_its_reader_may_see,
    an_export_verifies_without_the_database,
);

const REASON: &str = "A question of the data protection officer";
const MINUTE: i64 = 60_000;

type Or<T> = Result<T, Box<dyn std::error::Error>>;

async fn open(world: &World, by: &Principal) -> Or<OpenedLog> {
    let opening = world.store.open_log(by, REASON).await?.opening;
    let opened = world.store.opened_log(by, opening).await?;
    Ok(opened.ok_or("the log is open")?)
}

async fn read(world: &World, opened: &OpenedLog, filter: &LogFilter) -> Or<Vec<LogRecord>> {
    Ok(world.store.read_log(opened, filter, None, 500).await?.0)
}

async fn the_log_is_opened_with_a_reason_for_an_hour_and_for_oneself(world: World) -> Done {
    let store = &world.store;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (_, olga) = world.person("olga", Role::Admin).await?;
    for reason in ["", "   short   ", &"long ".repeat(101)] {
        let opened = store.open_log(&ada, reason).await;
        assert!(matches!(opened, Err(StoreError::Invalid(_))), "{reason:?}");
    }
    let opening = store.open_log(&ada, REASON).await?;
    assert!(store.opened_log(&ada, opening.opening).await?.is_some());
    assert!(store.opened_log(&olga, opening.opening).await?.is_none());
    // Another record of hers, and one that isn't there.
    assert!(store.opened_log(&ada, 1).await?.is_none());
    assert!(store.opened_log(&ada, 99).await?.is_none());
    world.clock.advance_ms(60 * MINUTE - 1);
    assert!(store.opened_log(&ada, opening.opening).await?.is_some());
    world.clock.advance_ms(1);
    assert_eq!(store.now(), opening.expires_at);
    assert!(store.opened_log(&ada, opening.opening).await?.is_none());
    Ok(())
}

async fn every_reading_leaves_a_record_that_names_the_opening(world: World) -> Done {
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let opening = world.store.open_log(&ada, REASON).await?.opening;
    let opened = world.store.opened_log(&ada, opening).await?;
    let opened = opened.ok_or("open")?;
    let filter = LogFilter {
        action: Some("log".into()),
        ..LogFilter::default()
    };
    let first = read(&world, &opened, &filter).await?;
    assert_eq!(first.len(), 1, "the opening");
    assert_eq!(first[0].personal, json!({ "reason": REASON }));
    let second = read(&world, &opened, &filter).await?;
    assert_eq!(second[0].action, "log.read");
    assert_eq!(second[0].actor, ada.actor().to_string());
    assert_eq!(second[0].actor_name.as_deref(), Some("ada"));
    assert_eq!(second[0].detail["opening"], opening);
    assert_eq!(second[0].detail["filter"], json!({ "action": "log" }));
    let mut export = world.store.export_log(&opened, &filter, "csv").await?;
    assert_eq!(export.next_page().await?.len(), 3);
    let third = read(&world, &opened, &filter).await?;
    assert_eq!(third[0].action, "log.export");
    assert_eq!(third[0].detail["format"], "csv");
    world.store.verify_audit().await?;
    Ok(())
}

async fn a_page_goes_on_where_the_one_before_ended(world: World) -> Done {
    for number in 0..5 {
        world.person(&format!("p{number}"), Role::Employee).await?;
    }
    let opened = open(&world, &Principal::operator()).await?;
    let filter = LogFilter {
        action: Some("user.create".into()),
        ..LogFilter::default()
    };
    let mut seqs = Vec::new();
    let mut before = None;
    loop {
        let (records, next) = world.store.read_log(&opened, &filter, before, 2).await?;
        seqs.extend(records.iter().map(|record| record.seq));
        before = next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seqs, [5, 4, 3, 2, 1]);
    Ok(())
}

async fn a_filter_finds_by_person_document_kind_and_time(world: World) -> Done {
    let (emil, asker) = world.person("emil", Role::Employee).await?;
    world.person("otto", Role::Employee).await?;
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = world.document(&set, "lease.txt", "one").await?;
    world.document(&set, "loan.txt", "two").await?;
    world.clock.advance_ms(10);
    let run = world.ask(&asker, "When?").await?;
    let end = FinishRun {
        passages: world.passages_of(&version).await?,
        ..FinishRun::new(Outcome::Answered)
    };
    world.store.finish_run(&run, end).await?;
    let opened = open(&world, &Principal::operator()).await?;
    let actions = async |filter: LogFilter| -> Or<Vec<String>> {
        let mut records = read(&world, &opened, &filter).await?;
        records.reverse();
        Ok(records.into_iter().map(|record| record.action).collect())
    };
    let all = LogFilter::default;
    // What he did, what was done to him, and what holds data of his.
    let of_emil = actions(LogFilter {
        person: Some(emil.id.clone()),
        ..all()
    });
    let expected = [
        "user.create",
        "conversation.create",
        "run.ask",
        "run.finish",
    ];
    assert_eq!(of_emil.await?, expected);
    let of_document = actions(LogFilter {
        subject: Some(format!("document:{document}")),
        ..all()
    });
    let expected = ["document.add", "document.ready", "run.ask", "run.finish"];
    assert_eq!(of_document.await?, expected);
    let of_set = actions(LogFilter {
        subject: Some(format!("set:{set}")),
        ..all()
    });
    assert_eq!(of_set.await?.len(), 5);
    let of_kind = actions(LogFilter {
        action: Some("run".into()),
        ..all()
    });
    assert_eq!(of_kind.await?, ["run.ask", "run.finish"]);
    let later = super::MORNING.plus_ms(10);
    let of_time = actions(LogFilter {
        from: Some(later),
        until: Some(later.plus_ms(1)),
        action: Some("run.ask".into()),
        ..all()
    });
    assert_eq!(of_time.await?, ["run.ask"]);
    let before = actions(LogFilter {
        until: Some(later),
        action: Some("run".into()),
        ..all()
    });
    assert!(before.await?.is_empty());
    let typed = actions(LogFilter {
        subject: Some("Emil's question".into()),
        ..all()
    });
    assert!(typed.await.is_err(), "no free text gets into the record");
    Ok(())
}

async fn what_is_personal_is_shown_until_the_key_is_destroyed(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let opened = open(&world, &Principal::operator()).await?;
    let filter = LogFilter {
        subject: Some(format!("user:{}", emil.id)),
        ..LogFilter::default()
    };
    let shown = read(&world, &opened, &filter).await?.remove(0);
    assert_eq!(shown.subject_name.as_deref(), Some("emil"));
    assert!(shown.personal.to_string().contains("emil@example.com"));
    let stored = world.store.audit_after(0, 1).await?.remove(0);
    assert!(!format!("{stored:?}").contains("emil@example.com"));
    world
        .tamper("UPDATE subject_keys SET wrapped = '', master = '', destroyed_at = 1")
        .await?;
    let erased = read(&world, &opened, &filter).await?.remove(0);
    assert_eq!((erased.personal, erased.erased), (Value::Null, true));
    assert_eq!(erased.hash, shown.hash);
    world.store.verify_audit().await?;
    Ok(())
}

async fn records_of_a_restricted_set_keep_their_place_alone(world: World) -> Done {
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (inside, wanda) = world.person("wanda", Role::Admin).await?;
    let group = world.group("Whistleblowing", &[&inside]).await?;
    let grants = [(&group, Right::Manage)];
    let set = world
        .set_for("Secret", Audience::Restricted, &grants)
        .await?;
    let (document, _) = ids(world.add(&set, "hint.txt", "one").await?)?;
    let outsider = open(&world, &ada).await?;
    let records = read(&world, &outsider, &LogFilter::default()).await?;
    let withheld: Vec<_> = records.iter().filter(|record| record.withheld).collect();
    assert_eq!(withheld.len(), 2, "the set and its document");
    for record in withheld {
        assert!(record.action.is_empty() && record.subject.is_empty() && record.actor.is_empty());
        assert_eq!(
            (&record.detail, &record.personal),
            (&Value::Null, &Value::Null)
        );
        assert!(!record.hash.is_empty());
    }
    let text = serde_json::to_string(&records)?;
    assert!(!text.contains("hint") && !text.contains(set.as_str()));
    // No filter tells that there is something behind one.
    for (subject, action) in [
        (Some(format!("set:{set}")), None),
        (Some(format!("document:{document}")), None),
        (None, Some("set.create".to_owned())),
        (None, Some("document".to_owned())),
    ] {
        let filter = LogFilter {
            subject,
            action,
            ..LogFilter::default()
        };
        assert!(
            read(&world, &outsider, &filter).await?.is_empty(),
            "{filter:?}"
        );
    }
    let insider = open(&world, &wanda).await?;
    let filter = LogFilter {
        subject: Some(format!("set:{set}")),
        ..LogFilter::default()
    };
    let records = read(&world, &insider, &filter).await?;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1].subject_name.as_deref(), Some("Secret"));
    Ok(())
}

/// A question that was answered out of an open and a restricted document, by somebody who may see
/// both.
struct Answered {
    run: inhouse_protocol::RunId,
    passages: Vec<PassageRef>,
    ada: Principal,
    wanda: Principal,
}

async fn answered(world: &World) -> Or<Answered> {
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (inside, wanda) = world.person("wanda", Role::Admin).await?;
    let group = world.group("Whistleblowing", &[&inside]).await?;
    let grants = [(&group, Right::Manage)];
    let open = world.set("Contracts", Audience::Everyone).await?;
    let shut = world
        .set_for("Secret", Audience::Restricted, &grants)
        .await?;
    let (_, lease) = world.document(&open, "lease.txt", "Open words").await?;
    let (_, hint) = world.document(&shut, "hint.txt", "Shut words").await?;
    let mut passages = world.passages_of(&lease).await?;
    passages.extend(world.passages_of(&hint).await?);
    let run = world.ask(&wanda, "When does it end?").await?;
    let end = FinishRun {
        rule: Some("answer".into()),
        answerability: Some(0.75),
        trace: json!({
            "rules": [{ "rule": "answer", "words": "'Answer' decided: answer." }],
            "dropped_sentences": ["Shut words were here"],
        }),
        passages: passages.clone(),
        sentences: vec![sentence(&passages[0]), sentence(&passages[1])],
        model_calls: vec![ModelCall {
            task: "answer".into(),
            engine: "mistralrs".into(),
            model: "small".into(),
            prompt_sha256: "ab".repeat(32),
            parameters: json!({ "temperature": 0 }),
            prompt_tokens: 100,
            completion_tokens: 20,
            duration_ms: 5,
            error: None,
        }],
        ..FinishRun::new(Outcome::Answered)
    };
    world.store.finish_run(&run, end).await?;
    Ok(Answered {
        run,
        passages,
        ada,
        wanda,
    })
}

async fn the_end_of_a_question_says_what_it_was_made_of(world: World) -> Done {
    let answered = answered(&world).await?;
    let records = world.store.audit_after(0, 1_000).await?;
    let finish = records.iter().find(|record| record.action == "run.finish");
    let finish = finish.ok_or("the end")?;
    assert_eq!(finish.actor, Actor::System);
    let detail = &finish.detail;
    assert_eq!(
        (&detail["outcome"], &detail["rule"]),
        (&json!("answered"), &json!("answer"))
    );
    let passage = &detail["passages"][0];
    assert_eq!(passage["document"], answered.passages[0].document.as_str());
    assert_eq!(passage["version"], answered.passages[0].version.as_str());
    assert_eq!(
        (&passage["number"], &passage["original_sha256"]),
        (&json!(1), &json!("sha-Open words"))
    );
    // SHA-256 of 'Open words'.
    let text = passage["text_sha256"].as_str().ok_or("a hash")?;
    assert_eq!(text.len(), 64);
    assert_ne!(text, detail["passages"][1]["text_sha256"]);
    let call = &detail["model_calls"][0];
    assert_eq!(
        (&call["model"], &call["prompt_tokens"]),
        (&json!("small"), &json!(100))
    );
    assert_eq!(call["prompt_sha256"], "ab".repeat(32));
    assert_eq!(call["parameters_sha256"].as_str().map(str::len), Some(64));
    let ask = records.iter().find(|record| record.action == "run.ask");
    let ask = ask.ok_or("the question")?;
    assert!(!format!("{ask:?}{finish:?}").contains("When does it end"));
    let opened = open(&world, &answered.wanda).await?;
    let filter = LogFilter {
        subject: Some(format!("run:{}", answered.run)),
        ..LogFilter::default()
    };
    let shown = read(&world, &opened, &filter).await?;
    assert_eq!(
        shown[1].personal,
        json!({ "question": "When does it end?" })
    );
    assert_eq!(shown[0].personal["rules"][0]["rule"], "answer");
    assert_eq!(
        shown[0].detail["passages"].as_array().map(Vec::len),
        Some(2)
    );
    // Outside the restricted set its passage isn't there, and nothing out of it.
    let opened = open(&world, &answered.ada).await?;
    let shown = read(&world, &opened, &filter).await?;
    assert_eq!(
        shown[0].detail["passages"].as_array().map(Vec::len),
        Some(1)
    );
    assert!(!serde_json::to_string(&shown)?.contains("Shut words"));
    Ok(())
}

async fn a_story_tells_the_whole_question_and_no_more_than_its_reader_may_see(
    world: World,
) -> Done {
    let Answered {
        run, ada, wanda, ..
    } = answered(&world).await?;
    let store = &world.store;
    let story = store
        .question_story(&open(&world, &wanda).await?, &run)
        .await?;
    assert_eq!((story.passages.len(), story.passages_withheld), (2, 0));
    assert_eq!(story.sentences.len(), 2);
    assert_eq!(story.asker.as_deref(), Some("wanda"));
    assert_eq!(story.question, "When does it end?");
    assert_eq!(story.answerability, Some(0.75));
    assert_eq!(story.trace, ["'Answer' decided: answer."]);
    assert_eq!(story.model_calls[0].prompt_tokens, 100);
    let actions: Vec<_> = story.records.iter().map(|record| &record.action).collect();
    assert_eq!(actions, ["run.ask", "run.finish", "log.read"]);

    let story = store
        .question_story(&open(&world, &ada).await?, &run)
        .await?;
    assert_eq!((story.passages.len(), story.passages_withheld), (1, 1));
    assert_eq!(story.sentences.len(), 1);
    assert!(!serde_json::to_string(&story)?.contains("Shut words"));
    let readers: Vec<_> = story.records[2..].iter().map(|r| r.actor.clone()).collect();
    assert_eq!(
        readers,
        [wanda.actor().to_string(), ada.actor().to_string()]
    );
    let unknown = store
        .question_story(&open(&world, &ada).await?, &"none".parse()?)
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    Ok(())
}

async fn an_export_verifies_without_the_database(world: World) -> Done {
    let Answered { ada, wanda, .. } = answered(&world).await?;
    for (reader, withheld) in [(&wanda, 0), (&ada, 4), (&Principal::operator(), 0)] {
        let opened = open(&world, reader).await?;
        let mut export = world
            .store
            .export_log(&opened, &LogFilter::default(), "jsonl")
            .await?;
        let mut bytes = Vec::new();
        let mut parts = 0;
        loop {
            let page = export.next_page().await?;
            if page.is_empty() {
                break;
            }
            for exported in page {
                parts += usize::from(exported.line.withheld == Some(Withheld::Part));
                export::write_line(&mut bytes, &exported.line)?;
            }
        }
        let verdict = export::verify_lines(&bytes[..], &[], true)?;
        assert_eq!((verdict.fault, verdict.withheld), (None, withheld));
        // The end of the question names a passage of the restricted set.
        assert_eq!(parts, usize::from(withheld > 0));
        let text = String::from_utf8(bytes)?;
        assert_eq!(text.contains("hint.txt"), withheld == 0);
        let changed = text.replacen("conversation.create", "conversation.delete", 1);
        let verdict = export::verify_lines(changed.as_bytes(), &[], true)?;
        assert!(verdict.fault.is_some());
    }
    Ok(())
}
