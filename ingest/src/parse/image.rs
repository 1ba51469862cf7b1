//! How large a picture is, from its head alone: before anything unpacks it.

use crate::failure::ParseFailure;

/// Pages of a TIFF that are counted.
const MOST_PAGES: usize = 10_000;

/// The width and height in pixels of each page of a PNG, JPEG or TIFF.
pub(crate) fn sizes(bytes: &[u8]) -> Result<Vec<(u32, u32)>, ParseFailure> {
    let sizes = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes).map(|size| vec![size])
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        jpeg(bytes).map(|size| vec![size])
    } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        tiff(bytes)
    } else {
        None
    };
    sizes
        .filter(|sizes| {
            !sizes.is_empty()
                && sizes
                    .iter()
                    .all(|(width, height)| *width > 0 && *height > 0)
        })
        .ok_or_else(|| ParseFailure::broken("picture", "no size in its head"))
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some((
        number(bytes.get(16..20)?, true),
        number(bytes.get(20..24)?, true),
    ))
}

/// The size in the first frame's head.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        let mark = *bytes.get(at + 1)?;
        match mark {
            // Fill bytes, and marks that stand alone.
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            0xC0..=0xCF if !matches!(mark, 0xC4 | 0xC8 | 0xCC) => {
                let height = number(bytes.get(at + 5..at + 7)?, true);
                return Some((number(bytes.get(at + 7..at + 9)?, true), height));
            }
            _ => {
                let length = number(bytes.get(at + 2..at + 4)?, true) as usize;
                at += 2 + length.max(2);
            }
        }
    }
}

/// The size of each directory's picture.
fn tiff(bytes: &[u8]) -> Option<Vec<(u32, u32)>> {
    const WIDTH: u32 = 256;
    const HEIGHT: u32 = 257;
    const SHORT: u32 = 3;
    let big = bytes.first()? == &b'M';
    let read = |from: usize, length: usize| {
        bytes
            .get(from..from.checked_add(length)?)
            .map(|bytes| number(bytes, big))
    };
    let mut sizes = Vec::new();
    let mut directory = read(4, 4)? as usize;
    while directory != 0 && sizes.len() < MOST_PAGES {
        let entries = read(directory, 2)? as usize;
        let (mut width, mut height) = (0, 0);
        for entry in 0..entries {
            let at = directory + 2 + 12 * entry;
            let length = if read(at + 2, 2)? == SHORT { 2 } else { 4 };
            match read(at, 2)? {
                WIDTH => width = read(at + 8, length)?,
                HEIGHT => height = read(at + 8, length)?,
                _ => {}
            }
        }
        sizes.push((width, height));
        directory = read(directory + 2 + 12 * entries, 4)? as usize;
    }
    Some(sizes)
}

/// Up to four bytes as a number, the most significant first if `big`.
fn number(bytes: &[u8], big: bool) -> u32 {
    let add = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
    if big {
        bytes.iter().fold(0, add)
    } else {
        bytes.iter().rev().fold(0, add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_and_a_jpeg_say_how_large_they_are() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x03\xe8\0\0\x07\xd0\x08\x02\0\0\0";
        assert_eq!(sizes(png).unwrap(), [(1000, 2000)]);
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08\x07\xd0\x03\xe8\x03";
        assert_eq!(sizes(jpeg).unwrap(), [(1000, 2000)]);
    }

    #[test]
    fn a_tiff_is_counted_page_by_page() {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        for (page, next) in [(1_u8, 38_u8), (2, 0)] {
            tiff.extend([2, 0]);
            tiff.extend([0, 1, 3, 0, 1, 0, 0, 0, page, 0, 0, 0]);
            tiff.extend([1, 1, 4, 0, 1, 0, 0, 0, 0, page, 0, 0]);
            tiff.extend([next, 0, 0, 0]);
        }
        assert_eq!(sizes(&tiff).unwrap(), [(1, 256), (2, 512)]);
    }

    #[test]
    fn a_picture_without_a_size_is_broken() {
        for bytes in [
            b"\x89PNG\r\n\x1a\n".as_slice(),
            b"\xff\xd8\xff",
            b"II*\0\x08\0\0\0",
            b"II*\0\0\0\0\0",
            b"GIF89a",
        ] {
            assert!(sizes(bytes).is_err());
        }
        // A directory that follows itself ends at the limit.
        let mut endless = b"II*\0\x08\0\0\0\x01\0".to_vec();
        endless.extend([0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0]);
        assert!(sizes(&endless).is_err());
    }
}
