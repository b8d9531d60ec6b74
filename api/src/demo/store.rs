//! The SQL of the demo: many rows at a time.

use std::collections::HashMap;

use glans_entity::engagement::{
    agreement, agreement_confirmation, announcement, audience_target, booking_round, booking_round_group,
    consent_purpose, contact_moment, conversation, conversation_attendee, event, event_response, goal, goal_agreement,
    message, partnership, recipient, slot, thread, thread_participant,
};
use glans_entity::identity::{account, audit};
use glans_entity::ids::{BoardId, ClassGroupId, MaterialId, PersonId, SchoolId, StudentId};
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{Role, ScopeKind, enrolment, guardianship, membership, person, student};
use glans_entity::practice::{
    attendance, cohort, cohort_school, comment, experience, lesson_progress, meeting, meeting_lesson, team_session,
};
use glans_entity::programme::{Audience, lesson, material, material_state, module, programme_version, programme_year};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, Insert, IntoActiveModel, Iterable,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::{Rows, accounts};
use crate::access::Permit;
use crate::engagement::partnerships;
use crate::people::enrolments;
use crate::platform::error::Result;

/// SQLite takes this many values in one statement, PostgreSQL twice as many.
const MAX_VALUES: usize = 32_766;
/// More rows in one statement gain nothing.
const MAX_ROWS: usize = 500;

/// Whether there is no board yet, and so nobody and nothing else.
pub(super) async fn is_empty(db: &impl ConnectionTrait, scope: &Scope) -> Result<bool> {
    Ok(board::Entity::within(scope).limit(1).one(db).await?.is_none())
}

/// Whether the audit log has a line of this deed.
pub(super) async fn is_told(db: &impl ConnectionTrait, scope: &Scope, deed: &str) -> Result<bool> {
    Ok(audit::Entity::within(scope).filter(audit::Column::Action.eq(deed)).limit(1).one(db).await?.is_some())
}

/// Who has one of the addresses to try a demo with.
pub(super) async fn known_persons(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
) -> Result<Vec<person::Model>> {
    use person::Column;
    let known = Column::BoardId.eq(board).and(Column::Email.is_in(accounts::addresses()));
    Ok(person::Entity::within(scope).filter(known).all(db).await?)
}

/// The materials of what is published, in the order of the course.
pub(super) async fn materials(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<(MaterialId, Audience)>> {
    let published = programme_version::Column::PublishedAt.is_not_null();
    let versions = programme_version::Entity::within(scope).filter(published).all(db).await?;
    let years = programme_year::Entity::within(scope).all(db).await?;
    let modules = module::Entity::within(scope).all(db).await?;
    let lessons = lesson::Entity::within(scope).all(db).await?;
    let numbers: HashMap<_, _> = years.iter().map(|year| (year.id, year.number)).collect();
    let modules: HashMap<_, _> =
        modules.iter().map(|module| (module.id, (numbers.get(&module.programme_year_id), module.position))).collect();
    let lessons: HashMap<_, _> =
        lessons.iter().map(|lesson| (lesson.id, (modules.get(&lesson.module_id), lesson.position))).collect();
    let of_published = material::Column::ProgrammeVersionId.is_in(versions.iter().map(|version| version.id));
    let mut materials = material::Entity::within(scope).filter(of_published).all(db).await?;
    materials.sort_by_key(|material| (lessons.get(&material.lesson_id), material.position));
    Ok(materials.into_iter().map(|material| (material.id, material.audience)).collect())
}

/// Every cluster with its schools.
pub(super) async fn clusters(
    db: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<(cluster::Model, Vec<school::Model>)>> {
    let clusters = cluster::Entity::within(scope).order_by_asc(cluster::Column::Id).all(db).await?;
    let schools = school::Entity::within(scope).order_by_asc(school::Column::Id).all(db).await?;
    let of = |cluster: &cluster::Model| {
        schools.iter().filter(|school| school.cluster_id == Some(cluster.id)).cloned().collect::<Vec<_>>()
    };
    Ok(clusters.into_iter().map(|cluster| (cluster.clone(), of(&cluster))).collect())
}

/// Who trains for each board.
pub(super) async fn trainers(db: &impl ConnectionTrait, scope: &Scope) -> Result<HashMap<BoardId, PersonId>> {
    let rows = membership::Entity::within(scope)
        .filter(membership::Column::Role.eq(Role::Trainer))
        .filter(membership::Column::ScopeKind.eq(ScopeKind::Board))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.board_id, row.person_id)).collect())
}

/// The school at which this person teaches; none where there is none.
pub(super) async fn school_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    teacher: &str,
) -> Result<Option<school::Model>> {
    use sea_orm::QueryTrait;
    let persons = person::Entity::within(scope).select_only().column(person::Column::Id);
    let persons = persons.filter(person::Column::Email.eq(teacher)).into_query();
    let schools = membership::Entity::within(scope)
        .select_only()
        .column(membership::Column::SchoolId)
        .filter(membership::Column::PersonId.in_subquery(persons))
        .into_query();
    Ok(school::Entity::within(scope).filter(school::Column::Id.in_subquery(schools)).one(db).await?)
}

/// Somebody who leads a school; none where nobody does.
pub(super) async fn leader_of(db: &impl ConnectionTrait, scope: &Scope, school: SchoolId) -> Result<Option<PersonId>> {
    let roles = membership::Entity::within(scope)
        .filter(membership::Column::SchoolId.eq(school))
        .filter(membership::Column::Role.eq(Role::SchoolLeader));
    Ok(roles.order_by_asc(membership::Column::Id).one(db).await?.map(|role| role.person_id))
}

/// The children of a school in the year of the day, each with its partnership, its group and who teaches it, by name.
pub(super) async fn children(
    db: &impl ConnectionTrait,
    scope: &Scope,
    school: SchoolId,
) -> Result<Vec<(student::Model, partnership::Model, ClassGroupId, PersonId)>> {
    let students = student::Entity::within(scope)
        .filter(student::Column::SchoolId.eq(school))
        .order_by_asc(student::Column::DisplayName)
        .order_by_asc(student::Column::Id)
        .all(db)
        .await?;
    let ids: Vec<StudentId> = students.iter().map(|student| student.id).collect();
    let partnerships = partnerships::store::of_students(db, scope, &ids, None).await?;
    let places = enrolments::store::of_students(db, scope, &ids).await?;
    let teachers = membership::Entity::within(scope)
        .filter(membership::Column::SchoolId.eq(school))
        .filter(membership::Column::Role.eq(Role::Teacher))
        .order_by_asc(membership::Column::Id)
        .all(db)
        .await?;
    let around = |student: student::Model| {
        let partnership = partnerships.iter().find(|row| row.student_id == student.id)?.clone();
        let group = places.iter().find(|place| place.student_id == student.id)?.class_group_id;
        let teacher = teachers.iter().find(|role| role.scope_id == group.0)?.person_id;
        Some((student, partnership, group, teacher))
    };
    Ok(students.into_iter().filter_map(around).collect())
}

/// Inserts all rows, tables that others refer to first.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, rows: Rows) -> Result<()> {
    insert_all::<board::Entity>(db, rows.boards).await?;
    insert_all::<cluster::Entity>(db, rows.clusters).await?;
    insert_all::<school_year::Entity>(db, rows.school_years).await?;
    insert_all::<school::Entity>(db, rows.schools).await?;
    insert_all::<class_group::Entity>(db, rows.class_groups).await?;
    insert_all::<account::Entity>(db, rows.accounts).await?;
    insert_all::<person::Entity>(db, rows.persons).await?;
    insert_all::<student::Entity>(db, rows.students).await?;
    insert_all::<membership::Entity>(db, rows.memberships).await?;
    insert_all::<enrolment::Entity>(db, rows.enrolments).await?;
    insert_all::<guardianship::Entity>(db, rows.guardianships).await?;
    insert_all::<material_state::Entity>(db, rows.material_states).await?;
    insert_all::<cohort::Entity>(db, rows.cohorts).await?;
    insert_all::<cohort_school::Entity>(db, rows.cohort_schools).await?;
    insert_all::<meeting::Entity>(db, rows.meetings).await?;
    insert_all::<meeting_lesson::Entity>(db, rows.meeting_lessons).await?;
    insert_all::<team_session::Entity>(db, rows.team_sessions).await?;
    insert_all::<attendance::Entity>(db, rows.attendance).await?;
    insert_all::<experience::Entity>(db, rows.experiences).await?;
    insert_all::<comment::Entity>(db, rows.comments).await?;
    insert_all::<conversation::Entity>(db, rows.conversations).await?;
    insert_all::<conversation_attendee::Entity>(db, rows.conversation_attendees).await?;
    insert_all::<agreement::Entity>(db, rows.agreements).await?;
    insert_all::<agreement_confirmation::Entity>(db, rows.agreement_confirmations).await?;
    insert_all::<goal::Entity>(db, rows.goals).await?;
    insert_all::<goal_agreement::Entity>(db, rows.goal_agreements).await?;
    insert_all::<announcement::Entity>(db, rows.announcements).await?;
    insert_all::<event::Entity>(db, rows.events).await?;
    insert_all::<event_response::Entity>(db, rows.event_responses).await?;
    insert_all::<booking_round::Entity>(db, rows.booking_rounds).await?;
    insert_all::<booking_round_group::Entity>(db, rows.booking_round_groups).await?;
    insert_all::<slot::Entity>(db, rows.slots).await?;
    insert_all::<thread::Entity>(db, rows.threads).await?;
    insert_all::<thread_participant::Entity>(db, rows.thread_participants).await?;
    insert_all::<message::Entity>(db, rows.messages).await?;
    insert_all::<contact_moment::Entity>(db, rows.contact_moments).await?;
    insert_all::<consent_purpose::Entity>(db, rows.consent_purposes).await?;
    insert_all::<audience_target::Entity>(db, rows.audience_targets).await?;
    insert_all::<recipient::Entity>(db, rows.recipients).await?;
    Ok(())
}

async fn insert_all<E>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let rows_per_statement = (MAX_VALUES / E::Column::iter().count()).min(MAX_ROWS);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(rows_per_statement).collect();
        Insert::many(some).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Lets the database look at what it has, so that its plans are right from the first query on.
pub(super) async fn analyse(db: &impl ConnectionTrait) -> Result<()> {
    db.execute_unprepared(&analysis(db.get_database_backend())).await?;
    Ok(())
}

/// A bare `ANALYZE` of PostgreSQL goes through the catalogue too, and warns of each table that is not the role's own.
fn analysis(backend: DbBackend) -> String {
    if backend == DbBackend::Sqlite {
        return "PRAGMA optimize = 0x10002".to_owned();
    }
    let filled = [
        board::Entity.table_name(),
        cluster::Entity.table_name(),
        school_year::Entity.table_name(),
        school::Entity.table_name(),
        class_group::Entity.table_name(),
        account::Entity.table_name(),
        person::Entity.table_name(),
        student::Entity.table_name(),
        membership::Entity.table_name(),
        enrolment::Entity.table_name(),
        guardianship::Entity.table_name(),
        material_state::Entity.table_name(),
        cohort_school::Entity.table_name(),
        meeting::Entity.table_name(),
        meeting_lesson::Entity.table_name(),
        team_session::Entity.table_name(),
        attendance::Entity.table_name(),
        experience::Entity.table_name(),
        lesson_progress::Entity.table_name(),
        programme_version::Entity.table_name(),
        programme_year::Entity.table_name(),
        module::Entity.table_name(),
        lesson::Entity.table_name(),
        material::Entity.table_name(),
    ];
    format!("ANALYZE {}", filled.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgresql_analyses_the_tables_of_the_demo_and_no_others() {
        assert_eq!(
            analysis(DbBackend::Postgres),
            "ANALYZE board, cluster, school_year, school, class_group, account, person, student, membership, \
             enrolment, guardianship, material_state, cohort_school, meeting, meeting_lesson, team_session, attendance, \
             experience, lesson_progress, programme_version, programme_year, module, lesson, material"
        );
    }
}
