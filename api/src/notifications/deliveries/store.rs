//! What the contents of e-mail are read from.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::identity::invitation;
use glans_entity::ids::{
    AnnouncementId, BookingRoundId, ClusterId, ConversationId, EventId, InvitationId, NotificationId, SchoolId,
    StudentId, SurveyId, ThreadId,
};
use glans_entity::notifications::{notification, notification_student};
use glans_entity::organisation::{board, class_group, cluster, school};
use glans_entity::people::{enrolment, person, student};
use glans_entity::practice::OccasionStatus;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, UnionType};
use sea_orm::{Condition, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::bundles::Named;
use super::rights;
use crate::notifications::channels::letter::Entry;
use crate::people::rights::covers;
use crate::platform::error::Result;

/// What a digest can tell of and belongs to a school. A meeting and a lesson belong to none.
const OF_SCHOOLS: [&str; 6] = ["announcement", "consent_purpose", "event", "experience", "survey", "team_session"];

/// Who is invited, and by whom.
#[derive(Debug, FromQueryResult)]
pub(super) struct Invited {
    pub email: String,
    pub language: String,
    pub board: String,
}

/// Who is invited by e-mail, while the invitation can be accepted.
pub(super) async fn invited(
    db: &impl ConnectionTrait,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<Invited>> {
    use invitation::Column;
    let own = |column: Column| Expr::col((invitation::Entity, column));
    let select = Query::select()
        .column((person::Entity, person::Column::Email))
        .column((person::Entity, person::Column::Language))
        .expr_as(Expr::col((board::Entity, board::Column::Name)), Alias::new("board"))
        .from(invitation::Entity)
        .inner_join(person::Entity, Expr::col((person::Entity, person::Column::Id)).eq(own(Column::PersonId)))
        .inner_join(board::Entity, Expr::col((board::Entity, board::Column::Id)).eq(own(Column::BoardId)))
        .and_where(own(Column::Id).eq(id))
        .and_where(own(Column::AcceptedAt).is_null())
        .and_where(own(Column::RevokedAt).is_null())
        .and_where(own(Column::ExpiresAt).gt(now))
        .and_where(Expr::col((person::Entity, person::Column::Email)).is_not_null())
        .and_where(Expr::col((person::Entity, person::Column::ErasedAt)).is_null())
        .to_owned();
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| Invited::from_query_result(&row, "")).transpose()?)
}

/// Where something takes place: the name of the school or of the cluster, and for a talk its entry in a calendar.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub school: Option<String>,
    pub entry: Option<Entry>,
}

/// What the cluster is called.
async fn cluster_name(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<String>> {
    let select = Query::select()
        .column(cluster::Column::Name)
        .from(cluster::Entity)
        .and_where(Expr::col((cluster::Entity, cluster::Column::Id)).eq(id))
        .to_owned();
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| row.try_get("", "name")).transpose()?)
}

/// The place of what a notification is about; nothing of what belongs to no school and no cluster.
pub(super) async fn place(db: &impl ConnectionTrait, kind: &str, id: Uuid) -> Result<Place> {
    if kind == ClusterId::PREFIX {
        return Ok(Place { school: cluster_name(db, id).await?, entry: None });
    }
    let table = match kind {
        ConversationId::PREFIX => "conversation",
        AnnouncementId::PREFIX => "announcement",
        BookingRoundId::PREFIX => "booking_round",
        EventId::PREFIX => "event",
        SurveyId::PREFIX => "survey",
        ThreadId::PREFIX => "thread",
        _ => return Ok(Place::default()),
    };
    let of_table = |name: &'static str| Expr::col((Alias::new(table), Alias::new(name)));
    let mut select = Query::select();
    select
        .column((school::Entity, school::Column::Name))
        .from(Alias::new(table))
        .inner_join(school::Entity, Expr::col((school::Entity, school::Column::Id)).eq(of_table("school_id")))
        .and_where(of_table("id").eq(id));
    if kind == ConversationId::PREFIX {
        select.exprs(["starts_at", "ends_at", "status", "version"].map(of_table));
    }
    let Some(row) = db.query_one(&select).await? else { return Ok(Place::default()) };
    let school = row.try_get("", "name")?;
    if kind != ConversationId::PREFIX {
        return Ok(Place { school, entry: None });
    }
    let status: OccasionStatus = row.try_get("", "status")?;
    let entry = Entry {
        uid: ConversationId(id).to_string(),
        starts_at: row.try_get("", "starts_at")?,
        ends_at: row.try_get("", "ends_at")?,
        cancelled: status == OccasionStatus::Cancelled,
        sequence: row.try_get("", "version")?,
    };
    Ok(Place { school, entry: Some(entry) })
}

/// A child whom a notification concerns: a row for each class group that it is in, one without where it is in none.
#[derive(Debug, FromQueryResult)]
pub(super) struct Concerned {
    pub notification_id: NotificationId,
    pub student_id: StudentId,
    pub school_id: SchoolId,
    pub school: String,
    pub class_group: Option<String>,
}

/// The children whom these notifications concern, as far as their persons may know of them on that day; none of what
/// somebody is told as a member of staff.
pub(super) async fn concerned(
    db: &impl ConnectionTrait,
    notifications: &[NotificationId],
    on: NaiveDate,
) -> Result<Vec<Concerned>> {
    use notification_student::Column as Link;
    let of_link = |column: Link| Expr::col((notification_student::Entity, column));
    let placed = Condition::all()
        .add(Expr::col((enrolment::Entity, enrolment::Column::StudentId)).eq(of_link(Link::StudentId)))
        .add(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, on));
    let mut select = Query::select();
    select
        .columns([Link::NotificationId, Link::StudentId].map(|column| (notification_student::Entity, column)))
        .column((student::Entity, student::Column::SchoolId))
        .expr_as(Expr::col((school::Entity, school::Column::Name)), Alias::new("school"))
        .expr_as(Expr::col((class_group::Entity, class_group::Column::Name)), Alias::new("class_group"))
        .from(notification::Entity)
        .inner_join(
            notification_student::Entity,
            of_link(Link::NotificationId).equals((notification::Entity, notification::Column::Id)),
        )
        .inner_join(student::Entity, of_link(Link::StudentId).equals((student::Entity, student::Column::Id)))
        .inner_join(
            school::Entity,
            Expr::col((school::Entity, school::Column::Id)).equals((student::Entity, student::Column::SchoolId)),
        )
        .left_join(enrolment::Entity, placed)
        .left_join(
            class_group::Entity,
            Expr::col((class_group::Entity, class_group::Column::Id))
                .equals((enrolment::Entity, enrolment::Column::ClassGroupId)),
        )
        .and_where(Expr::col((notification::Entity, notification::Column::Id)).is_in(notifications.iter().copied()))
        .and_where(Expr::col((notification::Entity, notification::Column::AsStaff)).eq(false));
    rights::only_known(&mut select, on);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| Concerned::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// The schools to which these matters belong; nothing of what belongs to none.
pub(super) async fn schools(db: &impl ConnectionTrait, matters: &[Uuid]) -> Result<HashMap<Uuid, Named>> {
    if matters.is_empty() {
        return Ok(HashMap::new());
    }
    let of = |table: &'static str| {
        let of_table = |name: &'static str| Expr::col((Alias::new(table), Alias::new(name)));
        Query::select()
            .expr_as(of_table("id"), Alias::new("matter"))
            .expr_as(Expr::col((school::Entity, school::Column::Id)), Alias::new("school_id"))
            .expr_as(Expr::col((school::Entity, school::Column::Name)), Alias::new("school"))
            .from(Alias::new(table))
            .inner_join(school::Entity, Expr::col((school::Entity, school::Column::Id)).eq(of_table("school_id")))
            .and_where(of_table("id").is_in(matters.iter().copied()))
            .to_owned()
    };
    let [first, others @ ..] = OF_SCHOOLS;
    let mut select = of(first);
    for table in others {
        select.union(UnionType::All, of(table));
    }
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let school: SchoolId = row.try_get("", "school_id")?;
            Ok((row.try_get("", "matter")?, (row.try_get("", "school")?, school.0)))
        })
        .collect()
}
