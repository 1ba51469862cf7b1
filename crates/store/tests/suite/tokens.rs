//! Tokens of programs.

use super::{Done, World, both};
use inhouse_protocol::{ApiToken, PersonChange, Role, TokenScope, UserId};
use inhouse_store::{Actor, NewToken, StoreError};

both!(
    a_token_brings_its_owner_and_its_scopes,
    a_token_ends_with_its_days,
    a_revoked_token_is_refused_at_the_next_request,
    nobody_revokes_the_token_of_another,
    disabling_an_account_revokes_its_tokens_for_ever,
    a_scope_that_the_role_gives_nothing_to_do_with_is_refused,
    a_token_without_a_name_a_scope_or_a_sensible_age_is_refused,
    the_last_use_is_written_at_most_once_a_minute,
    a_program_that_goes_on_with_a_revoked_token_is_recorded_once_an_hour,
    nobody_has_tokens_without_number,
    what_a_token_is_for_is_sealed_in_the_record,
);

const DAY_MS: i64 = 86_400_000;

fn new(hash: &str, scopes: &[TokenScope]) -> NewToken {
    NewToken {
        name: "The nightly report".into(),
        scopes: scopes.to_vec(),
        days: 30,
        hash: hash.into(),
    }
}

impl World {
    async fn token(
        &self,
        owner: &UserId,
        hash: &str,
    ) -> Result<ApiToken, Box<dyn std::error::Error>> {
        let by = Actor::User(owner.clone());
        let new = new(hash, &[TokenScope::Ask]);
        Ok(self.store.create_token(&by, owner, &new).await?)
    }

    async fn is_taken(&self, hash: &str) -> Result<bool, Box<dyn std::error::Error>> {
        Ok(self.store.principal_of_token(hash).await?.is_some())
    }

    async fn recorded(&self, action: &str) -> Result<usize, Box<dyn std::error::Error>> {
        let records = self.store.audit_after(0, 1_000).await?;
        Ok(records
            .iter()
            .filter(|record| record.action == action)
            .count())
    }
}

async fn a_token_brings_its_owner_and_its_scopes(world: World) -> Done {
    let (ada, by) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let scopes = [TokenScope::Log, TokenScope::Ask, TokenScope::Log];
    let made = store
        .create_token(&by.actor(), &ada.id, &new("00", &scopes))
        .await?;
    let in_order = [TokenScope::Ask, TokenScope::Log];
    assert_eq!(made.scopes, in_order);
    let holder = store.principal_of_token("00").await?.ok_or("taken")?;
    assert_eq!(holder.principal.user(), Some(&ada));
    assert_eq!(holder.principal.session(), None);
    assert_eq!(holder.token, made.id);
    assert_eq!(holder.scopes, in_order);
    assert!(!world.is_taken("01").await?);
    assert!(!world.is_taken("").await?);

    let listed = store.tokens(&ada.id).await?;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].last_used_at, Some(store.now()));
    let all = store.all_tokens().await?;
    assert_eq!(all, [("ada@example.com".to_owned(), listed[0].clone())]);
    Ok(())
}

async fn a_token_ends_with_its_days(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    world.token(&emil.id, "00").await?;
    world.clock.advance_ms(30 * DAY_MS - 1);
    assert!(world.is_taken("00").await?);
    world.clock.advance_ms(1);
    assert!(!world.is_taken("00").await?);
    Ok(())
}

async fn a_revoked_token_is_refused_at_the_next_request(world: World) -> Done {
    let (emil, by) = world.person("emil", Role::Employee).await?;
    let token = world.token(&emil.id, "00").await?;
    let store = &world.store;
    assert!(world.is_taken("00").await?);
    store
        .revoke_token(&by.actor(), Some(&emil.id), &token.id)
        .await?;
    assert!(!world.is_taken("00").await?);
    assert!(store.tokens(&emil.id).await?.is_empty());
    let again = store.revoke_token(&Actor::Operator, None, &token.id).await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    Ok(())
}

async fn nobody_revokes_the_token_of_another(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let (olga, by) = world.person("olga", Role::Employee).await?;
    let token = world.token(&emil.id, "00").await?;
    let refused = world
        .store
        .revoke_token(&by.actor(), Some(&olga.id), &token.id)
        .await;
    assert!(matches!(refused, Err(StoreError::NotFound)));
    assert!(world.is_taken("00").await?);
    world
        .store
        .revoke_token(&Actor::Operator, None, &token.id)
        .await?;
    assert!(!world.is_taken("00").await?);
    Ok(())
}

async fn disabling_an_account_revokes_its_tokens_for_ever(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    world.token(&emil.id, "00").await?;
    for disabled in [true, false] {
        let change = PersonChange {
            role: None,
            disabled: Some(disabled),
        };
        world
            .store
            .change_user(&Actor::Operator, &emil.id, &change)
            .await?;
        assert!(!world.is_taken("00").await?, "disabled: {disabled}");
    }
    Ok(())
}

async fn a_scope_that_the_role_gives_nothing_to_do_with_is_refused(world: World) -> Done {
    let (emil, employee) = world.person("emil", Role::Employee).await?;
    let (lena, legal) = world.person("lena", Role::Legal).await?;
    let (ada, admin) = world.person("ada", Role::Admin).await?;
    for (owner, by, idle) in [
        (
            &emil.id,
            &employee,
            &[
                TokenScope::Desk,
                TokenScope::People,
                TokenScope::Log,
                TokenScope::Scim,
            ][..],
        ),
        (
            &lena.id,
            &legal,
            &[TokenScope::People, TokenScope::Log, TokenScope::Scim],
        ),
        (&ada.id, &admin, &[TokenScope::Desk]),
    ] {
        for (number, scope) in TokenScope::ALL.into_iter().enumerate() {
            let hash = format!("{owner}-{number}");
            let made = world
                .store
                .create_token(&by.actor(), owner, &new(&hash, &[scope]))
                .await;
            if idle.contains(&scope) {
                assert!(matches!(made, Err(StoreError::Invalid(_))), "{scope}");
            } else {
                made?;
            }
        }
    }
    Ok(())
}

async fn a_token_without_a_name_a_scope_or_a_sensible_age_is_refused(world: World) -> Done {
    let (emil, by) = world.person("emil", Role::Employee).await?;
    let good = new("00", &[TokenScope::Ask]);
    let mut nameless = good.clone();
    nameless.name = "  ".into();
    let mut long = good.clone();
    long.name = "a".repeat(121);
    let mut eternal = good.clone();
    eternal.days = 366;
    let mut stillborn = good.clone();
    stillborn.days = 0;
    for bad in [nameless, long, eternal, stillborn, new("00", &[])] {
        let made = world.store.create_token(&by.actor(), &emil.id, &bad).await;
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{bad:?}");
    }
    assert!(world.store.tokens(&emil.id).await?.is_empty());
    Ok(())
}

async fn the_last_use_is_written_at_most_once_a_minute(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let made = world.token(&emil.id, "00").await?;
    let mut seen = Vec::new();
    for _ in 0..3 {
        assert!(world.is_taken("00").await?);
        let token = world.store.tokens(&emil.id).await?.remove(0);
        let used = token.last_used_at.ok_or("used")?;
        seen.push(used.since_ms(made.created_at));
        world.clock.advance_ms(30_000);
    }
    assert_eq!(seen, [0, 0, 60_000]);
    Ok(())
}

async fn a_program_that_goes_on_with_a_revoked_token_is_recorded_once_an_hour(
    world: World,
) -> Done {
    let (emil, by) = world.person("emil", Role::Employee).await?;
    let token = world.token(&emil.id, "00").await?;
    world
        .store
        .revoke_token(&by.actor(), Some(&emil.id), &token.id)
        .await?;
    for _ in 0..4 {
        assert!(!world.is_taken("00").await?);
        world.clock.advance_ms(1_800_000);
    }
    assert_eq!(world.recorded("token.refused").await?, 2);
    Ok(())
}

async fn nobody_has_tokens_without_number(world: World) -> Done {
    let (emil, by) = world.person("emil", Role::Employee).await?;
    for number in 0..50 {
        world.token(&emil.id, &number.to_string()).await?;
    }
    let more = new("more", &[TokenScope::Ask]);
    let made = world.store.create_token(&by.actor(), &emil.id, &more).await;
    assert!(matches!(made, Err(StoreError::Conflict { .. })));
    // Those that have expired don't count.
    world.clock.advance_ms(30 * DAY_MS);
    world
        .store
        .create_token(&by.actor(), &emil.id, &more)
        .await?;
    Ok(())
}

async fn what_a_token_is_for_is_sealed_in_the_record(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let token = world.token(&emil.id, "the-hash").await?;
    let records = world.store.audit_after(0, 100).await?;
    let record = records.last().ok_or("a record")?;
    assert_eq!(record.action, "token.create");
    assert_eq!(record.subject, format!("user:{}", emil.id));
    assert_eq!(record.detail["token"], token.id.as_str());
    let text = record.detail.to_string();
    assert!(
        !text.contains("nightly") && !text.contains("the-hash"),
        "{text}"
    );
    Ok(())
}
