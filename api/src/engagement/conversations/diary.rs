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

use crate::people::guardianships::{self, Of};
use crate::platform::error::{Result, UserErrorCode, refuse};

/// A time that several people give to a child.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub student: StudentId,
    /// Who leads it.
    pub staff: PersonId,
    pub guardians: Vec<PersonId>,
    /// Who one of them is in other boards, where the caller is that one.
    pub elsewhere: Vec<PersonId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl Appointment {
    /// Refuses with `INVALID` on `field` when who leads it is or was family of the child, whatever came of it: one guardian
    /// would lead and read the talk of another.
    pub async fn must_be_led_by_no_family(&self, db: &impl ConnectionTrait, field: &str) -> Result<()> {
        let everywhere = Scope::system(self.starts_at.date_naive());
        let links = guardianships::store::all(db, &everywhere, Of::Students(&[self.student])).await?;
        if links.iter().any(|link| link.guardian_id == self.staff) {
            return Err(refuse(UserErrorCode::Invalid, field, FAMILY));
        }
        Ok(())
    }

    /// Refuses with `CONFLICT` on `field` when one of them has another planned conversation then; nobody else plans
    /// for them until the transaction ends. `except` is the conversation that is being moved.
    pub async fn must_be_free(
        &self,
        db: &impl ConnectionTrait,
        field: &str,
        except: Option<ConversationId>,
    ) -> Result<()> {
        let everywhere = Scope::system(self.starts_at.date_naive());
        let people = self.guardians.iter().chain(&self.elsewhere).copied().chain([self.staff]);
        let people: Vec<PersonId> = people.collect();
        // Always in the order of ids, so that two who plan for the same people do not wait for each other.
        person::Entity::within(&everywhere)
            .select_only()
            .column(person::Column::Id)
            .filter(person::Column::Id.is_in(people.iter().copied()))
            .order_by_asc(person::Column::Id)
            .lock_exclusive()
            .into_tuple::<PersonId>()
            .all(db)
            .await?;
        let theirs = conversation_attendee::Entity::within(&everywhere)
            .select_only()
            .column(conversation_attendee::Column::ConversationId)
            .filter(conversation_attendee::Column::PersonId.is_in(people.iter().copied()));
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

/// It does not say why: who is family of the child is not every guardian's to know.
const FAMILY: &str =
    "This teacher holds no conversation about this child. Choose another one, or ask the school leader.";

/// It does not say who: that somebody else has an appointment is not the caller's to know.
const TAKEN: &str = "One of those who come, or the child, has another conversation at that time. Choose another time.";
