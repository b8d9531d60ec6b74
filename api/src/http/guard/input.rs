//! Bounds for what comes beside the document: `variables` and `extensions`.

use serde_json::Value;

use super::refused::{Limit, Refused};

/// Objects and lists inside each other; the deepest input of the schema has 6.
pub const INPUT_DEPTH: u32 = 16;
/// Values of all kinds, keys not counted: 100 items of a bulk mutation with 50 values each, twice.
pub const INPUT_VALUES: u32 = 10_000;

/// Refuses JSON that is too deep or too large to walk. The JSON parser itself stops at 128 levels.
pub fn bounded<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<(), Refused> {
    let mut seen = 0;
    values.into_iter().try_for_each(|value| walk(value, 1, &mut seen))
}

fn walk(value: &Value, depth: u32, seen: &mut u32) -> Result<(), Refused> {
    *seen += 1;
    if *seen > INPUT_VALUES {
        return Err(Refused::over(Limit::InputValues, INPUT_VALUES));
    }
    if depth > INPUT_DEPTH {
        return Err(Refused::over(Limit::InputDepth, INPUT_DEPTH));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| walk(item, depth + 1, seen)),
        Value::Object(entries) => entries.values().try_for_each(|entry| walk(entry, depth + 1, seen)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(levels: u32) -> Value {
        (1..levels).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(bounded([&nested(INPUT_DEPTH)]), Ok(()));
        assert_eq!(bounded([&nested(INPUT_DEPTH + 1)]), Err(Refused::over(Limit::InputDepth, INPUT_DEPTH)));
        assert_eq!(bounded([&json!({ "a": nested(INPUT_DEPTH) })]), Err(Refused::over(Limit::InputDepth, INPUT_DEPTH)));
    }

    #[test]
    fn values_are_counted_over_all_of_it() {
        let half = json!(vec![0; INPUT_VALUES as usize / 2 - 1]);
        assert_eq!(bounded([&half, &half]), Ok(()));
        assert_eq!(bounded([&half, &half, &json!(null)]), Err(Refused::over(Limit::InputValues, INPUT_VALUES)));
    }
}
