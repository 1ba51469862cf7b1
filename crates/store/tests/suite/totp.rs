//! The second factor of local accounts.

use super::{Done, World, both};
use inhouse_protocol::{PersonSource, Role, SignInMethod, UserId};
use inhouse_store::{Actor, NewSession, NewUser, StoreError, TotpSecret};

both!(
    a_secret_is_in_force_once_a_code_of_it_was_given,
    a_code_is_good_once_and_those_before_it_never_again,
    a_recovery_code_is_good_once_and_for_its_owner_only,
    a_second_factor_has_to_be_removed_before_another_is_set_up,
    an_account_without_a_password_has_no_second_factor_here,
    a_factor_removed_by_an_admin_ends_the_sessions_and_one_removed_by_its_owner_does_not,
    the_secret_is_stored_sealed,
);

const SECRET: &[u8] = b"twenty bytes of that";

fn hashes() -> Vec<String> {
    ["one", "two", "three"].map(str::to_owned).to_vec()
}

impl World {
    /// Sets up a second factor with the code of step 100.
    async fn enrol(&self, user: &UserId) -> Done {
        self.store.begin_totp(user, SECRET).await?;
        self.store.confirm_totp(user, 100, &hashes()).await?;
        Ok(())
    }
}

async fn a_secret_is_in_force_once_a_code_of_it_was_given(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    assert_eq!(store.totp_secret(&emil.id).await?, None);
    let early = store.confirm_totp(&emil.id, 100, &hashes()).await;
    assert!(matches!(early, Err(StoreError::Conflict { .. })));

    // What was never confirmed is replaced.
    store.begin_totp(&emil.id, b"another twenty bytes").await?;
    store.begin_totp(&emil.id, SECRET).await?;
    let pending = TotpSecret {
        secret: SECRET.to_vec(),
        since: None,
    };
    assert_eq!(store.totp_secret(&emil.id).await?, Some(pending));
    assert!(!store.use_totp_step(&emil.id, 100).await?, "not in force");
    let standing = store.totp_standing(&emil.id).await?;
    assert!(standing.has_password);
    assert_eq!((standing.since, standing.recovery_codes_left), (None, 0));

    store.confirm_totp(&emil.id, 100, &hashes()).await?;
    let standing = store.totp_standing(&emil.id).await?;
    assert_eq!(standing.since, Some(store.now()));
    assert_eq!(standing.recovery_codes_left, 3);
    let user = store.user(&emil.id).await?;
    assert_eq!(user.totp_since, Some(store.now()));
    assert!(store.person(&emil.id).await?.totp);
    Ok(())
}

async fn a_code_is_good_once_and_those_before_it_never_again(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    world.enrol(&emil.id).await?;
    let store = &world.store;
    let mut taken = Vec::new();
    for step in [100, 101, 101, 100, 103, 102] {
        taken.push(store.use_totp_step(&emil.id, step).await?);
    }
    assert_eq!(taken, [false, true, false, false, true, false]);
    Ok(())
}

async fn a_recovery_code_is_good_once_and_for_its_owner_only(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let (olga, _) = world.person("olga", Role::Employee).await?;
    world.enrol(&emil.id).await?;
    let store = &world.store;
    assert!(!store.use_recovery_code(&olga.id, "one").await?);
    assert!(!store.use_recovery_code(&emil.id, "four").await?);
    assert!(store.use_recovery_code(&emil.id, "one").await?);
    assert!(!store.use_recovery_code(&emil.id, "one").await?);
    assert_eq!(store.totp_standing(&emil.id).await?.recovery_codes_left, 2);
    Ok(())
}

async fn a_second_factor_has_to_be_removed_before_another_is_set_up(world: World) -> Done {
    let (emil, by) = world.person("emil", Role::Employee).await?;
    world.enrol(&emil.id).await?;
    let store = &world.store;
    let again = store.begin_totp(&emil.id, b"another twenty bytes").await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    store.remove_totp(&by.actor(), &emil.id).await?;
    store.remove_totp(&by.actor(), &emil.id).await?;
    assert_eq!(store.totp_secret(&emil.id).await?, None);
    assert!(!store.use_recovery_code(&emil.id, "two").await?);
    world.enrol(&emil.id).await
}

async fn an_account_without_a_password_has_no_second_factor_here(world: World) -> Done {
    let new = NewUser {
        email: "olga@example.com".into(),
        name: "Olga".into(),
        role: Role::Employee,
        department: None,
        password_hash: None,
        source: PersonSource::Ldap,
        external_id: None,
    };
    let olga = world.store.create_user(&Actor::System, new).await?;
    let begun = world.store.begin_totp(&olga.id, SECRET).await;
    assert!(matches!(begun, Err(StoreError::Conflict { .. })));
    assert!(!world.store.totp_standing(&olga.id).await?.has_password);
    let password = world
        .store
        .set_password_hash(&Actor::Operator, &olga.id, "$argon2id$two")
        .await;
    assert!(matches!(password, Err(StoreError::Conflict { .. })));
    Ok(())
}

async fn a_factor_removed_by_an_admin_ends_the_sessions_and_one_removed_by_its_owner_does_not(
    world: World,
) -> Done {
    let (emil, own) = world.person("emil", Role::Employee).await?;
    let (_, admin) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let new = NewSession::new(SignInMethod::PasswordTotp, "Firefox");
    let session = store.open_session(&emil.id, &new).await?;
    for (by, lives) in [(own, true), (admin, false)] {
        world.enrol(&emil.id).await?;
        store.remove_totp(&by.actor(), &emil.id).await?;
        let principal = store.principal_of_session(&session).await?;
        assert_eq!(principal.is_some(), lives);
    }
    Ok(())
}

async fn the_secret_is_stored_sealed(world: World) -> Done {
    use base64::Engine as _;
    use sqlx::Connection as _;
    let (emil, _) = world.person("emil", Role::Employee).await?;
    world.enrol(&emil.id).await?;
    let mut connection = sqlx::AnyConnection::connect(&world.url).await?;
    let sealed: String = sqlx::query_scalar("SELECT totp_sealed FROM users WHERE id = $1")
        .bind(emil.id.as_str())
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    let engine = base64::engine::general_purpose::STANDARD;
    assert!(!sealed.contains(&engine.encode(SECRET)));
    let bytes = engine.decode(&sealed)?;
    assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET));
    Ok(())
}
