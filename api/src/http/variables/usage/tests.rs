use async_graphql::parser::{parse_query, parse_schema};

use super::*;

const SDL: &str = "
    type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! schools(first: Int, filter: Filter, by: [Filter!]): [School!]! page(size: Int! = 25): Int on(day: Day): Int since(day: LocalDate): Int of(whom: Whom): Int }
    interface Node { id: ID! }
    type School implements Node { id: ID! name(locale: String): String! }
    input Filter { ids: [ID!] kind: Kind! = A inner: Filter name: String! }
    input Whom @oneOf { id: ID inner: Filter }
    enum Kind { A B }
    scalar Day
    scalar LocalDate
";

const INT: &str = "Int";
const STRING: &str = "String";

fn misused(document: &str) -> Option<String> {
    let schema = parse_schema(SDL).unwrap();
    Inputs::of(&schema).misused(&TypeCosts::of(&schema), &parse_query(document).unwrap())
}

fn fits(document: &str) {
    assert_eq!(misused(document), None, "{document}");
}

fn stands(document: &str, of: &str, place: &str) {
    let message = format!("The variable `$a` is `{of}`, and stands where `{place}` is expected.");
    assert_eq!(misused(document), Some(message), "{document}");
}

#[test]
fn a_variable_is_of_the_type_of_its_place() {
    fits("query($a: ID!) { node(id: $a) { id } }");
    fits("query($a: Int!) { schools(first: $a) { id } }");
    stands("query($a: Int!) { node(id: $a) { id } }", "Int!", "ID!");
    stands("query($a: String) { schools(first: $a) { id } }", STRING, INT);
    stands("query($a: ID) { node(id: $a) { id } }", "ID", "ID!");
    stands("query($a: String) { on(day: $a) }", "String", "Day");
}

#[test]
fn a_default_stands_in_for_null() {
    fits("query($a: ID = 1) { node(id: $a) { id } }");
    fits("query($a: Int) { page(size: $a) }");
    stands("query($a: ID = null) { node(id: $a) { id } }", "ID", "ID!");
    stands("query($a: String = \"1\") { node(id: $a) { id } }", "String", "ID!");
}

#[test]
fn lists_fit_as_deep_as_they_go() {
    fits("query($a: [ID!]!) { nodes(ids: $a) { id } }");
    fits("query($a: ID!) { nodes(ids: [\"x\", $a]) { id } }");
    stands("query($a: [ID]!) { nodes(ids: $a) { id } }", "[ID]!", "[ID!]!");
    stands("query($a: ID!) { nodes(ids: $a) { id } }", "ID!", "[ID!]!");
    stands("query($a: ID) { nodes(ids: [$a]) { id } }", "ID", "ID!");
}

#[test]
fn what_stands_inside_of_input_objects_is_seen() {
    fits("query($a: Filter) { schools(filter: $a) { id } }");
    fits("query($a: Kind) { schools(filter: { name: \"x\", kind: $a, inner: { name: \"y\", kind: $a } }) { id } }");
    let named = "query($a: String) { schools(filter: { name: \"x\", inner: { name: $a } }) { id } }";
    stands(named, "String", "String!");
    stands("query($a: Int) { schools(by: { name: \"x\", kind: $a }) { id } }", INT, "Kind!");
    stands("query($a: ID) { schools(by: [{ name: \"x\", ids: [$a] }]) { id } }", "ID", "ID!");
}

#[test]
fn what_is_chosen_is_there() {
    fits("query($a: ID!) { of(whom: { id: $a }) }");
    stands("query($a: ID) { of(whom: { id: $a }) }", "ID", "ID!");
}

#[test]
fn fragments_and_directives_are_looked_into() {
    stands("query($a: Int) { schools { ...F } } fragment F on School { ... { name(locale: $a) } }", INT, STRING);
    stands("query($a: Int) { node(id: 1) { ... on School { name(locale: $a) } } }", INT, STRING);
    stands("query($a: Boolean) { schools @include(if: $a) { id } }", "Boolean", "Boolean!");
    stands("query($a: Boolean) { ...F @skip(if: $a) } fragment F on Query { page }", "Boolean", "Boolean!");
    fits("query($a: Boolean = true) { ... @include(if: $a) { page } }");
    let each = "query A($a: String) { schools { ...F } } query B($a: Int) { schools { ...G } }
        fragment F on School { name(locale: $a) } fragment G on School { ...F id }";
    stands(each, INT, STRING);
}

#[test]
fn what_the_schema_does_not_have_is_left_to_validation() {
    fits("query($a: Nonsense) { nothing(id: $a) { id } schools(last: $a) { none(id: $a) } }");
    fits("query($a: Int) { __type(name: $a) { fields(includeDeprecated: $a) { name } } node(id: $b) { id } }");
    fits("mutation($a: Int) { nothing(id: $a) }");
}

#[test]
fn literals_of_their_type_pass() {
    for document in [
        "{ page(size: -2147483648) schools(first: null) { id } }",
        "{ nodes(ids: [\"x\", 1]) { id } node(id: 3000000000) { id } on(day: \"yesterday\") }",
        "{ nodes(ids: \"x\") { id } schools(by: { name: \"\", kind: B, ids: null }) { id } }",
        "{ of(whom: { inner: { name: \"x\" } }) page @skip(if: false) }",
        "query($a: [Filter!]! = { name: \"x\", kind: A }, $b: Day = \"yesterday\") { page }",
        "query($a: LocalDate = \"2026-09-01\") { since(day: \"2028-02-29\") }",
    ] {
        fits(document);
    }
}

#[test]
fn literals_of_another_type_are_told_with_their_place() {
    let int = "must be a whole number from -2147483648 to 2147483647";
    for (document, told) in [
        ("{ page(size: 3000000000) }", format!("argument `size` {int}")),
        ("{ page(size: 1.0) }", format!("argument `size` {int}")),
        ("{ page(size: \"1\") }", "argument `size` must be `Int`".to_owned()),
        ("{ page(size: null) }", "argument `size` must not be null: it is `Int!`".to_owned()),
        ("{ schools(by: [{ name: \"x\", kind: \"A\" }]) { id } }", "argument `by.0.kind` must be `Kind`".to_owned()),
        ("{ schools(filter: 1) { id } }", "argument `filter` must be `Filter`".to_owned()),
        ("{ schools(filter: { name: A }) { id } }", "argument `filter.name` must be `String`".to_owned()),
        ("{ of(whom: {}) }", "argument `whom` must have exactly one field: `Whom` is a choice".to_owned()),
        ("{ of(whom: { inner: { kind: C } }) }", "argument `whom.inner.kind` must be `Kind`".to_owned()),
        ("{ on(day: 5) }", "argument `day` must be `Day`".to_owned()),
        ("{ on(day: yesterday) }", "argument `day` must be `Day`".to_owned()),
        ("{ page @skip(if: 1) }", "argument `if` must be `Boolean`".to_owned()),
        ("{ ...F } fragment F on Query { page(size: 3000000000) }", format!("argument `size` {int}")),
        ("query($a: Int = 3000000000) { page(size: $a) }", format!("default of `$a` {int}")),
        ("query($a: [Int!] = [1, 1e3]) { page }", format!("default of `$a.1` {int}")),
        ("query($a: Kind = \"A\") { page }", "default of `$a` must be `Kind`".to_owned()),
    ] {
        assert_eq!(misused(document), Some(format!("The {told}.")), "{document}");
    }
}

#[test]
fn a_day_that_does_not_exist_is_told_where_it_is_written() {
    let told = "must be `LocalDate`. Give a day that exists, of the years 1 to 9999: 2026-09-01.";
    let document = "{ page since(day: \"2026-02-30\") }";
    assert_eq!(misused(document), Some(format!("The argument `day` {told}")));
    let document = "query($a: LocalDate = \"2026-02-30\") { since(day: $a) }";
    assert_eq!(misused(document), Some(format!("The default of `$a` {told}")));
}

#[test]
fn of_several_fragments_the_first_by_name_is_told() {
    // A map that keeps no order would tell one of them by chance.
    let document = "{ ...Z ...Y ...B ...A } fragment Z on Query { schools(first: 0.5) { id } }
        fragment Y on Query { schools(filter: 1) { id } } fragment B on Query { schools(by: 1) { id } }
        fragment A on Query { page(size: \"1\") }";
    for _ in 0..8 {
        assert_eq!(misused(document).as_deref(), Some("The argument `size` must be `Int`."));
    }
}

#[test]
fn a_literal_beside_a_variable_is_looked_at() {
    let missing = "The argument `filter.name` is missing: `Filter` must have it.";
    let document = "query($a: Kind!) { schools(filter: { kind: $a }) { id } }";
    assert_eq!(misused(document).as_deref(), Some(missing));
    let none = "The argument `filter.none` is no field of `Filter`.";
    let document = "query($a: Kind!) { schools(filter: { none: $a }) { id } }";
    assert_eq!(misused(document).as_deref(), Some(none));
}

#[test]
fn no_variable_is_of_what_cannot_be_given() {
    for of in ["Nonsense", "School", "__Type"] {
        let told = format!("The variable `$a` cannot be of the type `{of}`.");
        assert_eq!(misused(&format!("query($a: [{of}] = [1]) {{ page }}")), Some(told));
    }
}
