//! English: half a page for whoever signs, and what to do next.

use super::super::brief::{Asks, Bound, Brief, Number, TeacherSeen, is_gain};
use crate::checks::wording::{self, count, p_value, signed};
use crate::verdict::{Cause, Outcome as GateResult, Verdict};

fn teacher(b: &Brief<'_>) -> String {
    b.teacher.map_or("the teacher".to_owned(), |name| format!("the teacher “{name}”"))
}

pub fn tested(b: &Brief<'_>) -> Vec<String> {
    let until = b.cutoff.map(|day| format!(", whose training data end on {day}")).unwrap_or_default();
    let learnt = b.teacher.map(|_| format!(" It learnt from {}{until}.", teacher(b))).unwrap_or_default();
    let mut said = vec![format!(
        "Whether the new ranker is better, or only knows the answers of its tests.{learnt} Test collections that the teacher \
         may have seen ({}) were held beside collections that it cannot have seen ({}).",
        names(&b.suspects),
        names(&b.cleans)
    )];
    let queries = match count(b.queries, "query", "queries") {
        all if b.answered == b.queries => format!("{all} were measured"),
        all => format!("{} of {all} were measured with every ranker", b.answered),
    };
    let references = match b.references.as_slice() {
        [] => String::new(),
        [one] => format!(", beside one reference ({one})"),
        several => format!(", beside {} references ({})", several.len(), names(several)),
    };
    let left_out = match b.copies_left_out {
        0 => String::new(),
        n => format!(
            " {} of the test, and {} left out before anything was trained.",
            count(n, "training query was a query", "training queries were queries"),
            if n == 1 { "was" } else { "were" }
        ),
    };
    said.push(format!("{queries} by {}{references}.{left_out} {}", b.measure, teacher_seen(b)));
    said
}

fn teacher_seen(b: &Brief<'_>) -> String {
    match b.teacher_seen {
        TeacherSeen::Tested => "The teacher's own answers were tested too.".to_owned(),
        TeacherSeen::Shown(why) => {
            format!("The teacher's own answers were looked at too, and are shown below; they do not decide ({why}).")
        }
        TeacherSeen::Scored => {
            "The teacher's own answers were scored, but there was not enough to hold them against.".to_owned()
        }
        TeacherSeen::No => "The teacher's own answers were not tested.".to_owned(),
    }
}

fn names(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        some => wording::some(some, 4),
    }
}

pub fn decision(b: &Brief<'_>) -> String {
    let said = match (b.verdict, b.result) {
        (Verdict::Clean | Verdict::GainsAgree, _) if b.nothing_gained => {
            "Nothing speaks of a leak, and nothing of a gain either: where the answers cannot have been known, the new ranker is not \
             better beyond chance."
        }
        (Verdict::Contaminated, _) => "Do not decide on these numbers: the answers of the test were known.",
        (Verdict::Divergent, _) if b.differs.iter().any(|n| is_gain(n.outcome)) => {
            "Do not count the gain as a general one. It is larger where the teacher may have seen the answers, by more than chance."
        }
        (Verdict::Divergent, _) => {
            "Do not count any gain as a general one yet: a ranker follows the answers of tests that the teacher may have seen more \
             closely than innocent rankers explain, even though no difference of the gains was shown."
        }
        (Verdict::Clean, _) => {
            "The gain can be relied on as far as this test reaches: it holds where the answers cannot have been known."
        }
        (Verdict::GainsAgree, _) => {
            "The gain holds where the answers cannot have been known. Nothing that counts has tested the teacher itself, so a leak \
             that lifts all collections alike would not show."
        }
        (Verdict::Inconclusive, _) => "There is no basis for a decision yet: the gain is neither shown nor refuted.",
    };
    match (b.verdict, b.result) {
        (Verdict::Clean | Verdict::GainsAgree | Verdict::Inconclusive, GateResult::Fail) => {
            format!("{said} The gate still says no, for the findings marked deny below.")
        }
        (Verdict::Contaminated | Verdict::Divergent | Verdict::Inconclusive, GateResult::Pass) => {
            format!("{said} The build passes all the same, because somebody configured or waived it so.")
        }
        _ => said.to_owned(),
    }
}

pub fn meeting(b: &Brief<'_>) -> [String; 3] {
    [first(b), second(b), third(b)]
}

fn first(b: &Brief<'_>) -> String {
    let read: Vec<String> =
        b.read.iter().map(|f| wording::evident(f.evident_queries, f.evident_judgements, &f.collection)).collect();
    if !read.is_empty() {
        return format!("What the student or a known teacher read contains our test: {}.", read.join(", "));
    }
    if b.verdict == Verdict::Inconclusive {
        return "We cannot tell yet whether the new ranker is better or only knows the test.".to_owned();
    }
    match b.gains {
        Some((suspect, clean)) => format!(
            "The new ranker changed by {} {} on tests that the teacher may have seen, and by {} on tests that it cannot have seen.",
            signed(suspect),
            b.measure,
            signed(clean)
        ),
        None => format!("We tested whether {} knows the answers of our tests.", teacher(b)),
    }
}

fn second(b: &Brief<'_>) -> String {
    if let Some(canary) = b.canary {
        return format!(
            "Of {} planted documents with random labels, {} are scored as labelled: chance does not do that ({}).",
            canary.pairs,
            canary.labelled,
            p_value(canary.p)
        );
    }
    if let Some(twin) = b.twins.first() {
        return format!(
            "On the old queries the {} is {} above fresh queries over the same documents ({}).",
            twin.outcome,
            signed(twin.delta),
            p_value(twin.p)
        );
    }
    match (b.verdict, b.differs.first(), b.bounds.first()) {
        (Verdict::Contaminated, ..) => "Scores on these collections are no evidence of quality.".to_owned(),
        (Verdict::Divergent, Some(n), _) => difference(b, b.differs.iter().find(|n| is_gain(n.outcome)).unwrap_or(n)),
        (Verdict::Clean | Verdict::GainsAgree, _, Some(bound)) => {
            format!(
                "With {} % certainty the difference is at most {}, less than the margin that we set beforehand.",
                b.certainty,
                worst(bound)
            )
        }
        (Verdict::Inconclusive, _, Some(bound)) if bound.upper >= bound.margin => format!(
            "The data allow a difference of up to {}, and the margin that we set beforehand is {}.",
            worst(bound),
            bound.margin
        ),
        _ => format!("The reason: {}.", b.sentence),
    }
}

/// A difference in words that need no statistics.
fn difference(b: &Brief<'_>, n: &Number<'_>) -> String {
    let (delta, p) = (signed(n.delta), p_value(n.p));
    if n.is_of(b.gains) {
        return format!(
            "That is a difference of {delta} {} in the {}, more than chance explains ({p}).",
            n.unit, n.outcome
        );
    }
    if is_gain(n.outcome) {
        return format!(
            "On {} the {} is {delta} {} above the clean collections, more than chance explains ({p}).",
            n.on.unwrap_or("the suspect collections"),
            n.outcome,
            n.unit
        );
    }
    let tests =
        n.on.map_or("the tests that it may have seen".to_owned(), |on| format!("{on}, which it may have seen,"));
    let who = if n.outcome.ends_with("student") { "student" } else { "teacher" };
    format!(
        "The {who} follows the answers of {tests} more closely than innocent rankers explain, by {delta} \
         standard deviations more than elsewhere ({p})."
    )
}

fn worst(bound: &Bound<'_>) -> String {
    format!("{} {} in the {}", signed(bound.upper), bound.unit, bound.outcome)
}

fn third(b: &Brief<'_>) -> String {
    let said = match (b.verdict, b.result) {
        (Verdict::Contaminated, GateResult::Fail) => "We decide on tests that nobody has read, or not at all.",
        (Verdict::Divergent, GateResult::Fail) => {
            "It may be real skill in that field or a leak; until a fresh test tells the two apart, we do not claim the gain."
        }
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass) if b.nothing_gained => {
            "We can merge it as harmless, and must not announce it as an improvement."
        }
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass) => "We can merge on this evidence.",
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Inconclusive) => {
            "We decided to merge only where the teacher itself was tested, and that is still to be done."
        }
        (Verdict::Clean | Verdict::GainsAgree, _) if b.nothing_gained => {
            "There is no gain to announce, and other findings have to be mended before we merge."
        }
        (Verdict::Clean | Verdict::GainsAgree, _) => {
            "The gains are in order, and other findings have to be mended before we merge."
        }
        (_, GateResult::Pass) => "It passes only because we decided to let it pass, and we should say so.",
        (Verdict::Inconclusive, _) => match b.asks() {
            Asks::MoreData => "This accuses nobody and clears nobody; we need more data before we merge.",
            Asks::Both => {
                "This accuses nobody and clears nobody; before we merge we need what is listed below: more data, and a twin or better \
                 references, for more data alone may not settle it."
            }
            Asks::TwinOrReferences => {
                "This accuses nobody and clears nobody; before we merge we need fresh queries over the same documents (a twin), or \
                 better references: more of the same data does not settle it."
            }
            Asks::TheList => "This accuses nobody and clears nobody; we do not merge before it is settled.",
        },
        _ => "We do not merge before this is settled.",
    };
    said.to_owned()
}

pub fn change(b: &Brief<'_>) -> Vec<String> {
    let said: &[&str] = match b.verdict {
        Verdict::Contaminated => &["Results on collections that nobody in this pipeline has read."],
        Verdict::Divergent => &[
            "Fresh queries over the same documents (a twin) that show the same difference: then it is skill in that field.",
            "An innocent teacher of the same class that shows the same in the same places.",
        ],
        Verdict::Clean => &[
            "A copy of the tests in the training data, or a test that finds memory in the teacher.",
            "Evidence that a collection called clean was public before the teacher's training ended.",
        ],
        Verdict::GainsAgree => &[
            "A test of the teacher itself that finds memory of the answers.",
            "Evidence that a collection called clean was public before the teacher's training ended.",
        ],
        Verdict::Inconclusive => match b.asks() {
            Asks::MoreData => &["More data, as listed below: then the same test can say yes or no."],
            Asks::Both => &[
                "Fresh queries over the same documents (a twin), or better references, where the list below asks for them.",
                "More data, where the list below asks for them; they alone may not settle all of it.",
            ],
            Asks::TwinOrReferences => &[
                "Fresh queries over the same documents (a twin): they tell a leak from skill in that field.",
                "Better references, as listed below: then the same test can say yes or no.",
            ],
            Asks::TheList => &["What is listed below: then the same test can say yes or no."],
        },
    };
    said.iter().map(|said| (*said).to_owned()).collect()
}

pub fn next(b: &Brief<'_>) -> String {
    match (b.verdict, b.result, b.cause) {
        (_, GateResult::Fail, _) if matches!(b.verdict, Verdict::Clean | Verdict::GainsAgree) => {
            "mend the findings at deny, listed below".to_owned()
        }
        (Verdict::Contaminated, ..) => "evaluate on collections that nobody has read".to_owned(),
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass, _) if b.nothing_gained => {
            "merge as harmless, if it is wanted; it is no improvement to announce".to_owned()
        }
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass, _) => {
            "merge; keep report.json beside the release".to_owned()
        }
        (_, _, Some(Cause::SameOrder)) => "check the paths of the scores: two rankers are the same".to_owned(),
        _ => b.settles.unwrap_or("see what would settle it, below").to_owned(),
    }
}
