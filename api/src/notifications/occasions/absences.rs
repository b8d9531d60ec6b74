//! That a child does not come. The other guardian learns that there is a notice, and not whose it is or why.

use glans_entity::engagement::absence_notice;
use glans_entity::ids::AbsenceNoticeId;
use glans_entity::notifications::Category;
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

async fn of(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<absence_notice::Model>> {
    let id = absence_notice::Column::Id.eq(fact.id::<AbsenceNoticeId>()?);
    Ok(absence_notice::Entity::within(&fact.everywhere()).filter(id).one(db).await?)
}

/// To the teachers of the child, and the other guardians who have everything of it.
fn notice(text: Text, row: &absence_notice::Model, fact: Fact<'_>) -> Notice {
    let everywhere = fact.everywhere();
    let all = people::and(
        people::guardians_of(&everywhere, row.student_id),
        people::teachers_of(&everywhere, row.student_id),
    );
    let about = (AbsenceNoticeId::PREFIX, row.id.0);
    let notice = Notice::new(text, Category::Absence, about, people::but(all, [row.guardian_id]));
    notice.at(row.starts_at).until(row.ends_at)
}

pub(super) async fn reported(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = of(db, fact).await?.filter(|row| row.withdrawn_at.is_none());
    Ok(Told::telling(row.map(|row| notice(Text::AbsenceReported, &row, fact))))
}

pub(super) async fn withdrawn(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = of(db, fact).await?;
    let notices = row.map(|row| notice(Text::AbsenceWithdrawn, &row, fact));
    Ok(Told::telling(notices).taking_back(fact.id::<AbsenceNoticeId>()?.0))
}
