//! The payload of a mutation: the changed node, what the user can mend, and from where on a sync has what was written.

/// Defines the payload type of one mutation. Each mutation has its own, so that each can grow by itself.
///
/// The node is made from the row that the action answers with, by `From`. Where the act makes it and a list has it in
/// pages, the name of its edge follows.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $node:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$node>,
            /// What the user can mend, every problem at once; empty when it is done.
            pub user_errors: Vec<$crate::platform::error::UserError>,
        }

        $crate::sync_cursor!($name);

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
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $node:ty, $edge:ident }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$node>,
            /// Its edge, for an app that puts it into a list without asking again: the cursor is that of the order which comes
            /// unless asked otherwise, and `BAD_CURSOR` in any other. Whether it passes the filter of the list is for the app
            /// to know. Null when the node is.
            pub $edge: Option<$crate::platform::page::PageEdge<$node>>,
            /// What the user can mend, every problem at once; empty when it is done.
            pub user_errors: Vec<$crate::platform::error::UserError>,
        }

        $crate::sync_cursor!($name);

        impl $name {
            /// The payload of a finished act.
            pub fn of<M>(done: $crate::platform::error::Result<M>) -> $crate::platform::error::Result<Self>
            where
                M: $crate::platform::page::Listed + Clone + 'static,
                $node: From<M>,
            {
                let (row, user_errors) = $crate::platform::error::outcome(done)?;
                let $edge = row.clone().map($crate::platform::page::PageEdge::of).transpose()?;
                Ok(Self { $field: row.map(Into::into), $edge, user_errors })
            }
        }
    };
}

/// Gives payloads their `syncCursor`: for those that [`payload!`] does not define.
#[macro_export]
macro_rules! sync_cursor {
    ($($name:ident),+ $(,)?) => {$(
        #[async_graphql::ComplexObject]
        impl $name {
            /// Tells from which page of `changes` on the app has what was written: ask for `includes` with it. It stands
            /// after all that the request wrote up to here, and after what is answered again under its
            /// `clientMutationId`; that of the last mutation is `extensions.syncCursor` as well. It is no `since`. Null
            /// when nothing was written, and for who does not sync: API clients and who is not signed in.
            async fn sync_cursor(&self, ctx: &async_graphql::Context<'_>) -> Option<String> {
                $crate::sync::sync_cursor(ctx).await
            }
        }
    )+};
}
