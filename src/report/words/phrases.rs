//! Sentences of the gate in another language: English patterns with slots, and what is said instead.
//!
//! A pattern is a sentence as the code writes it. `{}` stands for a name, a number or a path, and holds no `; `, which
//! joins sentences; `{#}` for a number; `{*}` for anything. `<query|queries>` is either word. In the other language `{0}` is what stood
//! in the first slot, `{0!}` the same translated, and `{0&}` a list of names, of which the last may be `2 more`.
//!
//! What no pattern matches stays as it is. Nothing is guessed: names are never looked at.

/// An English pattern, and what is said instead.
pub type Pair = (&'static str, &'static str);

/// A longer text is no sentence of the gate, but a text from data.
const MOST_BYTES: usize = 4_096;
/// Sentences within sentences, at most.
const MOST_DEPTH: usize = 8;

/// Patterns of a language, ready to be looked for.
pub struct Phrases {
    patterns: Vec<Pattern>,
    list: Pattern,
    /// What joins two sentences of one line.
    joint: &'static str,
}

/// What a slot may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name, a number or a path.
    Name,
    /// A number.
    Number,
    /// Anything.
    Any,
}

impl Kind {
    /// The sign of a slot in a pattern.
    const SIGNS: [(&str, Kind); 3] = [("{}", Kind::Name), ("{#}", Kind::Number), ("{*}", Kind::Any)];

    fn fits(self, text: &str) -> bool {
        !text.is_empty()
            && match self {
                Kind::Name => !text.contains("; "),
                Kind::Number => text.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c)),
                Kind::Any => true,
            }
    }
}

struct Pattern {
    /// What stands before, between and after the slots.
    literals: Vec<String>,
    /// What each slot may hold.
    kinds: Vec<Kind>,
    said: &'static str,
}

impl Phrases {
    /// Patterns of tables, the one for a list that says how many more there are, and what joins sentences.
    pub fn new(tables: &[&[Pair]], list: Pair, joint: &'static str) -> Phrases {
        let patterns = tables
            .iter()
            .flat_map(|table| table.iter())
            .flat_map(|(english, said)| Pattern::choices(english, said))
            .collect();
        Phrases { patterns, list: Pattern::literal(list.0, list.1), joint }
    }

    /// The text in the language; as it is where no pattern matches.
    pub fn said(&self, text: &str) -> String {
        self.within(text, 0).unwrap_or_else(|| text.to_owned())
    }

    /// The patterns in English, with a word chosen wherever there is a choice.
    #[cfg(test)]
    pub fn english(&self) -> impl Iterator<Item = String> {
        self.patterns.iter().map(|pattern| pattern.literals.join("{}"))
    }

    /// Whether two patterns match a text equally well, so that their order would decide.
    #[cfg(test)]
    pub fn is_ambiguous(&self, text: &str) -> bool {
        let best = self.best(text).map(|(pattern, _)| pattern.weight());
        let matching = self.patterns.iter().filter(|pattern| pattern.slots(text).is_some());
        matching.filter(|pattern| Some(pattern.weight()) == best).count() > 1
    }

    fn within(&self, text: &str, depth: usize) -> Option<String> {
        if text.len() > MOST_BYTES || depth > MOST_DEPTH {
            return None;
        }
        if let Some((pattern, slots)) = self.best(text) {
            return Some(self.filled(pattern.said, &slots, depth));
        }
        // Sentences that the code joined: all that are known, and the rest as it is.
        text.match_indices("; ").find_map(|(place, joint)| {
            let (pattern, slots) = self.best(&text[..place])?;
            let rest = &text[place + joint.len()..];
            let rest = self.within(rest, depth + 1).unwrap_or_else(|| rest.to_owned());
            Some(self.filled(pattern.said, &slots, depth) + self.joint + &rest)
        })
    }

    /// The pattern that matches with the longest literals, so that the order of tables says nothing.
    fn best<'t>(&self, text: &'t str) -> Option<(&Pattern, Vec<&'t str>)> {
        let matching = self.patterns.iter().filter_map(|pattern| Some((pattern, pattern.slots(text)?)));
        matching.max_by_key(|(pattern, _)| pattern.weight())
    }

    fn filled(&self, said: &str, slots: &[&str], depth: usize) -> String {
        let mut out = String::new();
        let mut rest = said;
        while let Some((before, (index, mark, after))) = rest.split_once('{').and_then(|(b, a)| Some((b, slot(a)?))) {
            out.push_str(before);
            let text = slots.get(index).copied().unwrap_or_default();
            match mark {
                "!" => out.push_str(&self.within(text, depth + 1).unwrap_or_else(|| text.to_owned())),
                "&" => match self.list.slots(text) {
                    Some(of_list) => out.push_str(&self.filled(self.list.said, &of_list, MOST_DEPTH)),
                    None => out.push_str(text),
                },
                _ => out.push_str(text),
            }
            rest = after;
        }
        out + rest
    }
}

/// The number of a slot, its mark, and what follows: `0!} is` is 0, `!` and ` is`.
fn slot(text: &str) -> Option<(usize, &str, &str)> {
    let (inside, after) = text.split_once('}')?;
    let digits = inside.trim_end_matches(['!', '&']);
    Some((digits.parse().ok()?, &inside[digits.len()..], after))
}

impl Pattern {
    /// A pattern for each choice of words.
    fn choices(english: &str, said: &'static str) -> Vec<Pattern> {
        match english.split_once('<').and_then(|(before, rest)| Some((before, rest.split_once('>')?))) {
            Some((before, (words, after))) => {
                let chosen = words.split('|').map(|word| format!("{before}{word}{after}"));
                chosen.flat_map(|english| Pattern::choices(&english, said)).collect()
            }
            None => vec![Pattern::literal(english, said)],
        }
    }

    fn literal(english: &str, said: &'static str) -> Pattern {
        let (mut literals, mut kinds, mut rest) = (Vec::new(), Vec::new(), english);
        let next = |rest: &str| {
            let places = Kind::SIGNS.iter().filter_map(|(sign, kind)| Some((rest.find(sign)?, sign.len(), *kind)));
            places.min_by_key(|(place, ..)| *place)
        };
        while let Some((place, length, kind)) = next(rest) {
            literals.push(rest[..place].to_owned());
            kinds.push(kind);
            rest = &rest[place + length..];
        }
        literals.push(rest.to_owned());
        Pattern { literals, kinds, said }
    }

    /// What stands in the slots of a text that is wholly of this pattern.
    fn slots<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, others) = self.literals.split_first()?;
        let mut rest = text.strip_prefix(first.as_str())?;
        let Some((last, between)) = others.split_last() else { return rest.is_empty().then(Vec::new) };
        rest = rest.strip_suffix(last.as_str())?;
        // Numbers at the end are looked for from there: a text before them may hold what stands around them.
        let (mut between, mut at_end) = (between, Vec::new());
        while let (Some((literal, others)), Some(Kind::Number)) = (between.split_last(), self.kinds.get(between.len()))
        {
            let (before, number) = rest.rsplit_once(literal.as_str())?;
            at_end.push(number);
            (rest, between) = (before, others);
        }
        let mut slots = Vec::new();
        for literal in between {
            let (slot, after) = rest.split_once(literal.as_str())?;
            slots.push(slot);
            rest = after;
        }
        slots.push(rest);
        slots.extend(at_end.into_iter().rev());
        slots.iter().zip(&self.kinds).all(|(slot, kind)| kind.fits(slot)).then_some(slots)
    }

    fn weight(&self) -> usize {
        self.literals.iter().map(String::len).sum()
    }
}
