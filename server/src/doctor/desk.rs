//! Whether somebody looks after what the rules send to a restricted queue.

use super::Check;
use inhouse_store::Store;

pub(super) async fn queues(store: &Store) -> Check {
    const NAME: &str = "queues";
    let unstaffed = match store.unstaffed_queues().await {
        Ok(unstaffed) => unstaffed,
        Err(error) => return Check::fail(NAME, error.to_string(), "See the database above."),
    };
    let Some(first) = unstaffed.first() else {
        return Check::ok(NAME, "every restricted one has members");
    };
    let names: Vec<_> = unstaffed.iter().map(|queue| queue.name.as_str()).collect();
    Check::warn(
        NAME,
        format!("restricted, but without members: {}", names.join(", ")),
        format!(
            "Until a restricted queue has members, everybody at the desk sees what is in it. Name \
             them: inhouse queue member {} EMAIL",
            first.key
        ),
    )
}
