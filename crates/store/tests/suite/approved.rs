//! Approved answers: how they come into use, to whom they are given, and what puts them back.

use super::{Done, World, both};
use inhouse_protocol::{
    ApprovalState, ApprovedAnswerChange, ApprovedAnswerId, Audience, Citation, Outcome, PassageRef,
    Right, Role, SetApprovalState,
};
use inhouse_store::{Actor, FinishRun, Principal, Store, StoreError};

use ApprovalState::{Approved, Draft, Proposed, Retired};

both!(
    an_answer_is_given_once_it_is_approved,
    a_second_person_approves_what_others_wrote_since_the_last_time,
    an_answer_is_given_to_its_groups_alone,
    an_answer_is_given_and_shown_to_who_sees_what_it_cites,
    a_change_on_an_older_revision_is_refused,
    an_answer_that_nobody_could_be_given_is_refused,
    approved_answers_are_the_desks_alone,
);

pub(super) fn answer(question: &str) -> ApprovedAnswerChange {
    ApprovedAnswerChange {
        question: question.to_owned(),
        phrasings: vec!["What may I accept?".into()],
        body: "Gifts of up to EUR 50.".into(),
        owner: None,
        valid_until: None,
        everyone: true,
        groups: Vec::new(),
        citations: Vec::new(),
        escalation: None,
        revision: None,
    }
}

/// A citation of a whole passage.
pub(super) fn citing(passage: &PassageRef) -> Citation {
    Citation {
        number: 1,
        passage: passage.id.clone(),
        document: passage.document.clone(),
        version: passage.version.clone(),
        name: String::new(),
        title: String::new(),
        page: None,
        start: passage.start,
        end: passage.end,
        quote: String::new(),
    }
}

pub(super) async fn moved(
    store: &Store,
    by: &Principal,
    id: &ApprovedAnswerId,
    state: ApprovalState,
    second_person: bool,
) -> Result<(), StoreError> {
    let set = SetApprovalState {
        state,
        revision: None,
    };
    store.set_approval_state(by, id, &set, second_person).await
}

/// An answer in use.
pub(super) async fn approved(
    store: &Store,
    by: &Principal,
    new: &ApprovedAnswerChange,
) -> Result<ApprovedAnswerId, StoreError> {
    let id = store.create_approved_answer(by, new).await?;
    moved(store, by, &id, Approved, false).await?;
    Ok(id)
}

pub(super) async fn given(
    store: &Store,
    to: &Principal,
) -> Result<Vec<ApprovedAnswerId>, StoreError> {
    let scope = store.scope(to).await?;
    let texts = store.approved_texts(to, &scope).await?;
    Ok(texts.into_iter().map(|text| text.id).collect())
}

pub(super) async fn state_of(
    store: &Store,
    by: &Principal,
    id: &ApprovedAnswerId,
) -> Result<(ApprovalState, Option<String>), StoreError> {
    let summary = store.approved_answer(by, id).await?.summary;
    Ok((summary.state, summary.review_reason))
}

pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Conflict { what } | StoreError::Invalid(what)) => what,
        other => format!("{other:?}"),
    }
}

async fn an_answer_is_given_once_it_is_approved(world: World) -> Done {
    let (lena_user, lena) = world.person("lena", Role::Legal).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let id = store
        .create_approved_answer(&lena, &answer(" Which gifts? "))
        .await?;
    assert!(given(store, &emil).await?.is_empty());
    assert_eq!(store.given_answer(&id, &emil).await?, None);
    moved(store, &lena, &id, Approved, false).await?;
    assert_eq!(given(store, &emil).await?, std::slice::from_ref(&id));
    let told = store.given_answer(&id, &emil).await?.ok_or("in use")?;
    assert_eq!(
        (told.owner.as_str(), told.approved_at),
        ("lena", store.now())
    );

    let run = world.ask(&emil, "Which gifts?").await?;
    let end = FinishRun {
        approved: Some(id.clone()),
        ..FinishRun::new(Outcome::Answered)
    };
    store.finish_run(&run, end).await?;
    let shown = store.approved_answer(&lena, &id).await?;
    assert_eq!(shown.summary.question, "Which gifts?");
    assert_eq!((shown.summary.served, shown.revision), (1, 2));
    assert_eq!(
        shown.summary.owner.map(|owner| owner.id),
        Some(lena_user.id)
    );
    assert_eq!(shown.approved_by.as_deref(), Some("lena"));

    store
        .change_approved_answer(&lena, &id, &answer("Which gifts now?"))
        .await?;
    assert!(given(store, &emil).await?.is_empty(), "a draft again");
    moved(store, &lena, &id, Retired, false).await?;
    let change = store
        .change_approved_answer(&lena, &id, &answer("Which?"))
        .await;
    assert!(refused(change).contains("retired"));
    moved(store, &lena, &id, Draft, false).await?;

    let records = store.audit_after(0, 1_000).await?;
    let actions: Vec<_> = records
        .iter()
        .map(|record| record.action.as_str())
        .filter(|action| action.starts_with("approved."))
        .collect();
    assert_eq!(
        actions,
        [
            "approved.create",
            "approved.approve",
            "approved.change",
            "approved.retire",
            "approved.return"
        ]
    );
    Ok(())
}

async fn a_second_person_approves_what_others_wrote_since_the_last_time(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, lea) = world.person("lea", Role::Legal).await?;
    let store = &world.store;
    let id = store
        .create_approved_answer(&lena, &answer("Which gifts?"))
        .await?;
    let early = moved(store, &lea, &id, Approved, true).await;
    assert!(refused(early).contains("Propose"));
    moved(store, &lena, &id, Proposed, true).await?;
    let own = moved(store, &lena, &id, Approved, true).await;
    assert!(refused(own).contains("somebody else"));
    moved(store, &lea, &id, Approved, true).await?;

    // Now it is Lea who writes, and Lena who approves.
    store
        .change_approved_answer(&lea, &id, &answer("Which gifts now?"))
        .await?;
    moved(store, &lea, &id, Proposed, true).await?;
    let own = moved(store, &lea, &id, Approved, true).await;
    assert!(refused(own).contains("somebody else"));
    moved(store, &lena, &id, Approved, true).await?;
    assert_eq!(state_of(store, &lea, &id).await?, (Approved, None));
    Ok(())
}

async fn an_answer_is_given_to_its_groups_alone(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    let (_, dora) = world.person("dora", Role::Employee).await?;
    let board = world.group("Board", &[&emil_user]).await?;
    let store = &world.store;
    let nobody = ApprovedAnswerChange {
        everyone: false,
        ..answer("Which gifts?")
    };
    let made = store.create_approved_answer(&lena, &nobody).await;
    assert!(refused(made).contains("who may see"));
    let for_board = ApprovedAnswerChange {
        groups: vec![board],
        ..nobody
    };
    let id = approved(store, &lena, &for_board).await?;
    assert_eq!(given(store, &emil).await?, std::slice::from_ref(&id));
    assert!(given(store, &dora).await?.is_empty());
    assert_eq!(store.given_answer(&id, &dora).await?, None);
    assert_eq!(
        given(store, &Principal::operator()).await?,
        std::slice::from_ref(&id)
    );
    let groups = store.approved_answer(&lena, &id).await?.groups;
    assert_eq!(groups[0].1, "Board");

    // The group of a role counts too.
    let for_the_team = ApprovedAnswerChange {
        groups: vec!["legal-team".parse()?],
        everyone: false,
        ..answer("Which gifts for us?")
    };
    let for_the_team = approved(store, &lena, &for_the_team).await?;
    assert_eq!(given(store, &lena).await?, [for_the_team]);
    Ok(())
}

async fn an_answer_is_given_and_shown_to_who_sees_what_it_cites(world: World) -> Done {
    let (lena_user, lena) = world.person("lena", Role::Legal).await?;
    let (_, lea) = world.person("lea", Role::Legal).await?;
    let (emil_user, emil) = world.person("emil", Role::Employee).await?;
    let (_, dora) = world.person("dora", Role::Employee).await?;
    let board = world.group("Board", &[&lena_user, &emil_user]).await?;
    let set = world
        .set_for("Secret", Audience::Restricted, &[(&board, Right::Manage)])
        .await?;
    let (_, version) = world.document(&set, "gifts.txt", "Up to EUR 50.").await?;
    let passages = world.passages_of(&version).await?;
    let store = &world.store;
    let cites = ApprovedAnswerChange {
        citations: vec![citing(&passages[0])],
        ..answer("Which gifts?")
    };
    let by_others = store.create_approved_answer(&lea, &cites).await;
    assert!(refused(by_others).contains("isn't there"));
    let id = approved(store, &lena, &cites).await?;
    assert_eq!(given(store, &emil).await?, std::slice::from_ref(&id));
    assert!(given(store, &dora).await?.is_empty());

    let shown = store.approved_answer(&lena, &id).await?;
    assert_eq!(shown.citations[0].quote, "Up to EUR 50.");
    assert_eq!(shown.citations[0].name, "gifts.txt");
    assert_eq!(shown.passages.len(), 1);
    assert_eq!(store.approved_answers(&lena).await?.len(), 1);
    assert!(store.approved_answers(&lea).await?.is_empty());
    assert!(store.export_approved_answers(&lea).await?.is_empty());
    for gone in [
        store.approved_answer(&lea, &id).await.err(),
        moved(store, &lea, &id, Retired, false).await.err(),
        store.change_approved_answer(&lea, &id, &cites).await.err(),
    ] {
        assert!(matches!(gone, Some(StoreError::NotFound)), "{gone:?}");
    }

    // A right that goes takes the answer with it.
    store
        .remove_member(&Actor::Operator, &board, &emil_user.id)
        .await?;
    assert!(given(store, &emil).await?.is_empty());
    Ok(())
}

async fn a_change_on_an_older_revision_is_refused(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, lea) = world.person("lea", Role::Legal).await?;
    let store = &world.store;
    let id = store
        .create_approved_answer(&lena, &answer("Which gifts?"))
        .await?;
    let seen = |revision| ApprovedAnswerChange {
        revision: Some(revision),
        ..answer("Which gifts now?")
    };
    store.change_approved_answer(&lea, &id, &seen(1)).await?;
    let late = store.change_approved_answer(&lena, &id, &seen(1)).await;
    assert!(refused(late).contains("meanwhile"));
    let late = SetApprovalState {
        state: Approved,
        revision: Some(1),
    };
    let late = store.set_approval_state(&lena, &id, &late, false).await;
    assert!(refused(late).contains("meanwhile"));
    assert_eq!(store.approved_answer(&lena, &id).await?.revision, 2);
    Ok(())
}

async fn an_answer_that_nobody_could_be_given_is_refused(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let wrong = [
        answer("  "),
        ApprovedAnswerChange {
            body: "x".repeat(20_001),
            ..answer("Which?")
        },
        ApprovedAnswerChange {
            owner: Some(emil.id),
            ..answer("Which?")
        },
        ApprovedAnswerChange {
            everyone: false,
            groups: vec!["no-group".parse()?],
            ..answer("Which?")
        },
    ];
    for wrong in wrong {
        let made = store.create_approved_answer(&lena, &wrong).await;
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{made:?}");
    }
    let id = store
        .create_approved_answer(&Principal::operator(), &answer("Which?"))
        .await?;
    let shown = store.approved_answer(&lena, &id).await?;
    assert_eq!(
        (shown.summary.owner, shown.author.as_str()),
        (None, "Operator")
    );
    moved(store, &lena, &id, Approved, false).await?;
    let told = store.given_answer(&id, &lena).await?.ok_or("in use")?;
    assert_eq!(told.owner, "Legal");
    Ok(())
}

async fn approved_answers_are_the_desks_alone(world: World) -> Done {
    let (_, lena) = world.person("lena", Role::Legal).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let id = approved(store, &lena, &answer("Which gifts?")).await?;
    for other in [&ada, &emil] {
        let results = [
            store.approved_answers(other).await.map(|_| ()),
            store.approved_answer(other, &id).await.map(|_| ()),
            store.export_approved_answers(other).await.map(|_| ()),
            store
                .create_approved_answer(other, &answer("Q?"))
                .await
                .map(|_| ()),
            store
                .change_approved_answer(other, &id, &answer("Q?"))
                .await,
            moved(store, other, &id, Retired, false).await,
        ];
        for result in results {
            assert!(matches!(result, Err(StoreError::NotFound)), "{result:?}");
        }
    }
    Ok(())
}
