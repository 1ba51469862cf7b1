//! Accounts, and what slows down guessing.

use super::{Done, World, both};
use inhouse_protocol::{AnswerMode, PersonChange, PersonSource, Role, SignInMethod};
use inhouse_store::{Actor, NewUser, StoreError};
use serde_json::json;
use tokio::task::JoinSet;

both!(
    an_email_address_has_one_account_whatever_its_case,
    what_is_no_email_address_is_refused,
    the_last_admin_cannot_be_lost,
    two_admins_who_demote_each_other_at_once_leave_one,
    what_an_account_is_called_is_sealed_in_the_record,
    an_ai_notice_is_seen_once,
    how_one_is_answered_is_kept_until_it_is_changed,
    guessing_an_account_gets_slower_with_every_failure,
    guessing_from_one_address_gets_slower_over_many_accounts,
    tries_that_come_at_once_learn_no_more_than_those_that_wait,
    failures_are_forgotten_with_time,
    of_a_name_that_no_account_has_nothing_is_recorded,
    a_refused_sign_in_is_recorded_with_its_account_and_the_address_sealed,
);

const DISABLE: PersonChange = PersonChange {
    role: None,
    disabled: Some(true),
};

const DEMOTE: PersonChange = PersonChange {
    role: Some(Role::Legal),
    disabled: None,
};

fn new(email: &str) -> NewUser {
    NewUser {
        email: email.into(),
        name: "Ada".into(),
        role: Role::Admin,
        department: None,
        password_hash: Some("$argon2id$one".into()),
        source: PersonSource::Local,
        external_id: None,
    }
}

impl World {
    async fn wrong_password(&self, account: &str, address: &str) -> Done {
        self.store
            .record_sign_in_failure(account, address, SignInMethod::Password)
            .await?;
        Ok(())
    }

    async fn wait_ms(
        &self,
        account: &str,
        address: &str,
    ) -> Result<i64, Box<dyn std::error::Error>> {
        Ok(self.store.sign_in_delay_ms(account, address).await?)
    }
}

async fn an_email_address_has_one_account_whatever_its_case(world: World) -> Done {
    let store = &world.store;
    let user = store
        .create_user(&Actor::Operator, new(" Ada@Example.COM "))
        .await?;
    assert_eq!(user.email, "ada@example.com");
    let again = store
        .create_user(&Actor::Operator, new("ada@example.com"))
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.user_by_email("ADA@example.com").await?,
        Some(user.clone())
    );
    let (found, hash) = store
        .password_hash_of("Ada@example.com")
        .await?
        .ok_or("there")?;
    assert_eq!((found, hash.as_str()), (user, "$argon2id$one"));
    assert_eq!(store.password_hash_of("bob@example.com").await?, None);
    Ok(())
}

async fn what_is_no_email_address_is_refused(world: World) -> Done {
    for email in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "a da@example.com",
        "a@b@c",
    ] {
        let made = world.store.create_user(&Actor::Operator, new(email)).await;
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{email:?}");
    }
    Ok(())
}

async fn the_last_admin_cannot_be_lost(world: World) -> Done {
    let (ada, _) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    for change in [&DISABLE, &DEMOTE] {
        let changed = store.change_user(&Actor::Operator, &ada.id, change).await;
        assert!(matches!(changed, Err(StoreError::Conflict { .. })));
    }
    world.person("alan", Role::Admin).await?;
    store
        .change_user(&Actor::Operator, &ada.id, &DISABLE)
        .await?;
    Ok(())
}

async fn two_admins_who_demote_each_other_at_once_leave_one(world: World) -> Done {
    let (ada, by_ada) = world.person("ada", Role::Admin).await?;
    let (alan, by_alan) = world.person("alan", Role::Admin).await?;
    let other = world.other_process().await?;
    let (by_ada, by_alan) = (by_ada.actor(), by_alan.actor());
    let (one, two) = tokio::join!(
        world.store.change_user(&by_ada, &alan.id, &DEMOTE),
        other.change_user(&by_alan, &ada.id, &DISABLE),
    );
    let done = [one.is_ok(), two.is_ok()];
    assert!(done == [true, false] || done == [false, true], "{done:?}");
    Ok(())
}

async fn what_an_account_is_called_is_sealed_in_the_record(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let record = world.store.audit_after(0, 1).await?.remove(0);
    assert_eq!(record.action, "user.create");
    assert_eq!(record.subject, format!("user:{}", emil.id));
    assert_eq!(record.detail["role"], "employee");
    assert_eq!(record.detail["source"], "local");
    let text = record.detail.to_string();
    assert!(!text.contains("emil") && !text.contains("Sales"), "{text}");
    Ok(())
}

async fn an_ai_notice_is_seen_once(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    assert_eq!(emil.ai_notice_at, None);
    let first = world.store.now();
    for _ in 0..2 {
        world.store.mark_ai_notice(&emil.id).await?;
        world.clock.advance_ms(1_000);
    }
    let seen = world.store.user(&emil.id).await?.ai_notice_at;
    assert_eq!(seen, Some(first));
    let records = world.store.audit_after(0, 100).await?;
    let times = records
        .iter()
        .filter(|record| record.action == "ai_notice.seen")
        .count();
    assert_eq!(times, 1);
    Ok(())
}

async fn how_one_is_answered_is_kept_until_it_is_changed(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    assert_eq!(emil.answer_mode, None, "as the deployment has it");
    let store = &world.store;
    for mode in [Some(AnswerMode::Quotes), Some(AnswerMode::Quotes), None] {
        store.set_answer_mode(&emil.id, mode).await?;
        assert_eq!(store.user(&emil.id).await?.answer_mode, mode);
    }
    let mut records = store.audit_after(0, 100).await?;
    records.retain(|record| record.action == "answers.mode");
    let modes: Vec<_> = records
        .iter()
        .map(|record| &record.detail["mode"])
        .collect();
    assert_eq!(modes, [&json!("quotes"), &json!(null)]);
    assert_eq!(records[0].actor, Actor::User(emil.id));
    let nobody = store.set_answer_mode(&"none".parse()?, None).await;
    assert!(matches!(nobody, Err(StoreError::NotFound)));
    Ok(())
}

async fn guessing_an_account_gets_slower_with_every_failure(world: World) -> Done {
    let (ada, here) = ("ada@example.com", "10.0.0.1");
    for failure in 0..4 {
        assert_eq!(world.wait_ms(ada, here).await?, 0);
        world
            .wrong_password("Ada@example.com", &format!("10.0.1.{failure}"))
            .await?;
    }
    assert_eq!(world.wait_ms(ada, here).await?, 0);
    world.wrong_password(ada, "10.0.1.9").await?;
    assert_eq!(world.wait_ms(ada, here).await?, 1_000);
    world.wrong_password(ada, "10.0.1.9").await?;
    assert_eq!(world.wait_ms(ada, here).await?, 2_000);
    assert_eq!(world.wait_ms("bob@example.com", here).await?, 0);
    world.clock.advance_ms(1_500);
    assert_eq!(world.wait_ms("ADA@example.com", here).await?, 500);
    world.store.clear_sign_in_failures(ada).await?;
    assert_eq!(world.wait_ms(ada, here).await?, 0);
    Ok(())
}

async fn guessing_from_one_address_gets_slower_over_many_accounts(world: World) -> Done {
    for number in 0..40 {
        let account = format!("person{number}@example.com");
        world.wrong_password(&account, "10.0.0.1").await?;
    }
    let someone = "someone@example.com";
    assert_eq!(world.wait_ms(someone, "10.0.0.1").await?, 15 * 60_000);
    assert_eq!(world.wait_ms(someone, "10.0.0.2").await?, 0);
    Ok(())
}

async fn tries_that_come_at_once_learn_no_more_than_those_that_wait(world: World) -> Done {
    let (ada, here) = ("ada@example.com", "10.0.0.1");
    let mut tries = JoinSet::new();
    for _ in 0..12 {
        let store = world.store.clone();
        tries.spawn(async move {
            store
                .record_sign_in_failure(ada, here, SignInMethod::Password)
                .await
        });
    }
    let waits = tries
        .join_all()
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    let judged = waits.iter().filter(|wait_ms| **wait_ms == 0).count();
    assert_eq!(judged, 5, "{waits:?}");
    assert_eq!(world.wait_ms(ada, here).await?, 128_000);
    Ok(())
}

async fn failures_are_forgotten_with_time(world: World) -> Done {
    let (ada, here) = ("ada@example.com", "10.0.0.1");
    for _ in 0..9 {
        world.wrong_password(ada, here).await?;
    }
    world.clock.advance_ms(24 * 3_600_000);
    world.wrong_password(ada, here).await?;
    assert_eq!(world.wait_ms(ada, here).await?, 0);
    Ok(())
}

/// People type their password into the wrong field, and others' addresses are none of ours.
async fn of_a_name_that_no_account_has_nothing_is_recorded(world: World) -> Done {
    for account in ["correct horse battery", "somebody@elsewhere.example"] {
        world.wrong_password(account, "10.0.0.1").await?;
    }
    for record in world.store.audit_after(0, 2).await? {
        assert_eq!(record.action, "session.refused");
        assert_eq!(record.subject, "account:unknown");
        assert_eq!(record.detail["account"], false);
        let text = record.detail.to_string();
        for personal in ["horse", "elsewhere", "10.0.0.1"] {
            assert!(!text.contains(personal), "{text}");
        }
    }
    Ok(())
}

async fn a_refused_sign_in_is_recorded_with_its_account_and_the_address_sealed(
    world: World,
) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    world
        .store
        .record_sign_in_failure("EMIL@example.com", "10.0.0.1", SignInMethod::PasswordTotp)
        .await?;
    let records = world.store.audit_after(0, 100).await?;
    let record = records.last().ok_or("a record")?;
    assert_eq!(record.action, "session.refused");
    assert_eq!(record.subject, format!("user:{}", emil.id));
    assert_eq!(record.detail["method"], "password_totp");
    let text = record.detail.to_string();
    assert!(
        !text.contains("10.0.0.1") && !text.contains("emil"),
        "{text}"
    );
    Ok(())
}
