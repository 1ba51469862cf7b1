//! Randomness of the operating system: as bytes, and as text that people can type.

use rand::TryRngCore as _;
use rand::rngs::OsRng;
use rand::seq::IndexedRandom as _;

/// Without letters and digits that are mistaken for another; 4.95 bits a character.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// `N` random bytes. Fails only where the operating system has no randomness.
pub fn bytes<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// `groups` groups of `length` lower-case letters and digits, with `-` between.
pub fn readable(groups: usize, length: usize) -> String {
    let mut random = rand::rng();
    let mut text = String::new();
    for at in 0..groups * length {
        if at > 0 && at % length == 0 {
            text.push('-');
        }
        text.extend(ALPHABET.choose(&mut random).map(|&byte| char::from(byte)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_text_has_its_groups_and_is_another_each_time() {
        let (first, second) = (readable(4, 6), readable(4, 6));
        assert_eq!(first.len(), 27);
        assert!(first.split('-').all(|group| group.len() == 6));
        assert_ne!(first, second);
    }
}
