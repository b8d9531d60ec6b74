//! What an operation costs, worked out before it runs.
//!
//! An object is 1 point, a mutation 10. What stands under `nodes` or `edges` of a connection counts as often as the page
//! may have items: `first` or `last`, 25 without, 100 at most. A list by `ids` counts its ids. Pages, edges and scalars
//! are free. Of fragments on several types under an interface, the dearest counts. A page of a sync (`changes`) counts in
//! the same way, 100 without `first` and 500 at most. `@cost(weight:)` and `@listSize(assumedSize:)` in the schema override.
//! An object of which its input says how much is asked counts as its slice says ([`ByInput`](crate::platform::size::ByInput)).

pub mod bucket;
mod types;

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Value, Variables};

pub use types::TypeCosts;
use types::{FieldCost, SYNC_PAGE, is_page};

/// Items of a page when neither `first` nor `last` is given.
const DEFAULT_PAGE: u64 = 25;
/// No page is larger: a request for more is refused where it is read.
const LARGEST_PAGE: u64 = 100;
/// The same for a page of a sync.
const DEFAULT_SYNC: u64 = 100;
const LARGEST_SYNC: u64 = 500;
/// Points for `__schema` or `__type`, whatever stands below.
const INTROSPECTION: u64 = 50;

/// The cost of `operation` in points. The document must have passed the guard: no fragment spreads itself.
pub fn of(
    types: &TypeCosts,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> u64 {
    let Some(root) = types.root(operation.ty) else { return 0 };
    let mut counting = Counting { types, document, operation, variables, known: HashMap::new() };
    counting.set(&operation.selection_set.node, root).once
}

/// Points that come once, and points that come with every item of the connection around them.
#[derive(Debug, Clone, Copy, Default)]
struct Points {
    once: u64,
    per_item: u64,
}

impl Points {
    fn plus(self, other: Self) -> Self {
        Self { once: self.once.saturating_add(other.once), per_item: self.per_item.saturating_add(other.per_item) }
    }
}

impl Points {
    fn or(self, other: Self) -> Self {
        Self { once: self.once.max(other.once), per_item: self.per_item.max(other.per_item) }
    }
}

struct Counting<'a> {
    types: &'a TypeCosts,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    known: HashMap<&'a Name, Points>,
}

impl<'a> Counting<'a> {
    fn set(&mut self, set: &'a SelectionSet, parent: &'a Name) -> Points {
        let (mut sum, mut exclusive) = (Points::default(), HashMap::<&'a Name, Points>::new());
        for item in &set.items {
            let points = self.selection(&item.node, parent);
            match self.condition(&item.node).filter(|on| self.types.is_abstract(parent) && !self.types.is_abstract(on))
            {
                // An object is of one type only: the dearest counts.
                Some(on) => {
                    let of_type = exclusive.entry(on).or_default();
                    *of_type = of_type.plus(points);
                }
                None => sum = sum.plus(points),
            }
        }
        exclusive.into_values().reduce(Points::or).map_or(sum, |dearest| sum.plus(dearest))
    }

    /// The type on which a fragment is.
    fn condition(&self, selection: &'a Selection) -> Option<&'a Name> {
        match selection {
            Selection::Field(_) => None,
            Selection::InlineFragment(inline) => Some(&inline.node.type_condition.as_ref()?.node.on.node),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node)?;
                Some(&fragment.node.type_condition.node.on.node)
            }
        }
    }

    fn selection(&mut self, selection: &'a Selection, parent: &'a Name) -> Points {
        match selection {
            Selection::Field(field) => self.field(&field.node, parent),
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map_or(parent, |condition| &condition.node.on.node);
                self.set(&inline.node.selection_set.node, on)
            }
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
        }
    }

    fn fragment(&mut self, name: &'a Name) -> Points {
        if let Some(points) = self.known.get(name) {
            return *points;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Points::default() };
        let points = self.set(&fragment.node.selection_set.node, &fragment.node.type_condition.node.on.node);
        self.known.insert(name, points);
        points
    }

    fn field(&mut self, field: &'a Field, parent: &Name) -> Points {
        if matches!(field.name.node.as_str(), "__schema" | "__type") {
            return Points { once: INTROSPECTION, per_item: 0 };
        }
        // An unknown field costs nothing: validation refuses it.
        let types = self.types;
        let Some(cost) = types.field(parent, &field.name.node) else { return Points::default() };
        let below = self.set(&field.selection_set.node, &cost.of);
        let points = if is_page(&cost.of) {
            let items = below.per_item.saturating_mul(self.page(field, &cost.of));
            cost.weight.saturating_add(below.once).saturating_add(items)
        } else {
            cost.weight.saturating_add(below.once).saturating_mul(self.length(field, cost))
        };
        match field.name.node.as_str() {
            "nodes" | "edges" | "changes" if is_page(parent) => Points { once: 0, per_item: points },
            _ => Points { once: points, per_item: 0 },
        }
    }

    fn page(&self, field: &Field, of: &str) -> u64 {
        let (default, largest) =
            if of == SYNC_PAGE { (DEFAULT_SYNC, LARGEST_SYNC) } else { (DEFAULT_PAGE, LARGEST_PAGE) };
        ["first", "last"]
            .into_iter()
            .find_map(|name| self.argument(field, name))
            .and_then(|value| match value {
                Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
                _ => None,
            })
            .unwrap_or(default)
            .min(largest)
    }

    fn length(&self, field: &Field, cost: &FieldCost) -> u64 {
        match self.argument(field, "ids") {
            Some(Value::List(ids)) if cost.is_list => ids.len() as u64,
            _ if cost.is_paged => self.page(field, &cost.of),
            _ => cost.times.map_or(cost.assumed_size, |times| {
                let input = self.argument(field, "input");
                times(input.unwrap_or(Value::Null))
            }),
        }
    }

    /// An argument's value with the variables in their places; null is as good as absent.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let written = field.get_argument(name)?.node.clone();
        let value = |variable: Name| Ok::<_, Infallible>(self.variable(&variable).unwrap_or(Value::Null));
        let Ok(value) = written.into_const_with(value);
        (value != Value::Null).then_some(value)
    }

    fn variable(&self, name: &Name) -> Option<Value> {
        self.variables.get(name).cloned().or_else(|| {
            let defined = self.operation.variable_definitions.iter().find(|found| found.node.name.node == *name)?;
            defined.node.default_value.as_ref().map(|default| default.node.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, parse_schema};
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::platform::size::ByInput;

    const SDL: &str = r"
        type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! viewer: Viewer! schools(first: Int, last: Int): SchoolConnection! report(input: Int): Report! changes(first: Int): ChangeSet! coming(first: Int): [Year!]! }
        type Report { from: String! series: [Series!]! @listSize(assumedSize: 12) }
        type Series { points: [Point!]! @listSize(assumedSize: 12) }
        type Point { value: Float }
        type ChangeSet { changes: [Change!]! cursor: String! }
        type Change { id: ID! node: Node }
        interface Node { id: ID! }
        type Viewer { name: String! school: School }
        type School implements Node { id: ID! name: String! groups(first: Int): GroupConnection! years: [Year!]! terms: [Year!]! @listSize(assumedSize: 4) board: Board }
        type Board { name: String! }
        type Year { name: String! }
        type Group { name: String! school: School! }
        type SchoolConnection { nodes: [School!]! edges: [SchoolEdge!]! pageInfo: PageInfo! totalCount: Int }
        type SchoolEdge { cursor: String! node: School! }
        type GroupConnection { nodes: [Group!]! }
        type PageInfo { hasNextPage: Boolean! }
        type Payload { school: School }
        type Mutation { schoolUpdate: Payload! }
    ";

    /// As many as is asked for, one without.
    const REPORTS: ByInput = ByInput {
        of: "Report",
        times: |input| match input {
            Value::Number(times) => times.as_u64().unwrap_or(1),
            _ => 1,
        },
    };

    fn cost(query: &str, variables: Json) -> u64 {
        let types = TypeCosts::of(&parse_schema(SDL).unwrap()).counting(&[REPORTS]);
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        of(&types, &document, &operation.node, &Variables::from_json(variables))
    }

    fn plain(query: &str) -> u64 {
        cost(query, json!({}))
    }

    #[test]
    fn an_object_is_one_and_a_scalar_nothing() {
        assert_eq!(plain("{ __typename }"), 0);
        assert_eq!(plain("{ viewer { name school { name board { name } years { name } } } }"), 4);
    }

    #[test]
    fn a_page_counts_as_often_as_it_may_have_items() {
        assert_eq!(plain("{ schools { nodes { name } pageInfo { hasNextPage } totalCount } }"), 25);
        assert_eq!(plain("{ schools(first: 3) { nodes { name board { name } } } }"), 6);
        assert_eq!(plain("{ schools(last: 3) { edges { cursor node { name } } } }"), 3);
        assert_eq!(
            plain("{ schools(first: 2) { nodes { groups(first: 10) { nodes { school { name } } } } } }"),
            2 + 2 * 20
        );
        assert_eq!(plain("{ schools(first: 1000000) { nodes { name } } }"), 100);
        assert_eq!(plain("{ schools(first: -1) { nodes { name } } }"), 0);
        assert_eq!(plain("{ schools(first: null) { nodes { name } } }"), 25);
    }

    #[test]
    fn a_list_without_pages_counts_as_long_as_it_usually_is() {
        assert_eq!(plain("{ schools(first: 3) { nodes { terms { name } } } }"), 3 * (1 + 4));
        assert_eq!(plain("{ coming(first: 7) { name } }"), 7);
        assert_eq!(plain("{ coming { name } }"), 25);
    }

    #[test]
    fn a_sync_counts_its_page_and_of_each_change_the_dearest_type() {
        let query =
            "{ changes(first: 500) { cursor changes { id node { id ... on School { board { name } } ...G } } } }
            fragment G on Group { school { board { name } } }";
        assert_eq!(plain(query), 500 * 3);
        assert_eq!(plain("{ changes(first: 9000) { changes { id } } }"), 0);
        assert_eq!(plain("{ changes { changes { id node { id } } } }"), 100);
    }

    #[test]
    fn a_page_size_may_be_a_variable() {
        let query = "query($n: Int = 7) { schools(first: $n) { nodes { name } } }";
        assert_eq!(cost(query, json!({ "n": 4 })), 4);
        assert_eq!(cost(query, json!({ "n": null })), 25);
        assert_eq!(cost(query, json!({})), 7);
    }

    #[test]
    fn an_object_that_costs_by_its_input_counts_as_its_slice_says() {
        let query = "query($i: Int) { report(input: $i) { series { points { value } } } }";
        assert_eq!(cost(query, json!({ "i": 3 })), 3 * 157);
        assert_eq!(cost(query, json!({})), 157);
        assert_eq!(plain("{ report { from } two: report(input: 2) { one: from other: from } }"), 1 + 2);
        let twice = "{ report(input: 3) { one: series { points { value } } other: series { points { value } } } }";
        assert_eq!(plain(twice), 3 * (1 + 2 * 156));
    }

    #[test]
    fn a_list_by_ids_counts_its_ids() {
        assert_eq!(plain(r#"{ nodes(ids: ["a", "b", "c"]) { id ... on School { board { name } } } }"#), 6);
        assert_eq!(cost("query($i: [ID!]!) { nodes(ids: $i) { id } }", json!({ "i": ["a", "b"] })), 2);
    }

    #[test]
    fn fragments_count_where_they_are_spread() {
        let query = "{ schools(first: 5) { ...Page } viewer { school { ...S } } }
            fragment Page on SchoolConnection { nodes { ...S } } fragment S on School { board { name } years { name } }";
        assert_eq!(plain(query), 5 * 3 + 2 + 2);
    }

    #[test]
    fn mutations_and_the_schema_itself_have_their_price() {
        assert_eq!(plain("mutation { schoolUpdate { school { name } } }"), 11);
        assert_eq!(plain("{ __schema { types { name } } viewer { name } }"), 51);
    }

    #[test]
    fn nothing_overflows() {
        let nested = (0..15)
            .fold("name".to_owned(), |inner, _| format!("groups(first: 100) {{ nodes {{ school {{ {inner} }} }} }}"));
        assert_eq!(plain(&format!("{{ viewer {{ school {{ {nested} }} }} }}")), u64::MAX);
    }
}
