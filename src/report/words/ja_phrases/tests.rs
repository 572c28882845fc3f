//! Whatever the gate says has its Japanese: everything that samples make it say, and every sentence of its source.

use super::*;
use crate::checks::{self, Status};
use crate::facts::{Facts, Weight, sample};
use crate::verdict::{self, Cause};
use std::collections::{BTreeMap, BTreeSet};

/// What stays English: subjects, identifiers, numbers and commands, which pass through slots. A sentence belongs here only
/// where it is not translated yet: the list may shrink and must not grow.
const NOT_TRANSLATED: &[&str] = &[
    "after on",
    "distilgate twin plan --for",
    "report distilgate-report/report.json writes a sheet for them",
    "were: distilgate twin plan --for",
    "in [scan",
    "is nearly",
    "over 99",
    "p < 0.0001",
    "under 1",
];

/// The verdict's own sentence, which the words of a language make anew from numbers, and what it means.
const MADE_ANEW: &[&str] = &[
    "Gains agree, but no gain can be told from none; nothing that counts has tested the teacher itself",
    "Gains agree; nothing that counts has tested the teacher itself. A leak that lifts suspect and clean collections alike would not show",
    "No leak shows, and no gain either: where the teacher cannot have seen the answers, the student is not better beyond chance",
    "Not decided. Take the gain as neither shown nor refuted",
    "Skill in that domain or a leak: the gain must not be believed as a general one until a twin, or a reference of the teacher's class, tells the two apart",
    "The evaluation data were known. Gains on these collections mean nothing",
    "The gains hold where the teacher cannot have seen the answers, and its scores show no memory of them beyond the margins",
    "and a pass needs less than",
    "by at most",
    "less than",
    "less than the margin of",
    "on suspect collections exceeds that on",
    "the gains agree, but",
    "the teacher was tested by twins alone, and",
    "their twins",
    "what the student or a known teacher read ([scan]) holds",
];

/// Words that stand in English sentences and in nothing else.
const ENGLISH: [&str; 16] =
    ["the", "of", "is", "are", "and", "to", "its", "it", "with", "not", "by", "in", "on", "at", "than", "no"];

/// Whether a text is wholly Japanese, but for names, keys and commands.
fn is_japanese(text: &str) -> bool {
    let words = text.split(|c: char| c == ' ' || !c.is_ascii());
    text.chars().any(|c| ('\u{3040}'..'\u{a000}').contains(&c))
        && !words.into_iter().any(|word| ENGLISH.contains(&word))
}

/// What the checks and the verdict say of facts.
fn said(facts: &Facts) -> Vec<String> {
    let today = "2026-01-01".parse().unwrap();
    let settled = checks::settle(checks::run(facts), &facts.config.checks, &facts.config.waiver, today);
    let decision = verdict::decide(facts, &settled);
    let mut said = Vec::new();
    for case in settled.iter().flat_map(|settled| &settled.cases) {
        match &case.case.status {
            Status::Passed(text) | Status::NotApplicable(text) | Status::CouldNotRun(text) => said.push(text.clone()),
            Status::Found(finding) => said.extend([finding.message.clone(), finding.help.clone()]),
        }
    }
    said.extend(decision.settles.into_iter().chain(decision.remarks));
    if matches!(decision.cause, Cause::NoTest | Cause::SameOrder | Cause::Unread | Cause::Unseen) {
        said.push(decision.sentence);
    }
    let weights = facts.outcomes.iter().map(|o| &o.weight).chain(facts.twins.iter().map(|t| &t.weight));
    said.extend(weights.filter_map(|weight| if let Weight::Shown(why) = weight { Some(why.clone()) } else { None }));
    said
}

#[test]
fn what_checks_and_verdicts_say_has_its_japanese() {
    let rows = verdict::tests::ROWS.iter().map(|(change, ..)| {
        let mut facts = sample::honest();
        change(&mut facts);
        facts
    });
    let all = checks::tests::in_every_state().chain(rows).chain([sample::honest(), sample::leaky()]);
    let said: BTreeSet<String> = all.flat_map(|facts| said(&facts)).collect();
    // Reasons that tests make up, and people's own.
    let is_made_up = |text: &&String| {
        [
            "a reason",
            "weak",
            "it never left the company",
            "a contrast needs at least 1 suspect",
            "probes describe",
            "(old-a minus new-a)",
        ]
        .iter()
        .any(|own| text.ends_with(own))
    };
    let missing: Vec<String> = said
        .iter()
        .filter(|text| !is_made_up(text))
        .map(|text| (text, phrase(text)))
        .filter(|(_, japanese)| !is_japanese(japanese))
        .map(|(text, japanese)| format!("{text}\n    {japanese}"))
        .collect();
    assert!(missing.is_empty(), "{} of {}:\n{}", missing.len(), said.len(), missing.join("\n"));
    let ambiguous: Vec<&String> = said.iter().filter(|text| PHRASES.is_ambiguous(text)).collect();
    assert!(ambiguous.is_empty(), "{ambiguous:#?}");
    assert!(said.len() > 150, "{}", said.len());
}

/// The files of which every sentence has its Japanese, without their tests.
fn sources() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names: Vec<String> = std::fs::read_dir(root.join("checks"))
        .unwrap()
        .map(|entry| format!("checks/{}", entry.unwrap().file_name().to_string_lossy()))
        .filter(|name| name.ends_with(".rs"))
        // What these say is for whoever writes the configuration, or is no sentence of a report.
        .filter(|name| {
            !["mod", "tests", "case", "settle", "baseline", "pages"]
                .iter()
                .any(|file| *name == format!("checks/{file}.rs"))
        })
        .collect();
    names.extend(
        [
            "verdict/settles.rs",
            "verdict/decide.rs",
            "audit/outcomes.rs",
            "audit/tests_that_decide.rs",
            "facts/twins.rs",
        ]
        .map(str::to_owned),
    );
    let read = |name: String| {
        let text = std::fs::read_to_string(root.join(&name)).unwrap();
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        (name, shipped)
    };
    let audit = std::fs::read_dir(root.join("audit")).unwrap().map(|entry| entry.unwrap().file_name());
    let audit = audit.map(|name| format!("audit/{}", name.to_string_lossy())).filter(|name| name.ends_with(".rs"));
    let of_audit = audit.map(read).map(|(name, source)| (name, statements(&source)));
    names.into_iter().map(read).chain(of_audit).collect()
}

/// The statements that say what was not checked, or why something does not take part; the others are errors.
fn statements(source: &str) -> String {
    let begins =
        ["not_checked.push(", "missing.insert(", "left_out(gathered", "const ALIKE_QUERIES", "let missing = format!("];
    let found = begins.iter().flat_map(|begin| source.match_indices(begin));
    found.map(|(place, _)| source[place..].split(";\n").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The string literals of a source.
fn literals(source: &str) -> Vec<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let (mut all, mut letters) = (Vec::new(), code.chars().peekable());
    while let Some(c) = letters.next() {
        if c != '"' {
            continue;
        }
        let mut literal = String::new();
        while let Some(c) = letters.next() {
            match c {
                '"' => break,
                '\\' => match letters.next() {
                    Some('\n') => while letters.next_if(|c| c.is_whitespace()).is_some() {},
                    Some(other) => literal.push(other),
                    None => {}
                },
                _ => literal.push(c),
            }
        }
        all.push(literal);
    }
    all
}

/// Parts of a literal between its slots that are more than a word.
fn parts(literal: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in literal.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => {
                depth -= 1;
                parts.push(String::new());
            }
            _ if depth == 0 => parts.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    let trimmed = parts.iter().map(|part| part.trim_matches(|c: char| !c.is_alphanumeric() && c != '`' && c != '['));
    trimmed.filter(|part| part.contains(' ')).map(str::to_owned).collect()
}

fn listed() -> impl Iterator<Item = &'static str> {
    NOT_TRANSLATED.iter().chain(MADE_ANEW).copied()
}

#[test]
fn every_sentence_of_the_source_has_its_japanese() {
    let patterns: String = PHRASES.english().collect::<Vec<_>>().join("\n");
    let mut missing: BTreeMap<String, String> = BTreeMap::new();
    for (name, source) in sources() {
        for part in literals(&source).iter().flat_map(|literal| parts(literal)) {
            if !patterns.contains(&part) {
                missing.insert(part, name.clone());
            }
        }
    }
    let new: Vec<_> = missing.iter().filter(|(part, _)| !listed().any(|known| known == part.as_str())).collect();
    assert!(new.is_empty(), "no phrase for {new:#?}");
    let done: Vec<_> = listed().filter(|part| !missing.contains_key(*part)).collect();
    assert!(done.is_empty(), "translated or gone: {done:#?}");
}

#[test]
fn every_slot_of_a_pattern_is_said_once_or_more_and_no_other() {
    for (english, said) in TABLES.iter().flat_map(|table| table.iter()) {
        let n = ["{}", "{#}", "{*}"].iter().map(|sign| english.matches(sign).count()).sum::<usize>();
        for slot in 0..n {
            let is_said = ["}", "!}", "&}"].iter().any(|mark| said.contains(&format!("{{{slot}{mark}")));
            assert!(is_said, "{english}: slot {slot} vanishes");
        }
        assert!(!said.contains(&format!("{{{n}")), "{english}: there is no slot {n}");
        assert!(!said.is_ascii() && !said.contains("。。"), "{said}");
    }
}

#[test]
fn no_two_patterns_are_one() {
    let mut seen = BTreeSet::new();
    for english in PHRASES.english() {
        assert!(seen.insert(english.clone()), "{english}");
    }
}

#[test]
fn slots_hold_what_stood_there() {
    let said = [
        (
            "3 of its queries stand among the 9 training queries, word for word; left out before training; 2 more in training texts, nearly or within longer ones, kept",
            "学習用クエリ 9 件の中に、クエリ 3 件がそのまま含まれています。学習前に除外しました。ほかに 2 件が、学習用テキストにほぼ一致または長文中に含まれています（除外していません）",
        ),
        (
            "the gain does not decide: on a of b before ranks exactly as bm25 does",
            "改善幅は判定に使用しません：評価データ a で、of b before の並び順が bm25 と完全に一致しています",
        ),
        ("no file a{0}.tsv", "ファイル a{0}.tsv がありません"),
        (
            "a: query q1 \"what is: it\", relevant document d1 \"Tank: full\": 2.1 standard deviations higher than the references explain",
            "a：クエリ q1 \"what is: it\"、正解文書 d1 \"Tank: full\"：比較用モデルで説明できる水準より標準偏差の 2.1 倍高いスコアです",
        ),
        (
            "told apart by spread of words in the query: 1.00 in a, 2.50 in b",
            "区別の手掛かり（クエリの語数のばらつき）：a で 1.00、b で 2.50",
        ),
        ("1 query added, 2 queries changed; 3 documents removed", "クエリ 1 件追加、2 件変更。文書 3 件削除"),
        (
            "x, y and 2 more shares queries and has no corpus, so its documents cannot be compared",
            "x, y ほか 2 件 はクエリを共有していますがコーパスがないため、文書を比較できません",
        ),
        ("x; y", "x; y"),
        ("no phrase for this", "no phrase for this"),
    ];
    for (english, japanese) in said {
        assert_eq!(phrase(english), japanese);
    }
    // A collection may be called as a role is: names are not looked at.
    assert!(
        phrase("clean shares queries and has no corpus, so its documents cannot be compared").starts_with("clean は")
    );
    assert!(phrase(&"no file x; ".repeat(100_000)).starts_with("no file"), "a text from data is not taken apart");
}
