//! Programs that behave, and all the ways in which they do not. Each is a line of `sh`.

#![cfg(unix)]

use super::*;
use crate::cache::{Cache, Key};
use crate::collection::{DocumentId, QueryId};
use crate::error::{Error, Exit};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Answers each pair with the number in its document's name.
const ANSWER: &str =
    r#"sed -E 's/.*"query_id":"([^"]*)","doc_id":"d([0-9]+)".*/{"query_id":"\1","doc_id":"d\2","score":\2}/'"#;

/// `queries` times `documents` pairs.
fn pairs(queries: usize, documents: usize) -> Arc<[Pair]> {
    let pair = |query: usize, document: usize| Pair {
        query_id: QueryId::new(format!("q{query}")),
        document_id: DocumentId::new(format!("d{document}")),
        query: format!("query {query}").into(),
        text: format!("text {document} of {query}").into(),
    };
    (0..queries).flat_map(|q| (0..documents).map(move |d| pair(q, d))).collect()
}

#[derive(Default)]
struct Notes {
    answered: usize,
    notes: Vec<String>,
}

impl Listener for Notes {
    fn answered(&mut self, pairs: usize) {
        self.answered += pairs;
    }

    fn note(&mut self, what: &str) {
        self.notes.push(what.to_owned());
    }
}

/// A place to try scripts in: each `ask` is a run of its own over one cache.
struct Place {
    folder: TempDir,
    retries: u64,
    timeout: Duration,
    rate: Option<f64>,
    max_calls: Option<u64>,
}

impl Place {
    fn new() -> Place {
        let folder = TempDir::new().unwrap();
        Place { folder, retries: 0, timeout: Duration::from_secs(60), rate: None, max_calls: None }
    }

    fn program(&self, script: &str) -> Program {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        Program { words, folder: self.folder.path().to_owned(), timeout: self.timeout, rate: self.rate }
    }

    /// The answers that all scripts of this place share.
    fn kept(&self) -> Kept {
        let identity = Identity { name: "big".to_owned(), words: Vec::new(), program: None };
        Kept::of(&Cache::new(self.folder.path().join("cache")), &identity)
    }

    fn asker(&self, program: Program) -> Asker {
        Asker::new(Terms { program, retries: self.retries, max_calls: self.max_calls }, self.kept())
    }

    fn ask(&self, script: &str, batch: &Batch) -> (Result<Vec<Option<f64>>, Error>, Notes) {
        let mut notes = Notes::default();
        let scores = self.asker(self.program(script)).ask(batch, &mut notes);
        (scores, notes)
    }

    /// How many pairs of a batch are kept.
    fn answered(&self, batch: &Batch) -> usize {
        let kept = self.kept();
        batch.keys.iter().filter(|key| kept.score(key).is_some()).count()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

fn one_by_one(queries: usize, documents: usize) -> Batch {
    Batch::new("dl19", pairs(queries, documents), false, 1)
}

fn in_lists(queries: usize, documents: usize) -> Batch {
    Batch::new("dl19", pairs(queries, documents), true, 1)
}

#[test]
fn answers_in_any_order_come_to_their_pairs_and_are_paid_for_once() {
    let (place, batch) = (Place::new(), one_by_one(2, 3));
    let (scores, notes) = place.ask(&format!("cat > read; sort -r read | {ANSWER}"), &batch);
    assert_eq!(scores.unwrap(), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0].map(Some));
    assert_eq!((notes.answered, notes.notes.len()), (6, 0));
    assert_eq!(
        place.read("read").lines().next(),
        Some(r#"{"query_id":"q0","doc_id":"d0","query":"query 0","text":"text 0 of 0"}"#)
    );
    let (scores, notes) = place.ask("echo called >> called; exit 1", &batch);
    assert_eq!(scores.unwrap().len(), 6);
    assert_eq!((notes.answered, place.read("called").as_str()), (0, ""));
}

#[test]
fn more_than_pipes_hold_stops_nobody() {
    let place = Place::new();
    let long: Arc<str> = "word ".repeat(2000).into();
    let pairs: Arc<[Pair]> =
        pairs(4, 50).iter().map(|pair| Pair { query: Arc::clone(&long), ..pair.clone() }).collect();
    let batch = Batch::new("dl19", pairs, false, 1);
    // It writes much to both pipes before it reads, and reads everything before it answers.
    let noise = "head -c 300000 /dev/zero | tr '\\0' 'x' | fold -w 1000";
    let (scores, notes) = place.ask(&format!("{noise} >&2; {noise}; cat > read; {ANSWER} < read"), &batch);
    assert_eq!(scores.unwrap().len(), 200);
    assert!(notes.notes[0].contains("wrote 300 lines that are no answers"), "{:?}", notes.notes);
}

#[test]
fn a_program_that_is_not_there_is_the_users_to_mend() {
    let (place, batch) = (Place::new(), one_by_one(1, 1));
    place.write("not-executable", "");
    for (word, part) in [
        ("no-such-teacher", "there is no such program"),
        ("./no-such-teacher", "there is no such program"),
        ("./not-executable", "it may not be executed"),
    ] {
        let program = Program { words: vec![word.to_owned()], ..place.program("") };
        let error = place.asker(program).ask(&batch, &mut Notes::default()).unwrap_err();
        assert_eq!(error.exit(), Exit::Unusable);
        assert!(error.to_string().contains(part) && error.to_string().contains("help:"), "{error}");
    }
}

#[test]
fn a_program_beside_the_configuration_is_found() {
    let (place, batch) = (Place::new(), one_by_one(1, 2));
    place.write("ask.sh", &format!("#!/bin/sh\n{ANSWER}\n"));
    std::fs::set_permissions(place.folder.path().join("ask.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let program = Program { words: vec!["./ask.sh".to_owned()], ..place.program("") };
    assert_eq!(place.asker(program).ask(&batch, &mut Notes::default()).unwrap(), [Some(0.0), Some(1.0)]);
}

#[test]
fn a_crash_loses_nothing_and_the_next_run_goes_on_from_there() {
    let (place, batch) = (Place::new(), one_by_one(2, 5));
    let (scores, _) = place.ask(&format!("head -n 4 | {ANSWER}; echo no more credit >&2; exit 7"), &batch);
    let error = scores.unwrap_err();
    assert_eq!(error.exit(), Exit::Surroundings);
    let text = error.to_string();
    assert!(text.contains("died (exit status: 7): 4 of 10 pairs of dl19 are answered"), "{text}");
    assert!(text.contains("it goes on from there") && text.contains("no more credit"), "{text}");
    let (scores, _) = place.ask(&format!("cat > read; {ANSWER} < read"), &batch);
    assert_eq!(scores.unwrap().len(), 10);
    assert_eq!(place.read("read").lines().count(), 6);
}

#[test]
fn a_crash_in_the_middle_of_a_line_is_a_crash() {
    let (place, batch) = (Place::new(), one_by_one(1, 3));
    let torn = r#"printf '{"query_id":"q0","doc_'; kill -9 $$"#;
    let (scores, _) = place.ask(&format!("head -n 1 | {ANSWER}; {torn}"), &batch);
    let text = scores.unwrap_err().to_string();
    assert!(text.contains("died (signal: 9") && text.contains("1 of 3 pairs"), "{text}");
}

#[test]
fn a_program_that_hangs_is_killed_with_its_children() {
    let mut place = Place::new();
    place.timeout = Duration::from_secs(3);
    let batch = one_by_one(1, 3);
    let start = Instant::now();
    let (scores, _) = place.ask(&format!("head -n 1 | {ANSWER}; sleep 100 & echo $! > child; wait"), &batch);
    let error = scores.unwrap_err();
    assert_eq!(error.exit(), Exit::Surroundings);
    assert!(error.to_string().contains("hung: no answer for 3 seconds"), "{error}");
    assert!(error.to_string().contains("1 of 3 pairs") && error.to_string().contains("`timeout`"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(is_gone(place.read("child").trim()), "the child of the program lives on");
}

#[test]
fn a_program_that_hangs_from_the_start_is_not_waited_for_again() {
    let mut place = Place::new();
    (place.retries, place.timeout) = (50, Duration::from_secs(3));
    let start = Instant::now();
    let error = place.ask("echo x >> runs; sleep 100", &one_by_one(1, 3)).0.unwrap_err();
    assert!(error.to_string().contains("hung") && start.elapsed() < Duration::from_secs(30), "{error}");
    assert_eq!(place.read("runs").lines().count(), 1);
    // One that got on before it hung is.
    place.retries = 2;
    let (scores, _) = place.ask(&format!("echo y >> runs; head -n 1 | {ANSWER}; sleep 100"), &one_by_one(1, 3));
    assert_eq!(scores.unwrap().len(), 3);
    assert_eq!(place.read("runs").lines().count(), 4);
}

/// Whether a process has ended; a zombie has.
fn is_gone(pid: &str) -> bool {
    let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let gone = || state().rsplit(')').next().is_none_or(|rest| rest.trim().is_empty() || rest.trim().starts_with('Z'));
    (0..100).any(|_| {
        gone() || {
            std::thread::sleep(Duration::from_millis(20));
            false
        }
    })
}

#[test]
fn a_program_that_has_said_everything_may_take_its_time_to_end() {
    let mut place = Place::new();
    place.timeout = Duration::from_secs(3);
    let (scores, notes) = place.ask(&format!("{ANSWER}; sleep 100"), &one_by_one(1, 3));
    assert_eq!(scores.unwrap().len(), 3);
    assert!(notes.notes.is_empty(), "{:?}", notes.notes);
}

#[test]
fn a_grandchild_that_holds_the_output_keeps_nobody_waiting() {
    let start = Instant::now();
    let (scores, _) = Place::new().ask(&format!("{ANSWER}; sleep 100 & exit 0"), &one_by_one(1, 3));
    assert_eq!(scores.unwrap().len(), 3);
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn what_has_no_answer_is_asked_again_in_a_new_process() {
    let mut place = Place::new();
    place.retries = 2;
    let batch = one_by_one(1, 5);
    // The first run answers two, the second dies, the third answers what is left but the last.
    let script = format!(
        "echo x >> runs; case $(wc -l < runs) in 1) head -n 2 | {ANSWER};; 2) exit 1;; *) cat > read; head -n 2 read | {ANSWER};; esac"
    );
    let (scores, notes) = place.ask(&script, &batch);
    assert_eq!(scores.unwrap(), [Some(0.0), Some(1.0), Some(2.0), Some(3.0), None]);
    assert_eq!(place.read("read").lines().count(), 3);
    assert_eq!(notes.notes.len(), 3, "{:?}", notes.notes);
    assert!(notes.notes[0].contains("asking again for 3 pairs of dl19"), "{:?}", notes.notes);
}

#[test]
fn max_calls_bounds_what_is_asked_again_too() {
    let mut place = Place::new();
    (place.retries, place.max_calls) = (5, Some(4));
    let (scores, notes) =
        place.ask(&format!("echo x >> runs; head -n 1 > one; {ANSWER} < one; cat > rest"), &one_by_one(1, 3));
    assert_eq!(scores.unwrap(), [Some(0.0), None, None]);
    assert_eq!(place.read("runs").lines().count(), 1);
    assert!(notes.notes[0].contains("max-calls"), "{:?}", notes.notes);
}

#[test]
fn a_crash_that_nobody_may_ask_again_about_is_no_gap() {
    let mut place = Place::new();
    (place.retries, place.max_calls) = (5, Some(3));
    let (scores, _) = place.ask(&format!("head -n 1 | {ANSWER}; exit 1"), &one_by_one(1, 3));
    assert!(scores.unwrap_err().to_string().contains("1 of 3 pairs"));
}

#[test]
fn a_crash_after_the_last_answer_is_noted() {
    let (scores, notes) = Place::new().ask(&format!("{ANSWER}; echo too late >&2; exit 3"), &one_by_one(1, 3));
    assert_eq!(scores.unwrap().len(), 3);
    assert_eq!(notes.notes, ["the teacher command ended with exit status: 3: too late"]);
}

#[test]
fn what_cannot_be_used_stops_and_what_came_before_is_kept() {
    let answer = |rest: &str| format!(r#"head -n 1 | {ANSWER}; echo '{{"query_id":"q0","doc_id":{rest}'; cat > rest"#);
    for (rest, part) in [
        (r#""d9","score":1}"#, "which nobody asked for"),
        (r#""d0","score":1}"#, "document d0 twice, with 0 and then 1"),
        (r#""d1","score":NaN}"#, "the score is NaN"),
        (r#""d1","score":"high"}"#, "and no number"),
        (r#""d1","score":"#, "line 2: this begins as JSON and is none"),
    ] {
        let (place, batch) = (Place::new(), one_by_one(1, 3));
        let error = place.ask(&answer(rest), &batch).0.unwrap_err();
        assert_eq!(error.exit(), Exit::Unusable, "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.to_string().contains("is kept"), "{error}");
        assert_eq!(place.answered(&batch), 1, "{rest}");
    }
}

#[test]
fn the_same_answer_twice_and_log_lines_are_noted() {
    let (scores, notes) =
        Place::new().ask(&format!("echo loading; cat > read; {ANSWER} < read; {ANSWER} < read"), &one_by_one(1, 3));
    assert_eq!(scores.unwrap().len(), 3);
    assert!(notes.notes[0].contains("1 lines that are no answers: loading"), "{:?}", notes.notes);
    assert!(notes.notes[1].contains("3 answers again"), "{:?}", notes.notes);
}

#[test]
fn a_flood_is_stopped() {
    for script in ["yes", "yes '{\"query_id\":\"q0\",\"doc_id\":\"d0\",\"score\":1}'", "cat /dev/zero"] {
        let error = Place::new().ask(script, &one_by_one(1, 3)).0.unwrap_err();
        assert_eq!(error.exit(), Exit::Unusable);
        assert!(error.to_string().contains("it floods its output with"), "{error}");
    }
}

#[test]
fn a_program_that_says_nothing_is_an_error_with_its_last_words() {
    let error = Place::new().ask("cat > /dev/null; echo bye; printf 'key\\033[31m missing' >&2", &one_by_one(1, 3));
    let text = error.0.unwrap_err().to_string();
    assert!(text.contains("answered none of the 3 pairs of dl19"), "{text}");
    assert!(text.contains("it wrote: bye") && text.contains("key [31m missing"), "{text}");
}

#[test]
fn a_list_is_answered_in_one_conversation_or_not_at_all() {
    let mut place = Place::new();
    let batch = in_lists(2, 3);
    let (scores, _) = place.ask(&format!("head -n 4 | {ANSWER}"), &batch);
    assert_eq!(scores.unwrap(), [Some(0.0), Some(1.0), Some(2.0), None, None, None]);
    place.retries = 1;
    let (scores, notes) = place.ask(&format!("cat > read; {ANSWER} < read"), &batch);
    assert_eq!(scores.unwrap().iter().flatten().count(), 6);
    assert_eq!((place.read("read").lines().count(), notes.answered), (3, 3));
    // Another document beside them is another question.
    assert_eq!(place.answered(&in_lists(2, 4)), 0);
    assert_eq!(place.answered(&one_by_one(2, 3)), 0);
}

#[test]
fn repeats_are_asked_anew_and_know_their_number() {
    let place = Place::new();
    let script = r#"sed -E 's/.*"query_id":"([^"]*)","doc_id":"([^"]*)".*/{"query_id":"\1","doc_id":"\2","score":'$DISTILGATE_REPEAT'}/'"#;
    for repeat in [1, 2] {
        let batch = Batch::new("dl19", pairs(1, 2), false, repeat);
        assert_eq!(place.ask(script, &batch).0.unwrap(), [Some(repeat as f64); 2]);
    }
}

#[test]
fn a_rate_is_kept() {
    let mut place = Place::new();
    place.rate = Some(10.0);
    let start = Instant::now();
    place.ask(ANSWER, &one_by_one(1, 6)).0.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
}

#[test]
fn texts_that_occur_twice_are_asked_once_and_the_estimate_says_so() {
    let place = Place::new();
    let twice: Arc<[Pair]> = pairs(1, 3).iter().map(|pair| Pair { text: "1234".into(), ..pair.clone() }).collect();
    let batch = Batch::new("dl19", twice, false, 1);
    let cost = estimate(&[batch.clone(), one_by_one(1, 2)], &place.kept());
    assert_eq!((cost.pairs, cost.calls, cost.kept, cost.twice), (5, 3, 0, 2));
    assert!(cost.in_words().starts_with("5 pairs, 2 of them with the texts of another: 3 to ask"), "{cost:?}");
    // 7 bytes of query thrice, 4 of the one text, 11 of each of the two others.
    assert_eq!(cost.tokens, 12);
    let (scores, _) = place.ask(&format!("cat > read; {ANSWER} < read"), &batch);
    assert_eq!(scores.unwrap(), [Some(0.0); 3]);
    assert_eq!(place.read("read").lines().count(), 1);
    let cost = estimate(&[batch], &place.kept());
    assert_eq!((cost.calls, cost.tokens, cost.kept), (0, 0, 3));
    assert!(cost.in_words().contains("nothing to ask"), "{}", cost.in_words());
}

#[test]
fn a_name_keeps_answers_when_the_program_is_mended() {
    let folder = TempDir::new().unwrap();
    let cache = Cache::new(folder.path());
    let identity = |name: &str, program: &str| Identity {
        name: name.to_owned(),
        words: vec!["ask".to_owned()],
        program: Some(Key::of("file").text(program).build()),
    };
    let key = Key::of("pair").build();
    for name in ["big", ""] {
        Kept::of(&cache, &identity(name, "old")).keep(&[(key, 0.1)]).unwrap();
    }
    let mended = Kept::of(&cache, &identity("big", "new"));
    assert_eq!((mended.score(&key), mended.by_another(&[key].into())), (Some(0.1), 1));
    assert_eq!(Kept::of(&cache, &identity("big", "old")).by_another(&[key].into()), 0);
    assert_eq!(Kept::of(&cache, &identity("", "new")).score(&key), None);
    assert_eq!(Kept::of(&cache, &identity("other", "old")).score(&key), None);
    assert!(Path::new(&folder.path().join("teacher-answers")).exists());
}
