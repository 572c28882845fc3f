//! Errors for people: what is wrong, where (`file:line:column`), why it matters here, and what to do next.
//!
//! One public type carries every failure of the program. It is plain data: nothing is printed here, and
//! nothing is decided beyond which exit code the failure maps to. Outer sentences are added once, at the
//! boundary, with [`Error::context`]; causes are lower case, without a final full stop, so that they chain.
//!
//! Messages quote what users gave: paths, keys, names. Each part is shown as one [`quiet`] line, so that nothing
//! quoted can start a line of its own; the line breaks of the layout are the only ones.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What a function that can fail returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How many faults of one file are shown; the rest is counted.
pub const MAX_FAULTS_SHOWN: usize = 20;

/// The exit codes, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: the gate says yes, or the command did what it was asked.
    Pass,
    /// 1: the gate says no: divergent, contaminated, or a finding at `deny`.
    Fail,
    /// 2: what the user gave cannot be used: usage, config, collection, model, scores.
    Unusable,
    /// 3: inconclusive.
    Inconclusive,
    /// 4: the surroundings failed: ONNX Runtime is missing, the disk is full, a teacher command died.
    Surroundings,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// Every exit code, the most urgent first: of several that apply, the first one counts.
    pub const BY_URGENCY: [Exit; 6] =
        [Exit::Interrupted, Exit::Surroundings, Exit::Unusable, Exit::Fail, Exit::Inconclusive, Exit::Pass];

    /// The number that the process exits with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Pass => 0,
            Exit::Fail => 1,
            Exit::Unusable => 2,
            Exit::Inconclusive => 3,
            Exit::Surroundings => 4,
            Exit::Interrupted => 130,
        }
    }

    /// What the code means, for `--help` and the docs.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Pass => "pass",
            Exit::Fail => "the gate says no: divergent, contaminated, or a finding at deny",
            Exit::Unusable => "what was given cannot be used: usage, config, collection, model, scores",
            Exit::Inconclusive => "inconclusive",
            Exit::Surroundings => "the surroundings failed: ONNX Runtime missing, disk full, teacher command died",
            Exit::Interrupted => "interrupted",
        }
    }

    /// The most urgent of two.
    pub fn or(self, other: Exit) -> Exit {
        let rank = |exit| Exit::BY_URGENCY.iter().position(|e| *e == exit);
        if rank(self) <= rank(other) { self } else { other }
    }
}

/// A place in a file, all counted from one; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// The line, where one is to blame.
    pub line: Option<u64>,
    /// The column in that line.
    pub column: Option<u64>,
}

impl Place {
    /// A whole file.
    pub fn file(path: impl AsRef<Path>) -> Place {
        Place { path: path.as_ref().to_owned(), line: None, column: None }
    }

    /// A line of a file.
    pub fn line(path: impl AsRef<Path>, line: u64) -> Place {
        Place { line: Some(line), ..Place::file(path) }
    }

    /// A column of a line of a file.
    pub fn column(path: impl AsRef<Path>, line: u64, column: u64) -> Place {
        Place { column: Some(column), ..Place::line(path, line) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", quiet(&self.path.to_string_lossy()))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

/// One complaint about one place; files gather them instead of stopping at the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong there, and why it matters.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, quiet(&self.what))
    }
}

/// Gathers the faults of a file: the first [`MAX_FAULTS_SHOWN`] are kept, all are counted.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    shown: Vec<Fault>,
    total: u64,
}

impl Faults {
    /// Nothing found so far.
    pub fn new() -> Faults {
        Faults::default()
    }

    /// Records one fault.
    pub fn push(&mut self, place: Place, what: impl Into<String>) {
        self.total += 1;
        if self.shown.len() < MAX_FAULTS_SHOWN {
            self.shown.push(Fault { place, what: what.into() });
        }
    }

    /// How many faults there were, shown or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// `Ok` without a fault; otherwise one error that shows the first faults and says how many there are.
    pub fn into_result(self, what: impl Into<String>, help: impl Into<String>) -> Result<()> {
        if self.total == 0 {
            return Ok(());
        }
        let mut error = Error::input(what).help(help);
        error.faults = self.shown;
        error.total_faults = self.total;
        Err(error)
    }
}

/// Why something failed, for a person: what, where, why, and what to do.
#[derive(Debug)]
pub struct Error {
    exit: Exit,
    what: String,
    place: Option<Place>,
    faults: Vec<Fault>,
    total_faults: u64,
    help: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    fn new(exit: Exit, what: impl Into<String>) -> Error {
        Error {
            exit,
            what: what.into(),
            place: None,
            faults: Vec::new(),
            total_faults: 0,
            help: Vec::new(),
            source: None,
        }
    }

    /// What the user gave cannot be used (exit 2).
    pub fn input(what: impl Into<String>) -> Error {
        Error::new(Exit::Unusable, what)
    }

    /// The surroundings failed (exit 4).
    pub fn surroundings(what: impl Into<String>) -> Error {
        Error::new(Exit::Surroundings, what)
    }

    /// A file that the user named could not be read (exit 2).
    pub fn reading(path: impl AsRef<Path>, source: io::Error) -> Error {
        let help = match source.kind() {
            io::ErrorKind::NotFound => "check the path; paths in a config are relative to the config file",
            io::ErrorKind::PermissionDenied => "check who may read this file",
            _ => "check that the file is whole and readable",
        };
        Error::input(format!("cannot read: {}", reason(&source))).at(Place::file(path)).help(help).because(source)
    }

    /// A file could not be written (exit 4).
    pub fn writing(path: impl AsRef<Path>, source: io::Error) -> Error {
        let help = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room on this disk, or choose another folder"
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                "choose a folder that may be written to"
            }
            _ => "check that the folder exists and may be written to",
        };
        Error::surroundings(format!("cannot write: {}", reason(&source)))
            .at(Place::file(path))
            .help(help)
            .because(source)
    }

    /// Says where, unless a more exact place is known already.
    pub fn at(mut self, place: Place) -> Error {
        self.place.get_or_insert(place);
        self
    }

    /// Adds one line that says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.help.push(help.into());
        self
    }

    /// Keeps the cause, for logs; its text is not printed, so `what` has to say what matters of it.
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.source = Some(Box::new(source));
        self
    }

    /// Puts an outer sentence in front: "collection dl19: ...".
    pub fn context(mut self, outer: impl fmt::Display) -> Error {
        self.what = format!("{outer}: {}", self.what);
        self
    }

    /// The exit code that this failure maps to.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The sentence that says what is wrong.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Where, if a place is to blame.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The faults shown, at most [`MAX_FAULTS_SHOWN`].
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What to do next, a line each.
    pub fn helps(&self) -> &[String] {
        &self.help
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", quiet(&self.what))?;
        for fault in &self.faults {
            write!(f, "\n  {fault}")?;
        }
        let hidden = self.total_faults - self.faults.len() as u64;
        if hidden > 0 {
            write!(f, "\n  and {hidden} more, {} in all", self.total_faults)?;
        }
        for help in &self.help {
            write!(f, "\n  help: {}", quiet(help))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn std::error::Error + 'static))
    }
}

/// A text as one line that a terminal or the log of a CI engine shows and never obeys: control characters and
/// separators of lines become spaces, marks of direction are left out, workflow commands are broken up.
pub fn quiet(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let turns =
        |c: char| matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let line: String = text.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect();
    // GitHub's older commands, `##[error]`, work anywhere in a line; the newer `::error` where a line begins, after
    // white space too.
    let line = line.replace("##[", "# #[");
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => line,
    }
}

/// The reason in an I/O error without the "(os error 2)" that says nothing to most people.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    match letters.clone().next().is_some_and(char::is_uppercase) {
        // An abbreviation.
        true => text.to_owned(),
        false => first.to_lowercase().chain(letters).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_exit_counts() {
        assert_eq!(Exit::Fail.or(Exit::Inconclusive), Exit::Fail);
        assert_eq!(Exit::Pass.or(Exit::Inconclusive), Exit::Inconclusive);
        assert_eq!(Exit::Unusable.or(Exit::Surroundings), Exit::Surroundings);
        assert_eq!(Exit::Interrupted.or(Exit::Surroundings), Exit::Interrupted);
    }

    #[test]
    fn twenty_faults_are_shown_and_all_are_counted() {
        let mut faults = Faults::new();
        for line in 1..=25 {
            faults.push(Place::column("a.run", line, 3), "not a number");
        }
        let text = faults.into_result("this run cannot be used", "mend the lines").unwrap_err().to_string();
        assert!(text.contains("a.run:20:3: not a number"));
        assert!(!text.contains("a.run:21:3"));
        assert!(text.contains("and 5 more, 25 in all"));
        assert!(text.ends_with("help: mend the lines"));
    }

    #[test]
    fn a_missing_file_says_so_in_plain_words() {
        let error = Error::reading("no/such.file", io::Error::from_raw_os_error(2));
        assert_eq!(error.exit(), Exit::Unusable);
        assert!(error.to_string().starts_with("no/such.file: cannot read: no such file or directory"));
    }

    #[test]
    fn what_is_quoted_stays_one_quiet_line() {
        for (text, shown) in [
            ("nDCG@10: plain, é, 日本", "nDCG@10: plain, é, 日本"),
            ("a\n::error::forged", "a ::error::forged"),
            ("::error::forged", ": :error::forged"),
            ("\r\n ::error::forged", ": :error::forged"),
            ("a\u{2028}b\u{1b}[31mc\u{9b}d", "a b [31mc d"),
            ("gnp\u{202e}.exe\u{2066}\u{061c}", "gnp.exe"),
            ("x ##[error]forged ###[group]", "x # #[error]forged ## #[group]"),
        ] {
            assert_eq!(quiet(text), shown, "{text:?}");
        }
    }

    #[test]
    fn only_the_layout_breaks_lines() {
        let forged = "x\n::error::forged";
        let mut faults = Faults::new();
        faults.push(Place::line(forged, 1), forged);
        faults.push(Place::file("::error::forged"), "a path that looks like a command");
        let error = faults.into_result(forged, forged).unwrap_err().at(Place::file(forged)).help(forged);
        let text = error.context(forged).to_string();
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    }
}
