//! What is decided of a metric, for the teams of schools and for everybody else, and its rows.

use std::collections::BTreeMap;

use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{Level, Suppression};
use uuid::Uuid;

use super::decided::Before;
use super::index::{ALL, Index, Key, ROOT};
use super::sheet::{Audience, Sheet};
use super::{Cell, Figure};

/// What is decided of a metric.
pub(super) struct Sheets<'a> {
    pub board_wide: Sheet<'a>,
    /// What the team of each school sees, in the order of `Index::school`.
    pub teams: BTreeMap<SchoolId, Sheet<'a>>,
}

impl<'a> Sheets<'a> {
    pub fn of(board: BoardId, index: &'a Index, cells: &[Cell], before: Before<'_>) -> Self {
        let teams = teams(index, cells, before);
        let mut board_wide = Sheet::new(index, Audience::Outside, Level::Board, board.0);
        for cell in cells {
            let key = index.key(cell);
            let owner = index.school(cell.school);
            board_wide.count(key, cell.counts);
            let parent = if cell.cluster.0.is_nil() {
                ROOT
            } else {
                let cluster = board_wide.place(ROOT, Level::Cluster, cell.cluster.0, owner);
                board_wide.count(Key { place: cluster, ..key }, cell.counts);
                cluster
            };
            let school = board_wide.place(parent, Level::School, cell.school.0, owner);
            board_wide.count(Key { place: school, ..key }, cell.counts);
        }
        for (owner, team) in teams.values().enumerate() {
            board_wide.bind(owner, team);
        }
        board_wide.heed(before);
        board_wide.decide();
        Self { board_wide, teams }
    }

    pub fn rows(&self) -> Vec<Figure> {
        let mut rows: Vec<Figure> = self.board_wide.published().map(|key| self.row(&self.board_wide, key)).collect();
        for team in self.teams.values() {
            let groups = team.published().filter(|key| key.place != ROOT);
            rows.extend(groups.map(|key| self.row(team, key)));
        }
        rows
    }

    fn row(&self, sheet: &Sheet<'_>, key: Key) -> Figure {
        let place = &sheet.places[key.place];
        let above = place.parent.map(|parent| &sheet.places[parent]);
        // A school without a cluster hangs on the board, and has no parent.
        let parent = above.filter(|above| place.level != Level::School || above.level == Level::Cluster);
        let why = sheet.hidden.get(&key).copied();
        let (inside, outside) = match place.level {
            Level::Board | Level::Cluster => (why, why),
            Level::School => {
                let team = self.teams.get(&SchoolId(place.id));
                (team.and_then(|team| team.hidden.get(&Key { place: ROOT, ..key }).copied()), why)
            }
            Level::ClassGroup => (why, why.or(Some(Suppression::Complementary))),
        };
        let (span, starts_on) = sheet.index.periods[key.period];
        let language = if key.language == ALL { String::new() } else { sheet.index.languages[key.language].clone() };
        Figure {
            span,
            starts_on,
            level: place.level,
            parent: parent.map_or(Uuid::nil(), |parent| parent.id),
            place: place.id,
            language,
            counts: sheet.at(key),
            inside,
            outside,
        }
    }
}

fn teams<'a>(index: &'a Index, cells: &[Cell], before: Before<'_>) -> BTreeMap<SchoolId, Sheet<'a>> {
    let mut teams = BTreeMap::new();
    for cell in cells {
        let key = index.key(cell);
        let team = teams
            .entry(cell.school)
            .or_insert_with(|| Sheet::new(index, Audience::Inside, Level::School, cell.school.0));
        team.count(key, cell.counts);
        let owner = team.places.len();
        let group = team.place(ROOT, Level::ClassGroup, cell.class_group.0, owner);
        team.count_of_group(Key { place: group, ..key }, cell.counts);
    }
    for team in teams.values_mut() {
        team.heed(before);
        team.decide();
    }
    teams
}
