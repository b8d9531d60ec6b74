//! What is in sight of webhooks.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::metrics::{webhook_delivery, webhook_endpoint, webhook_event};

impl Scoped for webhook_endpoint::Entity {
    /// Those of the boards that the viewer administers; of a client its own.
    fn visible(scope: &Scope) -> Condition {
        use webhook_endpoint::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::ClientId.among(scope.webhooks_of));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for webhook_delivery::Entity {
    /// Those of the endpoints in sight.
    fn visible(scope: &Scope) -> Condition {
        use webhook_delivery::Column;
        let own = webhook_endpoint::Column::ClientId.among(scope.webhooks_of);
        let own = select_one::<webhook_endpoint::Entity, _>(webhook_endpoint::Column::Id, own);
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::EndpointId.in_subquery(own));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for webhook_event::Entity {
    /// Only the program itself reads them.
    fn visible(_: &Scope) -> Condition {
        Condition::all().add(Expr::cust("1 = 0"))
    }
}
