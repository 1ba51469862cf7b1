//! Who holds a lease: a name that no other lane, process or machine has, and by which others on
//! this machine can tell that its process is gone.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

/// A name for a lane's leases: the processes that can see one another, the process, the lane.
pub(super) fn new() -> String {
    static LANES: AtomicU64 = AtomicU64::new(0);
    let lane = LANES.fetch_add(1, Ordering::Relaxed);
    let pid = std::process::id();
    let begun = begun(pid).unwrap_or_default();
    format!("{}/{pid}/{begun}/{lane}", neighborhood())
}

/// Whether the process that has this name surely runs no more: it was one that this process could
/// see, and there is none of its number, or another.
pub(super) fn is_gone(owner: &str) -> bool {
    let mut parts = owner.rsplitn(4, '/');
    let (_lane, begun_then, pid, near) = (parts.next(), parts.next(), parts.next(), parts.next());
    let (Some(begun_then), Some(Ok(pid)), Some(near)) = (begun_then, pid.map(str::parse), near)
    else {
        return false;
    };
    near == neighborhood() && begun(pid).is_none_or(|now| now.to_string() != begun_then)
}

/// This boot of this machine and, in a container, its own numbering of processes.
fn neighborhood() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let numbering = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let numbering = numbering.display();
    format!("{}/{}/{numbering}", host.trim(), boot.trim())
}

/// When a process began, in ticks since the machine's boot; none when there is no such process.
/// The 22nd field of `/proc/PID/stat`, whose second may hold blanks and brackets.
fn begun(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_that_runs_is_not_gone_and_one_that_ended_is() {
        let own = new();
        assert!(!is_gone(&own));
        assert_ne!(own, new(), "each lane has its own");
        let mut child = Command::new("true").spawn().unwrap();
        let pid = child.id();
        let name = format!("{}/{pid}/{}/0", neighborhood(), begun(pid).unwrap());
        child.wait().unwrap();
        assert!(is_gone(&name));
    }

    #[test]
    fn nothing_is_said_of_other_machines_and_of_names_that_are_none() {
        assert!(!is_gone("elsewhere/boot/pid:[1]/999999/1/0"));
        assert!(!is_gone("worker-1"));
        assert!(!is_gone(""));
    }
}
