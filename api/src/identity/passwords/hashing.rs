//! Argon2id on a bounded pool.
//!
//! One hash fills 19 MiB and a core for some 20 ms. Half of the cores may do so at once, in threads that let others go
//! first, and the rest waits in a queue, so that the morning's sign-ins never starve those who are reading; a queue that is
//! full says so at once, and no request stands in it for longer than seven seconds, all of its hashes together.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use argon2::password_hash::{PasswordVerifier, phc};
use argon2::{Argon2, Params, PasswordHash, PasswordHasher};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::platform::chance;

/// OWASP Password Storage: the minimum for Argon2id. Change them and every account is rehashed at its next sign-in.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_LEN: usize = 16;
/// More than this many waiting would only fill memory.
const QUEUE_LEN: usize = 512;
/// Who waits longer is sent away with a word when to come back, before the time of the request is up. A whole school that
/// signs in at once, on a machine with one core to hash, is through by then.
const PATIENCE: Duration = Duration::from_secs(7);
/// How much a hash lets others go first: beside a thread that answers it gets a tenth of its share.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    #[error("too many sign-ins are waiting")]
    Busy,
    #[error("the hashing pool has stopped")]
    Stopped,
    #[error("a password hash could not be made or read: {0}")]
    Hash(#[from] argon2::password_hash::Error),
    #[error("a stored password hash is damaged: {0}")]
    Stored(#[from] phc::Error),
    #[error("the parameters of Argon2 are out of range: {0}")]
    Params(#[from] argon2::Error),
    #[error("no random salt: the cryptographic library refused to work")]
    Salt(#[from] aws_lc_rs::error::Unspecified),
}

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed with other parameters than today's: hash it anew.
    RightButOutdated,
}

impl Verdict {
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Right | Self::RightButOutdated)
    }
}

/// The pool. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Hashing {
    pool: Arc<Pool>,
    /// Until when a request waits for its hashes, once it asked for one; none: as long for each of them.
    until: Option<Arc<OnceLock<Instant>>>,
}

struct Pool {
    argon: Argon2<'static>,
    params: Params,
    workers: Arc<Semaphore>,
    waiting: AtomicUsize,
    patience: Duration,
    done: AtomicU64,
    /// Verified for accounts that do not exist.
    decoy: &'static str,
}

impl Hashing {
    /// `workers`: how many hash at once; half of the cores, and one at least.
    pub fn new(workers: usize) -> Result<Self, HashingError> {
        Self::with_patience(workers, PATIENCE)
    }

    fn with_patience(workers: usize, patience: Duration) -> Result<Self, HashingError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
        let argon = Argon2::from(params.clone());
        let pool = Arc::new(Pool {
            decoy: decoy(&argon)?,
            argon,
            params,
            workers: Arc::new(Semaphore::new(workers.max(1))),
            waiting: AtomicUsize::new(0),
            patience,
            done: AtomicU64::new(0),
        });
        Ok(Self { pool, until: None })
    }

    /// The same pool for one request, which waits for all of its hashes as long as others do for one. What it waits for
    /// before the first of them is not counted.
    #[must_use]
    pub fn of_request(&self) -> Self {
        Self { pool: Arc::clone(&self.pool), until: Some(Arc::default()) }
    }

    /// A PHC string with a fresh salt.
    pub async fn hash(&self, password: String) -> Result<String, HashingError> {
        let pool = Arc::clone(&self.pool);
        self.run(move || hash(&pool.argon, password.as_bytes())).await
    }

    /// Compares with `stored`; with `None` (there is no such account) it does the same work and finds it wrong.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<Verdict, HashingError> {
        let pool = Arc::clone(&self.pool);
        self.run(move || verify(&pool, password.as_bytes(), stored.as_deref())).await
    }

    /// How many hashes were computed since the start. Equal work is what makes two refusals last equally long.
    pub fn done(&self) -> u64 {
        self.pool.done.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let place = Place::in_queue(Arc::clone(&self.pool))?;
        let patient = || Instant::now() + self.pool.patience;
        let until = self.until.as_ref().map_or_else(patient, |until| *until.get_or_init(patient));
        let worker = timeout_at(until, Arc::clone(&self.pool.workers).acquire_owned());
        let worker = worker.await.map_err(|_| HashingError::Busy)?.map_err(|_| HashingError::Stopped)?;
        let (told, result) = oneshot::channel();
        // A thread of its own: one that stepped back may not step forward again. The worker's permit goes along: when the
        // caller gives up, the hash still runs and still counts as running.
        let hashing = move || {
            step_back();
            let result = work();
            place.0.done.fetch_add(1, Ordering::Relaxed);
            drop((worker, place));
            // Nobody waits any more: then nobody has to know.
            let _ = told.send(result);
        };
        thread::Builder::new().name("hashing".to_owned()).spawn(hashing).map_err(|_| HashingError::Stopped)?;
        result.await.map_err(|_| HashingError::Stopped)?
    }
}

/// Lets all other threads go first.
fn step_back() {
    // On Linux a priority is that of a thread, elsewhere that of the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        tracing::debug!(%error, "a hash goes on with the priority of the server");
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<Pool>);

impl Place {
    fn in_queue(pool: Arc<Pool>) -> Result<Self, HashingError> {
        let before = pool.waiting.fetch_add(1, Ordering::AcqRel);
        let place = Self(pool);
        if before < QUEUE_LEN { Ok(place) } else { Err(HashingError::Busy) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The hash of nothing that anybody knows, with today's parameters: all pools of a process may share it.
fn decoy(argon: &Argon2<'_>) -> Result<&'static str, HashingError> {
    static DECOY: OnceLock<String> = OnceLock::new();
    if let Some(decoy) = DECOY.get() {
        return Ok(decoy);
    }
    let mut secret = [0; 32];
    chance::fill(&mut secret)?;
    let made = hash(argon, &secret)?;
    Ok(DECOY.get_or_init(|| made))
}

fn hash(argon: &Argon2<'_>, password: &[u8]) -> Result<String, HashingError> {
    let mut salt = [0; SALT_LEN];
    chance::fill(&mut salt)?;
    Ok(argon.hash_password_with_salt(password, &salt)?.to_string())
}

fn verify(pool: &Pool, password: &[u8], stored: Option<&str>) -> Result<Verdict, HashingError> {
    let parsed = PasswordHash::new(stored.unwrap_or(pool.decoy))?;
    let matches = match pool.argon.verify_password(password, &parsed) {
        Ok(()) => true,
        Err(argon2::password_hash::Error::PasswordInvalid) => false,
        Err(other) => return Err(other.into()),
    };
    let current = Params::try_from(&parsed)?;
    let same = (current.m_cost(), current.t_cost(), current.p_cost())
        == (pool.params.m_cost(), pool.params.t_cost(), pool.params.p_cost());
    Ok(match (matches && stored.is_some(), same) {
        (false, _) => Verdict::Wrong,
        (true, true) => Verdict::Right,
        (true, false) => Verdict::RightButOutdated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Settings;

    fn password(text: &str) -> String {
        text.to_owned()
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hashing = Hashing::new(1).unwrap();
        let stored = hashing.hash(password("de kat zit op het dak")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(
            hashing.verify(password("de kat zit op het dak"), Some(stored.clone())).await.unwrap(),
            Verdict::Right
        );
        assert_eq!(hashing.verify(password("de kat zit op het dek"), Some(stored)).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn an_unknown_account_costs_the_same_work_and_is_wrong() {
        let hashing = Hashing::new(1).unwrap();
        let before = hashing.done();
        assert_eq!(hashing.verify(password("anything"), None).await.unwrap(), Verdict::Wrong);
        assert_eq!(hashing.done() - before, 1);
    }

    #[tokio::test]
    async fn what_stands_in_for_an_unknown_account_has_the_parameters_of_the_others() {
        let (one, another) = (Hashing::new(1).unwrap(), Hashing::new(2).unwrap());
        let stored = one.hash(password("de kat zit op het dak")).await.unwrap();
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(one.pool.decoy), parameters(&stored));
        assert_eq!(one.pool.decoy, another.pool.decoy, "one is made per process");
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_right_but_outdated() {
        let weak = Argon2::from(Params::new(8_192, 1, 1, None).unwrap());
        let stored = hash(&weak, b"oud wachtwoord").unwrap();
        let hashing = Hashing::new(1).unwrap();
        let verdict = hashing.verify(password("oud wachtwoord"), Some(stored.clone())).await.unwrap();
        assert_eq!(verdict, Verdict::RightButOutdated);
        assert_eq!(hashing.verify(password("iets anders"), Some(stored)).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_damaged_hash_is_a_fault_and_never_a_match() {
        let hashing = Hashing::new(1).unwrap();
        let found = hashing.verify(password("x"), Some(password("$argon2id$broken"))).await;
        assert!(matches!(found, Err(HashingError::Stored(_))));
    }

    #[tokio::test]
    async fn a_full_queue_is_said_at_once_and_empties_again() {
        let hashing = Hashing::new(1).unwrap();
        hashing.pool.waiting.store(QUEUE_LEN, Ordering::Release);
        assert!(matches!(hashing.verify(password("x"), None).await, Err(HashingError::Busy)));
        hashing.pool.waiting.store(0, Ordering::Release);
        assert!(hashing.verify(password("x"), None).await.is_ok());
        assert_eq!(hashing.pool.waiting.load(Ordering::Acquire), 0);
    }

    #[tokio::test]
    async fn who_waits_too_long_is_sent_away_and_leaves_the_queue() {
        let patience = Duration::from_millis(50);
        let hashing = Hashing::with_patience(1, patience).unwrap();
        let only = Arc::clone(&hashing.pool.workers).acquire_owned().await.unwrap();
        let start = std::time::Instant::now();
        assert!(matches!(hashing.verify(password("x"), None).await, Err(HashingError::Busy)));
        assert!(start.elapsed() >= patience);
        assert_eq!(hashing.pool.waiting.load(Ordering::Acquire), 0);
        drop(only);
        assert!(hashing.verify(password("x"), None).await.is_ok());
    }

    #[tokio::test]
    async fn a_request_waits_for_all_of_its_hashes_as_long_as_for_one() {
        // A busy machine comes to nothing for a part of it, and who waited already must be told sooner.
        let patience = Duration::from_secs(2);
        let hashing = Hashing::with_patience(1, patience).unwrap();
        let only = Arc::clone(&hashing.pool.workers).acquire_owned().await.unwrap();
        let request = hashing.of_request();
        tokio::time::sleep(patience).await;
        let start = Instant::now();
        assert!(matches!(request.verify(password("x"), None).await, Err(HashingError::Busy)));
        assert!(start.elapsed() >= patience, "it waits from its first hash on");
        let start = Instant::now();
        assert!(matches!(request.hash(password("x")).await, Err(HashingError::Busy)));
        assert!(start.elapsed() < patience, "it has waited already");
        drop(only);
        assert!(request.hash(password("x")).await.is_ok(), "nobody has to wait any more");
    }

    /// As many as the bucket of an address has room for at once.
    #[test]
    fn a_whole_school_on_one_core_is_let_in_before_the_time_of_a_request_is_up() {
        let (school, hash) = (300, Duration::from_millis(20));
        assert!((hash * school..Settings::default().execution_timeout).contains(&PATIENCE));
    }

    /// The lines of `key` in the unit of systemd, in the order in which they count.
    fn unit(key: &str) -> Vec<&'static str> {
        let unit = include_str!("../../../../deploy/glans.service");
        unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
    }

    #[test]
    fn the_unit_of_systemd_lets_a_hash_step_back() {
        let filter = unit("SystemCallFilter");
        let last = |group: &str| filter.iter().rposition(|line| line.contains(group)).unwrap();
        assert!(filter[last("setpriority")].split(' ').any(|call| call == "setpriority"), "{filter:?}");
        assert!(last("setpriority") > last("~@privileged @resources"), "taken away after it was given: {filter:?}");
        assert_eq!(unit("SystemCallErrorNumber"), ["EPERM"], "what is refused must not end the service");
    }
}
