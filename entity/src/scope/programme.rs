//! What is in sight of courses.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use super::{Among, Scope, Scoped};
use crate::programme::{lesson, material, material_state, module, programme, programme_version, programme_year};

/// Content of the platform, and that of the own boards. Who may read drafts and which audience is the slice's rule.
macro_rules! scoped_to_readers {
    ($($entity:path),+ $(,)?) => {$(
        impl Scoped for $entity {
            fn visible(scope: &Scope) -> Condition {
                Condition::any()
                    .add(<$entity as EntityTrait>::Column::BoardId.is_null())
                    .add(<$entity as EntityTrait>::Column::BoardId.among(scope.boards.iter().copied()))
            }
        }
    )+};
}

scoped_to_readers!(
    programme::Entity,
    programme_version::Entity,
    programme_year::Entity,
    module::Entity,
    lesson::Entity,
    material::Entity,
);

impl Scoped for material_state::Entity {
    /// Only one's own.
    fn visible(scope: &Scope) -> Condition {
        material_state::Column::AccountId.among(scope.account).into_condition()
    }
}
