//! A SQLite database of one test.
//!
//! Each connection reads the whole schema when it is opened. So the file is written anew beneath connections that go on.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use glans::platform::db::Database;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tempfile::TempDir;

use crate::scratch;
use crate::template::connect;

const FILE: &str = "glans.db";
/// Where a file says that it has a write-ahead log, and by which number: <https://sqlite.org/fileformat.html>, section 1.3.
const READ_VERSION: usize = 19;
const WAL: u8 = 2;
/// Empties the log into the file, if nobody reads or writes.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// For how many milliseconds other processes are waited for.
const WAITS: &str = "PRAGMA busy_timeout";
/// Changes nothing. But it is a commit, so that who is connected looks anew at what it remembers of the file.
const COMMIT: &str = "PRAGMA user_version = 0";

/// What is in a file.
pub(crate) type Bytes = Arc<Vec<u8>>;

/// A copy of a snapshot.
#[derive(Debug)]
pub(crate) struct SqliteFile {
    folder: TempDir,
    snapshot: Bytes,
    /// Open for as long as anybody is connected: to close it would take the locks from all connections of the process.
    file: File,
}

impl SqliteFile {
    pub(crate) fn copy(snapshot: &Bytes) -> Self {
        let folder = tempfile::Builder::new().prefix("glans-test-").tempdir_in(scratch::folder());
        let folder = folder.expect("a temporary directory");
        let file = File::create(folder.path().join(FILE)).expect("a file in a folder of our own");
        file.write_all_at(snapshot, 0).expect("room for a database");
        Self { folder, snapshot: Arc::clone(snapshot), file }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.path().display())
    }

    /// What is in it now. All connections must be closed.
    pub(crate) fn bytes(&self) -> Bytes {
        Arc::new(fs::read(self.path()).expect("the file of the database"))
    }

    pub(crate) fn is_copy_of(&self, snapshot: &Bytes) -> bool {
        Arc::ptr_eq(&self.snapshot, snapshot)
    }

    pub(crate) fn can_be_brought_back(&self) -> bool {
        self.snapshot.get(READ_VERSION) == Some(&WAL)
    }

    /// Writes the snapshot beneath the connections of `db`. None where somebody has something in hand, or the writer is not as
    /// it was made; then it is no more.
    pub(crate) async fn brought_back(self, db: &Database) -> Option<Self> {
        let can_be = self.can_be_brought_back() && waits_as_ever(db).await.ok()?;
        if !can_be || !is_emptied(db.connection()).await.ok()? {
            self.remove();
            return None;
        }
        self.file.write_all_at(&self.snapshot, 0).expect("room for a database");
        self.file.set_len(u64::try_from(self.snapshot.len()).ok()?).expect("a file of the length of before");
        // Somebody new, who remembers nothing.
        let newcomer = connect(&self.url()).await;
        newcomer.execute_unprepared(COMMIT).await.expect("a commit");
        newcomer.close().await.expect("a connection that closes");
        Some(self)
    }

    pub(crate) fn remove(self) {
        self.folder.close().expect("a temporary directory that can be removed");
    }
}

/// Whether all that was written stands in the file, and the log is empty.
async fn is_emptied(writer: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(first(writer, CHECKPOINT).await? == 0)
}

/// Whether the writer waits for other processes as those do who look up, to whom nobody says otherwise. What a test told it
/// would hold for the next one, which would be refused at once where it should wait.
async fn waits_as_ever(db: &Database) -> Result<bool, DbErr> {
    Ok(first(db.connection(), WAITS).await? == first(db.looking(), WAITS).await?)
}

/// The first that a pragma tells.
async fn first(connection: &DatabaseConnection, pragma: &str) -> Result<i32, DbErr> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, pragma)).await?;
    row.expect("a pragma that tells something").try_get_by_index(0)
}
