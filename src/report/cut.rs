//! Markdown that ends where a section ends, for readers that drop what is too long whole.

/// The bytes that the note takes at most.
const NOTE: usize = 64;

/// The text within `most` bytes: whole, or up to the last heading that fits, otherwise the last line, with a note. Where
/// not even the note fits, nothing.
pub fn cut(mut text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let Some(room) = most.checked_sub(NOTE) else { return String::new() };
    let end = (0..=room).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0);
    let fits = &text[..end];
    let end = fits.rfind("\n## ").filter(|end| *end > 0).or_else(|| fits.rfind('\n')).unwrap_or(0);
    text.truncate(end);
    text.push_str("\n\nCut here: report.json holds the rest.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_shown_whole_or_not_at_all() {
        let text = format!("# A\n\nfirst\n\n## B\n\n{}\n## C\n\n{}", "b\n".repeat(50), "é".repeat(100));
        let short = cut(text.clone(), 200);
        assert!(short.len() <= 200 && short.starts_with("# A\n\nfirst\n") && short.ends_with("the rest.\n"), "{short}");
        assert!(short.contains("## B") && !short.contains("## C"), "{short}");
        assert!(!cut(text.clone(), 150).contains("## B"));
        assert_eq!(cut(text.clone(), text.len()), text);
        assert_eq!(cut(text, 10), "");
    }
}
