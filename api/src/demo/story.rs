//! The story of a demo, one school at a time.

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, SchoolYearId};
use glans_entity::people::Role;

use super::accounts;
use super::calendar::Year;
use super::dice::Dice;
use super::families::Household;
use super::names::{self, COMMUNITIES, Name};
use super::password::HASH;
use super::registrar::{Known, Place, Registrar, Unregistered};
use super::rows::Rows;
use super::size::Size;

/// Class groups by the grades in them; the youngest two are together.
const GROUPS: [&[usize]; 7] = [&[1, 2], &[3], &[4], &[5], &[6], &[7], &[8]];
/// Most work part-time: two for each group, and four of them in two groups.
const TEACHERS: usize = 10;
/// Its number in the national register, where no board has it.
pub(super) const FIRST_BOARD: &str = "00001";
const STAFF_DOMAIN: &str = "school.example";

/// Tells the rows of one school after another; the first school of a board brings the board with it.
#[derive(Debug)]
pub struct Story {
    pub(super) size: Size,
    pub(super) registrar: Registrar,
    pub(super) dice: Dice,
    pub(super) year: Year,
    /// Of these roles somebody has the easy address already.
    tried: Vec<Role>,
    next_school: usize,
    board: Option<Board>,
    /// A family that has a child at the next school too.
    pub(super) moving: Option<Household>,
    /// A family that has a child at the next board too.
    pub(super) spanning: Option<Household>,
}

#[derive(Clone, Debug)]
struct Board {
    id: BoardId,
    clusters: Vec<ClusterId>,
    last_year: SchoolYearId,
    this_year: SchoolYearId,
    first_school: usize,
    schools: usize,
}

/// What families need to know of the school that their children go to.
#[derive(Debug)]
pub(super) struct School {
    pub(super) board: BoardId,
    pub(super) id: SchoolId,
    /// Of the whole demo.
    pub(super) is_first: bool,
    pub(super) starts_board: bool,
    /// Of last year and of this year, as in [`GROUPS`].
    groups: [Vec<ClassGroupId>; 2],
    pub(super) student_count: usize,
}

impl School {
    /// The class groups of a child that is in the grade now: last year's, if there was one, and this year's.
    pub(super) fn groups_of(&self, grade: usize) -> (Option<ClassGroupId>, Option<ClassGroupId>) {
        let group = |groups: &[ClassGroupId], grade| {
            let index = GROUPS.iter().position(|grades| grades.contains(&grade))?;
            groups.get(index).copied()
        };
        (group(&self.groups[0], grade.wrapping_sub(1)), group(&self.groups[1], grade))
    }
}

impl Story {
    /// `today` decides which school year is the present one.
    pub fn new(size: Size, today: NaiveDate) -> Self {
        let year = Year::of(today);
        Self {
            size,
            registrar: Registrar::new(year, size.seed, HASH),
            dice: Dice::with_seed(size.seed),
            year,
            tried: Vec::new(),
            next_school: 0,
            board: None,
            moving: None,
            spanning: None,
        }
    }

    /// The board of the school that is next, made where that school is its first.
    fn board_of_next(&mut self) -> Board {
        let index = self.next_school * self.size.boards / self.size.schools;
        let starts = |board: usize| (board * self.size.schools).div_ceil(self.size.boards);
        match &self.board {
            Some(board) if self.next_school > starts(index) => board.clone(),
            _ => {
                let (first_school, end) = (starts(index), starts(index + 1));
                let board = self.open_board(index, first_school, end - first_school);
                self.board = Some(board.clone());
                board
            }
        }
    }

    fn open_board(&mut self, index: usize, first_school: usize, schools: usize) -> Board {
        const SCHOOLS_PER_CLUSTER: usize = 10;
        let name = names::numbered(names::BOARDS, index);
        let id = self.registrar.board(format!("{:05}", index + 1), name);
        let [last_year, this_year, _] =
            [self.year.last(), self.year, self.year.next()].map(|year| self.registrar.school_year(id, year));
        self.staff_member(id, Role::BoardAdmin, Place::Board);
        self.staff_member(id, Role::Trainer, Place::Board);
        let cluster_count = schools.div_ceil(SCHOOLS_PER_CLUSTER).max(2).min(schools);
        let clusters = (0..cluster_count).map(|cluster| self.open_cluster(id, cluster)).collect();
        Board { id, clusters, last_year, this_year, first_school, schools }
    }

    fn open_cluster(&mut self, board: BoardId, index: usize) -> ClusterId {
        let name = format!("Cluster {}", names::numbered(names::CLUSTERS, index));
        let id = self.registrar.cluster(board, name);
        self.staff_member(board, Role::ClusterDirector, Place::Cluster(id));
        id
    }

    fn open_school(&mut self, board: &Board) -> School {
        let index = self.next_school;
        let name = names::numbered(names::SCHOOLS, index);
        let cluster = board.clusters[(index - board.first_school) * board.clusters.len() / board.schools];
        let id = self.registrar.school(board.id, cluster, name, brin(index));
        self.furnish(index);
        self.staff_member(board.id, Role::SchoolLeader, Place::School(id));
        let groups = [board.last_year, board.this_year]
            .map(|year| GROUPS.map(|grades| self.registrar.class_group(board.id, id, year, grades)).to_vec());
        let starts_board = index == board.first_school;
        School { board: board.id, id, is_first: index == 0, starts_board, groups, student_count: 0 }
    }

    /// Address and the like of the school that was made last.
    fn furnish(&mut self, index: usize) {
        let Some(school) = self.registrar.rows.schools.last_mut() else { return };
        school.street = Some(self.dice.pick(names::STREETS).to_owned());
        school.house_number = Some((self.dice.below(120) + 1).to_string());
        school.city = Some(names::PLACES[index % names::PLACES.len()].to_owned());
        school.denomination =
            Some(self.dice.pick(&["Openbaar", "Algemeen bijzonder", "Interconfessioneel"]).to_owned());
    }

    /// The teachers, each in one or two groups; gives back one of them.
    fn teachers(&mut self, school: &School) -> Option<Known> {
        let teachers: Vec<_> = (0..TEACHERS)
            .map(|index| {
                let place = Place::ClassGroup(school.groups[1][index / 2], school.id);
                self.staff_member(school.board, Role::Teacher, place)
            })
            .collect();
        for (group, id) in school.groups[1].iter().enumerate().skip(TEACHERS / 2) {
            for half in 0..2 {
                let teacher = teachers[(2 * group + half) % TEACHERS].id;
                let place = Place::ClassGroup(*id, school.id);
                self.registrar.membership(school.board, teacher, Role::Teacher, place);
            }
        }
        teachers.into_iter().next_back()
    }

    /// Somebody with a role.
    fn staff_member(&mut self, board: BoardId, role: Role, place: Place) -> Known {
        let name = self.dice.weighted(COMMUNITIES).name(&mut self.dice);
        let email = self.address(role, &name, STAFF_DOMAIN);
        let account = self.registrar.account(&email, "nl");
        let person = Unregistered { name, language: "nl", email: Some(email), account: Some(account) };
        let person = self.registrar.person(board, person);
        self.registrar.membership(board, person.id, role, place);
        person
    }

    /// An e-mail address: an easy one for the first of each role.
    pub(super) fn address(&mut self, role: Role, name: &Name, domain: &str) -> String {
        if self.tried.contains(&role) {
            return self.registrar.address(name, domain);
        }
        self.tried.push(role);
        accounts::address(role).to_owned()
    }
}

impl Iterator for Story {
    type Item = Rows;

    fn next(&mut self) -> Option<Rows> {
        if self.next_school == self.size.schools {
            return None;
        }
        let board = self.board_of_next();
        let mut school = self.open_school(&board);
        let teacher = self.teachers(&school);
        self.families(&mut school, teacher);
        self.next_school += 1;
        Some(std::mem::take(&mut self.registrar.rows))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.size.schools - self.next_school;
        (left, Some(left))
    }
}

/// 676 institutions that do not exist: `99AA`, `99AB`, …, then `98AA`.
fn brin(index: usize) -> String {
    const LETTERS: usize = 26;
    let letter = |index: usize| char::from(b'A' + u8::try_from(index % LETTERS).unwrap_or_default());
    let digits = 99 - index / (LETTERS * LETTERS);
    format!("{digits:02}{}{}", letter(index / LETTERS), letter(index))
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use glans_entity::people::{GuardianAccess, GuardianRelationship, GuardianshipStatus, guardianship};

    use super::*;

    fn tell(size: Size) -> Vec<Rows> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        Story::new(size, today).collect()
    }

    fn all<T: Clone>(batches: &[Rows], table: fn(&Rows) -> &Vec<T>) -> Vec<T> {
        batches.iter().flat_map(table).cloned().collect()
    }

    fn guardianships(batches: &[Rows]) -> Vec<guardianship::Model> {
        all(batches, |rows| &rows.guardianships)
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        assert_eq!(tell(Size::default()), tell(Size::default()));
        assert_ne!(tell(Size::default()), tell(Size { seed: 2, ..Size::default() }));
    }

    #[test]
    fn every_size_is_kept_exactly() {
        for (boards, schools) in [(1, 1), (1, 6), (2, 5), (3, 7), (4, 4)] {
            let size = Size { boards, schools, guardians_per_school: 40, weeks: 12, seed: 9 };
            let rows = tell(size);
            assert_eq!(rows.len(), schools);
            assert_eq!(all(&rows, |rows| &rows.boards).len(), boards);
            assert_eq!(all(&rows, |rows| &rows.schools).len(), schools);
            let guardians: HashSet<_> = guardianships(&rows).iter().map(|row| row.guardian_id).collect();
            assert_eq!(guardians.len(), schools * 40, "{boards} boards, {schools} schools");
        }
    }

    #[test]
    fn the_first_school_has_every_situation() {
        let rows = tell(Size::default());
        let links = &rows[0].guardianships;
        let has = |wanted: &dyn Fn(&guardianship::Model) -> bool| assert!(links.iter().any(wanted));
        has(&|link| link.access == GuardianAccess::None);
        has(&|link| link.access == GuardianAccess::OnRequest);
        has(&|link| link.access == GuardianAccess::EmergencyOnly);
        has(&|link| link.status == GuardianshipStatus::Invited);
        has(&|link| link.status == GuardianshipStatus::Suspended);
        has(&|link| link.relationship == GuardianRelationship::FosterParent);
        has(&|link| link.relationship == GuardianRelationship::Grandparent);
        assert!(rows[0].persons.iter().any(|person| person.email.is_none() && person.account_id.is_none()));
        assert!(rows[0].class_groups.iter().any(|group| group.grades.0 == ["1", "2"]));
        let teachers: HashSet<_> = rows[0].memberships.iter().map(|row| row.person_id).collect();
        has(&|link| teachers.contains(&link.guardian_id));
    }

    #[test]
    fn a_family_has_children_at_two_schools_and_at_two_boards() {
        let rows = tell(Size { boards: 2, schools: 4, ..Size::default() });
        let schools: HashMap<_, _> =
            all(&rows, |rows| &rows.students).into_iter().map(|student| (student.id, student.school_id)).collect();
        let email = accounts::address(Role::Guardian);
        let account = all(&rows, |rows| &rows.accounts).into_iter().find(|row| row.email == email).unwrap();
        let persons: Vec<_> =
            all(&rows, |rows| &rows.persons).into_iter().filter(|row| row.account_id == Some(account.id)).collect();
        assert_eq!(persons.len(), 2);
        assert_ne!(persons[0].board_id, persons[1].board_id);
        let at: HashSet<_> = guardianships(&rows)
            .iter()
            .filter(|link| persons.iter().any(|person| person.id == link.guardian_id))
            .map(|link| schools[&link.student_id])
            .collect();
        assert_eq!(at.len(), 3);
    }

    #[test]
    fn every_role_has_an_account_to_try() {
        let rows = tell(Size::default());
        let emails: HashSet<_> = rows[0].accounts.iter().map(|account| account.email.as_str()).collect();
        assert!(accounts::addresses().all(|address| emails.contains(address)));
        assert_eq!(accounts::among(&rows[0].persons).len(), 6);
    }

    #[test]
    fn what_must_be_unique_is() {
        let rows = tell(Size { boards: 2, schools: 8, guardians_per_school: 400, weeks: 12, seed: 3 });
        let accounts = all(&rows, |rows| &rows.accounts);
        assert_eq!(accounts.iter().map(|row| &row.email).collect::<HashSet<_>>().len(), accounts.len());
        let roles = all(&rows, |rows| &rows.memberships);
        let distinct: HashSet<_> = roles.iter().map(|row| (row.person_id, row.role, row.scope_id)).collect();
        assert_eq!(distinct.len(), roles.len());
        let ids: HashSet<_> = all(&rows, |rows| &rows.persons).into_iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), all(&rows, |rows| &rows.persons).len());
    }

    #[test]
    fn the_first_board_has_its_number() {
        assert_eq!(tell(Size::default())[0].boards[0].number.as_deref(), Some(FIRST_BOARD));
    }

    #[test]
    fn institutions_count_up_through_the_letters() {
        assert_eq!([0, 1, 26, 675, 676].map(brin), ["99AA", "99AB", "99BA", "99ZZ", "98AA"]);
    }
}
