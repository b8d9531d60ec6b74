//! What a parsed document asks for once its fragments are expanded, counted without expanding them.
//!
//! Fragments that spread each other twice double with every one: 26 of them in 867 bytes are 67 million fields. Each
//! fragment is measured once here and its measure is added wherever it is spread, so the work is linear in the
//! document. Sums saturate.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};

use super::limits::Limits;
use super::refused::{Limit, Refused, within};

/// What one selection set comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Size {
    fields: u32,
    selections: u32,
    depth: u32,
    introspection_lists: u32,
    root_fields: u32,
    credential_fields: u32,
    /// Root fields that are neither `__schema`, `__type` nor `__typename`.
    data_fields: u32,
}

impl Size {
    /// Beside each other: counts add up, depths compare.
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            selections: self.selections.saturating_add(other.selections),
            depth: self.depth.max(other.depth),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            credential_fields: self.credential_fields.saturating_add(other.credential_fields),
            data_fields: self.data_fields.saturating_add(other.data_fields),
        }
    }

    /// Below a field of that name.
    fn below_field(self, name: &str, credentials: &[&str]) -> Self {
        Self {
            fields: self.fields.saturating_add(1),
            selections: self.selections.saturating_add(1),
            depth: self.depth.saturating_add(1),
            introspection_lists: self.introspection_lists + u32::from(INTROSPECTION_LISTS.contains(&name)),
            root_fields: 1,
            credential_fields: u32::from(credentials.contains(&name)),
            data_fields: u32::from(!INTROSPECTION_ROOTS.contains(&name)),
        }
    }

    /// Below a spread or an inline fragment, which is no level of its own.
    fn below_fragment(self) -> Self {
        Self { selections: self.selections.saturating_add(1), ..self }
    }
}

/// The lists of the introspection schema that lead back to types: nested, they multiply.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];
const INTROSPECTION_ROOTS: [&str; 3] = ["__schema", "__type", "__typename"];

/// What one operation comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationShape {
    pub kind: OperationType,
    pub depth: u32,
    pub root_fields: u32,
    pub credential_fields: u32,
    pub variables: u32,
    /// Nothing but `__schema`, `__type` and `__typename`, and not `__typename` alone.
    pub only_introspection: bool,
}

/// What the whole document comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// By name; an operation without a name stands under `None`, alone.
    pub operations: HashMap<Option<Name>, OperationShape>,
    pub fragments: u32,
    /// Of all operations together, since all are validated.
    pub fields: u32,
    selections: u32,
    introspection_lists: u32,
}

impl Shape {
    /// Measures a parsed document, and checks that every spread names a fragment and no fragment spreads itself:
    /// the engine's own visitors run before its check of that.
    ///
    /// `credentials` are the names of the mutations that try a password, code or token.
    pub fn of(document: &ExecutableDocument, credentials: &[&str]) -> Result<Self, Refused> {
        let mut measure = Measure { document, credentials, known: HashMap::new() };
        for name in document.fragments.keys() {
            measure.fragment(name)?;
        }
        let mut shape = Self {
            operations: HashMap::new(),
            fragments: count(document.fragments.len()),
            fields: 0,
            selections: 0,
            introspection_lists: 0,
        };
        for (name, operation) in document.operations.iter() {
            let size = measure.set(&operation.node.selection_set.node)?;
            shape.fields = shape.fields.saturating_add(size.fields);
            shape.selections = shape.selections.saturating_add(size.selections);
            shape.introspection_lists = shape.introspection_lists.max(size.introspection_lists);
            shape.operations.insert(name.cloned(), operation_shape(&operation.node, size));
        }
        Ok(shape)
    }

    /// Whether every operation of the document only asks for the schema.
    pub fn only_introspection(&self) -> bool {
        self.operations.values().all(|operation| operation.only_introspection)
    }

    /// Whether a caller with these limits may run an operation of this document.
    pub fn within(&self, limits: &Limits) -> Result<(), Refused> {
        let limits = if self.only_introspection() { limits.for_introspection() } else { *limits };
        within(Limit::Operations, count(self.operations.len()), limits.operations)?;
        within(Limit::Fragments, self.fragments, limits.fragments)?;
        within(Limit::Fields, self.fields, limits.fields)?;
        if self.selections > limits.selections() {
            return Err(Refused::over(Limit::Fields, limits.fields));
        }
        within(Limit::IntrospectionDepth, self.introspection_lists, Limits::INTROSPECTION_LISTS)?;
        self.operations.values().try_for_each(|operation| operation.within(&limits))
    }
}

impl OperationShape {
    fn within(&self, limits: &Limits) -> Result<(), Refused> {
        within(Limit::SelectionDepth, self.depth, limits.selection_depth)?;
        within(Limit::RootFields, self.root_fields, limits.root_fields)?;
        within(Limit::CredentialFields, self.credential_fields, limits.credential_fields)?;
        within(Limit::Variables, self.variables, limits.variables)
    }
}

/// The operation that a request names, or the only one.
///
/// As the specification, section 6.1, `GetOperation`, has it.
pub fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<&'a Name>, &'a OperationDefinition), Refused> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some((None, &operation.node)),
        (DocumentOperations::Multiple(all), None) if all.len() > 1 => {
            return Err(Refused::Invalid(
                "The document has several operations: say which in `operationName`.".to_owned(),
            ));
        }
        (operations, name) => operations
            .iter()
            .find(|(own, _)| own.is_some() && (name.is_none() || own.map(Name::as_str) == name))
            .map(|(own, operation)| (own, &operation.node)),
    };
    found.ok_or_else(|| {
        Refused::Invalid("The document has no operation of the name that `operationName` gives.".to_owned())
    })
}

fn operation_shape(operation: &OperationDefinition, size: Size) -> OperationShape {
    OperationShape {
        kind: operation.ty,
        depth: size.depth,
        root_fields: size.root_fields,
        credential_fields: size.credential_fields,
        variables: count(operation.variable_definitions.len()),
        only_introspection: size.data_fields == 0 && size.depth > 1,
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    credentials: &'a [&'a str],
    /// `None` while a fragment is being measured: to meet it again then is a cycle.
    known: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Measure<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Size, Refused> {
        set.items.iter().try_fold(Size::default(), |sum, item| Ok(sum.beside(self.selection(&item.node)?)))
    }

    fn selection(&mut self, selection: &'a Selection) -> Result<Size, Refused> {
        match selection {
            Selection::Field(field) => {
                let below = self.set(&field.node.selection_set.node)?;
                Ok(below.below_field(&field.node.name.node, self.credentials))
            }
            Selection::InlineFragment(inline) => Ok(self.set(&inline.node.selection_set.node)?.below_fragment()),
            Selection::FragmentSpread(spread) => Ok(self.fragment(&spread.node.fragment_name.node)?.below_fragment()),
        }
    }

    fn fragment(&mut self, name: &Name) -> Result<Size, Refused> {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Err(Refused::Invalid(format!("Unknown fragment `{name}`.")));
        };
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(Refused::Invalid(format!("The fragment `{name}` spreads itself."))),
            None => self.known.insert(name, None),
        };
        let size = self.set(&fragment.node.selection_set.node)?;
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::super::limits::CallerKind;
    use super::*;

    const CREDENTIALS: [&str; 1] = ["sessionCreate"];

    fn shape(source: &str) -> Result<Shape, Refused> {
        Shape::of(&parse_query(source).unwrap(), &CREDENTIALS)
    }

    fn refusal(source: &str, kind: CallerKind) -> Option<Refused> {
        shape(source).and_then(|shape| shape.within(&kind.limits())).err()
    }

    #[test]
    fn counts_fields_with_their_fragments() {
        let shape = shape("query Q($x: Int) { a { ...F } ... { b } ...F } fragment F on T { c d { e } }").unwrap();
        assert_eq!((shape.fields, shape.selections, shape.fragments), (8, 11, 1));
        assert_eq!(
            shape.operations[&Some(Name::new("Q"))],
            OperationShape {
                kind: OperationType::Query,
                depth: 3,
                root_fields: 4,
                credential_fields: 0,
                variables: 1,
                only_introspection: false,
            }
        );
    }

    #[test]
    fn exponential_fragments_saturate() {
        let source = bomb(60);
        assert_eq!(shape(&source).unwrap().fields, u32::MAX);
        assert_eq!(
            refusal(&bomb(24), CallerKind::ApiClient),
            Some(Refused::Over { limit: Limit::Fields, maximum: 1_000 })
        );
    }

    fn bomb(levels: usize) -> String {
        let spreads = (0..levels)
            .map(|at| format!("fragment F{at} on Q{{...F{0} ...F{0}}}", at + 1))
            .collect::<Vec<_>>()
            .concat();
        format!("{{...F0}}{spreads}fragment F{levels} on Q{{a}}")
    }

    #[test]
    fn a_chain_of_spreads_is_work_too() {
        let chain = |length: usize| -> String {
            let spreads =
                (0..length).map(|at| format!("fragment F{at} on Q{{...F{}}}", at + 1)).collect::<Vec<_>>().concat();
            format!("{{q{{{}}}}}{spreads}fragment F{length} on Q{{a}}", "...F0 ".repeat(40))
        };
        assert_eq!(refusal(&chain(5), CallerKind::Anonymous), None);
        assert_eq!(
            refusal(&chain(20), CallerKind::Anonymous),
            Some(Refused::Over { limit: Limit::Fields, maximum: 100 })
        );
    }

    #[test]
    fn cycles_and_unknown_fragments_are_refused_wherever_they_are() {
        for source in [
            "{ a } fragment F on T { ...F }",
            "{ ...F } fragment F on T { a { ...G } } fragment G on T { ... { ...F } }",
        ] {
            assert!(matches!(shape(source), Err(Refused::Invalid(message)) if message.ends_with("spreads itself.")));
        }
        assert_eq!(shape("{ ...F }"), Err(Refused::Invalid("Unknown fragment `F`.".to_owned())));
    }

    #[test]
    fn a_password_is_tried_once_per_request() {
        let once = "mutation { sessionCreate { a } }";
        let twice = "mutation { sessionCreate { a } ...F } fragment F on M { b: sessionCreate { a } }";
        assert_eq!(refusal(once, CallerKind::Person), None);
        assert_eq!(
            refusal(twice, CallerKind::Person),
            Some(Refused::Over { limit: Limit::CredentialFields, maximum: 1 })
        );
    }

    #[test]
    fn depth_is_per_kind_of_caller() {
        let deep = |levels: usize| "{a".repeat(levels) + &"}".repeat(levels);
        for (kind, maximum) in [(CallerKind::Anonymous, 8), (CallerKind::Person, 10), (CallerKind::ApiClient, 12)] {
            assert_eq!(refusal(&deep(maximum), kind), None);
            assert_eq!(
                refusal(&deep(maximum + 1), kind),
                Some(Refused::Over { limit: Limit::SelectionDepth, maximum: maximum as u64 })
            );
        }
    }

    #[test]
    fn lists_of_the_schema_do_not_nest_without_end() {
        let nested = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
        assert_eq!(
            refusal(nested, CallerKind::ApiClient),
            Some(Refused::Over { limit: Limit::IntrospectionDepth, maximum: 2 })
        );
    }

    #[test]
    fn an_operation_is_chosen_as_the_specification_says() {
        let name = |source: &str, wanted: Option<&str>| {
            chosen(&parse_query(source).unwrap(), wanted)
                .map(|(name, _)| name.map(ToString::to_string))
                .map_err(|refused| refused.to_string())
        };
        let none = "The document has no operation of the name that `operationName` gives.";
        assert_eq!(name("{ a }", None), Ok(None));
        assert_eq!(name("{ a }", Some("A")), Err(none.to_owned()));
        assert_eq!(name("query A { a }", None), Ok(Some("A".to_owned())));
        assert_eq!(name("query A { a } query B { b }", Some("B")), Ok(Some("B".to_owned())));
        assert_eq!(name("query A { a } query B { b }", Some("C")), Err(none.to_owned()));
        assert!(name("query A { a } query B { b }", None).is_err());
    }
}
