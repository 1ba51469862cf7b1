//! The queue: leases, heartbeats, retries.

use super::{Done, World, both, file};
use inhouse_protocol::Audience;
use inhouse_store::{Actor, INGEST, IngestJob, Priority, TICKET};
use std::collections::HashSet;

both!(
    two_workers_never_lease_the_same_job,
    a_lease_that_ran_out_comes_back_and_its_former_owner_learns_it,
    a_lease_of_who_is_gone_needs_not_run_out,
    a_heartbeat_keeps_a_job,
    a_failed_job_waits_before_it_comes_back,
    a_job_that_was_given_up_stays_away,
    a_job_that_was_given_back_has_lost_no_attempt,
    what_somebody_looks_at_goes_first,
    a_worker_gets_the_kinds_it_asked_for_only,
    what_goes_on_for_ever_is_one_job_whoever_starts,
);

async fn queue(world: &World, count: usize) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    for number in 0..count {
        world
            .add(&set, &format!("{number}.txt"), &format!("text {number}"))
            .await?;
    }
    Ok(())
}

async fn two_workers_never_lease_the_same_job(world: World) -> Done {
    queue(&world, 24).await?;
    let mut workers = Vec::new();
    for number in 0..6 {
        // Half of them share a process.
        let store = if number % 2 == 0 {
            world.store.clone()
        } else {
            world.other_process().await?
        };
        workers.push(tokio::spawn(async move {
            let owner = format!("worker-{number}");
            let mut leased = Vec::new();
            while let Some(job) = store.lease_job(&[INGEST], &owner, 60_000).await? {
                assert_eq!(job.attempts, 1);
                leased.push(job.id);
            }
            Ok::<_, inhouse_store::StoreError>(leased)
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await??);
    }
    // PostgreSQL's workers may find each other's rows locked and leave before the queue is
    // empty; whoever looks again gets the rest.
    while let Some(job) = world.store.lease_job(&[INGEST], "last", 60_000).await? {
        all.push(job.id);
    }
    assert_eq!(all.len(), 24);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 24);
    assert_eq!(world.store.jobs_waiting(INGEST).await?, 24);
    Ok(())
}

async fn a_lease_of_who_is_gone_needs_not_run_out(world: World) -> Done {
    queue(&world, 2).await?;
    let store = &world.store;
    let lost = store.lease_job(&[INGEST], "gone", 60_000).await?;
    let kept = store.lease_job(&[INGEST], "alive", 60_000).await?;
    assert_eq!(
        store.lapse_leases(INGEST, |owner| owner == "gone").await?,
        1
    );
    let again = store.lease_job(&[INGEST], "alive", 60_000).await?;
    let id = |job: Option<inhouse_store::Job>| job.map(|job| job.id);
    assert_eq!(id(again), id(lost.clone()));
    assert_ne!(id(kept), id(lost));
    assert_eq!(store.lease_job(&[INGEST], "other", 60_000).await?, None);
    Ok(())
}

async fn a_lease_that_ran_out_comes_back_and_its_former_owner_learns_it(world: World) -> Done {
    queue(&world, 1).await?;
    let store = &world.store;
    let lost = store
        .lease_job(&[INGEST], "dead", 30_000)
        .await?
        .ok_or("a job")?;
    assert_eq!(store.lease_job(&[INGEST], "alive", 30_000).await?, None);
    world.clock.advance_ms(30_000);
    let again = store
        .lease_job(&[INGEST], "alive", 30_000)
        .await?
        .ok_or("a job")?;
    assert_eq!((&again.id, again.attempts), (&lost.id, 2));
    assert!(!store.heartbeat(&lost.id, "dead", 30_000).await?);
    assert!(!store.finish_job(&lost.id, "dead").await?);
    assert!(!store.fail_job(&lost.id, "dead", "late", None).await?);
    assert!(store.finish_job(&again.id, "alive").await?);
    assert!(!store.finish_job(&again.id, "alive").await?);
    assert_eq!(store.jobs_waiting(INGEST).await?, 0);
    Ok(())
}

async fn a_heartbeat_keeps_a_job(world: World) -> Done {
    queue(&world, 1).await?;
    let store = &world.store;
    let job = store
        .lease_job(&[INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    world.clock.advance_ms(29_000);
    assert!(store.heartbeat(&job.id, "one", 30_000).await?);
    world.clock.advance_ms(29_000);
    assert_eq!(store.lease_job(&[INGEST], "two", 30_000).await?, None);
    Ok(())
}

async fn a_failed_job_waits_before_it_comes_back(world: World) -> Done {
    queue(&world, 1).await?;
    let store = &world.store;
    let job = store
        .lease_job(&[INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    assert!(
        store
            .fail_job(&job.id, "one", "no answer", Some(5_000))
            .await?
    );
    assert_eq!(store.lease_job(&[INGEST], "one", 30_000).await?, None);
    world.clock.advance_ms(5_000);
    let again = store
        .lease_job(&[INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    assert_eq!((again.id, again.attempts), (job.id, 2));
    Ok(())
}

async fn a_job_that_was_given_up_stays_away(world: World) -> Done {
    queue(&world, 1).await?;
    let store = &world.store;
    let job = store
        .lease_job(&[INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    assert!(store.fail_job(&job.id, "one", "broken", None).await?);
    world.clock.advance_ms(86_400_000);
    assert_eq!(store.lease_job(&[INGEST], "one", 30_000).await?, None);
    assert_eq!(store.jobs_waiting(INGEST).await?, 0);
    assert_eq!(
        store.jobs_failed(INGEST, 5).await?,
        [(job.id, "broken".to_owned())]
    );
    Ok(())
}

async fn a_job_that_was_given_back_has_lost_no_attempt(world: World) -> Done {
    queue(&world, 1).await?;
    let store = &world.store;
    let job = store
        .lease_job(&[INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    assert!(!store.release_job(&job.id, "two").await?);
    assert!(store.release_job(&job.id, "one").await?);
    let again = store.lease_job(&[INGEST], "two", 30_000).await?;
    assert_eq!(again, Some(job));
    Ok(())
}

async fn what_somebody_looks_at_goes_first(world: World) -> Done {
    queue(&world, 2).await?;
    let set = world.set("Policies", Audience::Everyone).await?;
    let mut urgent = file(&set, "urgent.txt", "urgent");
    urgent.priority = Priority::Upload;
    let (_, version) = super::ids(world.store.add_version(&Actor::Operator, urgent).await?)?;
    let job = world
        .store
        .lease_job(&[INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    let payload: IngestJob = serde_json::from_str(&job.payload)?;
    assert_eq!(job.subject, version.as_str());
    assert_eq!(payload, IngestJob { version });
    Ok(())
}

async fn a_worker_gets_the_kinds_it_asked_for_only(world: World) -> Done {
    queue(&world, 1).await?;
    let store = &world.store;
    assert_eq!(store.lease_job(&[], "one", 30_000).await?, None);
    assert_eq!(store.lease_job(&[TICKET], "one", 30_000).await?, None);
    let job = store
        .lease_job(&[TICKET, INGEST], "one", 30_000)
        .await?
        .ok_or("a job")?;
    assert_eq!(job.kind, INGEST);
    Ok(())
}

async fn what_goes_on_for_ever_is_one_job_whoever_starts(world: World) -> Done {
    let (store, other) = (&world.store, world.other_process().await?);
    for _ in 0..2 {
        store.ensure_job("watch", "/srv/policies").await?;
        other.ensure_job("watch", "/srv/policies").await?;
    }
    let job = store
        .lease_job(&["watch"], "one", 30_000)
        .await?
        .ok_or("a job")?;
    assert_eq!(job.subject, "/srv/policies");
    assert_eq!(other.lease_job(&["watch"], "two", 30_000).await?, None);
    assert!(store.release_job(&job.id, "one").await?);
    assert!(other.lease_job(&["watch"], "two", 30_000).await?.is_some());

    store.drop_job("watch", "/srv/policies").await?;
    assert!(!other.heartbeat(&job.id, "two", 30_000).await?);
    store.ensure_job("watch", "/srv/policies").await?;
    assert_eq!(store.jobs_waiting("watch").await?, 1);
    Ok(())
}
