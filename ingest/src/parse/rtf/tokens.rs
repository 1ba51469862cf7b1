//! The tokens of RTF: groups, control words, bytes.

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// A control word and its number, as in `\uc1`.
    Word(&'a str, Option<i32>),
    /// A control symbol, as in `\~`.
    Symbol(u8),
    /// A byte of text in the encoding of the font: a letter, or written as `\'e4`.
    Byte(u8),
}

/// The tokens of a file, in order.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// What stands behind a backslash.
    fn control(&mut self) -> Option<Token<'a>> {
        let first = *self.bytes.get(self.at)?;
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            if first == b'\'' {
                let digits = self.bytes.get(self.at..self.at + 2);
                let hex = digits.and_then(|d| std::str::from_utf8(d).ok());
                if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                    self.at += 2;
                    return Some(Token::Byte(byte));
                }
            }
            return Some(Token::Symbol(first));
        }
        let word = self.take(u8::is_ascii_alphabetic);
        let negative = self.bytes.get(self.at) == Some(&b'-')
            && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        self.at += usize::from(negative);
        let digits = self.take(u8::is_ascii_digit);
        // A blank behind the word belongs to it.
        self.at += usize::from(self.bytes.get(self.at) == Some(&b' '));
        let number = digits.parse::<i32>().ok();
        let number = number.map(|n| if negative { -n } else { n });
        if word == "bin" {
            let length = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            self.at = self.at.saturating_add(length).min(self.bytes.len());
        }
        Some(Token::Word(word, number))
    }

    fn take(&mut self, wanted: impl Fn(&u8) -> bool) -> &'a str {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|b| !wanted(b)).unwrap_or(rest.len());
        self.at += length;
        // Letters and digits of ASCII only.
        std::str::from_utf8(&rest[..length]).unwrap_or_default()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            return match byte {
                b'{' => Some(Token::Open),
                b'}' => Some(Token::Close),
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => continue,
                byte => Some(Token::Byte(byte)),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_symbols_bytes_and_binaries_are_told_apart() {
        let tokens: Vec<Token<'_>> =
            Tokens::new(b"{\\u-10 a\\'e4\\~\\bin3 }}}\\b0x\r\n\\'zz").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word("u", Some(-10)),
                Token::Byte(b'a'),
                Token::Byte(0xE4),
                Token::Symbol(b'~'),
                Token::Word("bin", Some(3)),
                Token::Word("b", Some(0)),
                Token::Byte(b'x'),
                Token::Symbol(b'\''),
                Token::Byte(b'z'),
                Token::Byte(b'z'),
            ]
        );
        assert_eq!(Tokens::new(b"\\").count(), 0);
        assert_eq!(Tokens::new(b"\\bin99999999999 x").count(), 2);
    }
}
