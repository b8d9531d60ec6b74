//! A board, its schools and their class groups.

use chrono::Days;
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId, SchoolYearId};
use glans_entity::localized::Strings;
use glans_entity::organisation::{board, class_group, cluster, school, school_year};

use super::rows::empty_board;
use super::sower::Sower;

impl Sower<'_> {
    pub(super) async fn board(&self, name: &str) {
        self.put::<board::Entity>(board::Model { id: self.board, name: self.text(name), ..empty_board(self.now) })
            .await;
    }

    pub(super) async fn cluster(&self, name: &str) -> ClusterId {
        let id = ClusterId::new();
        self.put::<cluster::Entity>(cluster::Model {
            id,
            board_id: self.board,
            name: self.text(name),
            source_id: None,
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn school(&self, name: &str, cluster: ClusterId) -> SchoolId {
        let id = SchoolId::new();
        self.put::<school::Entity>(school::Model {
            id,
            board_id: self.board,
            cluster_id: Some(cluster),
            name: self.text(name),
            registered_name: None,
            brin: None,
            location_code: None,
            street: Some(self.text("Dorpsstraat")),
            house_number: Some("1".to_owned()),
            postcode: None,
            city: Some(self.text("Zuidhoek")),
            phone: None,
            website: None,
            denomination: Some(self.text("Openbaar")),
            holiday_region: None,
            pupil_count: None,
            source_id: None,
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn school_year(&self) -> SchoolYearId {
        let id = SchoolYearId::new();
        self.put::<school_year::Entity>(school_year::Model {
            id,
            board_id: self.board,
            title: self.text("This year"),
            starts_on: self.now.date_naive() - Days::new(100),
            ends_on: self.now.date_naive() + Days::new(200),
            source_id: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn class_group(&self, name: &str, school: SchoolId, year: SchoolYearId) -> ClassGroupId {
        let id = ClassGroupId::new();
        self.put::<class_group::Entity>(class_group::Model {
            id,
            board_id: self.board,
            school_id: school,
            school_year_id: year,
            name: self.text(name),
            grades: Strings(vec!["3".to_owned(), "4".to_owned()]),
            source_id: None,
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }
}
