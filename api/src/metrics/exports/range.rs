//! Which bytes of a file somebody asks for (RFC 9110, section 14).

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    /// Both inclusive.
    Part {
        first: u64,
        last: u64,
    },
    /// No byte of it is there.
    Unsatisfiable,
}

/// What `Range` asks for of a file of `length` bytes whose strong validator is `tag`. `If-Range` with anything else asks for
/// the whole, for the file is another one (13.1.5). So does what cannot be read, and more than one range: a server may ignore
/// these (14.2).
pub(super) fn wanted(range: Option<&str>, if_range: Option<&str>, tag: &str, length: u64) -> Wanted {
    let is_the_same = if_range.is_none_or(|known| known.trim() == tag);
    range.filter(|_| is_the_same).and_then(|range| of_bytes(range, length)).unwrap_or(Wanted::Whole)
}

/// None where it is not one range of bytes.
fn of_bytes(range: &str, length: u64) -> Option<Wanted> {
    let (unit, set) = range.trim().split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    match (first, last) {
        ("", suffix) => of_end(number(suffix)?, length),
        (first, "") => Some(part(number(first)?, u64::MAX, length)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| part(first, last, length))
        }
    }
}

/// The last `count` bytes.
fn of_end(count: u64, length: u64) -> Option<Wanted> {
    match (count, length) {
        (0, _) => Some(Wanted::Unsatisfiable),
        // All of nothing is there, and no `Content-Range` can say so.
        (_, 0) => None,
        _ => Some(part(length.saturating_sub(count), u64::MAX, length)),
    }
}

fn part(first: u64, last: u64, length: u64) -> Wanted {
    if first < length { Wanted::Part { first, last: last.min(length - 1) } } else { Wanted::Unsatisfiable }
}

/// Digits and nothing else; more of them than a number holds are as good as the largest one.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAG: &str = "\"a\"";

    fn of(range: &str, length: u64) -> Wanted {
        wanted(Some(range), None, TAG, length)
    }

    #[test]
    fn one_range_is_a_part() {
        assert_eq!(of("bytes=0-4", 10), Wanted::Part { first: 0, last: 4 });
        assert_eq!(of("Bytes=9-9", 10), Wanted::Part { first: 9, last: 9 });
        assert_eq!(of("bytes=4-", 10), Wanted::Part { first: 4, last: 9 });
        assert_eq!(of("bytes=-3", 10), Wanted::Part { first: 7, last: 9 });
        assert_eq!(of("bytes=-30", 10), Wanted::Part { first: 0, last: 9 });
        assert_eq!(of("bytes=5-99999999999999999999999", 10), Wanted::Part { first: 5, last: 9 });
    }

    #[test]
    fn what_begins_after_the_end_is_not_there() {
        for range in ["bytes=10-", "bytes=10-12", "bytes=99999999999999999999999-", "bytes=-0"] {
            assert_eq!(of(range, 10), Wanted::Unsatisfiable, "{range}");
        }
        assert_eq!(of("bytes=0-", 0), Wanted::Unsatisfiable);
        assert_eq!(of("bytes=-1", 0), Wanted::Whole);
    }

    #[test]
    fn what_cannot_be_read_asks_for_the_whole() {
        for range in ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=+1-2", "bytes=1", "items=0-1"]
        {
            assert_eq!(of(range, 10), Wanted::Whole, "{range}");
        }
        for several in ["bytes=0-1,3-4", "bytes=0-1, -1", "bytes=0-1,"] {
            assert_eq!(of(several, 10), Wanted::Whole, "{several}");
        }
        assert_eq!(wanted(None, None, TAG, 10), Wanted::Whole);
    }

    #[test]
    fn a_part_is_of_the_file_that_is_known() {
        let of = |if_range: &str| wanted(Some("bytes=0-4"), Some(if_range), TAG, 10);
        assert_eq!(of("\"a\""), Wanted::Part { first: 0, last: 4 });
        for other in ["\"b\"", "W/\"a\"", "a", "Sat, 29 Aug 2026 19:43:31 GMT"] {
            assert_eq!(of(other), Wanted::Whole, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_in_the_file(range in "bytes=[0-9]{0,4}-[0-9]{0,4}", length in 0_u64..2_000) {
            if let Wanted::Part { first, last } = of(&range, length) {
                prop_assert!(first <= last && last < length);
            }
        }
    }
}
