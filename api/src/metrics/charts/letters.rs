//! The letters of charts and reports: embedded, so that a picture is the same on every machine.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb;
use ttf_parser::Face;

/// Noto Sans, Latin letters only; `assets/fonts/README.md` says how they were made.
pub const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSans-Regular.ttf");
pub const BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSans-Bold.ttf");

/// What the fonts are called, and what a browser without them takes: letters that are not wider.
pub const FAMILIES: &str = "Noto Sans, Segoe UI, Helvetica, Arial, sans-serif";
const FAMILY: &str = "Noto Sans";

/// Drawn in place of a letter that the fonts do not have.
const UNKNOWN: char = '?';
/// Ends a text that was cut.
const MORE: char = '…';
/// Of the height of a letter, for a width that cannot be measured.
const WIDE: f64 = 0.6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR, BOLD].map(|bytes| Face::parse(bytes, 0).ok()));

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    fonts.set_sans_serif_family(FAMILY);
    Arc::new(fonts)
});

/// For who makes shapes of text.
pub fn fonts() -> Arc<fontdb::Database> {
    Arc::clone(&FONTS)
}

fn face(weight: Weight) -> Option<&'static Face<'static>> {
    match weight {
        Weight::Regular => FACES[0].as_ref(),
        Weight::Bold => FACES[1].as_ref(),
    }
}

/// The text in one line, of letters that can be drawn. Names come from outside.
pub fn spelled(text: &str) -> String {
    let face = face(Weight::Regular);
    let known = |letter: char| face.is_none_or(|face| face.glyph_index(letter).is_some());
    let plain = |letter: char| match letter {
        letter if letter.is_whitespace() => ' ',
        letter if letter.is_control() || !known(letter) => UNKNOWN,
        letter => letter,
    };
    text.trim().chars().map(plain).collect()
}

/// How wide a text is at a size, both in pixels (or points).
pub fn width(text: &str, weight: Weight, size: f64) -> f64 {
    let face = face(weight);
    let of = |letter: char| {
        let advance = face.and_then(|face| {
            let advance = face.glyph_hor_advance(face.glyph_index(letter)?)?;
            Some(f64::from(advance) / f64::from(face.units_per_em()))
        });
        advance.unwrap_or(WIDE) * size
    };
    text.chars().map(of).sum()
}

/// As much of a text as is not wider than `room`, with an ellipsis where it was cut.
pub fn fitted(text: &str, weight: Weight, size: f64, room: f64) -> String {
    if width(text, weight, size) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter: String = kept.iter().copied().chain([MORE]).collect();
        if width(&shorter, weight, size) <= room {
            return shorter;
        }
    }
    MORE.to_string()
}

/// The text in lines that are not wider than `room`, `most` at most: the last is cut.
pub fn wrapped(text: &str, weight: Weight, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), weight, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| fitted(line, weight, size, room)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_with_letters_that_are_there() {
        assert_eq!(spelled(" De\u{0}\tZwaluw\nÉcole Şehriye „Łódź” 学校 "), "De? Zwaluw École Şehriye „Łódź” ??");
        assert_eq!(spelled("<script>"), "<script>");
    }

    #[test]
    fn widths_are_those_of_the_letters() {
        let of = |text| width(text, Weight::Regular, 10.0);
        assert!(of("iii") < of("nnn") && of("nnn") < of("mmm"));
        assert!(width("School", Weight::Bold, 10.0) > of("School"));
        assert!((of("00") - 2.0 * of("7")).abs() < 1e-9, "figures are of one width");
    }

    #[test]
    fn a_text_is_cut_where_the_room_ends() {
        let of = |room| fitted("Openbare basisschool De Zwaluw", Weight::Regular, 10.0, room);
        assert_eq!(of(1_000.0), "Openbare basisschool De Zwaluw");
        let cut = of(60.0);
        assert!(cut.ends_with('…') && width(&cut, Weight::Regular, 10.0) <= 60.0, "{cut}");
        assert_eq!(of(0.0), "…");
    }

    #[test]
    fn a_text_is_wrapped_between_words() {
        let lines = |most| wrapped("een twee drie vier vijf zes", Weight::Regular, 10.0, 60.0, most);
        assert_eq!(lines(9), ["een twee", "drie vier vijf", "zes"]);
        assert_eq!(lines(2).len(), 2);
        assert!(lines(2)[1].ends_with('…'));
        assert!(wrapped("", Weight::Regular, 10.0, 60.0, 2).is_empty());
    }
}
