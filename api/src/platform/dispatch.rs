//! Work that waits in a table and is claimed under leases, a batch at a time. Its owners take turns.
//!
//! What is claimed is kept from other processes by its lease, and settled under it. Who does not come back loses the lease,
//! and the work is due again: nothing is lost, and nothing is in two hands as long as it takes less time than a lease.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use super::error::Result;

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
                tracing::error!(?error, what = D::WHAT, "leases that ran out were not looked for; trying again");
            }
        }
        if let Err(error) = going.start(work).await {
            tracing::error!(?error, what = D::WHAT, "nothing was claimed; trying again");
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
                tracing::error!(?error, what = D::WHAT, "what became of a batch was not written; trying again");
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

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::{Mutex, MutexGuard};

    use super::*;

    /// The work of this row does not come to its end.
    const BREAKS_OFF: u32 = 13;

    /// Rows that are due, a batch each. Owners with a capital have a room apart.
    #[derive(Default)]
    struct Pile(Mutex<State>);

    #[derive(Default)]
    struct State {
        due: Vec<(char, u32)>,
        /// Whose rows another process has under its hands.
        held: Option<char>,
        claimed: String,
        going: Vec<char>,
        most: usize,
        most_of_one: usize,
        settled: Vec<u32>,
    }

    impl Pile {
        fn of(due: &[(char, u32)]) -> Arc<Self> {
            Arc::new(Self(Mutex::new(State { due: due.to_vec(), ..State::default() })))
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.0.lock().unwrap()
        }
    }

    impl Dispatch for Pile {
        type Owner = char;
        type Row = u32;
        type Done = u32;

        const WHAT: &'static str = "a test";
        const LOOK_AGAIN: Duration = Duration::from_millis(1);
        const OVERDUE: Duration = Duration::ZERO;

        fn room(owner: char) -> Room {
            if owner.is_uppercase() { Room { all: 1, of_one: 1 } } else { Room { all: 3, of_one: 2 } }
        }

        fn share(one: char, other: char) -> bool {
            one.is_uppercase() == other.is_uppercase()
        }

        async fn owners(&self) -> Result<Vec<char>> {
            let mut owners: Vec<char> = self.state().due.iter().map(|(owner, _)| *owner).collect();
            owners.sort_unstable();
            owners.dedup();
            Ok(owners)
        }

        async fn claim(&self, owner: char, _: Uuid) -> Result<Vec<u32>> {
            let mut state = self.state();
            let found = state.due.iter().position(|(of, _)| *of == owner && state.held != Some(owner));
            let Some(found) = found else { return Ok(Vec::new()) };
            let (_, row) = state.due.remove(found);
            state.claimed.push(owner);
            state.going.push(owner);
            state.most = state.most.max(state.going.len());
            let of_one = state.going.iter().filter(|other| **other == owner).count();
            state.most_of_one = state.most_of_one.max(of_one);
            Ok(vec![row])
        }

        async fn give_back_overdue(&self) -> Result<u64> {
            Ok(0)
        }

        async fn carry(&self, _: char, batch: Vec<u32>) -> Result<Vec<u32>> {
            tokio::task::yield_now().await;
            assert!(!batch.contains(&BREAKS_OFF), "as a fault of ours would");
            Ok(batch)
        }

        async fn settle(&self, owner: char, done: &[u32], _: Uuid) -> Result<()> {
            let mut state = self.state();
            state.settled.extend(done);
            if let Some(at) = state.going.iter().position(|other| *other == owner) {
                state.going.remove(at);
            }
            Ok(())
        }
    }

    #[tokio::test]
    async fn owners_take_turns_and_all_is_done_once() {
        let pile = Pile::of(&[('a', 1), ('a', 2), ('a', 3), ('a', 4), ('b', 5)]);
        assert_eq!(round(&pile).await.unwrap(), 5);
        let mut state = pile.state();
        state.settled.sort_unstable();
        assert_eq!((state.claimed.as_str(), &state.settled[..]), ("abaaa", &[1, 2, 3, 4, 5][..]));
        assert_eq!((state.most, state.most_of_one), (3, 2));
    }

    #[tokio::test]
    async fn whose_turn_has_not_come_is_not_put_behind_those_who_have_much_due() {
        let many = |owner: char| (0..10).map(move |row| (owner, row));
        let due: Vec<_> = many('a').chain(many('b')).chain(many('c')).chain([('d', 99)]).collect();
        let pile = Pile::of(&due);
        assert_eq!(round(&pile).await.unwrap(), due.len());
        let state = pile.state();
        assert!(state.claimed.starts_with("abcd"), "{}", state.claimed);
        let counts = ['a', 'b', 'c'].map(|owner| state.claimed.chars().take(12).filter(|of| *of == owner).count());
        assert!(counts.iter().all(|count| *count >= 3), "{}", state.claimed);
    }

    #[tokio::test]
    async fn who_comes_later_has_a_turn_after_those_who_are_in_line() {
        let many = |owner: char| (0..10).map(move |row| (owner, row));
        let due: Vec<_> = many('a').chain(many('b')).collect();
        let pile = Pile::of(&due);
        let mut going = Going::<Pile>::default();
        assert_eq!(going.start(&pile).await.unwrap(), 3);
        pile.state().due.push(('c', 99));
        while let Some(ended) = going.batches.join_next_with_id().await {
            going.ended(ended);
            going.start(&pile).await.unwrap();
        }
        let state = pile.state();
        assert_eq!(state.settled.len(), due.len() + 1);
        assert!(state.claimed.find('c').is_some_and(|at| at < 7), "{}", state.claimed);
    }

    #[tokio::test]
    async fn what_has_a_room_apart_waits_for_nothing_in_the_other() {
        let pile = Pile::of(&[('a', 1), ('a', 2), ('b', 3), ('c', 4), ('A', 5), ('B', 6)]);
        run(&pile, ready(())).await;
        let mut state = pile.state();
        state.settled.sort_unstable();
        assert_eq!((state.settled.len(), state.due.len()), (4, 2), "three in one room and one in the other");
        assert!(state.settled.contains(&5), "{:?}", state.settled);
    }

    #[tokio::test]
    async fn what_others_have_is_left_for_the_next_round() {
        let pile = Pile::of(&[('a', 1), ('b', 2)]);
        pile.state().held = Some('a');
        assert_eq!(round(&pile).await.unwrap(), 1);
        pile.state().held = None;
        assert_eq!(round(&pile).await.unwrap(), 1);
        assert_eq!(pile.state().settled, [2, 1]);
    }

    #[tokio::test]
    async fn what_is_under_way_at_the_stop_is_finished() {
        let pile = Pile::of(&[('a', 1), ('a', 2), ('a', 3), ('b', 4), ('b', 5)]);
        run(&pile, ready(())).await;
        let state = pile.state();
        assert_eq!((state.settled.len(), state.going.len(), state.due.len()), (3, 0, 2));
    }

    #[tokio::test]
    async fn a_batch_that_breaks_off_takes_the_room_of_no_other() {
        let pile = Pile::of(&[('a', BREAKS_OFF), ('a', BREAKS_OFF), ('a', 1), ('a', 2)]);
        assert_eq!(round(&pile).await.unwrap(), 4);
        let mut state = pile.state();
        state.settled.sort_unstable();
        assert_eq!(state.settled, [1, 2]);
    }
}
