//! Boards and what lies under them.

use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, SchoolYearId};
use glans_entity::localized::Strings;
use glans_entity::organisation::{board, class_group, cluster, school, school_year};

use super::Registrar;
use crate::demo::calendar::Year;

impl Registrar {
    pub(in crate::demo) fn board(&mut self, number: String, name: String) -> BoardId {
        let id = BoardId(self.id());
        self.rows.boards.push(board::Model {
            id,
            number: Some(number),
            name,
            time_zone: "Europe/Amsterdam".to_owned(),
            least_shown: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(in crate::demo) fn cluster(&mut self, board_id: BoardId, name: String) -> ClusterId {
        let id = ClusterId(self.id());
        self.rows.clusters.push(cluster::Model {
            id,
            board_id,
            name,
            source_id: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(in crate::demo) fn school_year(&mut self, board_id: BoardId, year: Year) -> SchoolYearId {
        let id = SchoolYearId(self.id());
        self.rows.school_years.push(school_year::Model {
            id,
            board_id,
            title: year.title(),
            starts_on: year.starts_on(),
            ends_on: year.ends_on(),
            source_id: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(in crate::demo) fn school(
        &mut self,
        board_id: BoardId,
        cluster_id: ClusterId,
        name: String,
        brin: String,
    ) -> SchoolId {
        let id = SchoolId(self.id());
        self.rows.schools.push(school::Model {
            id,
            board_id,
            cluster_id: Some(cluster_id),
            name,
            registered_name: None,
            brin: Some(brin),
            location_code: Some("00".to_owned()),
            street: None,
            house_number: None,
            postcode: None,
            city: None,
            phone: None,
            website: None,
            denomination: None,
            holiday_region: Some("Midden".to_owned()),
            pupil_count: None,
            source_id: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    /// Sets how many pupils the school has that was made last.
    pub(in crate::demo) fn count_students(&mut self, count: usize) {
        if let Some(school) = self.rows.schools.last_mut() {
            school.pupil_count = i32::try_from(count).ok();
        }
    }

    pub(in crate::demo) fn class_group(
        &mut self,
        board_id: BoardId,
        school_id: SchoolId,
        school_year_id: SchoolYearId,
        grades: &[usize],
    ) -> ClassGroupId {
        let grades: Vec<_> = grades.iter().map(ToString::to_string).collect();
        let id = ClassGroupId(self.id());
        self.rows.class_groups.push(class_group::Model {
            id,
            board_id,
            school_id,
            school_year_id,
            name: format!("Groep {}", grades.join("/")),
            grades: Strings(grades),
            source_id: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }
}
