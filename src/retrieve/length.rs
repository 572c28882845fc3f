//! Lengths of documents in one byte, as Lucene stores them (`SmallFloat.intToByte4` and `byte4ToInt`).
//!
//! Lengths below 40 are exact; above, the byte keeps the four most significant bits of what exceeds 24, so that a length
//! is rounded down by less than an eighth. Scores equal Lucene's only if the lengths are rounded likewise.

/// So many small lengths are stored as they are: 255 less the code of the largest 32-bit integer.
const EXACT: u32 = 24;

/// The byte of a length; lengths beyond Lucene's largest, 2^31 - 1, count as that.
pub(super) fn encode(length: u32) -> u8 {
    let length = length.min(i32::MAX as u32);
    let Some(rest) = length.checked_sub(EXACT) else { return length as u8 };
    (EXACT + float4(rest)) as u8
}

/// The length that a byte stands for.
pub(super) fn decode(byte: u8) -> u32 {
    let byte = u32::from(byte);
    let Some(code) = byte.checked_sub(EXACT) else { return byte };
    let (exponent, fraction) = (code >> 3, code & 7);
    let rest = if exponent == 0 { fraction } else { (fraction | 8) << (exponent - 1) };
    EXACT + rest
}

/// A tiny float: three bits of fraction under a hidden leading one, the exponent above them; below 8 the number itself.
fn float4(number: u32) -> u32 {
    if number < 8 {
        return number;
    }
    let shift = u32::BITS - number.leading_zeros() - 4;
    ((shift + 1) << 3) | ((number >> shift) & 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places in the table of the 256 lengths that tantivy publishes as "the exact same scheme as Lucene"
    /// (quickwit-oss/tantivy, `src/fieldnorm/code.rs`, `FIELD_NORMS_TABLE`).
    const PUBLISHED: &[(u8, u32)] = &[
        (0, 0),
        (1, 1),
        (23, 23),
        (24, 24),
        (39, 39),
        (40, 40),
        (41, 42),
        (48, 56),
        (49, 60),
        (56, 88),
        (57, 96),
        (64, 152),
        (65, 168),
        (72, 280),
        (73, 312),
        (80, 536),
        (88, 1_048),
        (96, 2_072),
        (104, 4_120),
        (112, 8_216),
        (120, 16_408),
        (136, 65_560),
        (168, 1_048_600),
        (248, 1_073_741_848),
        (254, 1_879_048_216),
        (255, 2_013_265_944),
    ];

    #[test]
    fn bytes_stand_for_the_published_lengths() {
        for &(byte, length) in PUBLISHED {
            assert_eq!(decode(byte), length, "byte {byte}");
        }
    }

    #[test]
    fn a_length_is_rounded_down_to_the_next_that_a_byte_can_say() {
        for byte in 0..=254 {
            let (here, next) = (decode(byte), decode(byte + 1));
            assert!(here < next);
            assert_eq!((encode(here), encode(next - 1)), (byte, byte));
        }
        assert_eq!(encode(u32::MAX), 255);
        assert_eq!(encode(41), encode(40));
    }
}
