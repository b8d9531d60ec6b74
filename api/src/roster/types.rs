//! The roster import and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::roster::{RosterImportState, RosterProblemSeverity, roster_import, roster_problem};

use super::actions::Started;
use super::outcome::ImportCounts;
use super::plan::Counts;
use super::store;
use super::upload;
use crate::app::App;
use crate::call::Call;
use crate::loaders;
use crate::organisation::boards::Board;
use crate::payload;
use crate::platform::error::{Error, Result, UserError, outcome};
use crate::platform::page::{Page, PageArgs, PageEdge};
use crate::sync_cursor;
use crate::uploads::types::UploadAddress;

pub struct RosterImport(pub roster_import::Model);

impl From<roster_import::Model> for RosterImport {
    fn from(row: roster_import::Model) -> Self {
        Self(row)
    }
}

/// Where an import stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "RosterImportState")]
pub enum RosterImportStatus {
    /// Started; the bundle has not arrived.
    AwaitingUpload,
    /// The bundle is here and waits for its turn.
    Queued,
    /// Being read, compared or written.
    Running,
    /// Done. Of a dry run: it would go through.
    Succeeded,
    /// Nothing was written; `problems` says why.
    Failed,
    /// Undone: everything is as it was before.
    RolledBack,
}

/// What a problem means.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "RosterProblemSeverity")]
pub enum RosterProblemLevel {
    /// Has to be mended in the files: nothing is written while there is one.
    Error,
    /// Something was left out on purpose, or deserves a look.
    Notice,
}

pub struct RosterProblem(pub roster_problem::Model);

/// What was found at one place in the files.
#[Object]
impl RosterProblem {
    /// What it means for the import.
    async fn severity(&self) -> RosterProblemLevel {
        self.0.severity.into()
    }

    /// Name of the file, as `users.csv`.
    async fn file(&self) -> &str {
        &self.0.file
    }

    /// Line of the file as an editor shows it, from 1; null when it concerns the whole file.
    async fn line(&self) -> Option<i32> {
        self.0.line
    }

    /// Name of the column, as in the header; null when it concerns the whole line.
    async fn column(&self) -> Option<&str> {
        self.0.column_name.as_deref()
    }

    /// What is wrong and what to do, in English.
    async fn message(&self) -> &str {
        &self.0.message
    }
}

/// The tables that a roster fills.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterRecordKind {
    /// Clusters of schools.
    Cluster,
    /// Schools.
    School,
    /// School years.
    SchoolYear,
    /// Class groups.
    ClassGroup,
    /// Staff and guardians.
    Person,
    /// Students.
    Student,
    /// Places of students in class groups.
    Enrolment,
    /// Roles of staff.
    Membership,
    /// Relations of guardians and students.
    Guardianship,
}

/// How many records of one kind an import makes, changes, ends and leaves alone. Of a dry run: would. Which these are
/// is told by the command line alone, of 50 of each kind at most.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct RosterImportCount {
    /// Which kind.
    pub kind: RosterRecordKind,
    /// New records.
    pub created_count: i32,
    /// Records with other details.
    pub updated_count: i32,
    /// Records that count no longer; their history stays.
    pub ended_count: i32,
    /// Records that are as the files have them.
    pub unchanged_count: i32,
}

impl RosterImportCount {
    fn of(kind: RosterRecordKind, counts: Counts) -> Self {
        let figure = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            kind,
            created_count: figure(counts.created),
            updated_count: figure(counts.updated),
            ended_count: figure(counts.ended),
            unchanged_count: figure(counts.unchanged),
        }
    }
}

impl RosterImport {
    fn figures(&self) -> Result<ImportCounts> {
        serde_json::from_value(self.0.counts.clone()).map_err(Error::fault)
    }
}

/// An import of a roster (*import van leerlingen, ouders en personeel*) from the files of a school administration. Seen by
/// administrators of the board.
#[Object]
impl RosterImport {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The board that is imported into.
    async fn board(&self, ctx: &Context<'_>) -> Result<Board> {
        let board = loaders::one(ctx, self.0.board_id).await?;
        board.map(Board).ok_or_else(|| Error::fault("an import in sight has no board in sight"))
    }

    /// Where it stands.
    async fn status(&self) -> RosterImportStatus {
        self.0.state.into()
    }

    /// Whether it only tells what would change.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// Whether it goes on when more than a tenth of the active people, or of what ties them, would count no longer.
    async fn accept_removals(&self) -> bool {
        self.0.accept_removals
    }

    /// Rows in the files; 0 until they are read.
    async fn rows_total(&self, ctx: &Context<'_>) -> i32 {
        let running = Call::of(ctx).app().imports.of(self.0.id);
        running.map_or(self.0.rows_total, |rows| rows.total)
    }

    /// Rows that are done, of `rowsTotal`.
    async fn rows_done(&self, ctx: &Context<'_>) -> i32 {
        let running = Call::of(ctx).app().imports.of(self.0.id);
        running.map_or(self.0.rows_done, |rows| rows.done)
    }

    /// What it changed, by kind of record; of a dry run, what it would change. Empty while it runs, and when the files are
    /// broken.
    async fn counts(&self) -> Result<Vec<RosterImportCount>> {
        use RosterRecordKind as Kind;
        let Some(changes) = self.figures()?.changes else { return Ok(Vec::new()) };
        Ok(vec![
            RosterImportCount::of(Kind::Cluster, changes.clusters),
            RosterImportCount::of(Kind::School, changes.schools),
            RosterImportCount::of(Kind::SchoolYear, changes.school_years),
            RosterImportCount::of(Kind::ClassGroup, changes.class_groups),
            RosterImportCount::of(Kind::Person, changes.people),
            RosterImportCount::of(Kind::Student, changes.students),
            RosterImportCount::of(Kind::Enrolment, changes.enrolments),
            RosterImportCount::of(Kind::Membership, changes.memberships),
            RosterImportCount::of(Kind::Guardianship, changes.guardianships),
        ])
    }

    /// Problems that have to be mended, also those beyond the ten thousand that are kept.
    async fn error_count(&self) -> Result<i32> {
        Ok(i32::try_from(self.figures()?.errors).unwrap_or(i32::MAX))
    }

    /// Things that were left out on purpose or deserve a look.
    async fn notice_count(&self) -> Result<i32> {
        Ok(i32::try_from(self.figures()?.notices).unwrap_or(i32::MAX))
    }

    /// What was found in the files, by file and line.
    async fn problems(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<RosterProblem>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let rows = store::problems(&*call.read().await?, &call.scope(), self.0.id, &args).await?;
        Ok(rows.into_page(RosterProblem))
    }

    /// When it was done, well or badly; null before that.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// When it was rolled back; null when it was not.
    async fn rolled_back_at(&self) -> Option<DateTime<Utc>> {
        self.0.rolled_back_at
    }

    /// When it was started.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A new import.
#[derive(InputObject)]
pub struct RosterImportStartInput {
    /// The board to import into.
    pub board: ID,
    /// Tell what would change, and change nothing; false when absent.
    pub dry_run: Option<bool>,
    /// Go on when more than a tenth of the active people, or of the active schools, class groups, enrolments, memberships
    /// or guardianships, would count no longer; false when absent.
    pub accept_removals: Option<bool>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Undoes an import.
#[derive(InputObject)]
pub struct RosterImportRollbackInput {
    /// Which import.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `rosterImportStart`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct RosterImportStartPayload {
    /// The new import; null when refused.
    pub roster_import: Option<RosterImport>,
    /// Its edge, for an app that puts it into a list without asking again: the cursor is that of the order which comes
    /// unless asked otherwise, and `BAD_CURSOR` in any other. Whether it passes the filter of the list is for the app
    /// to know. Null when the node is.
    pub roster_import_edge: Option<PageEdge<RosterImport>>,
    /// Where to send the bundle, a ZIP archive with the CSV files at its top; null when refused, and when answered
    /// again under the same `clientMutationId`: the address is told once.
    pub upload: Option<UploadAddress>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(RosterImportStartPayload);

impl RosterImportStartPayload {
    pub(super) fn of(done: Result<Started>, app: &App) -> Result<Self> {
        let (started, user_errors) = outcome(done)?;
        let Some(Started { import, token }) = started else {
            return Ok(Self { roster_import: None, roster_import_edge: None, upload: None, user_errors });
        };
        let upload = token.map(|token| {
            let (url, most_bytes) = (token.url(app, upload::PATH), app.config.upload_max_bytes);
            UploadAddress::new(url, upload::CONTENT_TYPE, most_bytes, import.upload_expires_at)
        });
        let roster_import_edge = Some(PageEdge::of(import.clone())?);
        Ok(Self { roster_import: Some(RosterImport(import)), roster_import_edge, upload, user_errors })
    }
}

payload! {
    /// The answer to `rosterImportRollback`.
    RosterImportRollbackPayload {
        /// The import that was rolled back; null when refused.
        roster_import: RosterImport
    }
}
