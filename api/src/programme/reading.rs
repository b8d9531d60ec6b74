//! Who may read what of a programme. Pure.

use glans_entity::ids::BoardId;
use glans_entity::people::Role;
use glans_entity::programme::Audience;

use crate::access::{self, Action, Actor, ApiScope, Place, policy};

/// What one viewer may read of the programmes of one owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The programme with its years, modules and lessons.
    pub tree: bool,
    /// How a leader gives a lesson to the team.
    pub scripts: bool,
    /// What is not published yet; whoever reads it may write it.
    pub drafts: bool,
    audiences: Audiences,
}

/// The audiences whose materials are in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Audiences {
    leaders: bool,
    teachers: bool,
    guardians: bool,
}

const ALL: Audiences = Audiences { leaders: true, teachers: true, guardians: true };

impl Reading {
    /// What `actor` may read of the programmes of `board`, or of the platform where there is none.
    pub fn of(actor: &Actor, board: Option<BoardId>) -> Self {
        match actor {
            Actor::Anonymous => Self::default(),
            Actor::System(_) => Self { tree: true, scripts: true, drafts: true, audiences: ALL },
            Actor::Client(client) => {
                let own = board.is_none_or(|board| board == client.board);
                let reads = own && client.scopes.contains(&ApiScope::LessonsRead);
                if reads { Self::professional() } else { Self::default() }
            }
            Actor::Person(person) => {
                let roles = person.held.iter().filter(|held| board.is_none_or(|board| board == held.board));
                let mut reading = roles.fold(Self::default(), |reading, held| reading.and(Self::of_role(held.role)));
                if board.map_or(!person.guardian_in.is_empty(), |board| person.guardian_in.contains(&board)) {
                    reading = reading.and(Self::of_role(Role::Guardian));
                }
                let (write, place) = writing(board);
                reading.drafts = policy::permits(actor, write, &place);
                reading
            }
        }
    }

    fn of_role(role: Role) -> Self {
        match role {
            Role::BoardAdmin | Role::ClusterDirector | Role::SchoolLeader | Role::Trainer => Self::professional(),
            Role::Teacher => {
                Self { tree: true, audiences: Audiences { teachers: true, ..Audiences::default() }, ..Self::default() }
            }
            Role::Guardian => {
                Self { audiences: Audiences { guardians: true, ..Audiences::default() }, ..Self::default() }
            }
        }
    }

    fn professional() -> Self {
        Self { tree: true, scripts: true, drafts: false, audiences: ALL }
    }

    /// Rights add up.
    fn and(self, other: Self) -> Self {
        Self {
            tree: self.tree || other.tree,
            scripts: self.scripts || other.scripts,
            drafts: self.drafts || other.drafts,
            audiences: Audiences {
                leaders: self.audiences.leaders || other.audiences.leaders,
                teachers: self.audiences.teachers || other.audiences.teachers,
                guardians: self.audiences.guardians || other.audiences.guardians,
            },
        }
    }

    /// The same as six bits, to be kept.
    pub fn bits(self) -> u8 {
        let Audiences { leaders, teachers, guardians } = self.audiences;
        let bits = [self.tree, self.scripts, self.drafts, leaders, teachers, guardians];
        bits.into_iter().rev().fold(0, |bits, bit| bits << 1 | u8::from(bit))
    }

    /// The inverse of [`Reading::bits`].
    pub fn of_bits(bits: u8) -> Self {
        let bit = |place: u8| bits >> place & 1 == 1;
        Self {
            tree: bit(0),
            scripts: bit(1),
            drafts: bit(2),
            audiences: Audiences { leaders: bit(3), teachers: bit(4), guardians: bit(5) },
        }
    }

    /// Whether anything at all is in sight.
    pub fn anything(self) -> bool {
        self.tree || self.admits(Audience::Everyone)
    }

    /// Whether materials for `audience` are in sight.
    pub fn admits(self, audience: Audience) -> bool {
        let Audiences { leaders, teachers, guardians } = self.audiences;
        match audience {
            Audience::SchoolLeader => leaders,
            Audience::Teacher => teachers,
            Audience::Guardian => guardians,
            Audience::Everyone => leaders || teachers || guardians,
        }
    }
}

/// Whether `actor` may write programmes of `board`, or of the platform where there is none.
pub fn may_write(actor: &Actor, board: Option<BoardId>) -> bool {
    let (action, place) = writing(board);
    access::allows(actor, action, &place)
}

/// The right that writing a programme of `board` takes, or of the platform where there is none.
pub fn writing(board: Option<BoardId>) -> (Action, Place) {
    match board {
        Some(board) => (Action::ProgrammeWrite, Place::board(board)),
        None => (Action::PlatformProgrammeWrite, Place::default()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use glans_entity::ids::{AccountId, ApiClientId, MembershipId, PersonId, SchoolId};
    use glans_entity::people::ScopeKind;
    use sea_orm::Iterable;

    use super::*;
    use crate::access::{ClientActor, Held, PersonActor};

    fn person(board: BoardId, roles: &[Role], guardian: bool) -> Actor {
        let person = PersonId::new();
        let held = roles.iter().map(|role| {
            let (kind, scope) = match role {
                Role::BoardAdmin | Role::Trainer => (ScopeKind::Board, board.0),
                _ => (ScopeKind::School, SchoolId::new().0),
            };
            Held { id: MembershipId::new(), board, person, role: *role, kind, scope, school: None }
        });
        Actor::Person(Arc::new(PersonActor {
            account: AccountId::new(),
            session: None,
            language: "nl".to_owned(),
            persons: vec![(board, person)],
            held: held.collect(),
            guardian_in: if guardian { vec![board] } else { Vec::new() },
            closed: Vec::new(),
        }))
    }

    fn client(board: BoardId, scopes: &[ApiScope]) -> Actor {
        Actor::Client(Arc::new(ClientActor { id: ApiClientId::new(), board, scopes: scopes.to_vec(), schools: None }))
    }

    /// `tree scripts drafts | audiences`, as a line of a table.
    fn row(actor: &Actor, board: Option<BoardId>) -> String {
        let reading = Reading::of(actor, board);
        let mark = |yes: bool, letter: char| if yes { letter } else { '-' };
        let letters = [mark(reading.tree, 't'), mark(reading.scripts, 's'), mark(reading.drafts, 'd'), '|'];
        let audiences =
            Audience::iter().zip("LTGE".chars()).map(|(audience, letter)| mark(reading.admits(audience), letter));
        letters.into_iter().chain(audiences).collect()
    }

    #[test]
    fn the_table_of_the_domain_holds_for_the_own_board_the_platform_and_another_board() {
        let (own, other) = (BoardId::new(), BoardId::new());
        let table = [
            (person(own, &[Role::BoardAdmin], false), ["tsd|LTGE", "ts-|LTGE", "---|----"]),
            (person(own, &[Role::ClusterDirector], false), ["ts-|LTGE", "ts-|LTGE", "---|----"]),
            (person(own, &[Role::SchoolLeader], false), ["ts-|LTGE", "ts-|LTGE", "---|----"]),
            (person(own, &[Role::Teacher], false), ["t--|-T-E", "t--|-T-E", "---|----"]),
            (person(own, &[Role::Trainer], false), ["tsd|LTGE", "ts-|LTGE", "---|----"]),
            (person(own, &[], true), ["---|--GE", "---|--GE", "---|----"]),
            (person(own, &[Role::Teacher], true), ["t--|-TGE", "t--|-TGE", "---|----"]),
            (person(own, &[], false), ["---|----", "---|----", "---|----"]),
            (client(own, &[ApiScope::LessonsRead]), ["ts-|LTGE", "ts-|LTGE", "---|----"]),
            (client(own, &[ApiScope::MetricsRead]), ["---|----", "---|----", "---|----"]),
            (Actor::Anonymous, ["---|----", "---|----", "---|----"]),
            (Actor::System("test"), ["tsd|LTGE", "tsd|LTGE", "tsd|LTGE"]),
        ];
        for (actor, expected) in table {
            let rows = [Some(own), None, Some(other)].map(|board| row(&actor, board));
            assert_eq!(rows, expected, "{actor:?}");
        }
    }
}
