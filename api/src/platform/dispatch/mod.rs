//! Work that waits in a table and is claimed under leases, a batch at a time. Its owners take turns.
//!
//! What is claimed is kept from other processes by its lease, and settled under it. Who does not come back loses the lease,
//! and the work is due again: nothing is lost, and nothing is in two hands as long as it takes less time than a lease.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::platform::error::Result;
use crate::platform::rounds::in_vain;

/// A moment for the database to come back, before what became of a batch is lost and its leases run out.
const PATIENCE: Duration = Duration::from_secs(1);
const TRIES: usize = 15;

/// How many batches may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Of all owners who share it.
    pub all: usize,
    pub of_one: usize,
}

/// A kind of work.
pub trait Dispatch: Send + Sync + 'static {
    /// Whose it is: a tenant, an address. A batch is of one owner.
    type Owner: Copy + Debug + Eq + Hash + Send + Sync + 'static;
    /// What is claimed.
    type Row: Send + 'static;
    /// What became of it.
    type Done: Send + Sync + 'static;

    /// For the log.
    const WHAT: &'static str;
    /// How often it is looked for what became due.
    const LOOK_AGAIN: Duration;
    /// How often it is looked for leases that ran out, at most; zero: as often as for what is due.
    const OVERDUE: Duration;

    /// The room that there is for batches of `owner`.
    fn room(owner: Self::Owner) -> Room;

    /// Whether two owners share their room. What takes long of one keeps nothing of another waiting that has a room
    /// apart.
    fn share(_one: Self::Owner, _other: Self::Owner) -> bool {
        true
    }

    /// Who has something due, each once.
    fn owners(&self) -> impl Future<Output = Result<Vec<Self::Owner>>> + Send;

    /// Takes a batch of what `owner` has due under the lease; none of it where others have all of it under their hands.
    fn claim(&self, owner: Self::Owner, lease: Uuid) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;

    /// Makes due again what is under leases that ran out; how much that was.
    fn give_back_overdue(&self) -> impl Future<Output = Result<u64>> + Send;

    /// Does the work. Where that fails the leases run out, and then all of it is tried again.
    fn carry(&self, owner: Self::Owner, batch: Vec<Self::Row>) -> impl Future<Output = Result<Vec<Self::Done>>> + Send;

    /// Writes what became of a batch, as far as the lease still holds. Tried again where it fails.
    fn settle(&self, owner: Self::Owner, done: &[Self::Done], lease: Uuid) -> impl Future<Output = Result<()>> + Send;
}

/// Goes round until `stop` ends, and then finishes what is under way, so that no lease is left.
pub async fn run<D: Dispatch>(work: &Arc<D>, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut going = Going::<D>::default();
    let mut looked = None::<Instant>;
    loop {
        if looked.is_none_or(|looked| looked.elapsed() >= D::OVERDUE) {
            looked = Some(Instant::now());
            if let Err(error) = give_back_overdue(work).await {
                in_vain!(error, what = D::WHAT, "leases that ran out were not looked for; trying again");
            }
        }
        if let Err(error) = going.start(work).await {
            in_vain!(error, what = D::WHAT, "nothing was claimed; trying again");
        }
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = going.batches.join_next_with_id() => going.ended(ended),
            () = tokio::time::sleep(D::LOOK_AGAIN) => {}
        }
    }
    while let Some(ended) = going.batches.join_next_with_id().await {
        going.ended(ended);
    }
}

/// Does all that is due by now; how many batches that took.
pub async fn round<D: Dispatch>(work: &Arc<D>) -> Result<usize> {
    give_back_overdue(work).await?;
    let (mut going, mut batches) = (Going::<D>::default(), 0);
    loop {
        batches += going.start(work).await?;
        match going.batches.join_next_with_id().await {
            Some(ended) => going.ended(ended),
            None => return Ok(batches),
        }
    }
}

async fn give_back_overdue<D: Dispatch>(work: &Arc<D>) -> Result<()> {
    let given_back = work.give_back_overdue().await?;
    if given_back > 0 {
        tracing::warn!(given_back, what = D::WHAT, "somebody who had claimed something did not come back");
    }
    Ok(())
}

/// Does what was claimed, and writes what became of it.
async fn carry_out<D: Dispatch>(work: &Arc<D>, owner: D::Owner, batch: Vec<D::Row>, lease: Uuid) {
    let done = match work.carry(owner, batch).await {
        Ok(done) => done,
        Err(error) => {
            tracing::error!(?error, ?owner, what = D::WHAT, "what was claimed could not be looked at");
            return;
        }
    };
    for _ in 0..TRIES {
        match work.settle(owner, &done, lease).await {
            Ok(()) => return,
            Err(error) => {
                in_vain!(error, what = D::WHAT, "what became of a batch was not written; trying again");
            }
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

/// What is under way, and whose turn it is.
struct Going<D: Dispatch> {
    batches: JoinSet<()>,
    /// Whose each batch is.
    under_way: HashMap<Id, D::Owner>,
    /// Who has something due, in the order of their turns.
    turns: VecDeque<D::Owner>,
}

impl<D: Dispatch> Default for Going<D> {
    fn default() -> Self {
        Self { batches: JoinSet::new(), under_way: HashMap::new(), turns: VecDeque::new() }
    }
}

impl<D: Dispatch> Going<D> {
    /// Starts batches as long as there is room and something due; how many.
    async fn start(&mut self, work: &Arc<D>) -> Result<usize> {
        let mut started = 0;
        // What another process has under its hands is looked at again in the next round.
        let mut passed_over = HashSet::new();
        loop {
            let mut turn = self.take_turn();
            if turn.is_none() {
                // Whoever is left has enough under way, and others may have something due by now.
                self.line_up(work.owners().await?, &passed_over);
                turn = self.take_turn();
            }
            let Some(owner) = turn else { return Ok(started) };
            let lease = Uuid::now_v7();
            let batch = work.claim(owner, lease).await?;
            if batch.is_empty() {
                passed_over.insert(owner);
                continue;
            }
            let work = Arc::clone(work);
            let task = self.batches.spawn(async move { carry_out(&work, owner, batch, lease).await });
            self.under_way.insert(task.id(), owner);
            started += 1;
        }
    }

    /// Puts those who have something due in line. Who stands there keeps the place: with little room and many who have much
    /// due, the turn of each comes all the same.
    fn line_up(&mut self, due: Vec<D::Owner>, passed_over: &HashSet<D::Owner>) {
        let all: HashSet<D::Owner> = due.iter().copied().collect();
        self.turns.retain(|owner| all.contains(owner));
        let in_line: HashSet<D::Owner> = self.turns.iter().copied().collect();
        self.turns.extend(due.into_iter().filter(|owner| !in_line.contains(owner) && !passed_over.contains(owner)));
    }

    /// Takes the first turn of somebody who has room for another batch.
    fn take_turn(&mut self) -> Option<D::Owner> {
        let first = self.turns.iter().position(|owner| self.has_room(*owner))?;
        self.turns.remove(first)
    }

    fn has_room(&self, owner: D::Owner) -> bool {
        let (room, under_way) = (D::room(owner), self.under_way.values());
        let shared = under_way.clone().filter(|other| D::share(owner, **other)).count();
        shared < room.all && under_way.filter(|other| **other == owner).count() < room.of_one
    }

    fn ended(&mut self, batch: Result<(Id, ()), JoinError>) {
        let id = match batch {
            Ok((id, ())) => id,
            Err(error) => {
                // Whatever it held is given back when its lease runs out.
                tracing::error!(%error, what = D::WHAT, "a batch broke off");
                error.id()
            }
        };
        self.under_way.remove(&id);
    }
}
