//! Turns, room and what is left at the end, of work that is not there.

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
