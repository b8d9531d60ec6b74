//! Lists of objects, answered at once as far as they are there.
//!
//! The engine makes a task of each field of each item and asks all of them again whenever one has news: most of what a
//! large screen costs, where nearly every field is a value at hand. Here each field is asked where it stands, and only
//! what has to wait becomes a task. What is asked in another way than field by field is the engine's.

use std::borrow::Cow;
use std::future::poll_fn;
use std::task::Poll;

use async_graphql::futures_util::future::try_join_all;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_list;
use async_graphql::{Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value};

/// Stands in the data of a request that no extension looks at: extensions see each field, as the engine asks for it.
pub struct Unwatched;

/// A list of objects; to clients as a `Vec`.
pub struct List<T>(Vec<T>);

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

#[async_trait::async_trait]
impl<T: ObjectType> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match fields::<T>(ctx) {
            Some(fields) => at_once(ctx, &fields, &self.0).await,
            None => resolve_list(ctx, field, &self.0, Some(self.0.len())).await,
        }
    }
}

/// What is asked of each item; none where that is for the engine to find out.
fn fields<'a, T: ObjectType>(ctx: &ContextSelectionSet<'a>) -> Option<Vec<&'a Positioned<Field>>> {
    ctx.data_opt::<Unwatched>()?;
    let mut fields = Vec::with_capacity(ctx.item.node.items.len());
    gather(ctx, &ctx.item.node, &T::type_name(), &mut fields)?;
    (!fields.is_empty()).then_some(fields)
}

/// Adds what is asked of an object of this type; none where a directive, a fragment on an interface or two selections of one
/// field have a say in it.
fn gather<'a>(
    ctx: &ContextSelectionSet<'a>,
    asked: &'a SelectionSet,
    of_type: &str,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> Option<()> {
    for selection in &asked.items {
        let (condition, within) = match &selection.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                let again = fields.iter().any(|other| other.node.response_key().node == *key);
                let is_value = field.node.selection_set.node.items.is_empty();
                if !field.node.directives.is_empty() || again && !is_value {
                    return None;
                }
                if !again {
                    fields.push(field);
                }
                continue;
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = ctx.query_env.fragments.get(&spread.node.fragment_name.node)?;
                (Some(&fragment.node.type_condition), &fragment.node.selection_set)
            }
        };
        if condition.is_some_and(|condition| condition.node.on.node != of_type) {
            return None;
        }
        gather(ctx, &within.node, of_type, fields)?;
    }
    Some(())
}

async fn at_once<T: ObjectType>(
    ctx: &ContextSelectionSet<'_>,
    fields: &[&Positioned<Field>],
    items: &[T],
) -> ServerResult<Value> {
    let places: Vec<_> = (0..items.len()).map(|at| ctx.with_index(at)).collect();
    let asked: Vec<Vec<Context<'_>>> =
        places.iter().map(|place| fields.iter().map(|field| place.with_field(field)).collect()).collect();
    let mut objects = Vec::with_capacity(items.len());
    let mut waiting = Vec::new();
    for ((item, asked), place) in items.iter().zip(&asked).zip(&places) {
        let mut object = IndexMap::with_capacity(fields.len());
        for ctx in asked {
            let name = &ctx.item.node.response_key().node;
            let value = if ctx.item.node.name.node == "__typename" {
                Value::String(item.introspection_type_name().into_owned())
            } else {
                let mut answer = item.resolve_field(ctx);
                match poll_fn(|task| Poll::Ready(answer.as_mut().poll(task))).await {
                    Poll::Ready(value) => value.map_err(|error| place.set_error_path(error))?.unwrap_or_default(),
                    Poll::Pending => {
                        let at = objects.len();
                        waiting.push(async move {
                            let value = answer.await.map_err(|error| place.set_error_path(error))?;
                            ServerResult::Ok((at, name, value.unwrap_or_default()))
                        });
                        Value::Null
                    }
                }
            };
            object.insert(name.clone(), value);
        }
        objects.push(Value::Object(object));
    }
    for (at, name, value) in try_join_all(waiting).await? {
        if let Some(Value::Object(object)) = objects.get_mut(at) {
            object.insert(name.clone(), value);
        }
    }
    Ok(Value::List(objects))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema, SimpleObject};

    use super::*;

    /// How many fields waited at the same time.
    #[derive(Default)]
    struct Waiting {
        now: AtomicUsize,
        most: AtomicUsize,
    }

    struct Child(i32);

    #[Object]
    impl Child {
        async fn number(&self, #[graphql(default = 1)] times: i32) -> i32 {
            self.0 * times
        }

        async fn later(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
            let waiting = ctx.data::<Arc<Waiting>>()?;
            let now = waiting.now.fetch_add(1, Ordering::Relaxed) + 1;
            waiting.most.fetch_max(now, Ordering::Relaxed);
            tokio::task::yield_now().await;
            waiting.now.fetch_sub(1, Ordering::Relaxed);
            if self.0 == 13 { Err("thirteen".into()) } else { Ok(self.0) }
        }

        async fn toys(&self) -> List<Toy> {
            (0..self.0 % 3).map(|number| Toy { number }).collect()
        }
    }

    #[derive(SimpleObject)]
    struct Toy {
        number: i32,
    }

    struct Query;

    #[Object]
    impl Query {
        async fn children(&self, from: i32) -> List<Child> {
            (from..from + 4).map(Child).collect()
        }
    }

    /// The answer, and how many fields waited at once.
    async fn ask(selection: &str, from: i32, unwatched: bool) -> (String, usize) {
        let waiting = Arc::<Waiting>::default();
        let fragments = "fragment F on Child { later number } fragment G on Child { ...F }";
        let used = if selection.contains("...G") { fragments } else { "" };
        let document = format!("{{ children(from: {from}) {{ {selection} }} }} {used}");
        let mut request = Request::new(document).data(Arc::clone(&waiting));
        if unwatched {
            request = request.data(Unwatched);
        }
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let answer = serde_json::to_string(&schema.execute(request).await).unwrap();
        (answer, waiting.most.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_list_is_answered_as_the_engine_does() {
        for selection in [
            "number",
            "number later",
            "later number",
            "b: number a: number(times: 3) __typename",
            "later toys { number __typename } number",
            "toys { number } toys { twice: number }",
            "number number ... on Child { number later }",
            "...G toys { number }",
            "... @include(if: false) { later } number @skip(if: false)",
            "number @skip(if: true)",
            "number ... { toys { number } } toys { again: number }",
        ] {
            for from in [0, 10] {
                let [engine, ours] = [ask(selection, from, false).await, ask(selection, from, true).await];
                assert_eq!(engine, ours, "{selection}");
            }
        }
    }

    #[tokio::test]
    async fn what_waits_waits_together() {
        assert_eq!(ask("number later", 0, true).await.1, 4);
        assert_eq!(ask("later ...G number", 0, true).await.1, 4);
    }
}
