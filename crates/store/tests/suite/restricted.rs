//! Restricted queues: what lies in one is seen by its members alone, whatever is read.

use super::{Done, World, both, everything_at_the_desk, reply, to_state};
use inhouse_protocol::{
    ConversationId, EscalationId, EscalationReason, EscalationState, LogFilter, LogRecord, Outcome,
    Presence, QueueId, Role, RunId, UserId,
};
use inhouse_store::{
    Actor, FinishRun, NewEscalation, OpenedLog, Principal, RetentionLimits, RetentionMode,
    StoreError, TICKET, User,
};
use serde_json::json;
use std::fmt::{Debug, Write as _};

both!(
    a_report_is_read_by_its_asker_and_the_members_alone,
    without_a_member_everybody_at_the_desk_sees_a_report_and_nobody_else,
    the_log_shows_of_a_report_what_was_done_and_not_by_whom,
    the_whole_conversation_of_a_report_is_closed_in_the_log,
    a_report_that_was_removed_stays_closed,
    a_queue_stays_closed_when_its_last_member_is_erased,
    nothing_of_a_report_goes_to_the_ticket_tracker,
);

type Or<T> = Result<T, Box<dyn std::error::Error>>;

/// Words that stand in the report and nowhere else.
const CANARY: &str = "zanzibar";
const QUESTION: &str = "My manager takes money from zanzibar. What now?";
const REPLY: &str = "We look into zanzibar.";

/// A report by Emil in the queue that Wilma is the only member of.
struct Report {
    world: World,
    run: RunId,
    id: EscalationId,
    queue: QueueId,
    conversation: ConversationId,
    emil: (User, Principal),
    wilma: (User, Principal),
    /// At the desk, but no member.
    lena: Principal,
    ada: Principal,
}

impl Report {
    async fn made(world: World) -> Or<Self> {
        let emil = world.person("emil", Role::Employee).await?;
        let wilma = world.person("wilma", Role::Legal).await?;
        let (_, lena) = world.person("lena", Role::Legal).await?;
        let (_, ada) = world.person("ada", Role::Admin).await?;
        let queue = world.store.queue_of_key(&lena, "whistleblowing").await?;
        world
            .store
            .set_queue_member(&lena, &queue, &wilma.0.id, false)
            .await?;
        let conversation = world.store.create_conversation(&emil.1).await?;
        let (run, id) = report(&world, &emil.1, &conversation).await?;
        world
            .store
            .reply(&wilma.1, &id, &reply(REPLY, EscalationState::Answered))
            .await?;
        Ok(Self {
            world,
            run,
            id,
            queue,
            conversation,
            emil,
            wilma,
            lena,
            ada,
        })
    }

    /// Everybody who must not read it, with a name.
    fn others(&self) -> [(&'static str, Principal); 3] {
        [
            ("at the desk", self.lena.clone()),
            ("an admin", self.ada.clone()),
            ("the operator", Principal::operator()),
        ]
    }

    /// Everything that the store tells `by`, as text.
    async fn all_read(&self, by: &Principal) -> Or<String> {
        let (store, emil) = (&self.world.store, &self.emil.0.id);
        let mut text = String::new();
        tell(
            &mut text,
            &store.escalations(by, &everything_at_the_desk()).await,
        );
        tell(&mut text, &store.escalation(by, &self.id).await);
        tell(&mut text, &store.escalation_summary(by, &self.id).await);
        tell(&mut text, &store.past_escalations(by, 100).await);
        tell(&mut text, &store.draft(by, &self.id).await);
        let presence = Presence { writing: false };
        tell(&mut text, &store.present(by, &self.id, &presence).await);
        tell(&mut text, &store.my_requests(by).await);
        tell(&mut text, &store.my_request(by, &self.id).await);
        tell(&mut text, &store.queues(by).await);
        tell(&mut text, &store.reply_templates(by).await);
        tell(&mut text, &store.conversations(by).await);
        tell(&mut text, &store.conversation(by, &self.conversation).await);
        tell(&mut text, &store.run_for(by, &self.run).await);
        tell(&mut text, &store.recorded_run(by, &self.run).await);
        tell(&mut text, &store.question_to_draft(by, &self.run).await);
        tell(&mut text, &store.last_questions(by, 100).await);
        tell(&mut text, &store.export_person(by, emil).await);
        tell(&mut text, &store.export_person(by, &self.wilma.0.id).await);
        let opened = opened(&self.world, by).await?;
        tell(&mut text, &store.question_story(&opened, &self.run).await);
        for filter in filters(emil, &self.run) {
            tell(
                &mut text,
                &store.read_log(&opened, &filter, None, 500).await,
            );
            let mut export = store.export_log(&opened, &filter, "jsonl").await?;
            tell(&mut text, &export.next_page().await);
        }
        Ok(text)
    }

    async fn records(&self, by: &Principal, filter: &LogFilter) -> Or<Vec<LogRecord>> {
        let opened = opened(&self.world, by).await?;
        let read = self
            .world
            .store
            .read_log(&opened, filter, None, 500)
            .await?;
        Ok(read.0)
    }
}

fn tell<T: Debug>(text: &mut String, read: &T) {
    let _ = writeln!(text, "{read:?}");
}

fn filters(person: &UserId, run: &RunId) -> [LogFilter; 4] {
    [
        LogFilter::default(),
        LogFilter {
            person: Some(person.clone()),
            ..LogFilter::default()
        },
        LogFilter {
            action: Some("run.ask".into()),
            ..LogFilter::default()
        },
        LogFilter {
            subject: Some(format!("run:{run}")),
            ..LogFilter::default()
        },
    ]
}

async fn opened(world: &World, by: &Principal) -> Or<OpenedLog> {
    let opening = world
        .store
        .open_log(by, "A question of the data protection officer")
        .await?;
    let opened = world.store.opened_log(by, opening.opening).await?;
    Ok(opened.ok_or("the log is open")?)
}

async fn report(
    world: &World,
    by: &Principal,
    conversation: &ConversationId,
) -> Or<(RunId, EscalationId)> {
    let run = world.store.start_run(by, conversation, QUESTION).await?;
    let end = FinishRun {
        trace: json!({ "rules": [{ "words": "A report of wrongdoing" }] }),
        escalation: Some(NewEscalation {
            ticket: true,
            queue: Some("whistleblowing".into()),
            note: format!("About {CANARY}"),
            ..NewEscalation::new(EscalationReason::Rule)
        }),
        ..FinishRun::new(Outcome::Escalated)
    };
    let id = world.store.finish_run(&run, end).await?;
    Ok((run, id.ok_or("an escalation")?))
}

fn not_there<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound))
}

async fn a_report_is_read_by_its_asker_and_the_members_alone(world: World) -> Done {
    let report = Report::made(world).await?;
    for (who, by) in report.others() {
        let text = report.all_read(&by).await?;
        assert!(!text.contains(CANARY), "{who} reads it");
    }
    let store = &report.world.store;
    let (lena, id) = (&report.lena, &report.id);
    assert!(not_there(&store.escalation(lena, id).await));
    assert!(not_there(
        &store
            .reply(lena, id, &reply("Mine.", EscalationState::Answered))
            .await
    ));
    let resolved = to_state(EscalationState::Resolved);
    assert!(not_there(
        &store.change_escalation(lena, id, &resolved).await
    ));
    // Nor that there is such a queue.
    let queues = store.queues(lena).await?.queues;
    assert!(queues.iter().all(|queue| queue.name.id != report.queue));
    assert!(not_there(&store.queue_of_key(lena, "whistleblowing").await));

    let read = store.escalation(&report.wilma.1, id).await?;
    assert_eq!(
        (read.summary.question.as_str(), read.summary.asker.as_str()),
        (QUESTION, "emil")
    );
    let emil = &report.emil.1;
    assert_eq!(store.my_request(emil, id).await?.replies[0].body, REPLY);
    let own = store.export_person(emil, &report.emil.0.id).await?;
    assert!(format!("{own:?}").contains(CANARY));
    Ok(())
}

async fn without_a_member_everybody_at_the_desk_sees_a_report_and_nobody_else(
    world: World,
) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let conversation = world.store.create_conversation(&emil).await?;
    let (run, id) = report(&world, &emil, &conversation).await?;
    let store = &world.store;
    assert_eq!(store.escalation(&lena, &id).await?.run, run);
    assert!(not_there(&store.escalation(&ada, &id).await));
    let log = opened(&world, &ada).await?;
    assert!(not_there(&store.question_story(&log, &run).await));
    let keys: Vec<_> = store
        .unstaffed_queues()
        .await?
        .into_iter()
        .map(|queue| queue.key)
        .collect();
    assert_eq!(keys, ["whistleblowing"]);
    Ok(())
}

async fn the_log_shows_of_a_report_what_was_done_and_not_by_whom(world: World) -> Done {
    let report = Report::made(world).await?;
    let [_, by_person, by_action, by_subject] = filters(&report.emil.0.id, &report.run);
    let subject = format!("run:{}", report.run);
    for (who, by) in report.others() {
        let records = report.records(&by, &LogFilter::default()).await?;
        let asked = records
            .iter()
            .find(|record| record.subject == subject && record.action == "run.ask")
            .ok_or("its place is kept")?;
        assert!(asked.withheld, "{who}");
        assert_eq!((asked.actor.as_str(), &asked.actor_name), ("", &None));
        assert!(asked.detail.is_null() && asked.personal.is_null());
        // A filter that would tell whose it is leaves it out.
        for filter in [&by_person, &by_action, &by_subject] {
            let records = report.records(&by, filter).await?;
            let closed = |record: &&LogRecord| {
                ["run:", "escalation:", "conversation:"]
                    .iter()
                    .any(|kind| record.subject.starts_with(kind))
            };
            assert_eq!(records.iter().filter(closed).count(), 0, "{who}");
        }
    }
    let asked = report.records(&report.wilma.1, &by_subject).await?;
    assert!(asked.iter().any(|record| !record.withheld));
    report.world.store.verify_audit().await?;
    Ok(())
}

async fn the_whole_conversation_of_a_report_is_closed_in_the_log(world: World) -> Done {
    let report = Report::made(world).await?;
    let store = &report.world.store;
    let next = store
        .start_run(
            &report.emil.1,
            &report.conversation,
            "Who hears of zanzibar?",
        )
        .await?;
    store
        .finish_run(&next, FinishRun::new(Outcome::Answered))
        .await?;
    let other = report.world.ask(&report.emil.1, "May I sign?").await?;
    store
        .finish_run(&other, FinishRun::new(Outcome::Answered))
        .await?;
    for (who, by) in report.others() {
        assert!(!report.all_read(&by).await?.contains("Who hears"), "{who}");
        let log = opened(&report.world, &by).await?;
        assert!(not_there(&store.question_story(&log, &next).await));
        assert!(store.question_story(&log, &other).await.is_ok());
    }
    Ok(())
}

async fn a_report_that_was_removed_stays_closed(world: World) -> Done {
    let report = Report::made(world).await?;
    let store = &report.world.store;
    let limits = |conversations_days| RetentionLimits {
        conversations_days,
        requests_days: 1,
        sessions_days: 0,
        log_days: 0,
    };
    // The request goes first, then the conversation with a question that came after it.
    for conversations_days in [0, 2] {
        report.world.pass_days(3);
        let removed = store
            .apply_retention(
                &Actor::System,
                &limits(conversations_days),
                RetentionMode::Now,
            )
            .await?
            .ok_or("it ran")?;
        assert!(!removed.removed.is_empty());
        assert!(not_there(
            &store.escalation(&report.wilma.1, &report.id).await
        ));
        for (who, by) in report.others() {
            assert!(!report.all_read(&by).await?.contains(CANARY), "{who}");
        }
        if conversations_days == 0 {
            let late = store
                .start_run(&report.emil.1, &report.conversation, "And now, zanzibar?")
                .await?;
            store
                .finish_run(&late, FinishRun::new(Outcome::Answered))
                .await?;
        }
    }
    let log = report
        .records(&report.wilma.1, &LogFilter::default())
        .await?;
    assert!(format!("{log:?}").contains(CANARY), "its members read it");
    Ok(())
}

async fn a_queue_stays_closed_when_its_last_member_is_erased(world: World) -> Done {
    let report = Report::made(world).await?;
    let store = &report.world.store;
    let (wilma, operator) = (&report.wilma.0.id, Principal::operator());
    let refused = store
        .remove_queue_member(&report.wilma.1, &report.queue, wilma)
        .await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    store
        .erase_person(&Actor::Operator, wilma, "Request under article 17")
        .await?;
    assert!(not_there(&store.escalation(&report.lena, &report.id).await));
    assert_eq!(store.unstaffed_queues().await?.len(), 1);

    // The operator sees no report, and can put a member in.
    let queue = store.queue_of_key(&operator, "whistleblowing").await?;
    assert!(not_there(&store.escalation(&operator, &report.id).await));
    let (nora, noras) = report.world.person("nora", Role::Legal).await?;
    store
        .set_queue_member(&operator, &queue, &nora.id, false)
        .await?;
    assert!(store.escalation(&noras, &report.id).await.is_ok());
    assert!(not_there(&store.escalation(&report.lena, &report.id).await));
    assert!(store.unstaffed_queues().await?.is_empty());
    Ok(())
}

async fn nothing_of_a_report_goes_to_the_ticket_tracker(world: World) -> Done {
    let report = Report::made(world).await?;
    let store = &report.world.store;
    // The rule asked for a ticket.
    assert_eq!(store.jobs_waiting(TICKET).await?, 0);
    let asked = store.request_ticket(&report.wilma.1, &report.id).await;
    assert!(matches!(asked, Err(StoreError::Invalid(_))));
    Ok(())
}
