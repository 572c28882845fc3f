//! Japanese: half a page for whoever signs, and what to do next.

use super::super::brief::{Asks, Brief, Number, TeacherSeen, is_gain};
use super::ja::{evidence, open, outcome, unit};
use super::ja_phrases::phrase;
use crate::checks::wording::{p_value, signed, some};
use crate::verdict::{Cause, Outcome as GateResult, Verdict};

fn teacher(b: &Brief<'_>) -> String {
    b.teacher.map_or("教師モデル".to_owned(), |name| format!("教師モデル「{name}」"))
}

fn names(names: &[&str]) -> String {
    if names.is_empty() {
        "なし".to_owned()
    } else {
        some(names, 4).replace(" and ", "、ほか ").replace(" more", " 件")
    }
}

pub fn tested(b: &Brief<'_>) -> Vec<String> {
    let until = b.cutoff.map(|day| format!("（学習データは {day} まで）")).unwrap_or_default();
    let learnt = b.teacher.map(|_| format!("学習元は{}{until}です。", teacher(b))).unwrap_or_default();
    let references = if b.references.is_empty() {
        String::new()
    } else {
        format!("、比較用モデル {} 個（{}）と対比", b.references.len(), names(&b.references))
    };
    let left_out = match b.copies_left_out {
        0 => String::new(),
        n => format!("評価データと同一の学習用クエリ {n} 件は、学習前に除外しました。"),
    };
    let tested = teacher_seen(b);
    let queries = match b.answered == b.queries {
        true => format!("クエリ {} 件", b.queries),
        false => format!("クエリ {} 件のうち、全モデルのスコアがそろう {} 件", b.queries, b.answered),
    };
    vec![
        format!(
            "新しい検索モデルの改善が本物か、それとも試験の答えを知っていただけかを検証しました。{learnt}\
             教師モデルが見た可能性のある評価データ（{}）と、見たはずのない評価データ（{}）を比較しました。",
            names(&b.suspects),
            names(&b.cleans)
        ),
        format!("{queries}を {} で測定{references}しました。{left_out}{tested}", b.measure),
    ]
}

fn teacher_seen(b: &Brief<'_>) -> String {
    match b.teacher_seen {
        TeacherSeen::Tested => "教師モデル自身のスコアも検証しました。".to_owned(),
        TeacherSeen::Shown(why) => {
            format!(
                "教師モデル自身のスコアも調べて下記に示しましたが、判定には使用していません（理由：{}）。",
                phrase(why)
            )
        }
        TeacherSeen::Scored => {
            "教師モデル自身のスコアはありますが、比較に必要なデータが足りず、検証できませんでした。".to_owned()
        }
        TeacherSeen::No => "教師モデル自身のスコアは検証していません。".to_owned(),
    }
}

pub fn decision(b: &Brief<'_>) -> String {
    let said = match b.verdict {
        Verdict::Clean | Verdict::GainsAgree if b.nothing_gained => {
            "漏えいの兆候はありませんが、改善も確認できません。答えを知り得ない評価データで、偶然を超える改善は見られませんでした。"
        }
        Verdict::Contaminated => "この数値を根拠に意思決定を行わないでください。試験の答えが事前に知られていました。",
        Verdict::Divergent if b.differs.iter().any(|n| is_gain(n.outcome)) => {
            "この改善を全般的な性能向上として扱わないでください。教師モデルが答えを見た可能性のある評価データで、偶然では説明できないほど大きくなっています。"
        }
        Verdict::Divergent => {
            "現時点では、改善を全般的な性能向上として扱わないでください。改善幅の差は示されていませんが、答えを見た可能性のある評価データでだけ、\
             比較用モデルでは説明できないほど正解に近い並べ方が見られます。"
        }
        Verdict::Clean => "本検証の範囲では、改善を信頼できます。答えを知り得ない評価データでも同様に改善しています。",
        Verdict::GainsAgree => {
            "答えを知り得ない評価データでも同様に改善しています。ただし、教師モデル自体について判定に足る検証はできていません。"
        }
        Verdict::Inconclusive => "現時点では判断の根拠がそろっていません。改善は証明も否定もされていません。",
    };
    match (b.verdict, b.result) {
        (Verdict::Clean | Verdict::GainsAgree | Verdict::Inconclusive, GateResult::Fail) => {
            format!("{said}ただし、下記の検出事項（deny）により、ゲートは不合格としています。")
        }
        (Verdict::Contaminated | Verdict::Divergent | Verdict::Inconclusive, GateResult::Pass) => {
            format!("{said}なお、設定または免除により、ビルドは合格扱いとなっています。")
        }
        _ => said.to_owned(),
    }
}

pub fn meeting(b: &Brief<'_>) -> [String; 3] {
    [first(b), second(b), third(b).to_owned()]
}

fn first(b: &Brief<'_>) -> String {
    if let Some(f) = b.read.first() {
        let others = if b.read.len() > 1 { "など" } else { "" };
        return format!(
            "生徒モデルまたは教師モデルが読んだデータに、当社の試験問題が含まれていました（{}{others}）。",
            evidence(f.evident_queries, f.evident_judgements, &f.collection)
        );
    }
    if b.verdict == Verdict::Inconclusive {
        return "新しい検索モデルが本当に良くなったのか、試験の答えを知っていただけなのか、現時点では区別できません。"
            .to_owned();
    }
    match b.gains {
        Some((suspect, clean)) => format!(
            "新しい検索モデルの {} の変化は、教師モデルが見た可能性のある試験で {}、見たはずのない試験で {} でした。",
            b.measure,
            signed(suspect),
            signed(clean)
        ),
        None => format!("{}が試験の答えを知っているかどうかを検証しました。", teacher(b)),
    }
}

fn second(b: &Brief<'_>) -> String {
    if let Some(c) = b.canary {
        return format!(
            "無作為に正解を付けた確認用文書 {} 組のうち {} 組で正解側が選ばれており、偶然とは考えられません（{}）。",
            c.pairs,
            c.labelled,
            p_value(c.p)
        );
    }
    if let Some(t) = b.twins.first() {
        return format!(
            "同じ文書に新しいクエリで尋ねた場合と比べ、既存のクエリでは{}が {} 高くなっています（{}）。",
            outcome(&t.outcome),
            signed(t.delta),
            p_value(t.p)
        );
    }
    match (b.verdict, b.differs.first(), b.bounds.first()) {
        (Verdict::Contaminated, ..) => "したがって、これらの評価データのスコアは品質の根拠になりません。".to_owned(),
        (Verdict::Divergent, Some(n), _) => difference(b, b.differs.iter().find(|n| is_gain(n.outcome)).unwrap_or(n)),
        (Verdict::Clean | Verdict::GainsAgree, _, Some(bound)) => {
            format!(
                "両者の差は {} % の確からしさで {}（{}）以下であり、事前に定めた基準 {} を下回っています。",
                b.certainty,
                signed(bound.upper),
                unit(bound.unit),
                bound.margin
            )
        }
        (Verdict::Inconclusive, _, Some(bound)) if bound.upper >= bound.margin => format!(
            "データからは最大 {}（{}）の差があり得ますが、事前に定めた基準は {} です。",
            signed(bound.upper),
            unit(bound.unit),
            bound.margin
        ),
        _ => format!("理由：{}。", open(b.cause)),
    }
}

fn difference(b: &Brief<'_>, n: &Number<'_>) -> String {
    let (delta, p) = (signed(n.delta), p_value(n.p));
    if is_gain(n.outcome) && !n.is_of(b.gains) {
        return format!(
            "{}では、{}が対照の評価データより {delta}（{}）高く、偶然では説明できない大きさです（{p}）。",
            n.on.unwrap_or("「疑いあり」の評価データ全体"),
            outcome(n.outcome),
            unit(n.unit)
        );
    }
    if is_gain(n.outcome) {
        return format!(
            "{}の差は {delta}（{}）で、偶然では説明できない大きさです（{p}）。",
            outcome(n.outcome),
            unit(n.unit)
        );
    }
    let who = if n.outcome.ends_with("student") { "生徒モデル" } else { "教師モデル" };
    let on = n.on.map_or("試験".to_owned(), |on| format!("試験 {on} "));
    format!(
        "{who}は、見た可能性のある{on}でだけ、比較用モデルでは説明できないほど正解に近い並べ方をしています（標準偏差で {delta}、{p}）。"
    )
}

fn third(b: &Brief<'_>) -> &'static str {
    match (b.verdict, b.result) {
        (Verdict::Contaminated, GateResult::Fail) => {
            "誰も見ていない試験で改めて判断するか、判断を見送ることを提案します。"
        }
        (Verdict::Divergent, GateResult::Fail) => {
            "実力の可能性も漏えいの可能性もあるため、新しい試験で区別できるまで、改善とは公表しないことを提案します。"
        }
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass) if b.nothing_gained => {
            "安全面の支障なくマージできますが、性能向上として公表すべきではありません。"
        }
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass) => "この結果を根拠に、リリースを進められます。",
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Inconclusive) => {
            "教師モデル自体の検証を条件と定めているため、その検証を終えてからリリースを判断することを提案します。"
        }
        (Verdict::Clean | Verdict::GainsAgree, _) if b.nothing_gained => {
            "性能向上として公表できる改善はなく、ほかの検出事項を解消してからリリースすることを提案します。"
        }
        (Verdict::Clean | Verdict::GainsAgree, _) => {
            "改善幅に問題はありませんが、ほかの検出事項を解消してからリリースすることを提案します。"
        }
        (_, GateResult::Pass) => "合格扱いは当社の設定によるものであり、その旨を明示すべきです。",
        (Verdict::Inconclusive, _) => match b.asks() {
            Asks::MoreData => {
                "疑いが確定したわけでも晴れたわけでもないため、データを追加してからリリースを判断することを提案します。"
            }
            Asks::Both => {
                "疑いが確定したわけでも晴れたわけでもなく、データの追加だけでは結論が出ない可能性があります。下記のとおり、データの追加に加え、\
                 双子データまたはより適した比較用モデルで検証してからリリースを判断することを提案します。"
            }
            Asks::TwinOrReferences => {
                "疑いが確定したわけでも晴れたわけでもなく、同種のデータを増やしても結論は出ません。同じ文書に対する新しいクエリ（双子データ）\
                 または、より適した比較用モデルで検証してからリリースを判断することを提案します。"
            }
            Asks::TheList => {
                "疑いが確定したわけでも晴れたわけでもないため、結論が出るまでリリースを見送ることを提案します。"
            }
        },
        _ => "この点が解決するまで、リリースを見送ることを提案します。",
    }
}

pub fn change(b: &Brief<'_>) -> Vec<String> {
    let said: &[&str] = match b.verdict {
        Verdict::Contaminated => &["学習の過程で誰も見ていない評価データでの結果。"],
        Verdict::Divergent => &[
            "同じ文書に対する新しいクエリ（双子データ）でも同じ差が見られること（その分野の実力と判断できます）。",
            "同等クラスで問題のない教師モデルでも、同じ評価データで同じ差が見られること。",
        ],
        Verdict::Clean => &[
            "学習データに評価データの写しが見つかること、または教師モデルに記憶の痕跡が見つかること。",
            "「対照」とした評価データが、教師モデルの学習終了前に公開されていたと判明すること。",
        ],
        Verdict::GainsAgree => &[
            "教師モデル自体の検証で、答えの記憶が見つかること。",
            "「対照」とした評価データが、教師モデルの学習終了前に公開されていたと判明すること。",
        ],
        Verdict::Inconclusive => match b.asks() {
            Asks::MoreData => &["下記のデータを追加すること（同じ検証で結論を出せるようになります）。"],
            Asks::Both => &[
                "下記のとおり、同じ文書に対する新しいクエリ（双子データ）または、より適した比較用モデルで検証すること。",
                "下記のとおり、データを追加すること（それだけでは結論が出ない可能性があります）。",
            ],
            Asks::TwinOrReferences => &[
                "同じ文書に対する新しいクエリ（双子データ）での結果（漏えいか、その分野の実力かを区別できます）。",
                "下記のとおり、より適した比較用モデルを加えること（同じ検証で結論を出せるようになります）。",
            ],
            Asks::TheList => &["下記の事項に対応すること（同じ検証で結論を出せるようになります）。"],
        },
    };
    said.iter().map(|said| (*said).to_owned()).collect()
}

pub fn next(b: &Brief<'_>) -> String {
    let said = match (b.verdict, b.result, b.cause) {
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Fail, _) => "下記の検出事項（deny）を解消してください。",
        (Verdict::Contaminated, ..) => "誰も見ていない評価データで検証し直してください。",
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Pass, _) if b.nothing_gained => {
            "必要であればマージして差し支えありませんが、性能向上としては公表しないでください。"
        }
        (Verdict::Clean | Verdict::GainsAgree, GateResult::Inconclusive, _) => {
            "教師モデル自体を検証してください（詳細は「結論を得るために必要なもの」）。"
        }
        (Verdict::Clean | Verdict::GainsAgree, ..) => {
            "マージできます。report.json をリリースとともに保管してください。"
        }
        (Verdict::Divergent, ..) => {
            "双子データまたは比較用教師モデルを追加して検証してください（詳細は「結論を得るために必要なもの」）。"
        }
        (_, _, Some(Cause::SameOrder)) => "スコアファイルのパスを確認してください（二つのモデルが同一です）。",
        (Verdict::Inconclusive, ..) if b.asks() == Asks::MoreData => {
            "「結論を得るために必要なもの」に挙げたデータを追加してください。"
        }
        (Verdict::Inconclusive, ..) => "「結論を得るために必要なもの」に挙げた事項に対応してください。",
    };
    said.to_owned()
}
