//! Byte offsets to character offsets, in a text of any length, in either direction of travel.

const STRIDE: usize = 512;

/// Converts byte offsets of one text.
pub(crate) struct Offsets<'a> {
    text: &'a str,
    /// Characters before byte `STRIDE * i`, or before the first boundary after it.
    marks: Vec<usize>,
}

impl<'a> Offsets<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut marks = Vec::with_capacity(bytes.len() / STRIDE + 1);
        let mut count = 0;
        for chunk in bytes.chunks(STRIDE) {
            marks.push(count);
            count += starts(chunk);
        }
        marks.push(count);
        Self { text, marks }
    }

    /// Characters before `byte`, which has to be a boundary, else the count is of the character
    /// that `byte` is inside of.
    pub(crate) fn chars_before(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let chunk = byte / STRIDE;
        self.marks[chunk] + starts(&self.text.as_bytes()[chunk * STRIDE..byte])
    }
}

/// Characters that start in these bytes: all but UTF-8's continuation bytes.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| (**b & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_of_a_mixed_text_is_counted_right() {
        let text = "aä€😀\n".repeat(300);
        let offsets = Offsets::new(&text);
        for (chars, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.chars_before(byte), chars);
        }
        assert_eq!(offsets.chars_before(text.len()), 1500);
        assert_eq!(Offsets::new("").chars_before(0), 0);
    }
}
