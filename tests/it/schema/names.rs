//! Names that a generated client of an app cannot use, or can use only under another name.

use super::walk::{Element, Kind};

/// Words that no property or parameter may be called.
const KEYWORDS: &[(&str, &str)] = &[
    (
        "Swift",
        "associatedtype class deinit enum extension fileprivate func import init inout internal let open operator private \
         precedencegroup protocol public rethrows static struct subscript typealias var break case catch continue default \
         defer do else fallthrough for guard if in repeat return throw switch where while as await false is nil self super \
         throws true try",
    ),
    (
        "Kotlin",
        "as break class continue do else false for fun if in interface is null object package return super this throw \
         true try typealias typeof val var when while",
    ),
    (
        "Dart",
        "assert await break case catch class const continue default do else enum extends false final finally for if in \
         is new null rethrow return super switch this throw true try var void while with yield hashCode runtimeType \
         toString noSuchMethod",
    ),
    (
        "TypeScript",
        "break case catch class const continue debugger default delete do else enum export extends false finally for \
         function if import in instanceof new null return super switch this throw true try typeof var void while with \
         constructor prototype",
    ),
];

/// Types of a runtime, which a generated type of the same name would hide.
const RUNTIME_TYPES: &[(&str, &str)] = &[
    (
        "Swift",
        "Any Array Bool Character Data Date Dictionary Double Error Float Int Optional Protocol Result Self Set String Task \
         Type Void",
    ),
    (
        "Kotlin",
        "Any Array Boolean Byte Char Double Enum Error Exception Float Int List Long Map Nothing Pair Result Set Short \
         String Throwable Unit",
    ),
    (
        "Dart",
        "DateTime Duration Enum Error Exception Function Future Iterable List Map Null Object Pattern Record Set Stream \
         String Symbol Type Uri",
    ),
    (
        "TypeScript",
        "Array BigInt Boolean Date Error Function JSON Map Math Number Object Partial Pick Promise Proxy Record Reflect \
         RegExp Required Set String Symbol",
    ),
];

/// Scalars are mapped to a type of the language by the generators; these names are the specification's or usual.
const SCALARS: &[&str] = &["Boolean", "Float", "Int", "String", "DateTime"];

/// Why this name cannot stand.
pub(crate) fn reserved(element: &Element) -> Option<String> {
    let (words, is) = match element.kind {
        Kind::Type if SCALARS.contains(&element.name.as_str()) => return None,
        Kind::Type => (RUNTIME_TYPES, "a type of"),
        Kind::Field | Kind::Argument | Kind::InputField => (KEYWORDS, "reserved in"),
        Kind::EnumValue | Kind::Directive => return None,
    };
    let (language, _) = words.iter().find(|(_, words)| words.split_whitespace().any(|word| word == element.name))?;
    Some(format!("`{}` is {is} {language}", element.name))
}

pub(crate) fn well_cased(element: &Element) -> bool {
    let name = element.name.as_str();
    let first = name.chars().next().unwrap_or_default();
    let alphanumeric = name.chars().all(|character| character.is_ascii_alphanumeric());
    match element.kind {
        Kind::Type => first.is_ascii_uppercase() && alphanumeric,
        Kind::Field | Kind::Argument | Kind::InputField | Kind::Directive => first.is_ascii_lowercase() && alphanumeric,
        Kind::EnumValue => name
            .chars()
            .all(|character| character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::walk::elements;

    fn complaints(sdl: &str) -> Vec<String> {
        elements(sdl).iter().filter_map(reserved).collect()
    }

    #[test]
    fn a_reserved_field_and_a_runtime_type_are_found() {
        let found = complaints("type Error { default: String  title(in: Int): String } input A { is: Int }");
        let expected = [
            "`Error` is a type of Swift",
            "`default` is reserved in Swift",
            "`in` is reserved in Swift",
            "`is` is reserved in Swift",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_case_tells_the_kind() {
        let odd: Vec<_> = elements("type school { Name: String  city: String } enum Role { teacher TEACHER }")
            .into_iter()
            .filter(|element| !well_cased(element))
            .map(|element| element.path)
            .collect();
        assert_eq!(odd, ["school", "School.Name", "Role.teacher"].map(|path| path.replace("School.", "school.")));
    }
}
