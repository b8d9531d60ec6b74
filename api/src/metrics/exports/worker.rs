//! Writing files, in the background.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use glans_entity::ids::ExportId;
use glans_entity::metrics::export;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use tokio::time::{MissedTickBehavior, timeout};
use uuid::Uuid;

use super::file::{Block, File, Size};
use super::merging::Merging;
use super::rules::{self, View};
use super::{actions, claims, store};
use crate::access::{Standing, Standings};
use crate::app::App;
use crate::call::Call;
use crate::identity::clients;
use crate::metrics::published;
use crate::platform::error::{Error, Result};
use crate::platform::rounds::in_vain;

/// How often it is looked whether an export waits.
const EVERY: Duration = Duration::from_secs(2);
/// Figures that are read at once.
const PAGE: usize = 1_000;
/// How long an answer is waited for: longer than a statement may take, and shorter than a lease lasts. So a read replica
/// that is silent does not hold up other exports.
const READ_WITHIN: Duration = Duration::from_secs(40);

const BROKE_OFF: &str = "This broke off several times. Start another export.";
const NO_RIGHT: &str = "The right to these figures ended before the file was made.";
const NOT_PUBLISHED: &str =
    "The figures of this board are being published anew, which takes too long. Start another export later.";

/// Goes round as long as the process serves, and removes what was given up for a new file. A round that fails is
/// logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut rounds = tokio::time::interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = round(&app).await {
            in_vain!(error, "exports were not made, which is tried again");
        }
        tidy(&app).await;
    }
}

/// Removes what was given up for a new file.
async fn tidy(app: &Arc<App>) {
    if let Err(error) = actions::prune(&Call::system(app, "exports")).await {
        in_vain!(error, "files that were given up are still there, which is tried again");
    }
}

/// Makes all exports that wait, one after the other: how many were taken up. One that breaks off is tried again when
/// its lease runs out, so that what is wrong has time to pass and others come first; one that is put back waits for the
/// next round. What was given up is removed after each of them: of who always has another one waiting, files would pile
/// up.
pub async fn round(app: &Arc<App>) -> Result<usize> {
    let (mut taken, mut put_back) = (0, Vec::new());
    while let Some(making) = Making::claim(app, &put_back).await? {
        taken += 1;
        match making.run().await {
            Ok(true) => {}
            Ok(false) => put_back.push(making.export.id),
            Err(error) => in_vain!(error, export = %making.export.id, "an export broke off and is tried again"),
        }
        tidy(app).await;
    }
    Ok(taken)
}

/// An export under the hands of this process.
pub struct Making {
    call: Call,
    export: export::Model,
    lease: Uuid,
}

/// What is read, or an error where that takes too long.
async fn in_time<T>(reading: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(READ_WITHIN, reading).await.map_err(Error::fault)?
}

/// What a file is made from: one snapshot, as the owner sees it.
struct Source {
    db: Arc<DatabaseTransaction>,
    scope: Arc<Scope>,
    names: HashMap<Uuid, String>,
}

impl Making {
    /// Takes up the export that waits longest, if one does, but for `passed`.
    pub async fn claim(app: &Arc<App>, passed: &[ExportId]) -> Result<Option<Self>> {
        let call = Call::system(app, "exports");
        // Whoever only looks does not wait for the writer.
        if !claims::is_waiting(&*call.read().await?, &call.scope(), call.now(), passed).await? {
            return Ok(None);
        }
        let lease = Uuid::now_v7();
        let write = call.write().await?;
        let claimed = claims::claim(write.db(), lease, write.now(), passed).await?;
        write.commit().await?;
        Ok(claimed.map(|export| Self { call, export, lease }))
    }

    /// Writes its file, as long as no other process takes it over. False where it is put back, for when its figures are
    /// there again.
    pub async fn run(&self) -> Result<bool> {
        if self.export.attempts > rules::TRIES {
            self.fail(BROKE_OFF).await?;
        } else if let Some(source) = self.source().await? {
            if in_time(store::is_incomplete(&*source.db, self.export.board_id)).await? {
                return self.give_up_or_put_back().await;
            }
            self.write(&source).await?;
        } else {
            self.fail(NO_RIGHT).await?;
        }
        Ok(true)
    }

    /// False where it is put back.
    async fn give_up_or_put_back(&self) -> Result<bool> {
        if self.export.created_at <= self.call.now() - rules::PATIENCE {
            self.fail(NOT_PUBLISHED).await?;
            return Ok(true);
        }
        let write = self.call.write().await?;
        claims::put_back(write.db(), self.export.id, self.lease).await?;
        write.commit().await?;
        Ok(false)
    }

    /// None where who started it may not see it any more.
    async fn source(&self) -> Result<Option<Source>> {
        let Some(standing) = self.owner().await? else { return Ok(None) };
        let scope = Arc::clone(&standing.scope);
        let db = self.call.app().db.read(&scope).await?;
        if !actions::is_in_sight(&db, &scope, &self.export).await? {
            return Ok(None);
        }
        let names = store::names(&db, &scope, &self.export).await?;
        Ok(Some(Source { db: self.figures(&scope, Arc::new(db)).await?, scope, names }))
    }

    /// Where its figures are read. A replica may have to break off whoever reads for long, so that is tried there once.
    async fn figures(&self, scope: &Scope, own: Arc<DatabaseTransaction>) -> Result<Arc<DatabaseTransaction>> {
        if self.export.attempts > 1 {
            return Ok(own);
        }
        published::snapshot(self.call.app(), scope, own, &BTreeSet::from([self.export.board_id])).await
    }

    /// What whoever started it may see now.
    async fn owner(&self) -> Result<Option<Arc<Standing>>> {
        let (app, board) = (self.call.app(), Some(self.export.board_id));
        if let Some(account) = self.export.account_id {
            return app.standings.of_account(app, account, None, board).await.map(Some);
        }
        let Some(client) = self.export.client_id else { return Ok(None) };
        Ok(clients::actions::actor(app, client).await?.map(|actor| Standings::of_client(app, actor)))
    }

    /// Writes the file, a page of figures at a time.
    async fn write(&self, source: &Source) -> Result<()> {
        let (export, view) = (&self.export, View::of(&self.export));
        let (mut file, mut merging) = (File::begin(export.format), Merging::default());
        for metric in rules::metrics(export)? {
            let mut after = None;
            loop {
                let of = (metric, after.as_ref());
                let page = in_time(store::page(&*source.db, &source.scope, export, of, PAGE as u64)).await?;
                let is_last = page.len() < PAGE;
                after = page.last().map(store::Mark::of);
                let mut figures: Vec<_> = page.into_iter().filter_map(|figure| merging.push(figure)).collect();
                if is_last {
                    figures.extend(merging.end());
                }
                let blocks = file.add(&figures, view, &source.names)?;
                if file.rows() as u64 > rules::MOST_ROWS {
                    // They became more since they were counted.
                    return self.fail(actions::TOO_LARGE).await;
                }
                if !self.keep(blocks).await? {
                    return Ok(());
                }
                if is_last {
                    break;
                }
            }
        }
        self.finish(file).await
    }

    /// False where another process has taken it over.
    async fn keep(&self, blocks: Vec<Block>) -> Result<bool> {
        let write = self.call.write().await?;
        let is_kept = claims::keep(write.db(), &self.export, self.lease, blocks, write.now()).await?;
        write.commit().await?;
        Ok(is_kept)
    }

    async fn finish(&self, file: File) -> Result<()> {
        let (last, Size { rows, bytes }) = file.end();
        let rows = i32::try_from(rows).map_err(Error::fault)?;
        let bytes = i32::try_from(bytes).map_err(Error::fault)?;
        let write = self.call.write().await?;
        let (db, now) = (write.db(), write.now());
        if claims::keep(db, &self.export, self.lease, last.into_iter().collect(), now).await? {
            claims::finish(db, self.export.id, self.lease, (rows, bytes), now).await?;
        }
        write.commit().await
    }

    async fn fail(&self, why: &str) -> Result<()> {
        let write = self.call.write().await?;
        claims::fail(write.db(), self.export.id, self.lease, why, write.now()).await?;
        write.commit().await
    }
}
