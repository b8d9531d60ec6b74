//! One pass over the bytes of a document, before any parser sees them.
//!
//! A recursive parser overflows the stack on nested brackets, and an overflow kills the process: no panic handler sees
//! it. This scan needs no stack. It is as strict as the grammar (GraphQL specification, section 2.1) wherever
//! strictness decides what is inside a string or a comment, so that nothing is hidden from it that the parser would see.

use std::borrow::Cow;
use std::ops::Range;

use async_graphql::Pos;

use super::fields::Fields;
use super::limits::Limits;
use super::refused::{Limit, Refused, within};

/// What the scan counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub bytes: usize,
    pub tokens: u32,
    /// The most brackets `(`, `[`, `{` open at once.
    pub bracket_depth: u32,
    pub aliases: u32,
    pub directives: u32,
}

impl Tally {
    /// Whether a caller with these limits may send the document.
    pub fn within(&self, limits: &Limits) -> Result<(), Refused> {
        if self.bytes > limits.body_bytes {
            return Err(Refused::over(Limit::Bytes, limits.body_bytes as u64));
        }
        within(Limit::Tokens, self.tokens, limits.tokens)?;
        within(Limit::BracketDepth, self.bracket_depth, limits.bracket_depth)?;
        within(Limit::Aliases, self.aliases, limits.aliases)?;
        within(Limit::Directives, self.directives, limits.directives)
    }
}

/// A document that was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned<'a> {
    pub tally: Tally,
    /// The document without its comments, which the parser would read again at every choice that it has. A comment
    /// ends with its line, so every token keeps its line and column.
    pub text: Cow<'a, str>,
    /// The first field that is given twice in one input object; of use only where the text is GraphQL.
    pub twice: Option<&'a str>,
}

/// Counts the tokens of `source` and stops at the first that is over `limits`.
pub fn scan<'a>(source: &'a str, limits: &Limits) -> Result<Scanned<'a>, Refused> {
    let mut scan = Scan {
        source,
        bytes: source.as_bytes(),
        at: 0,
        open: Vec::new(),
        name: None,
        after_colon: false,
        fields: Fields::default(),
        comments: Vec::new(),
        tally: Tally { bytes: source.len(), ..Tally::default() },
    };
    scan.tally.within(limits)?;
    while scan.skip_ignored() {
        scan.token()?;
        scan.tally.within(limits)?;
    }
    if scan.open.pop().is_some() {
        return Err(scan.syntax("a closing bracket is missing"));
    }
    let text = without(source, &scan.comments);
    Ok(Scanned { tally: scan.tally, text, twice: scan.fields.twice() })
}

fn without<'a>(source: &'a str, comments: &[Range<usize>]) -> Cow<'a, str> {
    if comments.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut text = String::with_capacity(source.len());
    let mut kept = 0;
    for comment in comments {
        text.push_str(&source[kept..comment.start]);
        kept = comment.end;
    }
    text.push_str(&source[kept..]);
    Cow::Owned(text)
}

struct Scan<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Where the brackets stand that are open.
    open: Vec<usize>,
    /// The token before, if that is a name.
    name: Option<&'a str>,
    /// Whether the token before is a colon, or a name that follows one.
    after_colon: bool,
    fields: Fields<'a>,
    comments: Vec<Range<usize>>,
    tally: Tally,
}

impl<'a> Scan<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts(&self, text: &str) -> bool {
        self.bytes[self.at..].starts_with(text.as_bytes())
    }

    fn skip_while(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
    }

    /// Skips blanks, commas, byte order marks and comments; false at the end of the document.
    fn skip_ignored(&mut self) -> bool {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
                b'#' => self.comment(),
                _ if self.starts("\u{feff}") => self.at += '\u{feff}'.len_utf8(),
                _ => return true,
            }
        }
        false
    }

    fn comment(&mut self) {
        let start = self.at;
        self.skip_while(|byte| !matches!(byte, b'\n' | b'\r'));
        self.comments.push(start..self.at);
    }

    fn token(&mut self) -> Result<(), Refused> {
        self.tally.tokens += 1;
        let before = self.name.take();
        let after_colon = std::mem::take(&mut self.after_colon);
        match self.bytes[self.at] {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.name(after_colon && before.is_none()),
            b'-' | b'0'..=b'9' => self.number(),
            b'"' if self.starts("\"\"\"") => self.block_string()?,
            b'"' => self.string()?,
            b'(' | b'[' | b'{' => self.opening(),
            closing @ (b')' | b']' | b'}') => self.closing(closing)?,
            b'.' if self.starts("...") => self.at += 3,
            b':' => self.colon(before.filter(|_| !after_colon))?,
            mark @ (b'@' | b'!' | b'$' | b'&' | b'=' | b'|') => self.mark(mark),
            _ => return Err(self.syntax("this character is not part of GraphQL")),
        }
        Ok(())
    }

    fn name(&mut self, after_colon: bool) {
        let (source, start) = (self.source, self.at);
        self.skip_while(is_name);
        self.name = Some(&source[start..self.at]);
        self.after_colon = after_colon;
    }

    fn opening(&mut self) {
        self.open.push(self.at);
        self.at += 1;
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        self.tally.bracket_depth = self.tally.bracket_depth.max(depth);
    }

    fn closing(&mut self, bracket: u8) -> Result<(), Refused> {
        let opening = match bracket {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        if self.open.pop().map(|at| self.bytes[at]) != Some(opening) {
            return Err(self.syntax("this closing bracket has no opening one"));
        }
        self.at += 1;
        Ok(())
    }

    /// Outside arguments, variables and lists a colon can only follow an alias. Inside, a brace is that of an input
    /// object, and in that a colon can only follow the name of a field. Nowhere can it follow what is no name, or
    /// a name that stands after a colon itself: in `c: nullb: 2` the parser would read `null` and the field `b`.
    fn colon(&mut self, before: Option<&'a str>) -> Result<(), Refused> {
        let Some(name) = before else { return Err(self.syntax("this colon has no name of its own")) };
        self.at += 1;
        self.after_colon = true;
        let bytes = self.bytes;
        let is_brace = |at: &usize| bytes[*at] == b'{';
        if self.open.iter().all(is_brace) {
            self.tally.aliases += 1;
        } else if let Some(brace) = self.open.last().copied().filter(is_brace) {
            self.fields.give(brace, name);
        }
        Ok(())
    }

    fn mark(&mut self, mark: u8) {
        self.at += 1;
        if mark == b'@' {
            self.tally.directives += 1;
        }
    }

    /// Which numbers are well formed is the parser's to say; here they only end.
    fn number(&mut self) {
        self.at += 1;
        self.skip_while(|byte| is_name(byte) || matches!(byte, b'.' | b'+' | b'-'));
    }

    fn string(&mut self) -> Result<(), Refused> {
        self.at += 1;
        loop {
            match self.peek(0) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                None | Some(b'\n' | b'\r') => return Err(self.syntax("this string does not end")),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Refused> {
        let length = match self.peek(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if (2..6).all(|ahead| self.peek(ahead).is_some_and(|byte| byte.is_ascii_hexdigit())) => 6,
            _ => return Err(self.syntax("this escape in a string is not one of GraphQL")),
        };
        self.at += length;
        Ok(())
    }

    fn block_string(&mut self) -> Result<(), Refused> {
        self.at += 3;
        while self.at < self.bytes.len() {
            if self.starts("\"\"\"") {
                self.at += 3;
                return Ok(());
            }
            self.at += if self.starts("\\\"\"\"") { 4 } else { 1 };
        }
        Err(self.syntax("this block string does not end"))
    }

    /// Positions are worked out only for documents that fail.
    fn syntax(&self, expected: &'static str) -> Refused {
        let before = &self.bytes[..self.at.min(self.bytes.len())];
        let mut lines = before.split(|byte| *byte == b'\n');
        let last = lines.next_back().unwrap_or_default();
        let (line, column) = (lines.count() + 1, String::from_utf8_lossy(last).chars().count() + 1);
        Refused::Syntax { expected, at: Some(Pos { line, column }) }
    }
}

const fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests;
