//! Bytes and code units of RTF to letters, by the code page of the file and of each font.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258,
};
use std::collections::HashMap;

/// Collects the letters of a run.
#[derive(Default)]
pub(super) struct Letters {
    code_page: Option<&'static Encoding>,
    fonts: HashMap<i32, &'static Encoding>,
    bytes: Vec<u8>,
    /// Half of a character beyond 16 bits.
    high: Option<u16>,
    /// Stand-ins for the character before, which readers of Unicode skip.
    pub(super) skip: usize,
}

impl Letters {
    pub(super) fn set_code_page(&mut self, number: i32) {
        self.code_page = code_page(number);
    }

    /// Notes the character set of a font.
    pub(super) fn set_font(&mut self, font: i32, character_set: i32) {
        match of_character_set(character_set) {
            Some(encoding) => self.fonts.insert(font, encoding),
            None => self.fonts.remove(&font),
        };
    }

    /// Takes a byte of text, unless it only stands in for a character before.
    pub(super) fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.bytes.push(byte);
        }
    }

    /// The letters of the bytes taken since the last time, in the encoding of `font`.
    pub(super) fn flush(&mut self, font: Option<i32>) -> String {
        if self.bytes.is_empty() {
            return String::new();
        }
        let bytes = std::mem::take(&mut self.bytes);
        let of_font = font.and_then(|font| self.fonts.get(&font).copied());
        let encoding = of_font.or(self.code_page).unwrap_or(WINDOWS_1252);
        encoding.decode_without_bom_handling(&bytes).0.into_owned()
    }

    /// The character of `\uN`, once it is whole.
    pub(super) fn unit(&mut self, number: i32) -> Option<char> {
        // Written as a signed number of 16 bits, by some programs as an unsigned one.
        let unit = u16::try_from(number.rem_euclid(0x1_0000)).ok()?;
        let high = self.high.take();
        match (high, unit) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                None
            }
            (Some(high), 0xDC00..=0xDFFF) => char::decode_utf16([high, unit]).next()?.ok(),
            _ => char::from_u32(u32::from(unit)),
        }
    }
}

fn code_page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        874 => WINDOWS_874,
        866 => IBM866,
        932 => SHIFT_JIS,
        936 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10_000 => MACINTOSH,
        65_001 => UTF_8,
        _ => return None,
    })
}

/// By the numbers of character sets in font tables. That of 'ANSI' says nothing more than the
/// file's own code page.
fn of_character_set(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        77 => MACINTOSH,
        128 => SHIFT_JIS,
        129 => EUC_KR,
        134 => GBK,
        136 => BIG5,
        161 => WINDOWS_1253,
        162 => WINDOWS_1254,
        163 => WINDOWS_1258,
        177 => WINDOWS_1255,
        178 => WINDOWS_1256,
        186 => WINDOWS_1257,
        204 => WINDOWS_1251,
        222 => WINDOWS_874,
        238 => WINDOWS_1250,
        _ => return None,
    })
}
