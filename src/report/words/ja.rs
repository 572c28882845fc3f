//! Japanese, in the words of a business meeting.

use super::super::brief::{Bound, Brief, Number};
use super::super::measured::ArmKind;
use super::Words;
use super::ja_labels::LABELS;
use super::ja_phrases::phrase;
use super::ja_signer::{change, decision, meeting, next, tested};
use crate::checks::wording::{p_value, signed};
use crate::collection::Role;
use crate::facts::OutcomeKind;
use crate::verdict::{Cause, Outcome as GateResult, Verdict};

pub static WORDS: Words = Words {
    code: "ja",
    labels: &LABELS,
    verdict,
    result,
    role,
    phrase,
    outcome,
    unit,
    sentences,
    meaning,
    tested,
    decision,
    meeting,
    change,
    next,
    interval,
    arms: |kinds| {
        let said = kinds.iter().map(|kind| match kind {
            ArmKind::Before => "before は変更前の生徒モデル",
            ArmKind::After => "after は教師モデルから学習した変更後の生徒モデル",
            ArmKind::Redistilled => "redistilled は同じ手順で学習した生徒モデル",
            ArmKind::OtherLoss => "+ を含む名前は別の損失関数で学習した生徒モデル",
            ArmKind::Teacher => "teacher は教師モデル自身",
            ArmKind::Reference => "reference.NAME は教師モデルの代わりに比較用モデル NAME から学習した生徒モデル",
            ArmKind::Scorer => "scorer.NAME は比較用モデル NAME 自身",
            ArmKind::FirstStage => "bm25 は一次検索自身",
        });
        format!("名称：{}。", said.collect::<Vec<_>>().join("、"))
    },
    gains_caption: |interval| {
        format!(
            "変更前の生徒モデルに対する改善幅と、クエリ（変更後の生徒モデルはクエリとシード）についての {interval}です。目盛りは共通です。\
             塗りつぶしの四角は「疑いあり」、白抜きの丸は「対照」を示します。ひし形は評価データ全体の平均で、\
             精度の高いものほど重みが大きいため、単純平均とは異なります。"
        )
    },
    gain_of: |arm| format!("{arm} の改善幅"),
    teacher: |name, until| {
        format!("、教師モデル {name}{}", until.map(|day| format!("（学習データは {day} まで）")).unwrap_or_default())
    },
    compared: |name, against, unit| {
        let said = [("比較対象", against), ("単位", unit)].into_iter().filter(|(_, text)| !text.is_empty());
        let said: Vec<String> = said.map(|(what, text)| format!("{what}：{text}")).collect();
        if said.is_empty() { name.to_owned() } else { format!("{name}（{}）", said.join("、")) }
    },
    contrast: |c| {
        let adjusted = c.adjusted.iter().map(|p| format!("、Holm 補正後 {p}")).collect::<String>();
        let on = c.on.as_deref().unwrap_or("疑いあり");
        format!("{on} − 対照：{}（{} {} ～ {}）、判定 {}{adjusted}", c.delta, c.interval, c.lower, c.upper, c.p)
    },
    without_prior: |lower, upper| {
        format!("事前分布なしの場合：{lower} ～ {upper}（対照データが事前分布と整合しません）")
    },
    shown: |why| format!("参考表示（判定には使用しません）：{}", phrase(why)),
    without: |collection, why| format!("{collection} は対象外：{}", phrase(why)),
    shared: |n| format!("{n} 件のクエリが複数の評価データに重複しており、1 回だけ数えています（一覧は report.json）"),
    cut: |arms, cut, all| {
        format!("{arms}：{all} 件中 {cut} 件のテキストは上限を超えるため、途中までしか読んでいません")
    },
    made_by: |version, command| format!("distilgate {version} で作成。再作成コマンド：`{command}`"),
};

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Contaminated => "汚染あり",
        Verdict::Divergent => "乖離あり",
        Verdict::Clean => "問題なし",
        Verdict::GainsAgree => "改善幅は一致",
        Verdict::Inconclusive => "判定保留",
    }
}

fn result(result: GateResult) -> &'static str {
    match result {
        GateResult::Pass => "合格",
        GateResult::Fail => "不合格",
        GateResult::Inconclusive => "未決定",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Suspect => "疑いあり",
        Role::Clean => "対照",
    }
}

pub(super) fn outcome(name: &str) -> String {
    let known = [
        (OutcomeKind::Gain, "改善幅"),
        (OutcomeKind::ExcessGain, "超過改善幅"),
        (OutcomeKind::TeacherLabelResidual, "教師モデルの正解ラベル残差"),
        (OutcomeKind::StudentLabelResidual, "生徒モデルの正解ラベル残差"),
    ];
    let said = known.into_iter().find(|(kind, _)| kind.to_string() == name).map(|(_, said)| said.to_owned());
    said.unwrap_or_else(|| if name == "surprising agreement" { "意外な一致".to_owned() } else { name.to_owned() })
}

pub(super) fn unit(unit: &str) -> String {
    if unit == "sd of the scores" { "スコアの標準偏差".to_owned() } else { unit.to_owned() }
}

fn interval(alpha: f64) -> String {
    format!("{} % 区間", ((1.0 - 2.0 * alpha) * 1e6).round() / 1e4)
}

fn sentences(b: &Brief<'_>) -> Vec<String> {
    let read: Vec<String> =
        b.read.iter().map(|f| evidence(f.evident_queries, f.evident_judgements, &f.collection)).collect();
    if b.cause == Some(Cause::Read) {
        return vec![format!(
            "生徒モデルまたは教師モデルが読んだデータに、評価データが含まれています（{}）",
            read.join("、")
        )];
    }
    let mut said = Vec::new();
    if b.cause == Some(Cause::Planted) {
        said.extend(b.canary.map(|c| {
            format!(
                "カナリア文書 {} 組中 {} 組で、無作為に付けた正解側のスコアが高くなりました（{}）",
                c.pairs,
                c.labelled,
                p_value(c.p)
            )
        }));
        said.extend(b.twins.iter().map(|t| {
            let ends = (signed(t.lower), signed(t.upper));
            let name = outcome(&t.outcome);
            format!(
                "{name}が、同じ文書に対する新しいクエリ（双子データ）と比べて {} 高くなりました（{} % 区間 {} ～ {}、{}）",
                signed(t.delta), b.interval, ends.0, ends.1, p_value(t.p)
            )
        }));
    }
    match b.cause {
        Some(Cause::Difference) => said.extend(b.differs.iter().map(|n| differs(b, n))),
        Some(Cause::Below) => said.extend(
            b.bounds.iter().map(|bound| format!("{}で、合格基準 {} を下回りました", at_most(bound), bound.margin)),
        ),
        Some(Cause::GainTooWide | Cause::TeacherTooWide) => {
            let wide = b.bounds.iter().find(|bound| bound.upper >= bound.margin);
            said.extend(
                wide.map(|bound| format!("{}で、合格基準の {} を下回っていません", at_most(bound), bound.margin)),
            );
        }
        _ => {}
    }
    if said.is_empty() {
        said.push(format!("{}（詳細：{}）", open(b.cause), phrase(b.sentence)));
    }
    said
}

pub(super) fn evidence(queries: u64, judgements: u64, collection: &str) -> String {
    let there = [("クエリ", queries), ("正解判定", judgements)].into_iter().filter(|(_, n)| *n > 0);
    let there: Vec<String> = there.map(|(what, n)| format!("{what} {n} 件")).collect();
    format!("{collection} の{}", there.join("、"))
}

fn differs(b: &Brief<'_>, n: &Number<'_>) -> String {
    let place =
        n.on.map_or("「疑いあり」の評価データ全体".to_owned(), |name| format!("評価データ {name} "));
    let direction = if n.delta < 0.0 { "低く" } else { "高く" };
    format!(
        "{}が{place}で「対照」より {:.3}{}{direction}なっています（{} % 区間 {} ～ {}、{}）",
        outcome(n.outcome),
        n.delta.abs(),
        if n.unit.is_empty() { String::new() } else { format!("（{}）", unit(n.unit)) },
        b.interval,
        signed(n.interval.0),
        signed(n.interval.1),
        p_value(n.p)
    )
}

fn at_most(bound: &Bound<'_>) -> String {
    format!(
        "「疑いあり」と「対照」の{}の差は最大でも {}（{}、片側上限）",
        outcome(bound.outcome),
        signed(bound.upper),
        unit(bound.unit)
    )
}

/// Why nothing was decided.
pub(super) fn open(cause: Option<Cause>) -> &'static str {
    match cause {
        Some(Cause::NoTest) => "改善幅を比較できるデータがそろっていません",
        Some(Cause::SameOrder) => "二つのモデルの並び順が完全に一致しており、検証が成立していません",
        Some(Cause::Unread) => "照合すべきファイルの一部を読み込めませんでした",
        Some(Cause::Unseen) => "「疑いあり」の評価データの一部を確認できませんでした",
        _ => "判定の理由は次のとおりです",
    }
}

fn meaning(b: &Brief<'_>) -> String {
    let said = match b.verdict {
        Verdict::Contaminated => {
            "評価データの内容が事前に知られていました。これらの評価データでの改善には意味がありません。"
        }
        Verdict::Divergent => {
            "その分野での実力向上か、評価データの漏えいのいずれかです。双子データ、または同等クラスの比較用教師モデルで両者を\
             区別できるまで、全般的な改善とは見なせません。"
        }
        Verdict::Clean if b.nothing_gained => {
            "漏えいの兆候はなく、改善も見られません。答えを知り得ない評価データで、偶然を超える改善はありませんでした。"
        }
        Verdict::GainsAgree if b.nothing_gained => {
            "改善幅は一致していますが、改善そのものが確認できません。教師モデル自体について判定に足る検証はできていません。"
        }
        Verdict::Clean => {
            "教師モデルが正解を知り得ない評価データでも改善が確認され、教師モデルのスコアにも基準を超える記憶の痕跡はありませんでした。"
        }
        Verdict::GainsAgree => {
            "改善幅は一致していますが、教師モデル自体について判定に足る検証はできていません。すべての評価データを一様に押し上げる漏えいは、この検証では検出できません。"
        }
        Verdict::Inconclusive => "判定できませんでした。改善は証明も否定もされていません。",
    };
    said.to_owned()
}
