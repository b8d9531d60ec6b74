//! The payload of a mutation: the changed node and what the user can mend.

/// Defines the payload type of one mutation. Each mutation has its own, so that each can grow by itself.
///
/// The node is made from the row that the action answers with, by `From`.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $node:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$node>,
            /// What the user can mend, every problem at once; empty when it is done.
            pub user_errors: Vec<$crate::platform::error::UserError>,
        }

        impl $name {
            /// The payload of a finished act.
            pub fn of<M: 'static>(done: $crate::platform::error::Result<M>) -> $crate::platform::error::Result<Self>
            where
                $node: From<M>,
            {
                let (row, user_errors) = $crate::platform::error::outcome(done)?;
                Ok(Self { $field: row.map(Into::into), user_errors })
            }
        }
    };
}
