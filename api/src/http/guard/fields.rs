//! Fields of input objects, each of which is given once (specification, section 5.6.3). The parser puts them into a
//! map, in which it is not to be seen that there were two.

use std::collections::HashSet;

/// The fields of all objects of a document, as the scan comes by them.
#[derive(Default)]
pub(super) struct Fields<'a> {
    /// Where the object begins, and the name.
    given: HashSet<(usize, &'a str)>,
    twice: Option<&'a str>,
}

impl<'a> Fields<'a> {
    /// The object that begins at `brace` has a field `name`.
    pub(super) fn give(&mut self, brace: usize, name: &'a str) {
        if !self.given.insert((brace, name)) {
            self.twice.get_or_insert(name);
        }
    }

    /// The first that is given twice in one object.
    pub(super) fn twice(&self) -> Option<&'a str> {
        self.twice
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Document, Limits, Refused};

    fn refusal(source: &str) -> Option<String> {
        Document::read(source, &Limits::WIDEST, &[]).err().map(|refused| refused.to_string())
    }

    #[test]
    fn a_field_that_is_given_twice_is_told() {
        for source in [
            "{ a(x: {b: 1, b: 2}) }",
            "{ a(x: {b: 1, b: 1}) }",
            "{ a(x: {b: $b c: {} b: $b}) }",
            "{ a(x: [{b: 1}, {c: [{b: 1 b: 2}]}]) }",
            "{ a(x: {c: {b: 1}, b: \"\", b: \"\"\"b: 1\"\"\"}) }",
            "{ a(x: {b\n#:\n:1,,,b # {\r:2}) }",
            "{ a @d(x: {b: 1, b: 2}) }",
            "{ a { c { ...F } } } fragment F on Q { c(x: {b: 1, b: 2}) }",
            "query ($a: In = {b: 1, b: 2}) { a }",
            "query ($a: [In!]! @d(x: {b: 1, b: 2}) = []) { a }",
            "query Q @d(x: {b: {b: 1, b: 2}}) { a }",
        ] {
            assert_eq!(refusal(source).as_deref(), Some("The field `b` is given twice in one object."), "{source}");
        }
    }

    #[test]
    fn the_same_name_in_another_place_is_another_field() {
        for source in [
            "{ a(x: {b: 1, c: {b: 1}, d: [{b: 1}, {b: b}]}, b: {b: 1}) }",
            "{ b: a b: a { b: a b: a(b: {b: 1}) @d(b: {b: 1}) } }",
            "{ a(x: {b: \"b: 1, b: 2\", c: \"\"\"{b: 1} b: 2\"\"\" #b: 3\n}) }",
            "{ a(x: {b: {}, c: {}}) c(x: {b: {}, c: {}}) }",
            "query ($a: In = {b: 1}, $b: In = {b: 2, a: 1}) { a(x: {a: $a, b: $b}) }",
        ] {
            assert_eq!(refusal(source), None, "{source}");
        }
    }

    #[test]
    fn what_is_no_document_is_told_as_that() {
        assert!(refusal("{ a(x: {b: 1, b: 2}) ").unwrap().starts_with("Syntax error"));
        assert!(refusal("{ a(x: {b: 1, b: 2} }").unwrap().starts_with("Syntax error"));
        assert!(refusal("{ a(x: {b: 1, b: 2}) } hunter2").unwrap().starts_with("Syntax error"));
    }

    /// A value as it is written.
    #[derive(Clone, Debug)]
    enum Made {
        One(&'static str),
        List(Vec<Self>),
        Object(Vec<(&'static str, Self)>),
    }

    impl Made {
        fn written(&self, between: &str) -> String {
            let joined = |all: Vec<String>| all.join(between);
            match self {
                Self::One(text) => (*text).to_owned(),
                Self::List(items) => format!("[{}]", joined(items.iter().map(|it| it.written(between)).collect())),
                Self::Object(fields) => {
                    let field = |(name, it): &(&str, Self)| format!("{name}{between}:{}", it.written(between));
                    format!("{{{}}}", joined(fields.iter().map(field).collect()))
                }
            }
        }

        fn has_twice(&self) -> bool {
            match self {
                Self::One(_) => false,
                Self::List(items) => items.iter().any(Self::has_twice),
                Self::Object(fields) => {
                    let twice = |at: usize| fields[..at].iter().any(|(name, _)| *name == fields[at].0);
                    (0..fields.len()).any(twice) || fields.iter().any(|(_, it)| it.has_twice())
                }
            }
        }
    }

    /// What looks like a field, a brace or a name where there is none, and what is one.
    const ONES: [&str; 9] = [
        "1",
        "-2.5e3",
        "true",
        "null",
        "a",
        "\"\"",
        "\"{a: 1, a: \\\"\"",
        "\"\"\"{a: 1 \\\"\"\" \" a: 2}\"\"\"",
        "\"\\u007B#\"",
    ];
    const BETWEEN: [&str; 4] = [" ", ",", "\n,\t", "#{a: 1, a: 2} \"\n"];
    /// Where `V` stands for a value.
    const PLACES: [&str; 7] = [
        "{ a: f(x: V) { a: f a: f } }",
        "{ f(x: [V, {a: {}}], a: V) }",
        "{ f @d(x: V) f @d(a: {a: V}) }",
        "query($a: In = V) { f(a: $a) }",
        "query($a: In @d(x: V) = 1, $b: [In!]! = [{a: V}]) @d(x: {b: 1, a: V}) { f }",
        "{ ...F @d(x: V) ... on Q @d(x: V) { f } } fragment F on Q @d(x: V) { f(a: {a: $a, b: V}) }",
        "mutation { f(x: {a: {a: {a: V}}, b: {a: V}}) }",
    ];

    fn values() -> impl Strategy<Value = Made> {
        let name = prop::sample::select(&["a", "b", "c", "d", "A", "a1", "_", "null", "true"][..]);
        prop::sample::select(&ONES[..]).prop_map(Made::One).prop_recursive(6, 60, 5, move |inner| {
            let field = (name.clone(), inner.clone());
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Made::List),
                prop::collection::vec(field, 0..5).prop_map(Made::Object),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn however_they_nest_those_that_are_given_twice_are_refused_and_no_others(
            value in values(),
            between in prop::sample::select(&BETWEEN[..]),
            place in prop::sample::select(&PLACES[..]),
        ) {
            let source = place.replace('V', &value.written(between));
            let is_refused = match Document::read(&source, &Limits::WIDEST, &[]) {
                Ok(_) => false,
                Err(Refused::Invalid(_)) => true,
                Err(Refused::Over { .. }) => return Ok(()),
                Err(refused) => return Err(TestCaseError::fail(format!("{refused} {source}"))),
            };
            prop_assert!(is_refused == value.has_twice(), "{source}");
        }
    }
}
