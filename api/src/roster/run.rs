//! An import from front to back: examine the files outside any transaction, then plan and write inside one.

use glans_entity::ids::{BoardId, RosterImportId, SchoolId};
use glans_entity::organisation::{board, school};
use glans_entity::roster::{RosterImportState, roster_import};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::diff;
use super::examine::{Examined, examine};
use super::journal::{self, Journal};
use super::known::{Known, LeftOut};
use super::oneroster::bundle::BundleError;
use super::oneroster::mapping::Mapped;
use super::outcome::{ImportCounts, Outcome};
use super::plan::{Changes, Moment, Plan, plan};
use super::problem::{Place, Problems};
use super::progress::Rows;
use super::source::Source;
use super::stored::Row;
use super::{PERMITTED, rules, store};
use crate::access::{Permit, Place as AccessPlace};
use crate::call::{Call, Write};
use crate::organisation::boards;
use crate::platform::error::{Error, Result, not_found};
use crate::platform::outbox::Event;
use crate::practice::cohorts;

/// What is found where the board was closed while its import was under way.
const CLOSED: &str = "the board is closed: nothing is imported into it any more, and nothing was written";

/// Runs a started import and keeps how it went. Broken files are an outcome, not an error.
pub(super) async fn run(call: &Call, import: roster_import::Model, source: Source) -> Result<Outcome> {
    let id = import.id;
    let outcome = Box::pin(examine_and_write(call, import, source)).await;
    call.app().imports.finish(id);
    call.app().bus.wake(&id.to_string());
    outcome
}

async fn examine_and_write(call: &Call, mut import: roster_import::Model, source: Source) -> Result<Outcome> {
    let known = known(call, import.board_id).await?;
    let today = call.today();
    let examined = tokio::task::spawn_blocking(move || examine(source, &known, today)).await.map_err(Error::fault)?;
    let Examined { mapped, rows, mut problems } = examined;
    import.rows_total = i32::try_from(rows).unwrap_or(i32::MAX);
    advance(call, import.id, Rows { total: import.rows_total, done: 0 });
    if let Some(mapped) = mapped {
        let done = if import.dry_run {
            rehearse(call, &import, &mapped, &mut problems).await?
        } else {
            Box::pin(write(call, &import, mapped, &mut problems)).await?
        };
        if let Some(outcome) = done {
            return Ok(outcome);
        }
    }
    fail(call, import, problems).await
}

/// These figures are of this process, and so are those who are woken for them.
fn advance(call: &Call, import: RosterImportId, rows: Rows) {
    call.app().imports.set(import, rows);
    call.app().bus.wake(&import.to_string());
}

async fn known(call: &Call, id: BoardId) -> Result<Known> {
    let (db, scope) = (call.read().await?, call.scope());
    let board: board::Model = store::board(&*db, &scope, id).await?.ok_or_else(|| not_found("board"))?;
    let mut known = store::stored(&*db, &scope, id).await?.known(board.number, call.today());
    known.remember(store::left_out(&*db, &scope, id).await?);
    Ok(known)
}

/// Plans against what is stored, and reports what stands in the way.
async fn planned(
    db: &DatabaseTransaction,
    call: &Call,
    import: &roster_import::Model,
    mapped: &Mapped,
    problems: &mut Problems,
) -> Result<Plan> {
    // It may have been closed since the import was begun.
    if store::is_closed(db, &call.scope(), import.board_id).await? {
        problems.error(Place::file("bundle"), CLOSED);
    }
    let stored = store::stored(db, &call.scope(), import.board_id).await?;
    let at = Moment { board: import.board_id, now: call.now(), today: call.today() };
    let plan = plan(&mapped.wanted, stored, at, problems);
    let removals = if import.accept_removals { Vec::new() } else { plan.removals() };
    for removal in removals {
        let place = Place::file(removal.file);
        if import.dry_run {
            problems.notice(place, removal.message());
        } else {
            problems.error(place, removal.message());
        }
    }
    Ok(plan)
}

/// A dry run. `None` where the files are broken.
async fn rehearse(
    call: &Call,
    import: &roster_import::Model,
    mapped: &Mapped,
    problems: &mut Problems,
) -> Result<Option<Outcome>> {
    let plan = planned(&*call.read().await?, call, import, mapped, problems).await?;
    if problems.is_broken() {
        return Ok(None);
    }
    let counts = counts(Some(&plan), mapped, problems);
    let write = call.write().await?;
    let permit = write.authorize(PERMITTED, AccessPlace::board(import.board_id))?;
    let outcome = conclude(&write, &permit, import.clone(), counts, None, std::mem::take(problems)).await?;
    write.commit().await?;
    Ok(Some(Outcome { diff: diff::of(&plan), ..outcome }))
}

/// Plans and writes in one transaction. `None`, and nothing written, where the plan finds the files broken.
async fn write(
    call: &Call,
    import: &roster_import::Model,
    mapped: Mapped,
    problems: &mut Problems,
) -> Result<Option<Outcome>> {
    let write = call.write().await?;
    let permit = write.authorize(PERMITTED, AccessPlace::board(import.board_id))?;
    boards::store::hold(write.db(), import.board_id).await?;
    let plan = planned(write.db(), call, import, &mapped, problems).await?;
    if problems.is_broken() {
        return Ok(None);
    }
    let counts = counts(Some(&plan), &mapped, problems);
    apply(&write, &permit, import, plan).await?;
    let left_out = Some(mapped.left_out);
    let outcome = conclude(&write, &permit, import.clone(), counts, left_out, std::mem::take(problems)).await?;
    write.emit(&permit, Event::about("roster.imported", import.id)).await?;
    write.rights_change();
    write.commit().await?;
    Ok(Some(outcome))
}

fn counts(plan: Option<&Plan>, mapped: &Mapped, problems: &Problems) -> ImportCounts {
    ImportCounts {
        changes: plan.map(Plan::counts),
        skipped: mapped.skipped,
        active: plan.map(|plan| plan.active).unwrap_or_default(),
        errors: problems.error_count(),
        notices: problems.notice_count(),
    }
}

/// In an order in which no row refers to one that is not there yet.
async fn apply(write: &Write<'_>, permit: &Permit, import: &roster_import::Model, plan: Plan) -> Result<()> {
    let mut writing = Writing {
        write,
        permit,
        journal: Journal::of(import),
        import: (import.id, import.rows_total),
        to_write: plan.counts().written(),
        written: 0,
    };
    let closed = closed(&plan.schools);
    writing.table(plan.clusters).await?;
    writing.table(plan.schools).await?;
    writing.table(plan.years).await?;
    writing.table(plan.groups).await?;
    writing.table(plan.people).await?;
    writing.table(plan.students).await?;
    writing.table(plan.enrolments).await?;
    writing.table(plan.memberships).await?;
    writing.table(plan.guardianships).await?;
    for school in closed {
        cohorts::leave_all(write, permit, school).await?;
    }
    Ok(())
}

/// The schools that an import closes.
fn closed(changes: &Changes<school::Model>) -> Vec<SchoolId> {
    let closes =
        |before: &school::Model, after: &school::Model| before.archived_at.is_none() && after.archived_at.is_some();
    let updates = changes.updates.iter().filter(|update| closes(&update.before, &update.after));
    updates.map(|update| update.after.id).collect()
}

/// The tables of one import, one after another, and how far it is.
struct Writing<'w, 'c> {
    write: &'w Write<'c>,
    permit: &'w Permit,
    journal: Journal,
    import: (RosterImportId, i32),
    to_write: usize,
    written: usize,
}

impl Writing<'_, '_> {
    async fn table<M: Row>(&mut self, changes: Changes<M>) -> Result<()>
    where
        <M::Entity as EntityTrait>::ActiveModel: Send,
    {
        self.written += changes.creates.len() + changes.updates.len();
        journal::apply(self.write.db(), self.permit, changes, &mut self.journal).await?;
        let (import, total) = self.import;
        let share = i64::from(total) * i64::try_from(self.written).unwrap_or(0)
            / i64::try_from(self.to_write.max(1)).unwrap_or(1);
        let done = i32::try_from(share).unwrap_or(total);
        advance(self.write.call(), import, Rows { total, done });
        Ok(())
    }
}

async fn conclude(
    write: &Write<'_>,
    permit: &Permit,
    mut import: roster_import::Model,
    counts: ImportCounts,
    left_out: Option<LeftOut>,
    problems: Problems,
) -> Result<Outcome> {
    let failed = counts.errors > 0;
    import.state = if failed { RosterImportState::Failed } else { RosterImportState::Succeeded };
    import.rows_done = if failed { 0 } else { import.rows_total };
    import.counts = serde_json::to_value(&counts).map_err(Error::fault)?;
    import.left_out = left_out.map(serde_json::to_value).transpose().map_err(Error::fault)?;
    import.finished_at = Some(write.now());
    import.updated_at = write.now();
    import.version += 1;
    let import = store::update_import(write.db(), permit, import).await?;
    write.wake(import.id);
    let problems = problems.into_sorted();
    store::insert_problems(write.db(), permit, &import, problems.clone()).await?;
    Ok(Outcome { import, counts, problems, diff: Vec::new() })
}

async fn fail(call: &Call, import: roster_import::Model, problems: Problems) -> Result<Outcome> {
    let write = call.write().await?;
    let outcome = conclude_failed(&write, import, problems).await?;
    write.commit().await?;
    Ok(outcome)
}

async fn conclude_failed(write: &Write<'_>, import: roster_import::Model, problems: Problems) -> Result<Outcome> {
    let counts =
        ImportCounts { errors: problems.error_count(), notices: problems.notice_count(), ..ImportCounts::default() };
    let permit = write.authorize(PERMITTED, AccessPlace::board(import.board_id))?;
    let outcome = conclude(write, &permit, import, counts, None, problems).await?;
    if !outcome.import.dry_run {
        write.emit(&permit, Event::about("roster.refused", outcome.import.id)).await?;
    }
    Ok(outcome)
}

/// Ends an import whose upload is no bundle at all.
pub(super) async fn refuse(call: &Call, import: roster_import::Model, error: &BundleError) -> Result<()> {
    let mut problems = Problems::default();
    problems.error(Place::file("bundle"), error.to_string());
    fail(call, import, problems).await.map(drop)
}

/// Ends an import whose bundle did not come while its address was valid. One that came after all is left as it is.
pub(super) async fn expire(call: &Call, id: RosterImportId) -> Result<()> {
    let write = call.write().await?;
    let found = store::lock_import(write.db(), &write.scope(), id).await?;
    let Some(import) = found.filter(|import| import.state == RosterImportState::AwaitingUpload) else { return Ok(()) };
    let mut problems = Problems::default();
    problems.error(Place::file("bundle"), "no bundle came while its address was valid; start an import again");
    let import = roster_import::Model { upload_hash: None, ..import };
    conclude_failed(&write, import, problems).await?;
    write.commit().await
}

/// Ends an import that stopped through no fault of its files. One that has come to its end after all is left as it is.
pub(super) async fn give_up(call: &Call, id: RosterImportId) -> Result<()> {
    let write = call.write().await?;
    let found = store::lock_import(write.db(), &write.scope(), id).await?;
    let Some(import) = found.filter(|import| !rules::is_finished(import.state)) else { return Ok(()) };
    let mut problems = Problems::default();
    problems
        .error(Place::file("bundle"), "the import stopped through a fault on our side; nothing was written, try again");
    conclude_failed(&write, import, problems).await?;
    write.commit().await
}
