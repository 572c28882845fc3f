//! Texts and collections that were made to take long: each of these would take minutes if a step took the product of two
//! lengths, and is to take no longer than reading it.

use super::tests::{DOCUMENT, fingerprints, scan_files};
use super::*;

/// The `n`th of many words of six letters.
fn word(n: usize) -> String {
    (0..6).map(|place| char::from(b'a' + (n / 26_usize.pow(place) % 26) as u8)).collect()
}

/// Many words, all different, in no order.
fn words(many: usize) -> Vec<String> {
    (0..many).map(|n| word(n * 7_919_993 % 300_000_007)).collect()
}

fn line(text: &str) -> String {
    serde_json::json!({ "text": text }).to_string() + "\n"
}

/// What is found in lines of JSON, with what could not be compared.
fn told(prints: &Fingerprints, lines: &str) -> (Vec<(Kind, How, u64)>, Vec<String>) {
    let (scanned, found) = scan_files(prints, &[("a.jsonl", lines.as_bytes())], 1);
    let found = found.iter().map(|one| (one.kind, one.how, one.line)).collect();
    (found, scanned.unread.into_iter().map(|unread| unread.why).collect())
}

#[test]
fn a_query_of_many_words_is_found_whole_edited_and_within_others() {
    let words: Vec<String> = (0..20_000).map(|n| format!("w{n}")).collect();
    let query = words.join(" ");
    let prints = fingerprints(&[&query], &[DOCUMENT]);
    assert_eq!(prints.collections[0].long_queries, 1);
    let edited = |at: usize| {
        let mut edited = words.clone();
        edited[at] = "other".to_owned();
        line(&edited.join(" "))
    };
    let turned = [&words[10_000..], &words[..10_000]].concat().join(" ");
    let texts = [
        line(&query),
        edited(100),
        edited(15_000),
        line(&format!("before {query} behind")),
        line(&turned),
        line(&words[..10_000].join(" ")),
    ];
    let (found, unread) = told(&prints, &texts.concat());
    let expected = [(How::Exact, 1), (How::Near, 2), (How::Near, 3), (How::Contained, 4)];
    assert_eq!(found, expected.map(|(how, line)| (Kind::Query, how, line)));
    assert_eq!(unread, [] as [&str; 0]);
}

#[test]
fn a_query_of_one_word_again_and_again_is_found() {
    let query = format!("{}end", "quartz ".repeat(50_000));
    let prints = fingerprints(&[&query], &[DOCUMENT]);
    let (found, _) = told(&prints, &(line(&query) + &line(&"quartz ".repeat(50_000))));
    assert_eq!(found, [(Kind::Query, How::Exact, 1), (Kind::Query, How::Near, 2)]);
}

#[test]
fn a_text_that_is_a_long_query_in_disorder_is_told_where_it_is_not_compared() {
    let words = words(300);
    let query = words.join(" ");
    let prints = fingerprints(&[&query, "moths and butterflies are not the same"], &[DOCUMENT]);
    let disorder: Vec<&str> = (0..900).map(|n| words[n * 7_919 % 307 % 300].as_str()).collect();
    let texts = [line(&disorder.join(" ")), line("moths and butterflies are not the same"), line(&query)];
    let (found, unread) = told(&prints, &texts.concat());
    assert_eq!(found, [(Kind::Query, How::Exact, 2), (Kind::Query, How::Exact, 3)]);
    assert!(unread.len() == 1 && unread[0].contains("from line 1 on"), "{unread:?}");
}

#[test]
fn words_of_a_megabyte_are_compared() {
    let long = "ab".repeat(500_000);
    let typo = format!("{}ba{}", &long[..500], &long[502..]);
    let query = format!("treatment of {long} disorder today");
    let document = format!("{DOCUMENT} {long} {DOCUMENT}");
    let prints = fingerprints(&[&query], &[&document]);
    let texts = [query.clone(), query.replace(&long, &typo), query.replace(&long, &long.replace('b', "c")), document];
    let (found, unread) = told(&prints, &texts.map(|text| line(&text)).concat());
    let expected = [(Kind::Query, How::Exact, 1), (Kind::Query, How::Near, 2), (Kind::Query, How::Near, 3)];
    assert_eq!(found[..3], expected);
    assert_eq!(found[3..], [(Kind::Document, How::Exact, 4)]);
    assert_eq!(unread, [] as [&str; 0]);
}

#[test]
fn a_run_without_spaces_gives_every_match_with_a_short_excerpt() {
    let query = "猫が好きな人の本";
    let prints = fingerprints(&[query], &[DOCUMENT]);
    let text = "猫が好きな人の本東京".repeat(5_000);
    let (scanned, found) = scan_files(&prints, &[("a.jsonl", line(&text).as_bytes())], 1);
    assert_eq!((found.len(), scanned.unread.len()), (5_000, 0));
    assert!(found.iter().all(|one| one.excerpt.chars().count() <= 160));
}

#[test]
fn a_document_that_repeats_itself_is_found_in_a_text_that_repeats_it() {
    let piece = words(400).join(" ") + " ";
    let document = piece.repeat(100);
    let prints = fingerprints(&["x"], &[&document]);
    let (found, unread) = told(&prints, &line(&piece.repeat(300)));
    assert_eq!(found, [(Kind::Document, How::Contained, 1); 2]);
    assert_eq!(unread, [] as [&str; 0]);
}

#[test]
fn many_queries_that_begin_alike_are_found_and_what_is_not_compared_is_told() {
    let queries: Vec<String> = (0..20_000).map(|n| format!("quartz vortices jinx glyphs {}", word(n * 31))).collect();
    let prints = fingerprints(&queries.iter().map(String::as_str).collect::<Vec<_>>(), &[DOCUMENT]);
    // All others are near it.
    let (found, unread) = told(&prints, &(line(&queries[77]) + &line(&"other words ".repeat(3_000))));
    assert!(found.contains(&(Kind::Query, How::Exact, 1)), "{found:?}");
    assert_eq!(unread, [] as [&str; 0]);
    let texts = [line(&"quartz ".repeat(1_500)), line(&queries[77]), line(&queries[77]), line(&queries[78])];
    let (found, unread) = told(&prints, &texts.concat());
    // A text that stands there again is told once where not everything is compared.
    assert_eq!(found, [(Kind::Query, How::Exact, 2), (Kind::Query, How::Exact, 4)]);
    assert!(unread.len() == 1 && unread[0].contains("queries"), "{unread:?}");
}

#[test]
fn a_text_that_repeats_a_query_gives_each_place() {
    let query = "what is the difference between moths and butterflies";
    let prints = fingerprints(&[query], &[DOCUMENT]);
    let (found, unread) = told(&prints, &line(&format!("{query} ").repeat(20_000)));
    assert_eq!((found.len(), unread.len()), (20_000, 0));
    let backwards = query.split(' ').rev().collect::<Vec<_>>().join(" ") + " ";
    let (found, unread) = told(&prints, &line(&backwards.repeat(2_000)));
    assert_eq!((found.len(), unread.len()), (1_999, 0));
}

#[test]
fn a_document_beside_its_query_again_and_again_is_a_judgement() {
    let query = "moths and butterflies differ in many ways";
    let prints = fingerprints(&[query], &["quartz vortices jinx glyphs obscure"]);
    let text = format!("quartz vortices jinx glyphs obscure {query} ").repeat(500);
    let (scanned, found) = scan_files(&prints, &[("a.jsonl", line(&text).as_bytes())], 1);
    assert_eq!(found.iter().filter(|one| one.kind == Kind::Query).count(), 500);
    assert!(found.iter().any(|one| one.kind == Kind::Judgement));
    assert_eq!(scanned.collections[0].judgements.different(), 1);
    // Of a quarter of a million pairs not all are written down.
    assert!(found.len() < 100_000, "{}", found.len());
    assert_eq!(scanned.unread.len(), 1);
}

#[test]
fn a_judgement_is_found_behind_what_takes_all_effort_of_the_queries() {
    let queries: Vec<String> = (0..15_000).map(|n| format!("quartz vortices jinx glyphs {}", word(n * 31))).collect();
    let prints = fingerprints(&queries.iter().map(String::as_str).collect::<Vec<_>>(), &[DOCUMENT]);
    let pair = serde_json::json!({ "query": queries[0], "text": DOCUMENT }).to_string();
    let (found, unread) = told(&prints, &(line(&"quartz ".repeat(1_500)) + &pair));
    assert_eq!(
        found.iter().map(|one| (one.0, one.2)).collect::<Vec<_>>(),
        [(Kind::Query, 2), (Kind::Judgement, 2), (Kind::Document, 2)]
    );
    assert!(unread.len() == 1 && unread[0].contains("compared") && !unread[0].contains("pairs"), "{unread:?}");
}

#[test]
fn what_the_end_of_the_block_before_takes_leaves_the_fresh_words_their_effort() {
    let queries: Vec<String> = (0..20_000).map(|n| format!("quartz vortices jinx glyphs {}", word(n * 31))).collect();
    let prints = fingerprints(&queries.iter().map(String::as_str).collect::<Vec<_>>(), &[DOCUMENT]);
    let overlap = "quartz ".repeat(1_500) + "\n";
    let mut record = record::Record::default();
    record.push(overlap.as_bytes(), 1);
    record.fresh = record.words.len() as u32;
    record.push(format!("we ask for {} once {}", queries[77], "other words ".repeat(3_000)).as_bytes(), 2);
    let (mut scratch, mut found) = (queries::QueryScratch::default(), Vec::new());
    scratch.begin(effort::Effort::for_bytes(record.text.len()));
    prints.queries.find(&record, 0.9, &mut scratch, &mut found);
    let first = record.fresh + 3;
    let found: Vec<_> = found.iter().map(|hit| (hit.manner, hit.words)).collect();
    assert_eq!(found, [(queries::Manner::Contained, (first, first + 5))]);
    assert!(scratch.effort.ran_out());
}

#[test]
fn more_matches_than_are_listed_are_counted_and_told() {
    let prints = fingerprints(&["quartz jinx"], &[DOCUMENT]);
    let (scanned, found) = scan_files(&prints, &[("a.txt", "quartz jinx\n".repeat(40_000).as_bytes())], 2);
    assert_eq!((found.len(), scanned.collections[0].queries.places), (super::told::MOST, 40_000));
    assert_eq!((found[0].line, found[super::told::MOST - 1].line), (1, super::told::MOST as u64));
    assert!(
        scanned.unread.len() == 1 && scanned.unread[0].why.contains("all that were found are counted"),
        "{:?}",
        scanned.unread
    );
}

#[test]
fn strings_are_found_however_deep_they_are_nested_and_whatever_is_not_closed() {
    let query = "what is the difference between moths and butterflies";
    let prints = fingerprints(&[query], &[DOCUMENT]);
    let deep = format!("{{\"q\": {}\"{query}\"{}}}\n", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let open = format!("<p>{query}</p>\n{}", "<".repeat(1_000_000));
    let quoted = format!("a,b\n{query},x\n{}", "x,\"".repeat(300_000));
    let files = [("a.jsonl", deep.as_bytes()), ("b.xml", open.as_bytes()), ("c.csv", quoted.as_bytes())];
    let (scanned, found) = scan_files(&prints, &files, 1);
    let told: Vec<(&str, How, u64)> = found.iter().map(|one| (one.file.as_str(), one.how, one.line)).collect();
    assert_eq!(told, [("a.jsonl", How::Exact, 1), ("b.xml", How::Exact, 1), ("c.csv", How::Exact, 2)]);
    assert_eq!(scanned.unread.len(), 0);
}
