//! The guardianship and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, OneofObject};
use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::people::{self, guardianship};

use super::loaders::OwnChild;
use super::rules;
use crate::access::{self, Action};
use crate::call::Call;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::{Person, PersonInput};
use crate::people::students::{PlaceOf, Student};
use crate::people::values::{GuardianAccess, GuardianRelationship, GuardianshipStatus};
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;

pub struct Guardianship(pub guardianship::Model);

impl From<guardianship::Model> for Guardianship {
    fn from(row: guardianship::Model) -> Self {
        Self(row)
    }
}

impl Guardianship {
    /// Whether it is over on the day `today`.
    pub(in crate::people) fn is_over(&self, today: NaiveDate) -> bool {
        rules::is_over(&self.0, today)
    }
}

/// The relation of one guardian (*ouder*, *verzorger*) to one student. Seen by who leads the school or teaches the class
/// group, by who administers the board or directs the cluster, and by the guardian; never by another guardian.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_guardian(self.0.guardian_id)")]
impl Guardianship {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The guardian.
    pub async fn guardian(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.guardian_id).await.map(Person)
    }

    /// The student.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// How the guardian is related to the student.
    pub async fn relationship(&self) -> GuardianRelationship {
        self.0.relationship.into()
    }

    /// What the guardian may have of the student.
    pub async fn access(&self) -> GuardianAccess {
        self.0.access.into()
    }

    /// Whether it counts today.
    pub async fn status(&self, ctx: &Context<'_>) -> Result<GuardianshipStatus> {
        let over = self.is_over(Call::of(ctx).today());
        Ok(if over { GuardianshipStatus::Ended } else { self.0.status.into() })
    }

    /// The place in the order of whom to call, 1 first, up to 99; null when it does not matter. For staff only, and null
    /// for every guardian of the student: a second place tells that there is a first.
    pub async fn contact_priority(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let Some(place) = self.0.contact_priority else { return Ok(None) };
        let own = loaders::one(ctx, OwnChild(self.0.student_id)).await?;
        Ok((!own.unwrap_or_default()).then_some(place))
    }

    /// The first day on which it counts.
    pub async fn starts_on(&self) -> LocalDate {
        LocalDate(self.0.starts_on)
    }

    /// The last day on which it counts; null while no end is known.
    pub async fn ends_on(&self) -> Option<LocalDate> {
        self.0.ends_on.map(LocalDate)
    }

    /// Whether the viewer may decide on access and status; false for every guardian of the student.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let actor = Call::of(ctx).standing().actor.clone();
        let place = loaders::present(ctx, PlaceOf(self.0.student_id)).await?;
        if !access::allows(&actor, Action::GuardianshipWrite, &place) {
            return Ok(false);
        }
        let own = loaders::one(ctx, OwnChild(self.0.student_id)).await?;
        Ok(!own.unwrap_or_default())
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Who becomes guardian: somebody whom the board knows, or a new person.
#[derive(OneofObject)]
pub enum GuardianChoice {
    /// A person of the board whom the viewer may see.
    Id(ID),
    /// A new person of the board.
    NewPerson(PersonInput),
}

/// A new guardianship.
#[derive(InputObject)]
pub struct GuardianshipCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The student.
    pub student: ID,
    /// Who becomes guardian.
    pub guardian: GuardianChoice,
    /// How the guardian is related to the student.
    pub relationship: GuardianRelationship,
    /// What the guardian may have of the student; FULL when absent.
    pub access: Option<GuardianAccess>,
    /// The place in the order of whom to call, 1 first, up to 99; absent when it does not matter.
    pub contact_priority: Option<i32>,
    /// The first day on which it counts; today when absent.
    pub starts_on: Option<LocalDate>,
    /// The last day on which it counts; absent while no end is known.
    pub ends_on: Option<LocalDate>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a guardianship. What is absent stays.
#[derive(InputObject)]
pub struct GuardianshipUpdateInput {
    /// Which guardianship.
    pub id: ID,
    /// How the guardian is related to the student.
    pub relationship: Option<GuardianRelationship>,
    /// What the guardian may have of the student.
    pub access: Option<GuardianAccess>,
    /// ACTIVE when the school has verified it, SUSPENDED until it has; the others are refused.
    pub status: Option<GuardianshipStatus>,
    /// The place in the order of whom to call, 1 first, up to 99; null when it does not matter.
    pub contact_priority: MaybeUndefined<i32>,
    /// The last day on which it counts; null while no end is known.
    pub ends_on: MaybeUndefined<LocalDate>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl GuardianshipUpdateInput {
    /// Whether it changes what the guardian may have, and when.
    pub(super) fn decides(&self) -> bool {
        self.access.is_some() || self.status.is_some() || !self.ends_on.is_undefined()
    }

    /// The stored row with the changes over it. Reviving what is over takes away its end.
    pub(super) fn over(&self, row: &guardianship::Model) -> guardianship::Model {
        let mut changed = row.clone();
        if let Some(status) = self.status {
            changed.status = status.into();
            if row.status == people::GuardianshipStatus::Ended {
                changed.ends_on = None;
            }
        }
        changed.relationship = self.relationship.map_or(row.relationship, Into::into);
        changed.access = self.access.map_or(row.access, Into::into);
        self.contact_priority.update_to(&mut changed.contact_priority);
        self.ends_on.map_value(|day| day.0).update_to(&mut changed.ends_on);
        changed
    }
}

/// Ends a guardianship today. The past stays.
#[derive(InputObject)]
pub struct GuardianshipEndInput {
    /// Which guardianship.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `guardianshipCreate`.
    GuardianshipCreatePayload {
        /// The new guardianship; null when refused.
        guardianship: Guardianship
    }
}

payload! {
    /// The answer to `guardianshipUpdate`.
    GuardianshipUpdatePayload {
        /// The guardianship as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        guardianship: Guardianship
    }
}

payload! {
    /// The answer to `guardianshipEnd`.
    GuardianshipEndPayload {
        /// The guardianship, ended; on a conflict, as somebody else left it; null when refused otherwise.
        guardianship: Guardianship
    }
}
