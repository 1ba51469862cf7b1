//! Whoever has the database changes the log: each kind of tampering is found, at the first record
//! that is bad, on both databases.

use super::{Done, World, both};
use inhouse_protocol::Role;
use inhouse_record::{Checkpoint, Entry, Fault, FaultKind, SigningKeys, hash};
use inhouse_store::AuditRecord;
use std::fmt::Write as _;

both!(
    a_changed_column_is_found_at_its_record,
    a_removed_record_is_found_wherever_it_stood,
    an_inserted_record_is_found_wherever_it_stands,
    records_in_another_order_are_found_at_the_first,
    a_chain_computed_anew_is_found_by_a_signed_checkpoint,
    a_removed_end_is_found_by_a_checkpoint_that_was_kept_outside,
    a_forged_checkpoint_is_found,
    a_log_without_its_beginning_needs_a_run_of_the_retention,
    what_is_new_since_a_checkpoint_is_verified_alone,
    a_long_log_is_followed_in_parts_and_its_first_fault_counts,
);

const RECORDS: i64 = 12;

type Found = Result<Option<Fault>, Box<dyn std::error::Error>>;

fn keys() -> Result<SigningKeys, Box<dyn std::error::Error>> {
    Ok(SigningKeys::parse(&SigningKeys::fresh_line()?, "test")?)
}

const fn fault(seq: i64, kind: FaultKind) -> Fault {
    Fault { seq, kind }
}

/// Twelve records, and a copy to go back to.
async fn with_records(world: &World) -> Done {
    for number in 0..RECORDS {
        world.person(&format!("p{number}"), Role::Employee).await?;
    }
    world
        .tamper("CREATE TABLE audit_copy AS SELECT * FROM audit")
        .await
}

async fn found(world: &World) -> Found {
    Ok(world.store.verify_log(None, &[]).await?.fault)
}

/// What is found after `sql`; then the log is again what it was.
async fn found_after(world: &World, sql: &str) -> Found {
    world.tamper(sql).await?;
    let found = found(world).await?;
    world
        .tamper(&format!(
            "DELETE FROM audit; INSERT INTO audit SELECT * FROM audit_copy;
             UPDATE counters SET value = {RECORDS} WHERE name = 'audit';"
        ))
        .await?;
    assert_eq!(self::found(world).await?, None, "whole again after {sql}");
    Ok(found)
}

async fn a_changed_column_is_found_at_its_record(world: World) -> Done {
    with_records(&world).await?;
    for seq in [1, 6, RECORDS] {
        for change in [
            "at = at + 1",
            "actor = 'system'",
            "action = 'user.change'",
            "subject = 'user:0'",
            "detail = '{}'",
            "detail = detail || ' '",
            "sealed = ''",
            "sealed = sealed || ' '",
            "hash = 'x'",
        ] {
            let sql = format!("UPDATE audit SET {change} WHERE seq = {seq}");
            let found = found_after(&world, &sql).await?;
            assert_eq!(found, Some(fault(seq, FaultKind::Changed)), "{sql}");
        }
    }
    Ok(())
}

/// Gives the records from `seq` on other numbers, as many higher; in two steps, as no two may
/// share one at any time.
fn renumber(seq: i64, by: i64) -> String {
    format!(
        "UPDATE audit SET seq = -seq WHERE seq >= {seq};
         UPDATE audit SET seq = {by} - seq WHERE seq < 0;
         UPDATE counters SET value = value + ({by}) WHERE name = 'audit';"
    )
}

async fn a_removed_record_is_found_wherever_it_stood(world: World) -> Done {
    with_records(&world).await?;
    for seq in [1, 6, RECORDS] {
        let sql = format!("DELETE FROM audit WHERE seq = {seq}");
        let found = found_after(&world, &sql).await?;
        assert_eq!(found, Some(fault(seq, FaultKind::Removed(1))), "{sql}");
    }
    let found = found_after(&world, "DELETE FROM audit WHERE seq IN (6, 7, 8)").await?;
    assert_eq!(found, Some(fault(6, FaultKind::Removed(3))));
    let found = found_after(&world, "DELETE FROM audit").await?;
    assert_eq!(found, Some(fault(1, FaultKind::Removed(RECORDS))));
    for seq in [1, 6] {
        let sql = format!(
            "DELETE FROM audit WHERE seq = {seq}; {}",
            renumber(seq + 1, -1)
        );
        let found = found_after(&world, &sql).await?;
        assert_eq!(
            found,
            Some(fault(seq, FaultKind::Removed(1))),
            "closed up: {sql}"
        );
    }
    Ok(())
}

async fn an_inserted_record_is_found_wherever_it_stands(world: World) -> Done {
    with_records(&world).await?;
    for seq in [1, 6, RECORDS] {
        let sql = format!(
            "{} INSERT INTO audit (seq, at, actor, action, subject, detail, sealed, hash)
             SELECT {seq}, at, actor, action, subject, '{{\"forged\":true}}', sealed, hash
             FROM audit WHERE seq = {};",
            renumber(seq, 1),
            seq + 1
        );
        let found = found_after(&world, &sql).await?;
        assert_eq!(found, Some(fault(seq, FaultKind::Inserted(1))), "{sql}");
    }
    // One that chains well, as somebody computes it who knows how.
    let last = world.store.newest_record().await?.ok_or("records")?;
    let seq = RECORDS + 1;
    let forged = hash(
        &last.1,
        &Entry {
            seq,
            at: 1,
            actor: "operator",
            action: "user.create",
            subject: "user:0",
            detail: "{}",
            sealed: "",
        },
    );
    let sql = format!(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, hash)
         VALUES ({seq}, 1, 'operator', 'user.create', 'user:0', '{{}}', '{forged}')"
    );
    let found = found_after(&world, &sql).await?;
    assert_eq!(found, Some(fault(seq, FaultKind::Inserted(1))));
    Ok(())
}

async fn records_in_another_order_are_found_at_the_first(world: World) -> Done {
    with_records(&world).await?;
    for (one, two) in [(1, 2), (4, 5), (3, 9), (11, RECORDS)] {
        let sql = format!(
            "UPDATE audit SET seq = -1 WHERE seq = {one};
             UPDATE audit SET seq = {one} WHERE seq = {two};
             UPDATE audit SET seq = {two} WHERE seq = -1;"
        );
        let found = found_after(&world, &sql).await?;
        assert_eq!(found, Some(fault(one, FaultKind::Moved(two))), "{sql}");
    }
    Ok(())
}

/// SQL that changes a record and computes every hash after it anew.
fn rewrite(records: &[AuditRecord], seq: i64) -> Result<String, Box<dyn std::error::Error>> {
    let mut sql = format!("UPDATE audit SET detail = '{{}}' WHERE seq = {seq};");
    let mut previous = String::new();
    for record in records {
        if record.seq < seq {
            previous.clone_from(&record.hash);
            continue;
        }
        let detail = if record.seq == seq {
            "{}".to_owned()
        } else {
            record.detail.to_string()
        };
        let entry = Entry {
            seq: record.seq,
            at: record.at.0,
            actor: &record.actor.to_string(),
            action: &record.action,
            subject: &record.subject,
            detail: &detail,
            sealed: &record.sealed,
        };
        previous = hash(&previous, &entry);
        write!(
            sql,
            "UPDATE audit SET hash = '{previous}' WHERE seq = {};",
            record.seq
        )?;
    }
    Ok(sql)
}

/// A checkpoint of a record as it is now.
async fn checkpoint(
    world: &World,
    keys: &SigningKeys,
    seq: i64,
) -> Result<Checkpoint, Box<dyn std::error::Error>> {
    let record = world.store.audit_after(seq - 1, 1).await?.remove(0);
    Ok(Checkpoint::sign(keys, seq, &record.hash, 1)?)
}

async fn a_chain_computed_anew_is_found_by_a_signed_checkpoint(world: World) -> Done {
    with_records(&world).await?;
    let (store, keys) = (&world.store, keys()?);
    let outside = [
        checkpoint(&world, &keys, 5).await?,
        checkpoint(&world, &keys, 10).await?,
    ];
    for made in &outside {
        assert!(store.add_checkpoint(made).await?);
    }
    let whole = store.verify_log(Some(keys.public_keys()), &outside).await?;
    assert_eq!((whole.fault, whole.records), (None, 12));
    let records = store.audit_after(0, 100).await?;
    world.tamper(&rewrite(&records, 8)?).await?;
    let rewritten = Some(fault(6, FaultKind::Rewritten(10)));
    assert_eq!(found(&world).await?, rewritten);
    // Without the checkpoints of the database nothing shows, but by those kept elsewhere.
    world.tamper("DELETE FROM checkpoints").await?;
    assert_eq!(found(&world).await?, None);
    let check = store.verify_log(Some(keys.public_keys()), &outside).await?;
    assert_eq!(check.fault, rewritten);
    Ok(())
}

async fn a_removed_end_is_found_by_a_checkpoint_that_was_kept_outside(world: World) -> Done {
    with_records(&world).await?;
    let keys = keys()?;
    let outside = [checkpoint(&world, &keys, RECORDS).await?];
    world
        .tamper(
            "DELETE FROM audit WHERE seq > 10;
             UPDATE counters SET value = 10 WHERE name = 'audit';",
        )
        .await?;
    assert_eq!(found(&world).await?, None);
    let check = world
        .store
        .verify_log(Some(keys.public_keys()), &outside)
        .await?;
    assert_eq!(check.fault, Some(fault(11, FaultKind::Removed(2))));
    Ok(())
}

async fn a_forged_checkpoint_is_found(world: World) -> Done {
    with_records(&world).await?;
    let (ours, theirs) = (keys()?, keys()?);
    let trusted = Some(ours.public_keys());
    let store = &world.store;
    store
        .add_checkpoint(&checkpoint(&world, &ours, 4).await?)
        .await?;
    assert_eq!(store.verify_log(trusted, &[]).await?.checkpoints, 1);
    store
        .add_checkpoint(&checkpoint(&world, &theirs, 9).await?)
        .await?;
    let check = store.verify_log(trusted, &[]).await?;
    assert_eq!(check.fault, Some(fault(9, FaultKind::Unsigned)));
    world
        .tamper("UPDATE checkpoints SET signature = 'AAAA' WHERE seq = 4")
        .await?;
    let check = store.verify_log(trusted, &[]).await?;
    assert_eq!(check.fault, Some(fault(4, FaultKind::Unsigned)));
    Ok(())
}

async fn a_log_without_its_beginning_needs_a_run_of_the_retention(world: World) -> Done {
    with_records(&world).await?;
    let keys = keys()?;
    let made = checkpoint(&world, &keys, 5).await?;
    world.store.add_checkpoint(&made).await?;
    // At a checkpoint, as the retention does it, but it was not the retention.
    world.tamper("DELETE FROM audit WHERE seq <= 5").await?;
    assert_eq!(found(&world).await?, Some(fault(1, FaultKind::Removed(5))));
    Ok(())
}

async fn what_is_new_since_a_checkpoint_is_verified_alone(world: World) -> Done {
    with_records(&world).await?;
    let (store, keys) = (&world.store, keys()?);
    let made = checkpoint(&world, &keys, 5).await?;
    let check = store.verify_log_after(&made).await?;
    assert_eq!((check.fault, check.records, check.last), (None, 7, RECORDS));
    let sql = "UPDATE audit SET detail = '{}' WHERE seq = 7";
    world.tamper(sql).await?;
    let check = store.verify_log_after(&made).await?;
    assert_eq!(check.fault, Some(fault(7, FaultKind::Changed)));
    world
        .tamper("UPDATE audit SET hash = 'x' WHERE seq = 5")
        .await?;
    let check = store.verify_log_after(&made).await?;
    assert_eq!(check.fault, Some(fault(5, FaultKind::Rewritten(5))));
    Ok(())
}

/// A log long enough to be followed in parts.
async fn fill(world: &World, count: i64) -> Done {
    let mut previous = String::new();
    let mut sql = String::new();
    for seq in 1..=count {
        let subject = format!("document:{seq}");
        let entry = Entry {
            seq,
            at: seq,
            actor: "operator",
            action: "document.add",
            subject: &subject,
            detail: "{}",
            sealed: "",
        };
        previous = hash(&previous, &entry);
        let start = if sql.is_empty() {
            "INSERT INTO audit (seq, at, actor, action, subject, detail, hash) VALUES "
        } else {
            ","
        };
        write!(
            sql,
            "{start}({seq}, {seq}, 'operator', 'document.add', '{subject}', '{{}}', '{previous}')"
        )?;
        if seq % 5_000 == 0 || seq == count {
            world.tamper(&sql).await?;
            sql.clear();
        }
    }
    world
        .tamper(&format!(
            "UPDATE counters SET value = {count} WHERE name = 'audit'"
        ))
        .await
}

async fn a_long_log_is_followed_in_parts_and_its_first_fault_counts(world: World) -> Done {
    let (count, border) = (45_000, 22_500);
    fill(&world, count).await?;
    let store = &world.store;
    let (records, head) = store.verify_audit().await?;
    assert_eq!(i64::try_from(records)?, count);
    assert_eq!(store.newest_record().await?, Some((count, head)));
    world
        .tamper("UPDATE audit SET at = 0 WHERE seq = 40000")
        .await?;
    assert_eq!(
        found(&world).await?,
        Some(fault(40_000, FaultKind::Changed))
    );
    world
        .tamper("UPDATE audit SET at = 0 WHERE seq = 12000")
        .await?;
    assert_eq!(
        found(&world).await?,
        Some(fault(12_000, FaultKind::Changed))
    );
    world
        .tamper("UPDATE audit SET at = seq WHERE at = 0")
        .await?;
    assert_eq!(found(&world).await?, None);
    // The first record after the border, and the last before it.
    let sql = format!("UPDATE audit SET at = 0 WHERE seq = {}", border + 1);
    world.tamper(&sql).await?;
    assert_eq!(
        found(&world).await?,
        Some(fault(border + 1, FaultKind::Changed))
    );
    let sql = format!("DELETE FROM audit WHERE seq = {border}");
    world.tamper(&sql).await?;
    assert_eq!(
        found(&world).await?,
        Some(fault(border, FaultKind::Removed(1)))
    );
    Ok(())
}
