//! Folds what a reader takes for the same text: width, compatibility forms, case, composition, hidden characters.

use super::characters::is_invisible;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Text without invisible characters, in NFKC, in lower case, and composed again.
///
/// The last step matters because lowering can undo the first: `J` with a caron has no composed form, `j` has.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let visible: Cow<str> = match text.contains(is_invisible) {
        true => text.chars().filter(|c| !is_invisible(*c)).collect::<String>().into(),
        false => text.into(),
    };
    let composed: Cow<str> = match is_nfkc_quick(visible.chars()) {
        IsNormalized::Yes => visible,
        _ => visible.nfkc().collect::<String>().into(),
    };
    composed.to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_reads_the_same_becomes_the_same() {
        let cases = [
            ("ＡＢＣ１２", "abc12"),
            ("ｶﾞ", "ガ"),
            ("e\u{301}", "é"),
            ("J\u{30C}", "ǰ"),
            ("ﬁne ½", "fine 1⁄2"),
            ("co\u{AD}op\u{200D}", "coop"),
            ("ΟΔΟΣ", "οδος"),
            ("İstanbul", "i\u{307}stanbul"),
            ("㈱", "(株)"),
            ("❤\u{FE0F}", "❤"),
        ];
        for (text, folded) in cases {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text: String) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
