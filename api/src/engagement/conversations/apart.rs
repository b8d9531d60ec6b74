//! What is planned for guardians who talk apart from now on.

use glans_entity::ids::{ConversationId, PersonId, StudentId};
use glans_entity::scope::Scope;

use super::rules::{Parted, parted};
use super::{actions, store};
use crate::access::Permit;
use crate::call::Write;
use crate::engagement::{bookings, custody};
use crate::loaders::group;
use crate::platform::error::Result;

/// Parts what is to come of a child, which is locked, so that none of its guardians sees, moves or gives back what is
/// another's. Nothing says why.
pub async fn part(write: &Write<'_>, permit: &Permit, student: StudentId) -> Result<()> {
    let everywhere = Scope::system(write.call().today());
    let planned = store::lock_to_come(write.db(), &everywhere, student, write.now()).await?;
    let ids: Vec<ConversationId> = planned.iter().map(|row| row.id).collect();
    let mut coming = group(store::attendees(write.db(), &everywhere, &ids).await?, |row| row.conversation_id);
    let bookings = bookings::store::of_child(write.db(), &everywhere, student).await?;
    for row in planned {
        let coming = coming.remove(&row.id).unwrap_or_default().into_iter();
        let mut guests: Vec<PersonId> = coming.filter(|it| !it.is_staff).map(|it| it.person_id).collect();
        match parted(row.id, guests.len(), &bookings) {
            Parted::Stays => {}
            Parted::StaysWith(guardian) => {
                bookings::store::make_own(write.db(), permit, row.id).await?;
                guests.retain(|guest| *guest != guardian);
                custody::leave(write, permit, row, &guests).await?;
            }
            Parted::Cancelled => {
                actions::call_off(write, permit, row, None, None).await?;
            }
        }
    }
    Ok(())
}
