//! Nobody is at two conversations at once: teacher, child and guardian.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{conversation, conversation_attendee};
use glans_entity::ids::{ConversationId, PersonId, StudentId};
use glans_entity::people::person;
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::platform::error::{Result, UserErrorCode, refuse};

/// A time that several people give to a child.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub student: StudentId,
    /// Staff and guardians.
    pub people: Vec<PersonId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl Appointment {
    /// Refuses with `CONFLICT` on `field` when one of them has another planned conversation then; nobody else plans
    /// for them until the transaction ends. `except` is the conversation that is being moved.
    pub async fn must_be_free(
        &self,
        db: &impl ConnectionTrait,
        field: &str,
        except: Option<ConversationId>,
    ) -> Result<()> {
        let everywhere = Scope::system(self.starts_at.date_naive());
        // Always in the order of ids, so that two who plan for the same people do not wait for each other.
        person::Entity::within(&everywhere)
            .select_only()
            .column(person::Column::Id)
            .filter(person::Column::Id.is_in(self.people.iter().copied()))
            .order_by_asc(person::Column::Id)
            .lock_exclusive()
            .into_tuple::<PersonId>()
            .all(db)
            .await?;
        let theirs = conversation_attendee::Entity::within(&everywhere)
            .select_only()
            .column(conversation_attendee::Column::ConversationId)
            .filter(conversation_attendee::Column::PersonId.is_in(self.people.iter().copied()));
        let busy = Condition::any()
            .add(conversation::Column::StudentId.eq(self.student))
            .add(conversation::Column::Id.in_subquery(theirs.into_query()));
        let mut clashes = conversation::Entity::within(&everywhere)
            .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
            .filter(conversation::Column::StartsAt.lt(self.ends_at))
            .filter(conversation::Column::EndsAt.gt(self.starts_at))
            .filter(busy);
        if let Some(moved) = except {
            clashes = clashes.filter(conversation::Column::Id.ne(moved));
        }
        if clashes.count(db).await? > 0 {
            return Err(refuse(UserErrorCode::Conflict, field, TAKEN));
        }
        Ok(())
    }
}

/// It does not say who: that somebody else has an appointment is not the caller's to know.
const TAKEN: &str = "One of those who come, or the child, has another conversation at that time. Choose another time.";
