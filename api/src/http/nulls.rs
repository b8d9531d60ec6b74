//! Where null lands when a field fails.
//!
//! The specification (section 6.4.4, "Handling execution errors") puts null at the nearest nullable place and keeps the
//! siblings. The engine does so for errors below a nullable field, but hands an error of the field's own resolver
//! (`Result<Option<T>>`) to the parent. This extension catches it at the field. The engine also cuts the path of an error
//! off at every list that it passes on its way up; the path of the field that failed is kept aside and put back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo};
use async_graphql::{PathSegment, Response, ServerError, ServerResult, Value, async_trait};

/// Register it on the schema: `Schema::build(..).extension(NearestNull)`.
#[derive(Debug, Clone, Copy)]
pub struct NearestNull;

impl ExtensionFactory for NearestNull {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Landed::default())
    }
}

/// What happened in one request.
#[derive(Default)]
struct Landed {
    /// Errors that were answered with null.
    errors: Mutex<Vec<ServerError>>,
    /// Where each error began; an error on its way carries its place in this list.
    origins: Mutex<Vec<Vec<PathSegment>>>,
}

/// The extension under which an error carries its origin. No client sees it.
const ORIGIN: &str = "origin";

impl Landed {
    fn with_origin(&self, mut error: ServerError) -> ServerError {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get(ORIGIN).is_none() {
            let mut origins = locked(&self.origins);
            extensions.set(ORIGIN, origins.len());
            origins.push(error.path.clone());
        }
        error
    }

    fn back_at_origin(&self, error: &mut ServerError) {
        let Some(extensions) = &mut error.extensions else { return };
        let Some(Value::Number(index)) = extensions.get(ORIGIN) else { return };
        let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
        if let Some(path) = index.and_then(|index| locked(&self.origins).get(index).cloned()) {
            error.path = path;
        }
        extensions.unset(ORIGIN);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait::async_trait]
impl Extension for Landed {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        response.errors.append(&mut locked(&self.errors));
        for error in &mut response.errors {
            self.back_at_origin(error);
        }
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let nullable = !info.return_type.ends_with('!');
        match next.run(ctx, info).await.map_err(|error| self.with_origin(error)) {
            Err(error) if nullable => {
                locked(&self.errors).push(error);
                Ok(Some(Value::Null))
            }
            resolved => resolved,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Error, Object, Result, Schema};
    use serde_json::{Value as Json, json};

    use super::*;

    struct Query;
    struct Child {
        fails: bool,
    }

    fn child(fails: bool) -> Child {
        Child { fails }
    }

    #[Object]
    impl Query {
        async fn name(&self) -> &'static str {
            "kept"
        }
        async fn failing(&self) -> Result<Option<Child>> {
            Err(Error::new("own error"))
        }
        async fn absent(&self) -> Result<Option<Child>> {
            Ok(None)
        }
        async fn failing_required(&self) -> Result<Child> {
            Err(Error::new("required"))
        }
        async fn maybe(&self) -> Option<Child> {
            Some(child(true))
        }
        async fn sound(&self) -> Child {
            child(false)
        }
        async fn nullable_items(&self) -> Vec<Option<Child>> {
            vec![Some(child(false)), Some(child(true)), None, Some(child(false))]
        }
        async fn required_items(&self) -> Result<Option<Vec<Child>>> {
            Ok(Some(vec![child(false), child(true)]))
        }
        async fn failing_list(&self) -> Result<Option<Vec<Child>>> {
            Err(Error::new("list"))
        }
    }

    #[Object]
    impl Child {
        async fn name(&self) -> &'static str {
            "child"
        }
        async fn required(&self) -> Result<i32> {
            if self.fails { Err(Error::new("child error")) } else { Ok(1) }
        }
        async fn optional(&self) -> Result<Option<i32>> {
            if self.fails { Err(Error::new("child error")) } else { Ok(Some(1)) }
        }
    }

    fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
        Schema::build(Query, EmptyMutation, EmptySubscription).extension(NearestNull).finish()
    }

    async fn answer(query: &str) -> (Json, Vec<Json>) {
        let response = schema().execute(query).await;
        assert!(
            response.errors.iter().all(|error| error.extensions.as_ref().is_none_or(|own| own.get(ORIGIN).is_none()))
        );
        let errors =
            response.errors.iter().map(|error| json!([error.message, error.path, error.locations.len()])).collect();
        (response.data.into_json().unwrap(), errors)
    }

    #[tokio::test]
    async fn an_error_of_a_nullable_field_keeps_its_siblings() {
        assert_eq!(
            answer("{ name failing { name } sound { optional } }").await,
            (
                json!({ "name": "kept", "failing": null, "sound": { "optional": 1 } }),
                vec![json!(["own error", ["failing"], 1])]
            )
        );
    }

    #[tokio::test]
    async fn null_without_an_error_stays_null() {
        assert_eq!(answer("{ absent { name } name }").await, (json!({ "absent": null, "name": "kept" }), vec![]));
    }

    #[tokio::test]
    async fn fields_keep_the_order_of_the_query_and_their_aliases() {
        let response = schema().execute("{ z: failing { name } name a: maybe { b: optional name } }").await;
        let data = serde_json::to_string(&response.data).unwrap();
        assert_eq!(data, r#"{"z":null,"name":"kept","a":{"b":null,"name":"child"}}"#);
    }

    #[tokio::test]
    async fn an_error_of_a_required_field_lands_at_the_nearest_nullable_one() {
        assert_eq!(
            answer("{ name maybe { name required } }").await,
            (json!({ "name": "kept", "maybe": null }), vec![json!(["child error", ["maybe", "required"], 1])])
        );
    }

    #[tokio::test]
    async fn without_a_nullable_place_the_data_is_null() {
        assert_eq!(
            answer("{ name failingRequired { name } }").await,
            (Json::Null, vec![json!(["required", ["failingRequired"], 1])])
        );
    }

    #[tokio::test]
    async fn a_nullable_item_fails_alone() {
        let sound = json!({ "required": 1 });
        assert_eq!(
            answer("{ nullableItems { required } }").await,
            (
                json!({ "nullableItems": [sound, null, null, sound] }),
                vec![json!(["child error", ["nullableItems", 1, "required"], 1])]
            )
        );
    }

    #[tokio::test]
    async fn a_required_item_takes_the_nullable_list_with_it() {
        assert_eq!(
            answer("{ name requiredItems { required } }").await,
            (
                json!({ "name": "kept", "requiredItems": null }),
                vec![json!(["child error", ["requiredItems", 1, "required"], 1])]
            )
        );
        assert_eq!(
            answer("{ failingList { name } name }").await,
            (json!({ "failingList": null, "name": "kept" }), vec![json!(["list", ["failingList"], 1])])
        );
    }

    #[tokio::test]
    async fn in_fragments_too() {
        assert_eq!(
            answer("{ ...F ... on Query { maybe { ...G } } } fragment F on Query { failing { name } } fragment G on Child { optional name }").await,
            (
                json!({ "failing": null, "maybe": { "optional": null, "name": "child" } }),
                vec![json!(["own error", ["failing"], 1]), json!(["child error", ["maybe", "optional"], 1])]
            )
        );
    }
}
