//! Sign-ins by OpenID Connect on their way.

use super::{Done, World, both};
use inhouse_store::OidcFlow;

both!(
    a_sign_in_comes_back_once_to_the_browser_that_left,
    a_sign_in_that_took_too_long_is_gone,
);

const MINUTE_MS: i64 = 60_000;

fn flow() -> OidcFlow {
    OidcFlow {
        state_hash: "state".into(),
        browser_hash: "browser".into(),
        nonce: "nonce".into(),
        verifier: "verifier".into(),
        return_to: "/".into(),
    }
}

async fn a_sign_in_comes_back_once_to_the_browser_that_left(world: World) -> Done {
    let store = &world.store;
    assert!(store.keep_oidc_flow(&flow(), MINUTE_MS).await?);
    assert_eq!(store.take_oidc_flow("state", "another").await?, None);
    assert_eq!(store.take_oidc_flow("another", "browser").await?, None);
    let back = store.take_oidc_flow("state", "browser").await?;
    assert_eq!(back, Some(flow()));
    assert_eq!(store.take_oidc_flow("state", "browser").await?, None);
    Ok(())
}

async fn a_sign_in_that_took_too_long_is_gone(world: World) -> Done {
    let store = &world.store;
    assert!(store.keep_oidc_flow(&flow(), MINUTE_MS).await?);
    world.clock.advance_ms(MINUTE_MS);
    assert_eq!(store.take_oidc_flow("state", "browser").await?, None);
    // The next one to leave sweeps it away.
    assert!(store.keep_oidc_flow(&flow(), MINUTE_MS).await?);
    assert!(store.take_oidc_flow("state", "browser").await?.is_some());
    Ok(())
}
