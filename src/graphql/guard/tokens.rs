//! One pass over the bytes of a document, before any parser sees them.
//!
//! The parser is recursive: a few kilobytes of brackets overflow its stack and end the process. So brackets, tokens and
//! directives are counted here first, without recursion. Whether the tokens make a document is left to the parser; the
//! two must only agree on where strings and comments end, or brackets could hide.

use super::{DIRECTIVES_MAX, NAME_LENGTH_MAX, NESTING_MAX, TOKENS_MAX, too_large};
use crate::graphql::error::{Code, Refusal};

/// Refuses documents that would hurt the parser or the validator.
pub(super) fn check(document: &str) -> Result<(), Refusal> {
    let mut scanner = Scanner { rest: document.as_bytes(), tokens: 0, nesting: 0, directives: 0 };
    while let Some(byte) = scanner.next_significant() {
        scanner.token(byte)?;
    }
    Ok(())
}

struct Scanner<'a> {
    rest: &'a [u8],
    tokens: usize,
    nesting: usize,
    directives: usize,
}

impl Scanner<'_> {
    /// Skips what separates tokens and takes the first byte of the next one.
    fn next_significant(&mut self) -> Option<u8> {
        loop {
            match self.take()? {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => {}
                b'#' => self.take_while(|byte| byte != b'\n' && byte != b'\r'),
                byte => return Some(byte),
            }
        }
    }

    /// Takes the rest of the token that begins with `first`, and counts it.
    fn token(&mut self, first: u8) -> Result<(), Refusal> {
        self.tokens += 1;
        if self.tokens > TOKENS_MAX {
            return Err(too_large("tokens", TOKENS_MAX));
        }
        match first {
            b'(' | b'[' | b'{' => {
                self.nesting += 1;
                if self.nesting > NESTING_MAX {
                    return Err(too_large("levels of nested brackets", NESTING_MAX));
                }
            }
            b')' | b']' | b'}' => self.nesting = self.nesting.saturating_sub(1),
            b'@' => {
                self.directives += 1;
                if self.directives > DIRECTIVES_MAX {
                    return Err(too_large("directives", DIRECTIVES_MAX));
                }
            }
            b'"' => self.string()?,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => self.word()?,
            b'.' => self.take_while(|byte| byte == b'.'),
            // Punctuators, and what is no GraphQL at all: the parser will say so.
            _ => {}
        }
        Ok(())
    }

    /// Names and numbers. Names are compared letter by letter when the validator looks for what else may be meant,
    /// so a long one is expensive far beyond its length.
    fn word(&mut self) -> Result<(), Refusal> {
        let before = self.rest.len();
        self.take_while(|byte| byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric());
        if before - self.rest.len() >= NAME_LENGTH_MAX {
            return Err(too_large("characters in one name or number", NAME_LENGTH_MAX));
        }
        Ok(())
    }

    /// A string, from behind its first quote to behind its last.
    fn string(&mut self) -> Result<(), Refusal> {
        if let Some(block) = self.rest.strip_prefix(b"\"\"") {
            self.rest = block;
            return self.block_string();
        }
        while let Some(byte) = self.take() {
            match byte {
                b'"' => return Ok(()),
                b'\\' => {
                    self.take();
                }
                b'\n' | b'\r' => break,
                _ => {}
            }
        }
        Err(unterminated())
    }

    fn block_string(&mut self) -> Result<(), Refusal> {
        while !self.rest.is_empty() {
            if let Some(rest) = self.rest.strip_prefix(b"\"\"\"") {
                self.rest = rest;
                return Ok(());
            }
            let length = if self.rest.starts_with(b"\\\"\"\"") { 4 } else { 1 };
            self.rest = self.rest.get(length..).unwrap_or_default();
        }
        Err(unterminated())
    }

    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let end = self.rest.iter().position(|byte| !wanted(*byte)).unwrap_or(self.rest.len());
        self.rest = self.rest.get(end..).unwrap_or_default();
    }
}

/// The parser would look for another reading of an unterminated string, in which brackets count again. Nobody means that.
fn unterminated() -> Refusal {
    Refusal::new(Code::ParseFailed, "unterminated string")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(document: &str) -> Option<Code> {
        check(document).err().map(|refusal| refusal.code)
    }

    fn nested(open: &str, close: &str, levels: usize) -> String {
        format!("{{a(b:{}1{})}}", open.repeat(levels - 2), close.repeat(levels - 2))
    }

    #[test]
    fn nesting_of_values_is_counted_like_nesting_of_selections() {
        assert_eq!(code(&nested("[", "]", NESTING_MAX)), None);
        assert_eq!(code(&nested("[", "]", NESTING_MAX + 1)), Some(Code::QueryTooLarge));
        assert_eq!(code(&nested("{c:", "}", NESTING_MAX + 1)), Some(Code::QueryTooLarge));
        assert_eq!(code(&"[".repeat(200_000)), Some(Code::QueryTooLarge));
        assert_eq!(code(&"{a".repeat(33)), Some(Code::QueryTooLarge));
        assert_eq!(code(&"{}[]()".repeat(100)), None, "siblings do not nest");
    }

    #[test]
    fn tokens_are_counted_and_commas_are_not_tokens() {
        assert_eq!(code(&format!("{{{}}}", "a,\n".repeat(TOKENS_MAX - 2))), None);
        assert_eq!(code(&format!("{{{}}}", "a ".repeat(TOKENS_MAX - 1))), Some(Code::QueryTooLarge));
        assert_eq!(code(&"!".repeat(TOKENS_MAX + 1)), Some(Code::QueryTooLarge));
        assert_eq!(code(&",".repeat(100_000)), None);
    }

    #[test]
    fn directives_are_counted() {
        assert_eq!(code(&format!("{{a {}}}", "@b ".repeat(DIRECTIVES_MAX))), None);
        assert_eq!(code(&format!("{{a {}}}", "@b ".repeat(DIRECTIVES_MAX + 1))), Some(Code::QueryTooLarge));
    }

    #[test]
    fn brackets_in_strings_and_comments_are_text() {
        let brackets = "[{(".repeat(50);
        assert_eq!(code(&format!("{{a(b: \"{brackets}\")}}")), None);
        assert_eq!(code(&format!("{{a(b: \"\\\"{brackets}\")}}")), None, "an escaped quote ends nothing");
        assert_eq!(code(&format!("{{a(b: \"\"\"\n\"{brackets}\\\"\"\"{brackets}\n\"\"\")}}")), None);
        assert_eq!(code(&format!("{{a # \" {brackets}\n}}")), None, "a quote in a comment opens nothing");
    }

    #[test]
    fn brackets_do_not_hide_behind_strings_and_comments() {
        let brackets = "[".repeat(40);
        assert_eq!(code(&format!("{{a(b: [\"\" {brackets}")), Some(Code::QueryTooLarge), "an empty string");
        assert_eq!(code(&format!("{{a(b: [\"\\\\\" {brackets}")), Some(Code::QueryTooLarge), "an escaped backslash");
        assert_eq!(
            code(&format!("# \"\r{brackets}")),
            Some(Code::QueryTooLarge),
            "a comment ends at a carriage return"
        );
        assert_eq!(code(&format!("{{a(b: [\"\"\"a\"{brackets}")), Some(Code::ParseFailed), "no second reading");
        assert_eq!(code(&format!("{{a(b: \"x\n{brackets}")), Some(Code::ParseFailed));
        assert_eq!(code("\"\\"), Some(Code::ParseFailed));
    }

    #[test]
    fn a_name_has_a_reasonable_length() {
        assert_eq!(code(&format!("{{{}}}", "a".repeat(NAME_LENGTH_MAX))), None);
        assert_eq!(code(&format!("{{{}}}", "a".repeat(NAME_LENGTH_MAX + 1))), Some(Code::QueryTooLarge));
    }
}
