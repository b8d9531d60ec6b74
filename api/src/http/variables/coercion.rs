//! Whether the values of variables are of the types that the operation gives them (specification, section 6.1.2).

use async_graphql::Variables;
use async_graphql::parser::types::OperationDefinition;

use super::Inputs;
use super::value::Given;

impl Inputs {
    /// What is wrong with the values of `variables`, if something is.
    pub(in crate::http) fn mistaken(&self, operation: &OperationDefinition, variables: &Variables) -> Option<String> {
        operation.variable_definitions.iter().map(|definition| &definition.node).find_map(|definition| {
            let name = &definition.name.node;
            let wrong = self.value(variables.get(name)?, &definition.var_type.node, Given::Sent).err()?;
            Some(wrong.told("variable", &format!("${name}")))
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, parse_schema};
    use serde_json::{Value as Json, json};

    use super::*;

    const SDL: &str = "
        input Filter { ids: [ID!] kind: Kind! = A inner: Filter name: String! }
        enum Kind { A B }
        input Whom @oneOf { id: ID filter: Filter }
        scalar Day
        scalar LocalDate
    ";

    /// What is wrong with `value` for a variable `$a` of the type `of`; empty where nothing is.
    fn mistaken(of: &str, value: &Json) -> String {
        let document = parse_query(format!("query($a: {of}) {{ it }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let variables = Variables::from_json(json!({ "a": value, "other": [1] }));
        let inputs = Inputs::of(&parse_schema(SDL).unwrap());
        inputs.mistaken(&operation.node, &variables).unwrap_or_default()
    }

    #[test]
    fn values_of_their_type_pass() {
        for (of, value) in [
            ("Int", json!(i32::MIN)),
            ("Int", json!(null)),
            ("Float!", json!(3_000_000_000_u64)),
            ("Float", json!(0.5)),
            ("Boolean", json!(false)),
            ("String", json!("")),
            ("ID!", json!("x")),
            ("ID!", json!(3_000_000_000_u64)),
            ("Kind", json!("B")),
            ("Day", json!("yesterday")),
            ("[LocalDate!]", json!(["2026-02-28", "9999-12-31"])),
            ("Whom", json!({ "filter": { "name": "x" } })),
            ("Unknown", json!(1)),
            ("[ID!]", json!("x")),
            ("[[Int]!]!", json!([[1, null], 2])),
            ("[Filter!]!", json!({ "name": "x", "inner": { "name": "y", "kind": "A", "ids": null } })),
        ] {
            assert_eq!(mistaken(of, &value), "", "{of}");
        }
    }

    #[test]
    fn a_text_that_is_no_scalar_is_told_with_how_to_write_it() {
        let told = "must be `LocalDate`. Give a day that exists, of the years 1 to 9999: 2026-09-01.";
        assert_eq!(mistaken("LocalDate", &json!("2026-02-30")), format!("The variable `$a` {told}"));
        assert_eq!(mistaken("[LocalDate]", &json!(["2026-09-01", "1-9"])), format!("The variable `$a.1` {told}"));
        assert_eq!(mistaken("LocalDate", &json!(5)), "The variable `$a` must be `LocalDate`.");
    }

    #[test]
    fn what_is_of_another_type_is_told_with_its_place() {
        for (of, value, told) in [
            ("Int", json!("1"), "$a` must be `Int`"),
            ("Int", json!(3_000_000_000_u64), "$a` must be a whole number from -2147483648 to 2147483647"),
            ("Int", json!(0.5), "$a` must be a whole number from -2147483648 to 2147483647"),
            ("Float", json!("0.5"), "$a` must be `Float`"),
            ("Boolean!", json!(1), "$a` must be `Boolean`"),
            ("String", json!(["x"]), "$a` must be `String`"),
            ("ID", json!(1.5), "$a` must be `ID`"),
            ("ID", json!(true), "$a` must be `ID`"),
            ("Kind", json!("C"), "$a` must be `Kind`"),
            ("Kind", json!({}), "$a` must be `Kind`"),
            ("Day", json!(5), "$a` must be `Day`"),
            ("[ID!]", json!(["x", null]), "$a.1` must not be null: it is `ID!`"),
            ("Filter", json!("x"), "$a` must be `Filter`"),
            ("Filter", json!({ "kind": "A" }), "$a.name` is missing: `Filter` must have it"),
            ("Filter", json!({ "name": "x", "kind": null }), "$a.kind` must not be null: it is `Kind!`"),
            ("Filter", json!({ "name": "x", "nam": 1 }), "$a.nam` is no field of `Filter`"),
            ("Whom", json!({}), "$a` must have exactly one field: `Whom` is a choice"),
            ("Whom", json!({ "id": 1, "filter": null }), "$a` must have exactly one field: `Whom` is a choice"),
            ("Whom", json!({ "id": null }), "$a.id` must not be null: it is `ID!`"),
            ("[Filter]", json!([{ "name": "x", "inner": { "name": 1 } }]), "$a.0.inner.name` must be `String`"),
        ] {
            assert_eq!(mistaken(of, &value), format!("The variable `{told}."), "{of}");
        }
    }
}
