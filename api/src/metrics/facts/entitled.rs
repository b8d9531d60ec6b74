//! Who has everything of a child, in SQL.

use chrono::NaiveDate;
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

/// The guardianship gives everything of the child on the day, as it does in partnerships: with or without a login, for
/// who has none yet comes to school as well, and up to the last day of one that ended since.
pub(super) fn entitled(day: NaiveDate) -> Condition {
    use GuardianshipStatus::{Active, Ended, Invited};
    use guardianship::Column;
    let link = |column: Column| Expr::col((guardianship::Entity, column));
    let present = [Active, Invited].map(|status| status.to_value());
    let past = [Active, Invited, Ended].map(|status| status.to_value());
    let open = Condition::all().add(link(Column::Status).is_in(present)).add(link(Column::EndsOn).is_null());
    let over = Condition::all().add(link(Column::Status).is_in(past)).add(link(Column::EndsOn).gte(day));
    Condition::all()
        .add(link(Column::Access).eq(GuardianAccess::Full.to_value()))
        .add(link(Column::StartsOn).lte(day))
        .add(Condition::any().add(open).add(over))
}
