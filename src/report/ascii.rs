//! XML without CDATA sections and in ASCII alone, which means the same to every reader.
//!
//! A file in UTF-8 that is nearly all ASCII is taken for another encoding by readers that guess instead of reading the
//! declaration; and a reader that joins text and CDATA wrongly has nothing to join.

const BEGIN: &str = "<![CDATA[";
const END: &str = "]]>";

/// The same document with its CDATA sections as escaped text and what is not ASCII as character references. Sections must
/// not hold the end of one, which no well-formed section does.
pub fn ascii(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() + xml.len() / 8);
    let mut rest = xml;
    while let Some(begin) = rest.find(BEGIN) {
        let inside = &rest[begin + BEGIN.len()..];
        let end = inside.find(END).unwrap_or(inside.len());
        push(&mut out, &rest[..begin], false);
        push(&mut out, &inside[..end], true);
        rest = inside.get(end + END.len()..).unwrap_or("");
    }
    push(&mut out, rest, false);
    out
}

/// Adds text; `raw` is what has to be escaped still.
fn push(out: &mut String, text: &str, raw: bool) {
    for c in text.chars() {
        match c {
            '&' if raw => out.push_str("&amp;"),
            '<' if raw => out.push_str("&lt;"),
            '>' if raw => out.push_str("&gt;"),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see_the_same_text() {
        let xml = "<a b=\"é &lt;\">x<![CDATA[1 < 2 & \"…\" <b> ]] 日]]>y<![CDATA[]]></a>";
        let plain = ascii(xml);
        assert_eq!(plain, "<a b=\"&#233; &lt;\">x1 &lt; 2 &amp; \"&#8230;\" &lt;b&gt; ]] &#26085;y</a>");
        assert_eq!(ascii("<a><![CDATA[open"), "<a>open");
    }
}
