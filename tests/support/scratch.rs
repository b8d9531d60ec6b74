//! Where throwaway databases live.

use std::path::PathBuf;
use std::process::Command;

const MEMORY: &str = "/dev/shm";
/// What a run takes at most, in KiB.
const ROOM: u64 = 3 * 1024 * 1024;

/// A folder in memory where there is room, else that of temporary files: ext4 is slow to make files soon after many were
/// deleted, and every database is a thousand of them.
pub(crate) fn folder() -> PathBuf {
    if free(MEMORY).is_some_and(|free| free >= ROOM) { PathBuf::from(MEMORY) } else { std::env::temp_dir() }
}

/// How many KiB are free there; none where there is no such folder.
fn free(folder: &str) -> Option<u64> {
    let output = Command::new("df").args(["-Pk", folder]).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}
