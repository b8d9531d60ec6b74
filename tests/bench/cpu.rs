//! CPU time of processes, from /proc.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// The kernel counts in hundredths of a second on every Linux that there is.
const TICK: Duration = Duration::from_millis(10);

/// CPU time that `roots` and everything they started have used until now.
pub(crate) fn used_by(roots: &[u32]) -> Duration {
    let processes = all();
    let ticks: u64 =
        processes.iter().filter(|(pid, _)| descends(**pid, roots, &processes)).map(|(_, it)| it.ticks).sum();
    TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

struct Process {
    parent: u32,
    /// Its own, and those of its children that have ended.
    ticks: u64,
}

fn all() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            Some((pid, parse(&fs::read_to_string(entry.path().join("stat")).ok()?)?))
        })
        .collect()
}

/// `proc_pid_stat(5)`: the name stands in brackets and may hold anything; ppid is field 4, utime to cstime are 14 to 17.
fn parse(stat: &str) -> Option<Process> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Process { parent: fields.get(1)?.parse().ok()?, ticks })
}

fn descends(pid: u32, roots: &[u32], processes: &HashMap<u32, Process>) -> bool {
    let mut at = pid;
    while !roots.contains(&at) {
        match processes.get(&at) {
            Some(process) if process.parent != 0 => at = process.parent,
            _ => return false,
        }
    }
    true
}
