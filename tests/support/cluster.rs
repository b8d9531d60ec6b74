//! A throwaway PostgreSQL cluster for one test process.
//!
//! The cluster is a child shell (`cluster.sh`) that removes itself when its standard input closes, so it goes with the
//! test process however that ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::ports::lasting_port;
use crate::scratch;

/// How often a port may be taken between choosing it and listening on it.
const ATTEMPTS: usize = 3;
const SCRIPT: &str = include_str!("cluster.sh");

/// A running cluster. The pipe inside closes when it goes out of use, or else with the process.
#[derive(Debug)]
pub struct Cluster {
    port: u16,
    directory: PathBuf,
    watchdog: Child,
}

impl Cluster {
    /// Starts a cluster with the programs in `bin`; panics with what they said when they fail.
    pub fn start(bin: &Path) -> Self {
        (0..ATTEMPTS).find_map(|_| Self::attempt(bin)).expect("PostgreSQL does not start; its messages stand above")
    }

    /// The maintenance database of the cluster, as a role that may create databases and roles, but is no superuser.
    pub fn url(&self) -> String {
        format!("postgres://glans_owner@127.0.0.1:{}/postgres", self.port)
    }

    /// One of its databases, as the superuser, who can do what no test may.
    pub(crate) fn superuser_url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Where its files are, until it is removed.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The process that all of the cluster descend from.
    pub fn process(&self) -> u32 {
        self.watchdog.id()
    }

    /// Stops the server as an operator would: connections are cut, and what was committed is kept.
    pub fn stop(&mut self) {
        self.told("stop", "stopped");
    }

    /// Starts the server that was stopped, on the same port.
    pub fn start_again(&mut self) {
        self.told("start", "ready");
    }

    fn told(&mut self, command: &str, answer: &str) {
        let input = self.watchdog.stdin.as_mut().expect("standard input is a pipe");
        writeln!(input, "{command}").expect("a shell that listens");
        assert!(says(&mut self.watchdog, answer), "PostgreSQL does not {command}; its messages stand above");
    }

    fn attempt(bin: &Path) -> Option<Self> {
        let port = lasting_port();
        let directory = tempfile::Builder::new().prefix("glans-postgres-").tempdir_in(scratch::folder());
        let directory = directory.expect("a temporary directory").keep();
        let mut watchdog = as_unprivileged(&directory)
            .args(["-c", SCRIPT, "cluster.sh"])
            .args([bin, &directory])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Out of the terminal's foreground group: Ctrl-C is for the test process, the pipe is for us.
            .process_group(0)
            .spawn()
            .expect("a shell");
        if says(&mut watchdog, "ready") {
            return Some(Self { port, directory, watchdog });
        }
        watchdog.wait().expect("a child of this process");
        None
    }
}

fn says(watchdog: &mut Child, word: &str) -> bool {
    let output = watchdog.stdout.as_mut().expect("standard output is a pipe");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("a pipe that can be read");
    line.trim() == word
}

/// The folder of PostgreSQL's programs: that of `initdb` in the PATH, else the newest under /usr/lib/postgresql.
pub fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok()?.parent().map(Path::to_owned))
        .chain(debian_folders())
        .find(|folder| {
            ["initdb", "postgres", "pg_isready", "createuser"].iter().all(|program| folder.join(program).is_file())
        })
}

/// Debian and its kin keep the server's programs out of the PATH, in a folder per version; newest first.
fn debian_folders() -> Vec<PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = entries.map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| {
        let version = path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(version)
    });
    versions.into_iter().map(|path| path.join("bin")).collect()
}

/// A shell that `initdb` accepts: it refuses to run as root, who therefore becomes the user `postgres`.
fn as_unprivileged(directory: &Path) -> Command {
    if id(&["-u"]) != 0 {
        return Command::new("sh");
    }
    chown(directory, Some(id(&["-u", "postgres"])), Some(id(&["-g", "postgres"]))).expect("root may give files away");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    command
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().expect("the program `id`");
    let number = String::from_utf8_lossy(&output.stdout).trim().parse();
    number.expect("the user `postgres`, which root needs to run PostgreSQL as")
}
