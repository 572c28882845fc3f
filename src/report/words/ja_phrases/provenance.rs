//! Checks of the family provenance.

use super::super::phrases::Pair;

pub const PAIRS: &[Pair] = &[
    // Who learnt from whom.
    ("there is no student before", "変更前の生徒モデルがありません"),
    (
        "nothing says whom it learnt from; `distilled-from` in [student.before] would",
        "学習元が不明です。[student.before] の `distilled-from` で指定できます",
    ),
    (
        "nothing says whom it learnt from; `distilled-from` in [[reference]] would, where it is somebody's student",
        "学習元が不明です。ほかのモデルから学習している場合は、[[reference]] の `distilled-from` で指定できます",
    ),
    (
        "it was distilled from {}, and [teacher] has no `name` to compare that with",
        "{0} から蒸留されていますが、[teacher] に比較対象の `name` がありません",
    ),
    ("it was distilled from {}, and the teacher is {}", "{0} から蒸留されており、教師モデルは {1} です"),
    (
        "it was itself distilled from {}: what that teacher has seen, both students may know",
        "変更前の生徒モデル自体が {0} から蒸留されています。この教師モデルが見た内容は、両方の生徒モデルが知っている可能性があります",
    ),
    (
        "name as student before one that never learnt from this teacher: the model that the first distillation started from",
        "この教師モデルから学習していないモデル（最初の蒸留の出発点となったモデル）を、変更前の生徒モデルに指定してください",
    ),
    (
        "it was itself distilled from {}: what leaked to that teacher it may know too, and hide",
        "比較用モデル自体が {0} から蒸留されています。教師モデルに漏えいした内容を同様に知っており、漏えいを見えなくする可能性があります",
    ),
    (
        "take a reference that never learnt from this teacher",
        "この教師モデルから学習していない比較用モデルを使用してください",
    ),
    ("the configuration says so", "設定に記載があります"),
    ("{} says so", "{0} に記載があります"),
    // Waivers.
    ("holds until {}: {*}", "{0} まで有効です：{1}"),
    (
        "the waiver of {} ended on {}; there is nothing left that it would cover",
        "{0} の免除は {1} に終了しました。対象となる検出事項は残っていません",
    ),
    (
        "the waiver of {} ended on {}; what it covered counts again: {} <finding|findings>",
        "{0} の免除は {1} に終了しました。対象だった検出事項 {2} 件を再び数えます",
    ),
    ("take it out", "免除の記載を削除してください"),
    (
        "look at the finding again; then mend it, or give the waiver a later date with the reason of today",
        "検出事項を改めて確認し、解消するか、現時点の理由を付けて免除の期限を延長してください",
    ),
    ("reason given: {*}", "記載された理由：{0}"),
    ("it ended on {}", "{0} に終了しました"),
    ("the waiver of {} until {} covers nothing", "{0} の免除（{1} まで）には、対象となる検出事項がありません"),
    (
        "take it out: it would let the next such finding pass unseen",
        "免除の記載を削除してください。残しておくと、次に同じ検出事項があっても見過ごされます",
    ),
    ("covers {} <finding|findings>", "検出事項 {0} 件に適用されています"),
    ("until {}: {*}", "{0} まで：{1}"),
    ("as the baseline has it already", "ベースラインに記載済み"),
    ("as the baseline has it already, where it said: {*}", "ベースラインに記載済み（当時の内容：{0!}）"),
    // Scores that are missing.
    ("{#} pairs, none missing", "{0} 組、欠落なし"),
    (
        "{} training <pair|pairs> that the teacher scored <has|have> no score in {}",
        "教師モデルがスコアを付けた学習用の組のうち、{0} 組のスコアが {1} にありません",
    ),
    (
        "score them: its students see other pairs than the teacher's, in another order",
        "スコアを付けてください。現状では、生徒モデルが教師モデルとは異なる組を、異なる順序で学習します",
    ),
    (
        "{} <pair|pairs> beside its {} lack a score, and every other scorer has one; the label residual does without",
        "スコアのある {1} 組のほかに {0} 組のスコアがありません（ほかのモデルにはすべてあります）。正解ラベル残差では除外します",
    ),
    (
        "the corpus lacks these documents: check that it is whole",
        "コーパスにこれらの文書がありません。コーパスに欠落がないか確認してください",
    ),
    ("score the missing pairs", "欠落している組にスコアを付けてください"),
    ("{#} of {#} queries lack scores", "クエリ {1} 件中 {0} 件のスコアがありません"),
    (
        "{} of {} queries lack scores ({} <pair|pairs> of {})",
        "クエリ {1} 件中 {0} 件のスコアがありません（{3} 組中 {2} 組）",
    ),
    (
        "{} of {} queries lack scores, the same that {} lacks",
        "クエリ {1} 件中 {0} 件のスコアがありません（{2} にないものと同じです）",
    ),
    (
        "{} of {} queries lack scores ({} <pair|pairs> of {}), the same that {} lacks",
        "クエリ {1} 件中 {0} 件のスコアがありません（{3} 組中 {2} 組。{4} にないものと同じです）",
    ),
    (
        "{} is {} over the other {}, and would be {} if these counted as 0",
        "残り {2} 件の {0} は {1} で、欠落分を 0 点とした場合は {3} です",
    ),
    (
        "rank them too; where the retriever found nothing, give each one line with a document of the corpus that is not relevant, \
         and it counts as 0; or accept it with `-W incomplete-scores` (incomplete-scores = \"warn\" in [checks]): they stay out of \
         this arm's mean, and of every outcome that needs this arm, there for all arms",
        "これらのクエリの順位も出力してください。検索結果がない場合は、コーパス中の正解ではない文書を 1 行ずつ記載すると 0 点として数えます。\
         または、`-W incomplete-scores`（[checks] の incomplete-scores = \"warn\"）で許容してください。その場合、このモデルの平均と、このモデルを必要とする指標（すべてのモデル）から除外します",
    ),
    (
        "score the missing pairs; these queries leave every outcome that needs this arm",
        "欠落している組にスコアを付けてください。現状では、これらのクエリをこのモデルを必要とするすべての指標から除外します",
    ),
    (
        "it ranks other documents than the candidates: score these, or take the candidates from a run of yours with [first-stage] \
         run; these queries leave every outcome that needs this arm",
        "候補文書とは異なる文書を並べています。候補文書にスコアを付けるか、[first-stage] の run で候補を指定してください。現状では、これらのクエリをこのモデルを必要とするすべての指標から除外します",
    ),
    ("{} of the queries: {*}", "クエリの {0!}：{1&}"),
    (
        "add its scores of {}; without them the collection leaves every outcome that needs {}",
        "{0} に対するスコアを追加してください。ない場合、この評価データを {1} を必要とするすべての指標から除外します",
    ),
    ("it does not cover the collection: {*}", "この評価データに対するスコアがありません：{0!}"),
    // Roles and dates.
    (
        "called clean ({}), and suspect all the same: {*}",
        "「対照」に指定されています（{0}）が、「疑いあり」として扱います：{1!}",
    ),
    ("suspect: {*}", "疑いあり：{0!}"),
    ("clean: {*}", "対照：{0!}"),
    ("{*} (the dates alone make it {}: {*})", "{0!}（日付だけで判断すると「{1!}」です：{2!}）"),
    (
        "it is called clean without a reason, and what was read holds it",
        "理由の記載なしに「対照」に指定されていますが、読み込まれたデータに含まれています",
    ),
    ("it is called {} without a reason", "理由の記載なしに「{0!}」に指定されています"),
    (
        "add to the [[collection]] {}: because = \"...\", or remove role",
        "[[collection]] {0} に because = \"...\" を追加するか、role を削除してください",
    ),
    ("trained on what was public until {}", "{0} までに公開されたデータで学習しています"),
    (
        "its training cutoff is unknown; the roles of all collections are given by hand",
        "学習データの最終日が不明です。すべての評価データの区分は手動で指定されています",
    ),
    (
        "its training cutoff is unknown, so {} <collection without a `role` counts|collections without a `role` count> as suspect",
        "学習データの最終日が不明なため、`role` の指定がない評価データ {0} 件を「疑いあり」として扱います",
    ),
    (
        "add to [teacher]: training-cutoff = YYYY-MM-DD, the day up to which it may have read the web",
        "[teacher] に training-cutoff = YYYY-MM-DD（ウェブのデータを学習した可能性のある最終日）を追加してください",
    ),
    ("published on {}, and suspect all the same: {*}", "公開日は {0} ですが、「疑いあり」として扱います：{1!}"),
    ("published on {}: suspect", "公開日 {0}：疑いあり"),
    ("published on {}: clean", "公開日 {0}：対照"),
    ("no date; called {} in the configuration", "日付の記載はありません。設定で「{0!}」に指定されています"),
    (
        "nobody says when it became public, so it counts as suspect",
        "公開日の記載がないため、「疑いあり」として扱います",
    ),
    (
        "add to the [[collection]] {}: published = YYYY-MM-DD",
        "[[collection]] {0} に published = YYYY-MM-DD を追加してください",
    ),
    // Sizes.
    (
        "{} suspect <collection|collections> and {} clean <one|ones> take part",
        "「疑いあり」の評価データ {0} 件と「対照」{1} 件を比較します",
    ),
    (
        "it needs a collection that the teacher may have seen; clean is what was published after the teacher's training cutoff",
        "教師モデルが見た可能性のある評価データが必要です。「対照」は、教師モデルの学習データの最終日より後に公開されたものです",
    ),
    (
        "it needs {} more clean <collection|collections>; clean is what was published after the teacher's training cutoff",
        "「対照」の評価データがあと {0} 件必要です。「対照」は、教師モデルの学習データの最終日より後に公開されたものです",
    ),
    ("{} is left out: {*}", "{0} は対象外：{1!}"),
    ("{#} usable queries", "使用できるクエリは {0} 件です"),
    (
        "judge more queries, or deepen the candidate lists with [first-stage] depth",
        "判定するクエリを増やすか、[first-stage] の depth で候補文書を増やしてください",
    ),
];
