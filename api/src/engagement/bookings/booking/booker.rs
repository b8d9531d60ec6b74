//! Who books, for which child and which guardian, and when they may.

use async_graphql::ID;
use glans_entity::engagement::booking_round;
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::people::student;

use super::groups;
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::engagement::bookings::actions::everywhere;
use crate::engagement::bookings::{rules, store};
use crate::engagement::partnerships::Family;
use crate::people::guardianships::actions::refuse_own_child;
use crate::people::{places, students};
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};

/// Who books, and for whom.
pub(super) struct Booker {
    pub(super) student: student::Model,
    pub(super) place: Place,
    pub(super) family: Family,
    pub(super) permit: Permit,
    pub(super) as_guardian: bool,
}

impl Booker {
    /// The child, under lock. A guardian who has everything of it speaks for it; staff of its groups may as well.
    pub(super) async fn of(write: &Write<'_>, id: StudentId) -> Result<Self> {
        let student =
            students::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("student"))?;
        let today = write.call().today();
        let place = places::of_student(write.db(), today, &student).await?;
        let as_guardian = write.scope().full_children.contains(&id);
        let action = if as_guardian { Action::ChildSpeakFor } else { Action::BookingRoundWrite };
        let permit = write.authorize(action, place.clone())?;
        if !as_guardian {
            refuse_own_child(write, &permit, &[id]).await?;
        }
        let family = Family::of(write.db(), today, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(Self { student, place, family, permit, as_guardian })
    }

    /// The guardian for whom it is: oneself, or the one whom a member of staff names.
    pub(super) fn guardian(&self, named: Option<&ID>) -> Result<PersonId> {
        let own = self.permit.person().filter(|_| self.as_guardian);
        let named: Option<PersonId> = named.map(|id| id.parse().map_err(|_| not_found("guardian"))).transpose()?;
        let guardian = match (own, named) {
            (Some(own), named) if named.is_none_or(|named| named == own) => own,
            (None, Some(named)) => named,
            (Some(_), _) => return Err(not_found("guardian")),
            (None, None) => {
                return Err(refuse(UserErrorCode::Required, "guardian", "Say for which guardian you book."));
            }
        };
        // The snapshot of rights of a request may be older than the lock.
        if !self.family.entitled.contains(&guardian) {
            return Err(not_found(if self.as_guardian { "student" } else { "guardian" }));
        }
        Ok(guardian)
    }

    /// Who a guardian that comes is in other boards: nobody is at two conversations at once, whatever the board.
    pub(super) fn elsewhere(&self, write: &Write<'_>, guests: &[PersonId]) -> Vec<PersonId> {
        let oneself = &write.scope().persons;
        let comes = self.as_guardian && guests.iter().any(|guest| oneself.contains(guest));
        if comes { oneself.clone() } else { Vec::new() }
    }

    /// Guardians keep to the times of the round; staff books after it closed as well.
    pub(super) async fn may_now(&self, write: &Write<'_>, round: &booking_round::Model) -> Result<()> {
        if !self.as_guardian {
            return rules::must_be_open(round);
        }
        let groups = groups(write, round).await?;
        let (everywhere, children) = (everywhere(write), &write.scope().full_children);
        let own = store::children_in(write.db(), &everywhere, &groups, Some(children)).await?;
        let mut own: Vec<StudentId> = own.into_iter().map(|(student, _)| student).collect();
        own.dedup();
        rules::guardian_may_book(round, rules::opening(round, own.len()), write.now())
    }
}
