//! What people are told, in the interface and by mail.

use super::desk::escalated;
use super::desk_work::{given, opened};
use super::{Done, World, both, reply, to_state};
use inhouse_protocol::{
    Assign, Audience, DocumentFacts, EscalationReason, EscalationState, NoticeKind, NoticeSubject,
    ReadNotices, Role,
};
use inhouse_store::{Actor, MAIL, Mail, MailJob, NewEscalation, Principal, Store};

both!(
    an_asker_is_told_of_a_reply_and_reads_it,
    what_is_not_read_yet_is_told_once,
    whoever_is_given_a_question_is_told_and_an_admin_is_not,
    a_mail_holds_words_only_where_that_is_allowed,
    no_mail_goes_to_who_wants_none_has_read_it_or_is_gone,
    an_owner_is_told_once_that_a_review_is_due,
    what_is_not_to_be_seen_any_more_is_not_told,
);

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

async fn kinds(store: &Store, of: &Principal) -> Fallible<Vec<NoticeKind>> {
    let told = store.notices(of).await?;
    Ok(told.notices.iter().map(|notice| notice.kind).collect())
}

/// The next mail, as a sender takes it; none where nothing is to be sent.
async fn next_mail(store: &Store, with_content: bool) -> Fallible<Option<Mail>> {
    let job = store.lease_job(&[MAIL], "m", 60_000).await?;
    let job = job.ok_or("a mail waits")?;
    let payload: MailJob = serde_json::from_str(&job.payload)?;
    let mail = store.mail_of(&payload.notice, with_content).await?;
    let sent = mail.is_some();
    assert!(
        store
            .finish_mail(&job.id, "m", &payload.notice, sent)
            .await?
    );
    Ok(mail)
}

async fn an_asker_is_told_of_a_reply_and_reads_it(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    assert_eq!(store.unread_notices(&emil).await?, 0);
    store
        .reply(&lena, &id, &reply("No.", EscalationState::Answered))
        .await?;
    world.clock.advance_ms(1_000);
    store
        .reply(&lena, &id, &reply("Done.", EscalationState::Resolved))
        .await?;
    let told = store.notices(&emil).await?;
    assert_eq!(told.unread, 1, "unread, both replies are one notice");
    let notice = &told.notices[0];
    assert_eq!(
        (notice.kind, notice.subject, notice.title.as_str()),
        (NoticeKind::Reply, NoticeSubject::Escalation, "May I sign?")
    );
    assert_eq!(notice.path(), format!("/requests/{id}"));

    let read = ReadNotices {
        about: Some("somewhere-else".into()),
        ..ReadNotices::default()
    };
    store.read_notices(&emil, &read).await?;
    store.read_notices(&lena, &ReadNotices::default()).await?;
    assert_eq!(store.unread_notices(&emil).await?, 1);
    let read = ReadNotices {
        ids: vec![notice.id.clone()],
        ..ReadNotices::default()
    };
    store.read_notices(&emil, &read).await?;
    assert_eq!(store.unread_notices(&emil).await?, 0);
    assert!(store.notices(&emil).await?.notices[0].read);
    Ok(())
}

async fn what_is_not_read_yet_is_told_once(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    for body in ["No.", "Still no."] {
        store
            .reply(&lena, &id, &reply(body, EscalationState::Answered))
            .await?;
        world.clock.advance_ms(1_000);
    }
    assert_eq!(store.jobs_waiting(MAIL).await?, 1);
    store.read_notices(&emil, &ReadNotices::default()).await?;
    store
        .reply(&lena, &id, &reply("At last.", EscalationState::Answered))
        .await?;
    assert_eq!(store.notices(&emil).await?.notices.len(), 2);
    Ok(())
}

async fn whoever_is_given_a_question_is_told_and_an_admin_is_not(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (karl, karls) = world.person("karl", Role::Legal).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let to_karl = given(Assign::Person(karl.id.clone()));
    store.change_escalation(&lena, &id, &to_karl).await?;
    assert_eq!(kinds(store, &karls).await?, [NoticeKind::Assigned]);
    store.add_to_request(&emil, &id, "It is urgent.").await?;
    assert_eq!(store.unread_notices(&karls).await?, 2);
    assert_eq!(store.unread_notices(&lena).await?, 0, "Karl has it");
    store
        .change_escalation(&lena, &id, &to_state(EscalationState::Resolved))
        .await?;
    assert_eq!(kinds(store, &emil).await?, [NoticeKind::Resolved]);
    assert_eq!(store.unread_notices(&ada).await?, 0);
    assert_eq!(store.unread_notices(&Principal::operator()).await?, 0);
    Ok(())
}

async fn a_mail_holds_words_only_where_that_is_allowed(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let store = &world.store;
    let report = NewEscalation {
        queue: Some("whistleblowing".into()),
        ..NewEscalation::new(EscalationReason::Rule)
    };
    let restricted = opened(&world, &emil, "Whom do I tell of fraud?", report).await?;
    assert_eq!(kinds(store, &lena).await?, [NoticeKind::Opened]);
    store.read_notices(&lena, &ReadNotices::default()).await?;
    assert!(next_mail(store, true).await?.is_none(), "it was read");
    let (_, open) = escalated(&world, &emil, "May I sign?").await?;
    for (id, with_content, words) in [
        (&open, false, None),
        (&open, true, Some(("May I sign?", Some("No.")))),
        (&restricted, true, None),
    ] {
        store
            .reply(&lena, id, &reply("No.", EscalationState::Answered))
            .await?;
        let mail = next_mail(store, with_content).await?.ok_or("a mail")?;
        assert_eq!(mail.email, "emil@example.com");
        let held = mail.content.as_ref();
        let held = held.map(|held| (held.about.as_str(), held.reply.as_deref()));
        assert_eq!(held, words);
        store.read_notices(&emil, &ReadNotices::default()).await?;
    }
    assert_eq!(store.jobs_waiting(MAIL).await?, 0);
    Ok(())
}

async fn no_mail_goes_to_who_wants_none_has_read_it_or_is_gone(world: World) -> Done {
    let (user, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, id) = escalated(&world, &emil, "May I sign?").await?;
    let store = &world.store;
    let answer = reply("No.", EscalationState::Answered);
    store.reply(&lena, &id, &answer).await?;
    store.read_notices(&emil, &ReadNotices::default()).await?;
    assert_eq!(next_mail(store, false).await?, None, "it was read");

    store.set_mail(&user.id, false).await?;
    assert!(!store.takes_mail(&user.id).await?);
    store.reply(&lena, &id, &answer).await?;
    assert_eq!(store.jobs_waiting(MAIL).await?, 0);
    store.set_mail(&user.id, true).await?;
    store.reply(&lena, &id, &answer).await?;
    assert_eq!(store.jobs_waiting(MAIL).await?, 1);
    store
        .erase_person(&Actor::Operator, &user.id, "They asked for it in writing.")
        .await?;
    assert_eq!(next_mail(store, false).await?, None, "they are gone");
    Ok(())
}

async fn an_owner_is_told_once_that_a_review_is_due(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (document, _) = world.document(&set, "travel.txt", "Fly economy.").await?;
    let (emil, emils) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let facts = DocumentFacts {
        owner: Some(emil.id.clone()),
        review_on: Some(world.today().plus(3)),
        ..DocumentFacts::default()
    };
    let scope = world.everything().await?;
    store
        .set_facts(&Actor::Operator, &scope, &document, &facts)
        .await?;
    assert_eq!(store.tell_due_reviews().await?, 0);
    world.pass_days(3);
    assert_eq!(store.tell_due_reviews().await?, 1);
    assert_eq!(store.tell_due_reviews().await?, 0);
    store.read_notices(&emils, &ReadNotices::default()).await?;
    world.pass_days(3);
    assert_eq!(store.tell_due_reviews().await?, 0);
    let told = store.notices(&emils).await?.notices;
    assert_eq!(told[0].kind, NoticeKind::ReviewDue);
    assert_eq!(told[0].path(), format!("/documents/{set}/{document}"));
    Ok(())
}

async fn what_is_not_to_be_seen_any_more_is_not_told(world: World) -> Done {
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (karl, _) = world.person("karl", Role::Legal).await?;
    let store = &world.store;
    let report = NewEscalation {
        queue: Some("whistleblowing".into()),
        ..NewEscalation::new(EscalationReason::Rule)
    };
    let id = opened(&world, &emil, "Whom do I tell of fraud?", report).await?;
    store.add_to_request(&emil, &id, "It goes on.").await?;
    let told = kinds(store, &lena).await?;
    assert_eq!(told, [NoticeKind::Asker, NoticeKind::Opened]);
    let queue = store.queue_of_key(&lena, "whistleblowing").await?;
    store
        .set_queue_member(&lena, &queue, &karl.id, false)
        .await?;
    assert_eq!(store.unread_notices(&lena).await?, 0, "others' by now");
    let mut mails = Vec::new();
    for _ in 0..4 {
        mails.extend(next_mail(store, false).await?);
    }
    let to: Vec<_> = mails.iter().map(|mail| mail.email.as_str()).collect();
    assert_eq!(to, ["karl@example.com"; 2]);
    Ok(())
}
