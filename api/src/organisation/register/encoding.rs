//! From the bytes of a register file to text.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::Problem;

const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads UTF-8 (with or without byte order mark) and windows-1252, whichever the file is.
///
/// DUO writes one file in each. A file is taken for UTF-8 when it says so or when all of it is valid
/// UTF-8: accented windows-1252 text practically never is.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    refuse_other_formats(bytes)?;
    if let Some(text) = bytes.strip_prefix(UTF_8_MARK) {
        return utf_8(text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => windows_1252(bytes),
    }
}

fn refuse_other_formats(bytes: &[u8]) -> Result<(), Problem> {
    let message = match bytes {
        [] => "the file is empty; download the register again",
        [b'P', b'K', ..] => "this is a ZIP file or an Excel workbook; give the CSV file as DUO publishes it",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "the file is UTF-16; give the CSV file as DUO publishes it, or save it as UTF-8"
        }
        [b'<', ..] => "this is a web page, not the register; download the CSV file itself",
        _ => return Ok(()),
    };
    Err(Problem::at_line(1, message))
}

fn utf_8(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|fault| {
        Problem::at_line(
            line_of(bytes, fault.valid_up_to()),
            "the file says it is UTF-8 but is not; download the register again",
        )
    })
}

fn windows_1252(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    if let Some(at) = bytes.iter().position(|byte| is_unassigned(*byte)) {
        return Err(Problem::at_line(
            line_of(bytes, at),
            format!("byte 0x{:02X} stands for no character in windows-1252; download the register again", bytes[at]),
        ));
    }
    Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// The five positions that windows-1252 leaves open.
fn is_unassigned(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    bytes[..at].iter().fold(1, |line, byte| line + u64::from(*byte == b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_come_through_in_either_encoding() {
        assert_eq!(decode(b"Frysl\xe2n").unwrap(), "Fryslân");
        assert_eq!(decode("\u{feff}Fryslân".as_bytes()).unwrap(), "Fryslân");
        assert_eq!(decode("Fryslân".as_bytes()).unwrap(), "Fryslân");
    }

    #[test]
    fn a_broken_byte_is_reported_with_its_line() {
        let problem = decode(b"ok \xe2\nnot \x81").unwrap_err();
        assert_eq!(problem.line, 2);
        assert!(problem.message.starts_with("byte 0x81"), "{problem}");

        let problem = decode(b"\xef\xbb\xbfok\nok\nFrysl\xe2n").unwrap_err();
        assert_eq!(problem.line, 3);
    }

    #[test]
    fn other_formats_are_named() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"PK\x03\x04", "Excel"),
            (b"\xff\xfeA\0", "UTF-16"),
            (b"<!DOCTYPE html>", "web page"),
        ] {
            let problem = decode(bytes).unwrap_err();
            assert!(problem.message.contains(word), "{problem}");
        }
    }
}
