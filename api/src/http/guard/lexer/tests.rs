use super::*;

fn tally(source: &str) -> Tally {
    scan(source, &Limits::WIDEST).unwrap().tally
}

fn refusal(source: &str) -> String {
    scan(source, &Limits::WIDEST).unwrap_err().to_string()
}

#[test]
fn counts_what_is_there() {
    let source =
        r"query Q($a: [Int!]! = [1, -2.5e3]) @live { mine: school(id: $a, in: {x: 1}) @skip(if: false) { ...F } }";
    assert_eq!(tally(source), Tally { bytes: source.len(), tokens: 48, bracket_depth: 3, aliases: 1, directives: 2 });
}

#[test]
fn blanks_commas_and_comments_are_no_tokens() {
    assert_eq!(tally("\u{feff},, # [[[[ \"\"\"\n{ # {{{\r a }").tokens, 3);
}

#[test]
fn comments_are_taken_out_and_what_looks_like_one_is_not() {
    let text = |source| scan(source, &Limits::WIDEST).unwrap().text.into_owned();
    assert_eq!(text("#a\n{ a(x: \"#b\") # c é\r\n} # d"), "\n{ a(x: \"#b\") \r\n} ");
    assert_eq!(text("{ a(x: \"\"\"#\n#\"\"\") }"), "{ a(x: \"\"\"#\n#\"\"\") }");
}

#[test]
fn brackets_inside_strings_do_not_count() {
    for source in [
        r#"{ a(x: "[[[[[[[[\"[[[[\\") }"#,
        "{ a(x: \"\"\"[[[[ \\\"\"\" [[[ \" \"\" [[\"\"\") }",
        r#"{ a(x: "\u005B[[[") }"#,
        r#"{ a(x: "") }"#,
    ] {
        assert_eq!((tally(source).bracket_depth, tally(source).tokens), (2, 8), "{source}");
    }
}

#[test]
fn a_string_cannot_hide_brackets_from_the_parser() {
    for source in ["{ a(x: \"\n[[[\") }", "{ a(x: \"\\x[[\") }", "{ a(x: \"\\u12[\") }", "{ a(x: \"\"\"[[[ ) }"] {
        assert!(refusal(source).starts_with("Syntax error: this "), "{source}");
    }
}

#[test]
fn brackets_must_pair() {
    assert_eq!(refusal("{ a(] }"), "Syntax error: this closing bracket has no opening one.");
    assert_eq!(refusal("{ a { b }"), "Syntax error: a closing bracket is missing.");
    assert_eq!(refusal("}"), "Syntax error: this closing bracket has no opening one.");
}

#[test]
fn says_where() {
    let refused = scan("{\n  é ? }", &Limits::WIDEST).unwrap_err();
    assert_eq!(
        refused,
        Refused::Syntax { expected: "this character is not part of GraphQL", at: Some(Pos { line: 2, column: 3 }) }
    );
}

#[test]
fn stops_at_the_first_thing_too_many() {
    let nested = format!("{{ a(x: {}1{}) }}", "[".repeat(2_000), "]".repeat(2_000));
    assert_eq!(scan(&nested, &Limits::WIDEST).unwrap_err(), Refused::Over { limit: Limit::BracketDepth, maximum: 32 });
    assert_eq!(
        scan(&"a ".repeat(3_001), &Limits::WIDEST).unwrap_err(),
        Refused::Over { limit: Limit::Tokens, maximum: 3_000 }
    );
    assert_eq!(
        scan(&" ".repeat(64 * 1024 + 1), &Limits::WIDEST).unwrap_err(),
        Refused::Over { limit: Limit::Bytes, maximum: 65_536 }
    );
}

#[test]
fn a_colon_follows_a_name_that_is_no_value() {
    for source in [
        "{ a(x: {b: 1, c: nullb: 2}) }",
        "{ a(x: {b: 1, c: trueb: 2}) }",
        "{ a(x: {b: 1, c: 1b: 2}) }",
        "{ a(x: {b: 1, c: \"\": 2}) }",
        "{ a: b: c }",
        "{ : a }",
    ] {
        assert_eq!(refusal(source), "Syntax error: this colon has no name of its own.", "{source}");
    }
    for source in [
        "{ a: b(c: d e: f) g: h { i: j } }",
        "{ a(x: {b: null c: true, d: A e: {f: g h: $i}}) }",
        "query ($a: T $b: [T!]! = c $d: T = {e: f g: h} @i(j: k l: m)) { n: o ...P q: r }",
        "{ a(b: on c: d) ... on E { f: g } }",
    ] {
        assert!(scan(source, &Limits::WIDEST).is_ok(), "{source}");
    }
}

#[test]
fn aliases_are_told_from_arguments() {
    assert_eq!(tally("query($v: In = {a: 1}) { x: a(b: {c: 1}, d: [{e: 2}]) y: z { w: v } }").aliases, 3);
}
