//! What is in sight of uploads, and of what changed.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, Condition};

use super::{Among, Scope, Scoped};
use crate::platform::{change, upload};

impl Scoped for upload::Entity {
    /// Those of the boards. Who may take one says the slice that takes it.
    fn visible(scope: &Scope) -> Condition {
        upload::Column::BoardId.among(scope.boards.iter().copied()).into_condition()
    }
}

impl Scoped for change::Entity {
    /// What happened in the boards, to content of the platform, or to the account alone. Whether the node is in sight is
    /// for its own table to say.
    fn visible(scope: &Scope) -> Condition {
        use change::Column;
        let unowned = Condition::any().add(Column::AccountId.is_null()).add(Column::AccountId.among(scope.account));
        Condition::any()
            .add(Column::BoardId.among(scope.boards.iter().copied()))
            .add(Condition::all().add(Column::BoardId.is_null()).add(unowned))
    }
}
