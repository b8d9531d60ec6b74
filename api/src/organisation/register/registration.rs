//! The two registers together: which schools a board has, and what is known of each.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::organisation::school;

use super::{Branch, BranchCode, Location, Pupils};

/// The contents of the files.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    pub locations: Vec<Location>,
    /// None where no pupil register was given.
    pub branches: Option<Vec<Branch>>,
}

/// One school as the registers together have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub code: BranchCode,
    pub name: String,
    /// None for a school that only the pupil register knows.
    pub location: Option<Location>,
    pub denomination: Option<String>,
    /// None where no pupil register was given, or it does not know the school yet.
    pub pupils: Option<Pupils>,
}

impl Registers {
    /// The open schools of a board, in the order of their codes.
    pub fn schools_of(&self, board_number: &str) -> Vec<Registration> {
        let branches: HashMap<_, _> = self.all_branches().map(|branch| (&branch.code, branch)).collect();
        let located: HashSet<_> = self.locations.iter().map(|location| &location.code).collect();
        let regular = self
            .locations
            .iter()
            .filter(|location| location.board_number == board_number)
            .map(|location| Registration::regular(location, branches.get(&location.code).copied()));
        let special = self
            .all_branches()
            .filter(|branch| branch.board_number.as_deref() == Some(board_number))
            .filter(|branch| branch.is_open() && !located.contains(&branch.code))
            .map(Registration::special);
        let mut schools: Vec<_> = regular.chain(special).collect();
        schools.sort_by(|a, b| a.code.cmp(&b.code));
        schools
    }

    /// The number nearest to one that has no open school, of those that have, with how many are under it.
    pub fn nearest_board(&self, board_number: &str) -> Option<(String, usize)> {
        let located: HashSet<_> = self.locations.iter().map(|location| &location.code).collect();
        let special = self.all_branches().filter(|branch| branch.is_open() && !located.contains(&branch.code));
        let numbers = self.locations.iter().map(|location| location.board_number.as_str());
        let numbers = numbers.chain(special.filter_map(|branch| branch.board_number.as_deref()));
        let nearest =
            numbers.min_by_key(|number| (strsim::osa_distance(number, board_number), (*number).to_owned()))?;
        Some((nearest.to_owned(), self.schools_of(nearest).len()))
    }

    /// Why an import of the board would not show the school.
    pub(super) fn absence_of(&self, code: &BranchCode, board_number: &str) -> Absence {
        let location = self.locations.iter().find(|location| location.code == *code);
        if let Some(location) = location.filter(|location| location.board_number != board_number) {
            return Absence::AtBoard(location.board_number.clone());
        }
        let Some(branches) = &self.branches else {
            return Absence::NotLocated;
        };
        match branches.iter().find(|branch| branch.code == *code) {
            None => Absence::Unknown,
            Some(branch) if !branch.is_open() => Absence::NoPupils,
            Some(branch) => branch
                .board_number
                .clone()
                .filter(|number| number != board_number)
                .map_or(Absence::Unknown, Absence::AtBoard),
        }
    }

    fn all_branches(&self) -> impl Iterator<Item = &Branch> {
        self.branches.iter().flatten()
    }
}

impl Registration {
    fn regular(location: &Location, branch: Option<&Branch>) -> Self {
        Self {
            code: location.code.clone(),
            name: location.name.clone(),
            location: Some(location.clone()),
            denomination: location.denomination.clone(),
            pupils: branch.map(|branch| branch.pupils),
        }
    }

    fn special(branch: &Branch) -> Self {
        Self {
            code: branch.code.clone(),
            name: branch.name.clone(),
            location: None,
            denomination: branch.denomination.clone(),
            pupils: Some(branch.pupils),
        }
    }

    /// A school without anything from the register yet.
    pub(super) fn blank(&self, id: SchoolId, board_id: BoardId, now: DateTime<Utc>) -> school::Model {
        school::Model {
            id,
            board_id,
            cluster_id: None,
            name: self.name.clone(),
            registered_name: Some(self.name.clone()),
            brin: None,
            location_code: None,
            street: None,
            house_number: None,
            postcode: None,
            city: None,
            phone: None,
            website: None,
            denomination: None,
            holiday_region: None,
            pupil_count: None,
            source_id: None,
            archived_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// The school with everything in it that belongs to the register.
    ///
    /// The name follows the register until somebody changes it by hand; from then on it is theirs.
    /// What the given files do not know stays as it is.
    pub(super) fn onto(&self, mut school: school::Model) -> school::Model {
        if school.registered_name.as_ref() == Some(&school.name) {
            school.name.clone_from(&self.name);
        }
        school.registered_name = Some(self.name.clone());
        school.brin = Some(self.code.brin.clone());
        school.location_code = Some(self.code.location.clone());
        school.denomination.clone_from(&self.denomination);
        if let Some(location) = &self.location {
            school.street = Some(location.street.clone());
            school.house_number = Some(location.house_number.clone());
            school.postcode = Some(location.postcode.clone());
            school.city = Some(location.city.clone());
            school.phone.clone_from(&location.phone);
            school.website.clone_from(&location.website);
            school.holiday_region.clone_from(&location.holiday_region);
        }
        match self.pupils {
            Some(Pupils::Count(count)) => school.pupil_count = i32::try_from(count).ok(),
            Some(Pupils::FewerThanFive) => school.pupil_count = None,
            None => {}
        }
        school
    }
}

/// What the registers say of a school that they do not show for the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Another board, of this number, answers for it now.
    AtBoard(String),
    /// It has no pupils any more.
    NoPupils,
    /// It is not in the location register; a special school never is, and no pupil register was given.
    NotLocated,
    /// It is in neither register.
    Unknown,
}
