//! A school year around one history, and a cohort with lessons of its own.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use glans_entity::engagement::partnership;
use glans_entity::ids::{
    ClassGroupId, CohortId, EnrolmentId, LessonId, PartnershipId, SchoolCohortId, SchoolYearId, StudentId,
};
use glans_entity::localized::Strings;
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::enrolment;
use glans_entity::practice::{cohort, cohort_school};
use glans_entity::programme::lesson;
use glans_tests::World;
use glans_tests::seed::put;
use rand::Rng;
use rand::rngs::StdRng;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};

use super::calendar::today;
use super::town::Town;

/// Which days of a school year a history is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    /// The year is short enough that all its days come: its 45th day, and its last.
    Short,
    /// The first of its terms ends.
    Term,
    /// It ends on 31 July, and the next one begins.
    Summer,
}

impl Season {
    /// The first and the last day of the year of a history that begins on that day.
    fn days(self, on: NaiveDate) -> (NaiveDate, NaiveDate) {
        let of_year = |first: NaiveDate| (first, first + Months::new(12) - Days::new(1));
        match self {
            Self::Short => (on - Days::new(37), on + Days::new(9)),
            Self::Term => of_year(on + Days::new(4) - Months::new(5)),
            Self::Summer => of_year(NaiveDate::from_ymd_opt(on.year() - 1, 8, 1).unwrap()),
        }
    }
}

pub(super) struct Year {
    pub partnerships: Vec<(StudentId, PartnershipId)>,
    pub lessons: Vec<LessonId>,
    pub cohort: CohortId,
    /// Of each school.
    pub school_cohorts: [SchoolCohortId; 2],
}

impl Year {
    pub(super) async fn begin(
        world: &World,
        town: &Town,
        dice: &mut StdRng,
        (history, season): (u64, Season),
        from: DateTime<Utc>,
    ) -> Self {
        let db = world.writing().await;
        let day = today(from);
        let (first, last) = season.days(day);
        let year = put_year(world, &db, (first, last), from).await;
        let class_groups = groups(world, &db, year, from).await;
        for child in &town.children {
            let first = day - Days::new(28) + Days::new(dice.random_range(0..28));
            enrol(world, &db, class_groups, *child, first).await;
        }
        let mut years = vec![year];
        if season == Season::Summer {
            let next = last + Days::new(1);
            let year = put_year(world, &db, (next, next + Months::new(12) - Days::new(1)), from).await;
            let class_groups = groups(world, &db, year, from).await;
            for child in &town.children {
                enrol_anew(world, &db, dice, class_groups, (*child, next)).await;
            }
            years.push(year);
        }
        let partnerships = partnerships(&db, dice, years).await;
        let lessons = lessons(world, &db, history).await;
        let (cohort, school_cohorts) = circle(world, &db, dice, from).await;
        world.written(db).await;
        Self { partnerships, lessons, cohort, school_cohorts }
    }
}

async fn put_year(
    world: &World,
    db: &DatabaseTransaction,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    at: DateTime<Utc>,
) -> SchoolYearId {
    let id = SchoolYearId::new();
    let row = school_year::Model {
        id,
        board_id: world.ours.id,
        title: format!("Jaar vanaf {starts_on}"),
        starts_on,
        ends_on,
        source_id: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    put::<school_year::Entity>(db, row).await;
    id
}

/// One more of each school.
async fn groups(world: &World, db: &DatabaseTransaction, year: SchoolYearId, at: DateTime<Utc>) -> [ClassGroupId; 2] {
    let groups = [ClassGroupId::new(), ClassGroupId::new()];
    for (id, school_id) in groups.into_iter().zip(world.ours.schools) {
        let row = class_group::Model {
            id,
            board_id: world.ours.id,
            school_id,
            school_year_id: year,
            name: "4b".to_owned(),
            grades: Strings(vec!["4".to_owned()]),
            source_id: None,
            archived_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        };
        put::<class_group::Entity>(db, row).await;
    }
    groups
}

/// The child is in a group of the year as well, from that day on for as long as it is at the school.
async fn enrol(world: &World, db: &DatabaseTransaction, groups: [ClassGroupId; 2], child: StudentId, first: NaiveDate) {
    let own = enrolment::Entity::find().filter(enrolment::Column::StudentId.eq(child));
    let known = own.one(db).await.unwrap().unwrap();
    if known.ends_on.is_some_and(|last| last < first) {
        return;
    }
    let at = usize::from(known.class_group_id == world.ours.groups[1]);
    let row = enrolment::Model { id: EnrolmentId::new(), class_group_id: groups[at], starts_on: first, ..known };
    put::<enrolment::Entity>(db, row).await;
}

/// The child is in a group of the next year from its first day on, unless it leaves before. Now and then it is one of
/// the other school, which the record of the child does not say.
async fn enrol_anew(
    world: &World,
    db: &DatabaseTransaction,
    dice: &mut StdRng,
    groups: [ClassGroupId; 2],
    (child, first): (StudentId, NaiveDate),
) {
    let own = enrolment::Column::StudentId.eq(child);
    let rows = enrolment::Entity::find().filter(own.clone()).all(db).await.unwrap();
    let stays = |row: &&enrolment::Model| row.ends_on.is_none_or(|last| last >= first);
    let Some(known) = rows.iter().find(stays).cloned() else { return };
    let is_second = rows.iter().any(|row| row.class_group_id == world.ours.groups[1]);
    let at = usize::from(is_second != dice.random_bool(0.2));
    let open = Condition::any().add(enrolment::Column::EndsOn.is_null()).add(enrolment::Column::EndsOn.gte(first));
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::EndsOn, Expr::val(first - Days::new(1)))
        .filter(own)
        .filter(open)
        .exec(db)
        .await
        .unwrap();
    let row = enrolment::Model { id: EnrolmentId::new(), class_group_id: groups[at], starts_on: first, ..known };
    put::<enrolment::Entity>(db, row).await;
}

/// The enrolments made them. Some are of new children.
async fn partnerships(
    db: &DatabaseTransaction,
    dice: &mut StdRng,
    years: Vec<SchoolYearId>,
) -> Vec<(StudentId, PartnershipId)> {
    let of_year = partnership::Entity::find().filter(partnership::Column::SchoolYearId.is_in(years));
    let rows = of_year.all(db).await.unwrap();
    for row in &rows {
        partnership::Entity::update_many()
            .col_expr(partnership::Column::NeedsIntake, Expr::val(dice.random_bool(0.7)))
            .filter(partnership::Column::Id.eq(row.id))
            .exec(db)
            .await
            .unwrap();
    }
    rows.into_iter().map(|row| (row.student_id, row.id)).collect()
}

async fn lessons(world: &World, db: &DatabaseTransaction, history: u64) -> Vec<LessonId> {
    let known = lesson::Entity::find_by_id(world.ours.published.lesson).one(db).await.unwrap().unwrap();
    let mut lessons = Vec::new();
    for number in 0..2 {
        let id = LessonId::new();
        let position = 1_000 + 2 * i32::try_from(history).unwrap() + number;
        let row = lesson::Model { id, key: format!("les-{position}"), position, ..known.clone() };
        put::<lesson::Entity>(db, row).await;
        lessons.push(id);
    }
    lessons
}

/// Both schools, of which one may come later or leave on the way.
async fn circle(
    world: &World,
    db: &DatabaseTransaction,
    dice: &mut StdRng,
    from: DateTime<Utc>,
) -> (CohortId, [SchoolCohortId; 2]) {
    let id = CohortId::new();
    let row = cohort::Model {
        id,
        board_id: world.ours.id,
        name: id.to_string(),
        programme_version_id: world.ours.published.version,
        created_at: from,
        updated_at: from,
        version: 1,
    };
    put::<cohort::Entity>(db, row).await;
    let schools = [SchoolCohortId::new(), SchoolCohortId::new()];
    for (school_cohort, school_id) in schools.into_iter().zip(world.ours.schools) {
        let leaves = today(from) + Days::new(dice.random_range(5..14));
        let row = cohort_school::Model {
            id: school_cohort,
            board_id: world.ours.id,
            cohort_id: id,
            school_id,
            joined_on: today(from) - Days::new(6) + Days::new(dice.random_range(0..10)),
            left_on: dice.random_bool(0.2).then_some(leaves),
            created_at: from,
            updated_at: from,
            version: 1,
        };
        put::<cohort_school::Entity>(db, row).await;
    }
    (id, schools)
}
