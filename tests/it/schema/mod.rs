//! The schema as app developers meet it: the committed file is the served one, all of it is described, no name breaks a
//! generated client, and what was promised is there.

mod lists;
mod names;
mod walk;

use walk::{Element, elements};

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
fn everything_is_described() {
    let undescribed: Vec<_> = elements(&committed())
        .into_iter()
        .filter(|element| element.description.trim().len() < 3)
        .map(|element| element.path)
        .collect();
    assert!(undescribed.is_empty(), "without a description: {undescribed:#?}");
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
fn the_cost_of_an_operation_knows_how_long_lists_are() {
    let lists = lists::without_size(&committed());
    assert!(lists.is_empty(), "neither pages nor @listSize: {lists:#?}");
}
