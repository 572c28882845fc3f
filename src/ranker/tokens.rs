//! From texts to token ids: the model's own tokenizer, without the padding and truncation that are stored in it.
//!
//! A text is tokenised once, however many pairs it is part of; special tokens are put around it when a batch is
//! made. Where they go is learned from the tokenizer itself. Cutting follows transformers' `longest_first`,
//! which sentence-transformers uses too: of a pair the longer text is cut, nearly always the document.

use crate::error::{Error, Place, Result};
use std::ops::Range;
use std::path::Path;
use std::thread;
use tokenizers::{Encoding, Token, Tokenizer};

/// What a single text looks like to the tokenizer's post-processor: two marks that are found again.
const MARKS: [u32; 2] = [u32::MAX - 1, u32::MAX];

/// The tokenizer of a model.
pub struct Tokens {
    tokenizer: Tokenizer,
    single: Template,
    pair: Option<Template>,
    max_length: usize,
    keep_end: bool,
    lower_case: bool,
}

/// A token with its type, which tells the two texts of a pair apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypedToken {
    /// The token's id.
    pub id: u32,
    /// 0 or 1.
    pub kind: u32,
}

/// Where special tokens go, and the types of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Template {
    /// Special tokens before the first text, between the two, and after the last one.
    special: Vec<Vec<TypedToken>>,
    /// The types of the texts' own tokens.
    kinds: Vec<u32>,
}

impl Template {
    fn overhead(&self) -> usize {
        self.special.iter().map(Vec::len).sum()
    }

    /// Learns from what the tokenizer makes of a text that is only a mark, or of a pair of two.
    fn learn(tokenizer: &Tokenizer, texts: usize) -> Result<Template, String> {
        let marked = |text: usize| Encoding::from_tokens(vec![Token::new(MARKS[text], "a".into(), (0, 1))], 0);
        let mut second = (texts == 2).then(|| marked(1));
        if let Some(second) = &mut second {
            second.set_type_ids(vec![1]);
        }
        let whole = tokenizer.post_process(marked(0), second, true).map_err(|error| error.to_string())?;
        let mut template = Template { special: vec![Vec::new()], kinds: Vec::new() };
        for (id, kind) in whole.get_ids().iter().zip(whole.get_type_ids()) {
            if MARKS.get(template.kinds.len()) == Some(id) {
                template.kinds.push(*kind);
                template.special.push(Vec::new());
            } else if let Some(special) = template.special.last_mut() {
                special.push(TypedToken { id: *id, kind: *kind });
            }
        }
        let strays = template.special.iter().flatten().any(|token| MARKS.contains(&token.id));
        if template.kinds.len() != texts || strays {
            return Err("its post-processor changes or moves tokens".to_owned());
        }
        Ok(template)
    }

    fn fill(&self, texts: &[&[u32]]) -> Vec<TypedToken> {
        let mut row = self.special[0].clone();
        for ((ids, kind), special) in texts.iter().zip(&self.kinds).zip(&self.special[1..]) {
            row.extend(ids.iter().map(|id| TypedToken { id: *id, kind: *kind }));
            row.extend(special);
        }
        row
    }
}

/// A tokenised text, not much longer than the model can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokenised {
    /// Its token ids, without special tokens.
    pub ids: Vec<u32>,
    /// How many tokens it had before it was cut.
    pub original: usize,
}

impl Tokens {
    /// The tokenizer from the bytes of its `tokenizer.json` at `path`. `pairs` asks for pairs of texts as well.
    pub fn new(path: &Path, bytes: &[u8], max_length: usize, pairs: bool) -> Result<Tokens> {
        let unusable = |why: String| {
            Error::input(format!("this tokenizer cannot be used: {why}")).at(Place::file(path)).help(
                "write it again: AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER), in Python's transformers",
            )
        };
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| unusable(error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| unusable(error.to_string()))?;
        let single = Template::learn(&tokenizer, 1).map_err(unusable)?;
        let pair = pairs.then(|| Template::learn(&tokenizer, 2)).transpose().map_err(unusable)?;
        let overhead = pair.as_ref().map_or(0, Template::overhead).max(single.overhead());
        if max_length <= overhead {
            return Err(Error::input(format!(
                "a maximum length of {max_length} leaves no room for text beside {overhead} special tokens"
            ))
            .at(Place::file(path))
            .help(format!("set max-length to more than {overhead}")));
        }
        Ok(Tokens { tokenizer, single, pair, max_length, keep_end: false, lower_case: false })
    }

    /// Keeps the end of a long text rather than its beginning.
    pub fn keeping_end(mut self, keep_end: bool) -> Tokens {
        self.keep_end = keep_end;
        self
    }

    /// Puts texts into lower case before they are tokenised.
    pub fn lower_case(mut self, lower_case: bool) -> Tokens {
        self.lower_case = lower_case;
        self
    }

    /// The largest id that any of its tokens has: a model's table of embeddings needs a row for it.
    pub fn largest_id(&self) -> u32 {
        self.tokenizer.get_vocab(true).into_values().max().unwrap_or(0)
    }

    /// Tokenises texts, each with `prefix` in front, in as many threads as asked for; the result does not
    /// depend on their number.
    pub fn tokenise(&self, prefix: &str, texts: &[&str], threads: usize) -> Result<Vec<Tokenised>> {
        let share = texts.len().div_ceil(threads.max(1)).max(1);
        let work = |texts: &[&str]| texts.iter().map(|text| self.tokenise_one(prefix, text)).collect();
        let done: Vec<Result<Vec<Tokenised>>> = thread::scope(|scope| {
            let workers: Vec<_> = texts.chunks(share).map(|texts| scope.spawn(move || work(texts))).collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        Ok(done.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }

    fn tokenise_one(&self, prefix: &str, text: &str) -> Result<Tokenised> {
        let mut text = format!("{prefix}{text}");
        if self.lower_case {
            text = text.to_lowercase();
        }
        let encoding = self.tokenizer.encode_fast(text.as_str(), false).map_err(|error| {
            let start: String = text.chars().take(60).collect();
            Error::input(format!("the tokenizer cannot read the text {start:?}: {error}"))
                .help("check the tokenizer in Python: AutoTokenizer.from_pretrained(FOLDER)(TEXT)")
        })?;
        let ids = encoding.get_ids();
        let overheads = [Some(&self.single), self.pair.as_ref()].into_iter().flatten().map(Template::overhead);
        let room = self.max_length - overheads.min().unwrap_or(0);
        Ok(Tokenised { ids: ids[self.kept(ids.len(), room)].to_vec(), original: ids.len() })
    }

    /// Which of `length` tokens are kept when there is room for `room`.
    fn kept(&self, length: usize, room: usize) -> Range<usize> {
        let kept = length.min(room);
        if self.keep_end { length - kept..length } else { 0..kept }
    }

    /// How many tokens a text makes with its special tokens, and whether it was cut.
    pub fn single_length(&self, text: &Tokenised) -> (usize, bool) {
        let room = self.max_length - self.single.overhead();
        (text.ids.len().min(room) + self.single.overhead(), text.original > room)
    }

    /// The tokens of a text, with special tokens.
    pub fn single(&self, text: &Tokenised) -> Vec<TypedToken> {
        let kept = self.kept(text.ids.len(), self.max_length - self.single.overhead());
        self.single.fill(&[&text.ids[kept]])
    }

    /// How many tokens of each text of a pair are kept.
    pub fn pair_lengths(&self, query: &Tokenised, document: &Tokenised) -> [usize; 2] {
        let room = self.max_length - self.pair_template().overhead();
        longest_first(query.original, document.original, room)
    }

    /// How many tokens a pair makes with its special tokens.
    pub fn pair_length(&self, query: &Tokenised, document: &Tokenised) -> usize {
        self.pair_lengths(query, document).iter().sum::<usize>() + self.pair_template().overhead()
    }

    /// The tokens of a pair, with special tokens.
    pub fn pair(&self, query: &Tokenised, document: &Tokenised) -> Vec<TypedToken> {
        let [of_query, of_document] = self.pair_lengths(query, document);
        let query = &query.ids[self.kept(query.ids.len(), of_query)];
        let document = &document.ids[self.kept(document.ids.len(), of_document)];
        self.pair_template().fill(&[query, document])
    }

    fn pair_template(&self) -> &Template {
        self.pair.as_ref().expect("pairs are asked for only where the tokenizer was opened for them")
    }
}

/// How many tokens of two texts are kept when there is room for `room`: the longer one is cut to the length of
/// the shorter one, then both by turns.
fn longest_first(first: usize, second: usize, room: usize) -> [usize; 2] {
    if first + second <= room {
        return [first, second];
    }
    let shorter = first.min(second);
    let [shorter, longer] = if shorter > room / 2 { [room / 2, room - room / 2] } else { [shorter, room - shorter] };
    if first <= second { [shorter, longer] } else { [longer, shorter] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exit;
    use std::fs;
    use tokenizers::{TruncationDirection, TruncationParams, TruncationStrategy};

    /// The fixtures' tokenizer; its file asks to pad and cut everything to five tokens.
    fn file() -> Vec<u8> {
        fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/cross-one/tokenizer.json")).unwrap()
    }

    fn open(max_length: usize, keep_end: bool) -> Tokens {
        Tokens::new(Path::new("tokenizer.json"), &file(), max_length, true).unwrap().keeping_end(keep_end)
    }

    /// The tokenizer's own way to do the same, for texts that it can cut.
    fn theirs(max_length: usize, keep_end: bool) -> Tokenizer {
        let mut tokenizer = Tokenizer::from_bytes(file()).unwrap();
        let direction = if keep_end { TruncationDirection::Left } else { TruncationDirection::Right };
        let strategy = TruncationStrategy::LongestFirst;
        let cut = TruncationParams { max_length, strategy, direction, stride: 0 };
        tokenizer.with_padding(None).with_truncation(Some(cut)).unwrap();
        tokenizer
    }

    fn typed(encoding: &Encoding) -> Vec<TypedToken> {
        let tokens = encoding.get_ids().iter().zip(encoding.get_type_ids());
        tokens.map(|(id, kind)| TypedToken { id: *id, kind: *kind }).collect()
    }

    #[test]
    fn tokens_are_those_of_the_tokenizer_however_texts_are_cut() {
        let words =
            |count: usize| ["the cat sat on a mat"; 4].join(" ").split(' ').take(count).collect::<Vec<_>>().join(" ");
        for keep_end in [false, true] {
            for max_length in [4, 5, 8, 9, 64] {
                let (ours, theirs) = (open(max_length, keep_end), theirs(max_length, keep_end));
                for first in [0, 1, 2, 3, 7, 20] {
                    let one = words(first);
                    let tokenised = ours.tokenise("", &[&one], 1).unwrap();
                    assert_eq!(ours.single(&tokenised[0]), typed(&theirs.encode(one.as_str(), true).unwrap()));
                    for second in [0, 1, 2, 3, 8, 20] {
                        // This version of the crate stops reading at the maximum length, and of two texts
                        // beyond it cannot tell the longer one; Python's can, and ours can.
                        if first.min(second) >= max_length {
                            continue;
                        }
                        let other = words(second);
                        let both = ours.tokenise("", &[&one, &other], 2).unwrap();
                        let pair = ours.pair(&both[0], &both[1]);
                        let expected = theirs.encode((one.as_str(), other.as_str()), true).unwrap();
                        assert_eq!(pair, typed(&expected), "{first} and {second} words in {max_length}, {keep_end}");
                        assert_eq!(pair.len(), ours.pair_length(&both[0], &both[1]));
                    }
                }
            }
        }
    }

    #[test]
    fn a_length_without_room_for_text_is_refused() {
        let error = Tokens::new(Path::new("tokenizer.json"), &file(), 3, true).err().unwrap();
        assert_eq!(error.exit(), Exit::Unusable);
        assert!(error.to_string().contains("3 special tokens"), "{error}");
        assert!(Tokens::new(Path::new("tokenizer.json"), &file(), 3, false).is_ok());
    }

    #[test]
    fn what_is_no_tokenizer_is_refused() {
        for bytes in [&b""[..], b"{}", b"[1, 2]", b"\xff\xfe", br#"{"model": {"type": "WordPiece"}}"#] {
            let error = Tokens::new(Path::new("tokenizer.json"), bytes, 64, true).err().unwrap();
            assert!(error.to_string().starts_with("tokenizer.json: this tokenizer cannot be used"), "{error}");
        }
    }

    #[test]
    fn prefixes_and_case_come_before_tokens_and_threads_change_nothing() {
        let tokens = open(64, false);
        let texts = ["the cat", "", "sat on a mat", "x"];
        let alone = tokens.tokenise("query: ", &texts, 1).unwrap();
        assert_eq!(alone, tokens.tokenise("query: ", &texts, 3).unwrap());
        assert_eq!(alone[0], tokens.tokenise("", &["query: the cat"], 1).unwrap()[0]);
        let upper = tokens.tokenise("", &["THE CAT"], 1).unwrap();
        assert_eq!(open(64, false).lower_case(true).tokenise("", &["THE CAT"], 1).unwrap(), upper);
    }
}
