//! The schema as app developers meet it: the committed file is the served one, all of it is described, no name breaks a
//! generated client, and what was promised is there.

mod lists;
mod names;
mod stamps;
pub(crate) mod walk;

use walk::{Element, Kind, elements};

/// `schema.graphql`, as committed.
fn committed() -> String {
    let file = crate::repository().join("schema.graphql");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}; run `just schema`", file.display()))
}

#[test]
fn the_committed_schema_is_the_served_one() {
    let stale = "schema.graphql is stale: run `just schema`";
    assert!(committed() == glans::graphql::sdl(), "{stale}");
}

#[test]
fn each_scalar_is_read_before_anything_runs() {
    let sdl = committed();
    let own: Vec<_> = sdl.lines().filter_map(|line| line.strip_prefix("scalar ")?.split(' ').next()).collect();
    let read: Vec<_> = glans::platform::scalars::TEXTS.iter().map(|text| text.of).collect();
    assert_eq!(own, read);
}

#[test]
fn everything_is_described() {
    let undescribed: Vec<_> = elements(&committed())
        .into_iter()
        .filter(|element| element.description.trim().len() < 3)
        .map(|element| element.path)
        .collect();
    assert!(undescribed.is_empty(), "without a description: {undescribed:#?}");
    let foreign: Vec<_> = elements(&committed())
        .into_iter()
        .filter(|element| element.description.trim().starts_with("Implement the"))
        .map(|element| element.path)
        .collect();
    assert!(foreign.is_empty(), "described by a library, for who writes Rust: {foreign:#?}");
}

#[test]
fn no_name_is_reserved_in_a_language_of_the_apps() {
    let reserved: Vec<_> = elements(&committed())
        .iter()
        .filter_map(|element| Some(format!("{}: {}", element.path, names::reserved(element)?)))
        .collect();
    assert!(reserved.is_empty(), "{reserved:#?}");
}

#[test]
fn names_have_the_case_of_their_kind() {
    let odd: Vec<_> =
        elements(&committed()).iter().filter(|element| !names::well_cased(element)).map(Element::to_string).collect();
    assert!(odd.is_empty(), "{odd:#?}");
}

/// `tests/golden/contract.txt` holds, one per line, what clients were promised: `Type`, `Type.field`, `Enum.VALUE`,
/// with the type of a field after a colon.
#[test]
fn what_was_promised_is_there() {
    let present: std::collections::HashMap<_, _> =
        elements(&committed()).into_iter().map(|element| (element.path, element.of_type)).collect();
    let promised = include_str!("../../golden/contract.txt");
    let broken: Vec<_> = promised
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| {
            let (path, of_type) = line.split_once(": ").map_or((line, None), |(path, of_type)| (path, Some(of_type)));
            match present.get(path) {
                None => Some(format!("{path} is not there")),
                Some(found) if of_type.is_some_and(|expected| expected != found) => {
                    Some(format!("{path} is {found}, promised {}", of_type.unwrap_or_default()))
                }
                Some(_) => None,
            }
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_payload_has_the_problems_and_the_mark_for_the_sync() {
    let all = elements(&committed());
    let present: std::collections::HashMap<_, _> =
        all.iter().map(|element| (element.path.as_str(), element.of_type.as_str())).collect();
    let mutations = all.iter().filter(|element| element.kind == Kind::Field && element.path.starts_with("Mutation."));
    let promised = mutations.flat_map(|mutation| {
        let payload = mutation.of_type.trim_end_matches('!');
        [("userErrors", "[UserError!]!"), ("syncCursor", "String")]
            .map(|(name, of_type)| (format!("{payload}.{name}"), of_type))
    });
    let missing: Vec<_> = promised.filter(|(path, of_type)| present.get(path.as_str()) != Some(of_type)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(present.contains_key("Mutation.schoolUpdate"), "the mutations are looked for under another name");
}

#[test]
fn the_cost_of_an_operation_knows_how_long_lists_are() {
    let lists = lists::without_size(&committed());
    assert!(lists.is_empty(), "neither pages nor @listSize: {lists:#?}");
}
