//! Bytes to text, whatever the encoding.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Bytes that the detector gets to see.
const SAMPLE_BYTES: usize = 1 << 20;

/// An encoding of two or four bytes a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wide {
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// The text of these bytes: by byte order mark, else UTF-32 or UTF-16 by where the zero bytes of
/// Latin letters stand, else UTF-8 where it is valid or all but valid, else by statistics of what
/// the legacy encodings' letters would spell.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    // UTF-32's mark starts like that of UTF-16, so it is looked for first.
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE, 0, 0]) {
        return wide(rest, Wide::Utf32Le);
    }
    if let Some(rest) = bytes.strip_prefix(&[0, 0, 0xFE, 0xFF]) {
        return wide(rest, Wide::Utf32Be);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = wide_without_mark(bytes) {
        return wide(bytes, encoding);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !shifts_to_japanese(bytes) => Cow::Borrowed(text),
        Err(_) if is_mostly_utf8(bytes) => UTF_8.decode_without_bom_handling(bytes).0,
        _ => narrow(bytes).decode_without_bom_handling(bytes).0,
    }
}

/// UTF-16 or UTF-32 without a mark, by where the zero bytes of Latin letters stand.
pub(crate) fn wide_without_mark(bytes: &[u8]) -> Option<Wide> {
    let head = &bytes[..bytes.len().min(4096) & !3];
    // Too short for fours: pairs may still tell.
    let head = if head.is_empty() {
        &bytes[..bytes.len() & !1]
    } else {
        head
    };
    if head.len() < 4 || !head.contains(&0) {
        return None;
    }
    let mut zeros = [0_usize; 4];
    for (i, byte) in head.iter().enumerate() {
        zeros[i % 4] += usize::from(*byte == 0);
    }
    let fours = head.len() / 4;
    let most = |n: usize| n * 10 >= fours * 7;
    let few = |n: usize| n * 25 <= fours;
    match zeros {
        [a, b, c, d] if few(a) && most(b) && most(c) && most(d) => Some(Wide::Utf32Le),
        [a, b, c, d] if most(a) && most(b) && most(c) && few(d) => Some(Wide::Utf32Be),
        [a, b, c, d] if few(a) && most(b) && few(c) && most(d) => Some(Wide::Utf16Le),
        [a, b, c, d] if most(a) && few(b) && most(c) && few(d) => Some(Wide::Utf16Be),
        _ => None,
    }
}

fn wide(bytes: &[u8], encoding: Wide) -> Cow<'_, str> {
    let code = |four: &[u8]| match (encoding, four) {
        (Wide::Utf32Le, [a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]),
        (_, [a, b, c, d]) => u32::from_be_bytes([*a, *b, *c, *d]),
        _ => 0xFFFD,
    };
    match encoding {
        Wide::Utf16Le => UTF_16LE.decode_without_bom_handling(bytes).0,
        Wide::Utf16Be => UTF_16BE.decode_without_bom_handling(bytes).0,
        Wide::Utf32Le | Wide::Utf32Be => bytes
            .chunks(4)
            .map(|four| char::from_u32(code(four)).unwrap_or('\u{FFFD}'))
            .collect::<String>()
            .into(),
    }
}

/// Whether ASCII bytes shift into Japanese, as ISO-2022-JP does in mails.
fn shifts_to_japanese(bytes: &[u8]) -> bool {
    let shift = |w: &[u8]| matches!(w, [0x1B, b'$', b'@' | b'B']);
    bytes.contains(&0x1B) && bytes.windows(3).any(shift) && narrow(bytes) == ISO_2022_JP
}

/// Whether this is UTF-8 with a little damage, or cut inside a character (a file's head).
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    let cut =
        std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none() && e.valid_up_to() > 0);
    // A single byte at the end, as in 'Café' in Windows-1252, looks cut too.
    let more_than_a_byte = bytes.len() > 64 || good > 0;
    (cut && bad == 1 && more_than_a_byte) || (good > 0 && bad * 20 <= good)
}

/// The encoding of one to three bytes a character that these bytes are most likely in.
fn narrow(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let start = bytes
        .iter()
        .position(|b| !b.is_ascii() || *b == 0x1B)
        .unwrap_or(0)
        .saturating_sub(1024);
    let sample = &bytes[start..];
    let all = sample.len() <= SAMPLE_BYTES;
    detector.feed(&sample[..sample.len().min(SAMPLE_BYTES)], all);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unicode_encoding_gives_the_same_text() {
        let wanted = "Prämie: 5 €";
        let utf16: Vec<u16> = wanted.encode_utf16().collect();
        let le: Vec<u8> = utf16.iter().flat_map(|u| u.to_le_bytes()).collect();
        let be: Vec<u8> = utf16.iter().flat_map(|u| u.to_be_bytes()).collect();
        let utf32 = |to: fn(u32) -> [u8; 4]| -> Vec<u8> {
            wanted.chars().flat_map(|c| to(u32::from(c))).collect()
        };
        let (le32, be32) = (utf32(u32::to_le_bytes), utf32(u32::to_be_bytes));
        let marked = |mark: &[u8], text: &[u8]| decode(&[mark, text].concat()).into_owned();
        assert_eq!(decode(wanted.as_bytes()), wanted);
        assert_eq!(marked(b"\xEF\xBB\xBF", wanted.as_bytes()), wanted);
        assert_eq!(marked(&[0xFF, 0xFE], &le), wanted);
        assert_eq!(marked(&[0xFE, 0xFF], &be), wanted);
        assert_eq!(marked(&[0xFF, 0xFE, 0, 0], &le32), wanted);
        assert_eq!(marked(&[0, 0, 0xFE, 0xFF], &be32), wanted);
        for bytes in [&le, &be, &le32, &be32] {
            assert_eq!(decode(bytes), wanted);
        }
        // Valid as UTF-8 too, with a NUL after each letter.
        assert_eq!(decode(b"S\0u\0b\0j\0e\0c\0t\0:\0"), "Subject:");
    }

    #[test]
    fn legacy_encodings_are_told_by_what_they_spell() {
        assert_eq!(decode(b"Pr\xE4mie: 5 \x80"), "Prämie: 5 €");
        let samples = [
            (
                encoding_rs::WINDOWS_1252,
                "Der Käufer trägt die Kosten für die Prüfung der Ware.",
            ),
            (
                encoding_rs::WINDOWS_1251,
                "Настоящий договор вступает в силу с момента подписания сторонами.",
            ),
            (
                encoding_rs::WINDOWS_1250,
                "Umowa wchodzi w życie z dniem podpisania przez obie strony, chyba że później.",
            ),
            (
                encoding_rs::SHIFT_JIS,
                "本契約は、両当事者が署名した日から効力を生じる。",
            ),
            (
                encoding_rs::GBK,
                "本合同自双方签字之日起生效，有效期为三年。",
            ),
            (
                encoding_rs::ISO_2022_JP,
                "本契約は、両当事者が署名した日から効力を生じる。",
            ),
        ];
        for (encoding, text) in samples {
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{}", encoding.name());
            assert_eq!(decode(&bytes), text, "{}", encoding.name());
        }
    }

    #[test]
    fn a_little_damage_leaves_utf8_what_it_is() {
        let mut bytes = "Prüfung für Käufer ".repeat(20).into_bytes();
        bytes.push(0xFF);
        bytes.extend_from_slice("und später".as_bytes());
        let text = decode(&bytes);
        assert!(text.starts_with("Prüfung für Käufer"), "{text}");
        assert!(text.ends_with("\u{FFFD}und später"), "{text}");
        let cut = "für Käufer".as_bytes();
        let head = &cut[..7];
        assert_eq!(decode(head), "für K\u{FFFD}");
    }

    #[test]
    fn zeros_alone_are_no_text() {
        assert_eq!(wide_without_mark(&[0; 64]), None);
        assert_eq!(wide_without_mark(b"plain text"), None);
        assert_eq!(wide_without_mark(b"a\0b\0c\0d\0"), Some(Wide::Utf16Le));
    }
}
