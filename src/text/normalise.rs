//! Normal form `v1`: the form in which texts are compared and digested. The lock names it, so that it may change.

use super::characters::{is_letter_or_digit, is_mark};
use super::fold::fold;

/// The name of the normal form that [`normalise`] gives.
pub const NORMALISATION: &str = "v1";

/// Unicode NFKC, lower case; every run of anything but letters, digits and marks becomes one space; trimmed.
///
/// Three details make texts equal that look equal. Characters that nobody sees (soft hyphens, marks of direction,
/// variation selectors) are left out before, so they do not part a word; lowered letters are composed again; and a
/// mark that follows no letter or digit goes with the sign that it belongs to (`´` is a space with an accent).
/// Normalising twice is the same as once.
pub fn normalise(text: &str) -> String {
    let folded = fold(text);
    let mut normal = String::with_capacity(folded.len());
    let mut in_word = false;
    for c in folded.chars() {
        let kept = if is_mark(c) { in_word } else { is_letter_or_digit(c) };
        if kept {
            if !in_word && !normal.is_empty() {
                normal.push(' ');
            }
            normal.push(c);
        }
        in_word = kept;
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normal_forms() {
        let cases = [
            ("", ""),
            (" \t\r\n ", ""),
            ("?!…—", ""),
            ("What's  NEW,\nin 2024?", "what s new in 2024"),
            ("snake_case and kebab-case", "snake case and kebab case"),
            ("naïve café", "naïve café"),
            ("nai\u{308}ve cafe\u{301}", "naïve café"),
            ("don´t don’t don't", "don t don t don t"),
            ("I ❤\u{FE0F} you", "i you"),
            ("contam\u{AD}ination", "contamination"),
            ("zero\u{200B}width", "zero width"),
            ("Ｔｅｓｔ　データ、１２３。", "test データ 123"),
            ("東京・大阪", "東京 大阪"),
            ("हिन्दी", "हिन्दी"),
            ("\u{5B4}, \u{301}", ""),
            ("x² + y² = 4", "x2 y2 4"),
            ("3.14", "3 14"),
            ("\u{202E}abc\u{0}def\u{1B}[31m", "abc def 31m"),
        ];
        for (text, normal) in cases {
            assert_eq!(normalise(text), normal, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn once_is_enough_and_spaces_are_single(text: String) {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once.clone());
            prop_assert!(!once.contains("  ") && once.trim() == once);
        }
    }
}
