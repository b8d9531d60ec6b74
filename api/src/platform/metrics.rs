//! What is counted for Prometheus: how many and how long, never who or what. Names and labels are a contract with
//! dashboards; docs/operations.md lists them.
//!
//! Nothing is counted where nobody asks, so that nothing grows. A process that has several apps in it counts in each by
//! itself: there is no global recorder.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::db::{Database, PoolUse};

const REQUESTS: &str = "glans_graphql_requests_total";
const DURATION: &str = "glans_graphql_request_duration_seconds";
const SIGN_INS: &str = "glans_sign_ins_total";
const STREAMS: &str = "glans_streams_open";
const STATEMENTS: &str = "glans_database_statements_total";
const REPLICA_STATEMENTS: &str = "glans_database_replica_statements_total";
const CONNECTIONS: &str = "glans_database_connections";
/// Seconds. Around what the screens should take, and up to where an operation is stopped.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What one app counts.
#[derive(Clone, Default)]
pub struct Metrics {
    counted: Option<Arc<Counted>>,
    streams: Arc<AtomicUsize>,
}

struct Counted {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// How an attempt to sign in with a password ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SignIn {
    Done,
    /// Account or password was wrong.
    Refused,
    /// There were too many attempts.
    Throttled,
}

impl Metrics {
    /// Counts where `wanted`; else nothing is kept.
    ///
    /// # Errors
    /// When the buckets of the histograms are no buckets.
    pub fn new(wanted: bool) -> Result<Self, BuildError> {
        if !wanted {
            return Ok(Self::default());
        }
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder();
        with_local_recorder(&recorder, describe);
        let handle = recorder.handle();
        Ok(Self { counted: Some(Arc::new(Counted { recorder, handle })), streams: Arc::default() })
    }

    /// An operation was answered, or a request was turned away before one was known.
    pub fn answered(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        self.count(|| {
            counter!(REQUESTS, "kind" => kind, "outcome" => outcome).increment(1);
            histogram!(DURATION, "kind" => kind).record(took.as_secs_f64());
        });
    }

    /// Somebody tried to sign in with a password.
    pub fn sign_in(&self, ended: SignIn) {
        let outcome: &'static str = ended.into();
        self.count(|| counter!(SIGN_INS, "outcome" => outcome).increment(1));
    }

    /// How many sockets and event streams are open: kept by who opens and closes them.
    pub fn streams(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.streams)
    }

    /// All of it as Prometheus reads it, with what `database` is at now; none where nothing is counted.
    pub fn exposed(&self, database: &Database) -> Option<String> {
        let counted = self.counted.as_ref()?;
        self.count(|| {
            counter!(STATEMENTS).absolute(database.statement_count());
            if let Some(statements) = database.replica_statement_count() {
                counter!(REPLICA_STATEMENTS).absolute(statements);
            }
            gauge!(STREAMS).set(exact(self.streams.load(Ordering::Relaxed)));
            for PoolUse { pool, open, idle } in database.pools() {
                gauge!(CONNECTIONS, "pool" => pool, "state" => "idle").set(exact(idle));
                gauge!(CONNECTIONS, "pool" => pool, "state" => "used").set(exact(open.saturating_sub(idle)));
            }
        });
        Some(counted.handle.render())
    }

    /// Puts what histograms collected into their buckets. Without it they grow until somebody asks.
    pub fn tidy(&self) {
        if let Some(counted) = &self.counted {
            counted.handle.run_upkeep();
        }
    }

    fn count(&self, what: impl FnOnce()) {
        if let Some(counted) = &self.counted {
            with_local_recorder(&counted.recorder, what);
        }
    }
}

fn describe() {
    describe_counter!(REQUESTS, "Requests to /graphql that were answered, by kind of operation and outcome.");
    describe_histogram!(DURATION, "How long they took, in seconds.");
    describe_counter!(SIGN_INS, "Attempts to sign in with a password, by outcome.");
    describe_gauge!(STREAMS, "Sockets and event streams that are open.");
    describe_counter!(STATEMENTS, "SQL statements.");
    describe_counter!(REPLICA_STATEMENTS, "SQL statements at the read replica; they are not among the others.");
    describe_gauge!(CONNECTIONS, "Connections to the database, by pool and state.");
}

/// Gauges are floating-point numbers, which hold every count there is here.
fn exact(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection is given back by a task of its own, some time after it was used.
    async fn settled(database: &Database) {
        let is_used = || database.pools().into_iter().any(|pool| pool.idle < pool.open);
        let wait = async {
            while is_used() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap();
    }

    #[tokio::test]
    async fn what_was_counted_is_read_by_prometheus() {
        let folder = std::env::temp_dir().join(format!("glans-metrics-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        let database = Database::connect(&format!("sqlite://{}", folder.join("a.db").display())).await.unwrap();
        let metrics = Metrics::new(true).unwrap();
        metrics.answered("query", "ok", Duration::from_millis(20));
        metrics.answered("query", "ok", Duration::from_millis(20));
        metrics.sign_in(SignIn::Refused);
        metrics.streams().fetch_add(3, Ordering::Relaxed);
        metrics.tidy();
        settled(&database).await;
        let text = metrics.exposed(&database).unwrap();
        for line in [
            "# TYPE glans_graphql_requests_total counter",
            "glans_graphql_requests_total{kind=\"query\",outcome=\"ok\"} 2",
            "glans_graphql_request_duration_seconds_bucket{kind=\"query\",le=\"0.01\"} 0",
            "glans_graphql_request_duration_seconds_bucket{kind=\"query\",le=\"0.025\"} 2",
            "glans_sign_ins_total{outcome=\"refused\"} 1",
            "glans_streams_open 3",
            "glans_database_connections{pool=\"writer\",state=\"used\"} 0",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("glans_database_statements_total "), "{text}");
        let silent = Metrics::new(false).unwrap();
        silent.answered("query", "ok", Duration::ZERO);
        assert_eq!(silent.exposed(&database), None);
        database.close().await.unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
