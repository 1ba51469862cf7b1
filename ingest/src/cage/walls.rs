//! The walls a child puts up around itself. None can be taken down again.

use super::order::Order;
use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, path_beneath_rules,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, geteuid, set_dumpable_behavior, setrlimit,
};
use rustix::thread::{
    Gid, Uid, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// The user that owns nothing, on Debian and most others.
const NOBODY: u32 = 65534;
/// Address space that the allocator reserves for a thread without using it.
const ARENAS_BYTES: u64 = 192 << 20;

type Wall = Result<(), String>;

/// Gives up root and whatever could be gained by starting another program, and limits what this
/// process may use. `stack_bytes` is what a thread's stack takes.
pub(super) fn limits(order: &Order, stack_bytes: u64) -> Wall {
    let fail = |what: &str| {
        let what = what.to_owned();
        move |e: rustix::io::Errno| format!("{what}: {e}")
    };
    set_no_new_privs(true).map_err(fail("no_new_privs"))?;
    if geteuid().is_root() {
        let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
        set_thread_groups(&[]).map_err(fail("setgroups"))?;
        set_thread_res_gid(gid, gid, gid).map_err(fail("setgid"))?;
        set_thread_res_uid(uid, uid, uid).map_err(fail("setuid"))?;
    }
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(fail("dumpable"))?;
    let space = address_space_bytes()? + order.memory_bytes + stack_bytes + ARENAS_BYTES;
    for (resource, limit) in [
        (Resource::As, space),
        (Resource::Cpu, order.cpu_s),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 64),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
    ] {
        let limit = Rlimit {
            current: Some(limit),
            // A second above the soft limit of CPU time, the kernel kills.
            maximum: Some(limit + u64::from(resource == Resource::Cpu)),
        };
        setrlimit(resource, limit).map_err(fail("setrlimit"))?;
    }
    Ok(())
}

/// No path can be opened but those below `readable`, no port reached: where the kernel has
/// Landlock; elsewhere [`system_calls`] stands alone.
pub(super) fn paths(readable: &[&str]) -> Wall {
    let abi = ABI::V5;
    let close = || {
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .create()?
            .add_rules(path_beneath_rules(readable, AccessFs::from_read(abi)))?
            .restrict_self()
    };
    close()
        .map(|_| ())
        .map_err(|e: landlock::RulesetError| format!("landlock: {e}"))
}

/// No more processes or threads, and no system call but those that computing needs, on all
/// threads: no socket, no open, no exec, no fork, no ptrace, no executable memory; reading from
/// standard input, writing to standard output and error. Others 'don't exist' (ENOSYS).
pub(super) fn system_calls() -> Wall {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Nproc, none).map_err(|e| format!("setrlimit: {e}"))?;
    let mut rules = Rules::default();
    rules.allow_all(&COMPUTING);
    rules.allow_if(libc::SYS_read, &[(0, equal(0))])?;
    rules.allow_if(libc::SYS_readv, &[(0, equal(0))])?;
    rules.output()?;
    rules.allow_if(libc::SYS_mmap, &[(2, without(libc::PROT_EXEC))])?;
    rules.allow_if(libc::SYS_mprotect, &[(2, without(libc::PROT_EXEC))])?;
    let program = rules.compile()?;
    seccompiler::apply_filter_all_threads(&program).map_err(|e| format!("seccomp: {e}"))
}

/// As [`system_calls`], for a program of its own that is started next: it may load its libraries
/// and read files as nobody, and start programs under the same walls.
pub(super) fn system_calls_of_a_program() -> Wall {
    let writes = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
    let mut rules = Rules::default();
    rules.allow_all(&COMPUTING);
    rules.allow_all(&LOADING);
    rules.output()?;
    rules.allow_if(libc::SYS_openat, &[(2, without(writes))])?;
    // Asking for limits, not setting them.
    rules.allow_if(libc::SYS_prlimit64, &[(2, equal(0))])?;
    #[cfg(target_arch = "x86_64")]
    {
        rules.allow_all(&LOADING_ON_X86);
        rules.allow_if(libc::SYS_open, &[(1, without(writes))])?;
    }
    let program = rules.compile()?;
    seccompiler::apply_filter(&program).map_err(|e| format!("seccomp: {e}"))
}

const COMPUTING: [i64; 21] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

const LOADING: [i64; 30] = [
    libc::SYS_clock_getres,
    libc::SYS_execve,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_newfstatat,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

#[cfg(target_arch = "x86_64")]
const LOADING_ON_X86: [i64; 6] = [
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_getrlimit,
    libc::SYS_lstat,
    libc::SYS_readlink,
    libc::SYS_stat,
];

type Test = (SeccompCmpOp, u64);

fn equal(value: u64) -> Test {
    (SeccompCmpOp::Eq, value)
}

/// None of these bits.
fn without(bits: i32) -> Test {
    (SeccompCmpOp::MaskedEq(u64::from(bits.unsigned_abs())), 0)
}

/// System calls that are allowed; an empty list of rules means whatever the arguments are.
#[derive(Default)]
struct Rules(BTreeMap<i64, Vec<SeccompRule>>);

impl Rules {
    fn allow_all(&mut self, calls: &[i64]) {
        for call in calls {
            self.0.insert(*call, Vec::new());
        }
    }

    fn allow_if(&mut self, call: i64, tests: &[(u8, Test)]) -> Wall {
        let conditions = tests
            .iter()
            .map(|(argument, (operator, value))| {
                let width = SeccompCmpArgLen::Qword;
                SeccompCondition::new(*argument, width, operator.clone(), *value)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| format!("seccomp: {e}"))?;
        let rule = SeccompRule::new(conditions).map_err(|e| format!("seccomp: {e}"))?;
        self.0.entry(call).or_default().push(rule);
        Ok(())
    }

    /// Writing to standard output and error; aborting oneself.
    fn output(&mut self) -> Wall {
        for call in [libc::SYS_write, libc::SYS_writev] {
            self.allow_if(call, &[(0, equal(1))])?;
            self.allow_if(call, &[(0, equal(2))])?;
        }
        let own = u64::from(std::process::id());
        self.allow_if(libc::SYS_tgkill, &[(0, equal(own))])
    }

    fn compile(self) -> Result<BpfProgram, String> {
        let missing = u32::try_from(libc::ENOSYS).unwrap_or(38);
        let arch = std::env::consts::ARCH
            .try_into()
            .map_err(|e| format!("seccomp: {e}"))?;
        SeccompFilter::new(
            self.0,
            SeccompAction::Errno(missing),
            SeccompAction::Allow,
            arch,
        )
        .and_then(TryInto::try_into)
        .map_err(|e| format!("seccomp: {e}"))
    }
}

/// What this process has mapped so far, in bytes.
fn address_space_bytes() -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status")
        .map_err(|e| format!("/proc/self/status: {e}"))?;
    let kilobytes = status.lines().find_map(|line| {
        let value = line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")?;
        value.parse::<u64>().ok()
    });
    kilobytes
        .map(|kb| kb << 10)
        .ok_or_else(|| "/proc/self/status has no VmSize".to_owned())
}
