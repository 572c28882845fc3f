//! Kinds of characters that the rest of `text` tells apart.
//!
//! Ranges are from the Unicode Character Database (`Scripts.txt`, `DerivedCoreProperties.txt`). Whole blocks are
//! taken where a block has one script, so that characters assigned later fall on the right side.

use unicode_normalization::char::is_combining_mark;

/// Whether a character belongs to a script that is written without spaces between words: kana, kanji and the
/// other Han characters, Bopomofo, Thai, Lao, Myanmar, Khmer. Such text is cut into character bigrams.
///
/// Hangul is not among them: Korean is written with spaces. Punctuation, digits and signs of these scripts are not
/// either (`・`, `。`, `฿`): they part words, or are words of their own.
pub fn is_unspaced(c: char) -> bool {
    if c < '\u{0E00}' {
        return false;
    }
    matches!(c,
        '\u{3005}'..='\u{3007}'            // iteration mark, closing mark, ideographic zero
        | '\u{3021}'..='\u{3029}'          // Hangzhou numerals
        | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303C}'
        | '\u{3041}'..='\u{309A}' | '\u{309D}'..='\u{309F}' // hiragana, with the combining voicing marks
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' // katakana; U+30FB is punctuation
        | '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}' // Bopomofo
        | '\u{31F0}'..='\u{31FF}'          // small katakana for Ainu
        | '\u{FF66}'..='\u{FF9F}'          // half-width katakana
        | '\u{1AFF0}'..='\u{1AFFF}' | '\u{1B000}'..='\u{1B16F}' // kana beyond the first plane
        | '\u{2E80}'..='\u{2FDF}'          // radicals
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{3FFFD}'        // Han: planes 2 and 3 hold nothing else
        | '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' // Thai; U+0E3F is a currency sign
        | '\u{0E81}'..='\u{0ECF}' | '\u{0EDC}'..='\u{0EDF}' // Lao
        | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{108F}' | '\u{109A}'..='\u{109D}' // Myanmar
        | '\u{A9E0}'..='\u{A9EF}' | '\u{A9FA}'..='\u{A9FE}' | '\u{AA60}'..='\u{AA7F}' // Myanmar, extended
        | '\u{1780}'..='\u{17D3}' | '\u{17D7}' | '\u{17DC}'..='\u{17DD}' // Khmer
    )
}

/// Whether a character is not meant to be seen: Unicode's `Default_Ignorable_Code_Point` (soft hyphen, joiners,
/// marks of direction, variation selectors, tags), but for the zero width space, which parts words.
///
/// Two texts that differ in these alone look the same to everybody, so they are compared without them.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}'
        | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a character is a letter (Unicode `Alphabetic`, which holds some marks too) or a digit (any number character).
pub(super) fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric()
}

/// Whether a character is a mark (general category M): an accent, a vowel sign, a virama.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

/// Stretches of a text that are of unspaced script or of none, with which they are, in the order of the text.
pub fn runs(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let unspaced = is_unspaced(rest.chars().next()?);
        let (run, after) = rest.split_at(rest.find(|c| is_unspaced(c) != unspaced).unwrap_or(rest.len()));
        rest = after;
        Some((run, unspaced))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_spaces_are_told_from_the_others() {
        for c in "ひらカタｶﾀー々〆〇漢字𠮷㐂ㄅไทยລາວမြန်ខ្មែរ".chars() {
            assert!(is_unspaced(c), "{c} U+{:04X}", c as u32);
        }
        for c in "aZ9éßЖ한글עا अ・。、「」〜฿๑០-_ \n😀①".chars() {
            assert!(!is_unspaced(c), "{c} U+{:04X}", c as u32);
        }
    }

    #[test]
    fn what_nobody_sees_is_invisible_but_a_zero_width_space_parts_words() {
        for c in "\u{AD}\u{200D}\u{202E}\u{2066}\u{FE0F}\u{FEFF}\u{E0041}".chars() {
            assert!(is_invisible(c), "U+{:04X}", c as u32);
        }
        for c in "\u{200B}\u{A0}\n\u{0}a".chars() {
            assert!(!is_invisible(c), "U+{:04X}", c as u32);
        }
    }
}
