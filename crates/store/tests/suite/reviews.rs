//! Who sees to a document, and is told when it has to be looked at again.

use super::facts::saying;
use super::refusals::{invalid, not_there};
use super::{Done, World, both};
use inhouse_protocol::{DocumentAccess, DocumentFacts, Reviewed, Role, UserId};
use inhouse_store::{Actor, Scope, StoreError};

both!(
    a_document_past_its_review_date_tells_its_owner,
    an_owner_who_is_erased_owns_nothing_that_people_see,
);

const BY: Actor = Actor::Operator;

async fn due(world: &World, scope: &Scope, owner: &UserId) -> Result<usize, StoreError> {
    Ok(world.store.due_reviews(scope, owner).await?.len())
}

async fn a_document_past_its_review_date_tells_its_owner(world: World) -> Done {
    let (document, _) = saying(&world, "travel.txt", Vec::new()).await?;
    let (emil, emils) = world.person("emil", Role::Employee).await?;
    let (otto, ottos) = world.person("otto", Role::Employee).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let review_on = world.today().plus(3);
    let facts = DocumentFacts {
        owner: Some(emil.id.clone()),
        review_on: Some(review_on),
        ..DocumentFacts::default()
    };
    store.set_facts(&BY, &scope, &document, &facts).await?;
    let owner = store.scope(&emils).await?;
    assert_eq!(due(&world, &owner, &emil.id).await?, 0);
    world.pass_days(3);
    let told = store.due_reviews(&owner, &emil.id).await?;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].document.name.as_str(), told[0].review_on),
        ("travel.txt", review_on)
    );
    assert_eq!(due(&world, &store.scope(&ottos).await?, &otto.id).await?, 0);

    let next = |days| Reviewed {
        next: Some(world.today().plus(days)),
    };
    let other = store.scope(&ottos).await?;
    let by = ottos.actor();
    not_there(&store.reviewed(&by, &other, &document, next(1)).await);
    let by = emils.actor();
    invalid(&store.reviewed(&by, &owner, &document, next(0)).await);
    store.reviewed(&by, &owner, &document, next(30)).await?;
    assert_eq!(due(&world, &owner, &emil.id).await?, 0);
    world.pass_days(30);
    assert_eq!(due(&world, &owner, &emil.id).await?, 1);
    // Who may not see it any more isn't reminded of it.
    let nobody = DocumentAccess {
        groups: Some(Vec::new()),
    };
    store
        .set_document_access(&BY, &scope, &document, &nobody)
        .await?;
    let owner = store.scope(&emils).await?;
    assert_eq!(due(&world, &owner, &emil.id).await?, 0);
    Ok(())
}

async fn an_owner_who_is_erased_owns_nothing_that_people_see(world: World) -> Done {
    let (document, _) = saying(&world, "travel.txt", Vec::new()).await?;
    let (emil, emils) = world.person("emil", Role::Employee).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let facts = DocumentFacts {
        owner: Some(emil.id.clone()),
        ..DocumentFacts::default()
    };
    store.set_facts(&BY, &scope, &document, &facts).await?;
    let export = store.export_person(&emils, &emil.id).await?;
    let owned = export
        .sections
        .iter()
        .find(|section| section.name == "documents_owned")
        .ok_or("a section")?;
    assert_eq!(owned.entries[0]["document"], "travel.txt");

    let report = store
        .erase_person(&BY, &emil.id, "They asked for it in writing.")
        .await?;
    assert!(report.kept.iter().any(|kept| kept.what.contains("own")));
    let detail = store.document_detail(&scope, &document).await?;
    assert_eq!((detail.facts.owner, detail.owner_name), (None, None));
    Ok(())
}
