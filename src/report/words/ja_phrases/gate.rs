//! Checks of the family gate.

use super::super::phrases::Pair;

pub const PAIRS: &[Pair] = &[
    // Divergences.
    (
        "it needs a student that the same recipe made from an innocent teacher: `runs` of a [[reference]], or one trained with [distill]",
        "問題のない教師モデルから同じ手順で学習した生徒モデルが必要です（[[reference]] の `runs`、または [distill] での学習）",
    ),
    (
        "do not believe this gain as a general one; a twin of the suspect collection tells skill in that domain from a leak",
        "この改善を全般的な性能向上と見なさないでください。「疑いあり」の評価データの双子データにより、その分野の実力か漏えいかを区別できます",
    ),
    ("it needs the student before and after", "変更前と変更後の生徒モデルが必要です"),
    (
        "do not believe this gain as a general one; a [[reference]] of the teacher's class, or a twin of the suspect collection, \
         tells skill in that domain from a leak",
        "この改善を全般的な性能向上と見なさないでください。教師モデルと同等クラスの [[reference]]、または「疑いあり」の評価データの双子データにより、その分野の実力か漏えいかを区別できます",
    ),
    (
        "it needs reference arms to explain it: students of the same recipe from innocent teachers, `runs` of a [[reference]] or \
         trained with [distill]",
        "説明に用いる比較用の生徒モデルが必要です（問題のない教師モデルから同じ手順で学習したもの：[[reference]] の `runs`、または [distill] での学習）",
    ),
    (
        "do not believe gains on these collections as general ones; give the teacher's own scores to see where it comes from",
        "これらの評価データでの改善を全般的な性能向上と見なさないでください。教師モデル自身のスコアを指定すると、原因を確認できます",
    ),
    // Heterogeneity.
    (
        "the clean collections differ by {} where at most {} was expected",
        "「対照」の評価データどうしに {0} の差があります（想定は最大 {1}）",
    ),
    (
        "the larger p, with and without the prior, counts; more clean collections or references help",
        "事前分布の有無で p 値の大きいほうを判定に用います。「対照」の評価データまたは比較用モデルを増やすと改善します",
    ),
    (
        "a spread of {} between clean collections, expected up to {}",
        "「対照」の評価データどうしの差は {0} です（想定は最大 {1}）",
    ),
    // Identical arms.
    ("no other arm has its order", "並び順が同じモデルはほかにありません"),
    ("said of {}: it has the same order", "{0} の項で報告済みです（並び順が同じです）"),
    (
        "two of its seeds order all of {} <query|queries> alike",
        "二つのシードで、{0} 件のクエリすべての並び順が同じです",
    ),
    (
        "two of its repeats order all of {} <query|queries> alike",
        "二回の繰り返しで、{0} 件のクエリすべての並び順が同じです",
    ),
    (
        "training hardly changed it: a larger learning-rate, or more steps",
        "学習でほとんど変化していません。learning-rate を大きくするか、steps を増やしてください",
    ),
    (
        "a teacher that always gives the same answer has no spread: repeats = 1 costs less",
        "常に同じ回答をする教師モデルにはばらつきがありません。repeats = 1 とすれば費用を抑えられます",
    ),
    (
        "give each seed its own file: a seed that is counted twice makes the bounds too narrow",
        "シードごとに別のファイルを指定してください。同じシードを二重に数えると、区間が狭くなりすぎます",
    ),
    ("it orders all of {} <query|queries> as {} does", "{0} 件のクエリすべての並び順が {1} と同じです"),
    (
        "training hardly changed the order: a larger learning-rate, or more steps; a test that compares the two does not apply",
        "学習で並び順がほとんど変化していません。learning-rate を大きくするか、steps を増やしてください。両者を比較する検証は対象外です",
    ),
    (
        "check that both paths are right; a test that compares the two does not apply",
        "両方のパスが正しいか確認してください。両者を比較する検証は対象外です",
    ),
    // Nothing gained, regressed.
    ("no gain is compared", "改善幅を比較していません"),
    (
        "{} {} as the plain average of the clean collections' means, one-sided lower bound {}",
        "「対照」の評価データの平均を単純平均した {0} の変化は {1}（片側下限 {2}）です",
    ),
    (
        "{} {} as the plain average of the clean collections' means, one-sided lower bound {}: no gain can be told from none",
        "「対照」の評価データの平均を単純平均した {0} の変化は {1}（片側下限 {2}）で、改善を確認できません",
    ),
    (
        "more steps in [distill], or a student before that ranks already: a cross-encoder with a fresh head takes about a thousand \
         steps",
        "[distill] の steps を増やすか、すでに並べ替えのできる生徒モデルを変更前として使用してください。新しい出力層を持つクロスエンコーダーには約 1,000 ステップが必要です",
    ),
    (
        "a pass then says that nothing was inherited, and not that the student is better",
        "この場合の合格は、問題が引き継がれていないことを示すもので、生徒モデルの改善を示すものではありません",
    ),
    ("{} {} on average, one-sided upper bound {}", "{0} の変化は平均 {1}（片側上限 {2}）です"),
    (
        "look at the queries that lost most; this does not fail the gate",
        "低下の大きいクエリを確認してください。この項目によってゲートが不合格になることはありません",
    ),
    // Twins.
    (
        "no clean collection is `twin-of` a suspect one with 10 usable queries on both sides",
        "「疑いあり」の評価データに対し、双方に使用できるクエリが 10 件以上ある `twin-of` の「対照」がありません",
    ),
    (
        "take the gain on the suspect collection for nothing, and evaluate on the twin; look whether the twin was judged as the \
         suspect collection was",
        "「疑いあり」の評価データでの改善は評価に含めず、双子データで評価してください。双子データの正解判定が元の評価データと同じ方法で行われたかも確認してください",
    ),
    (
        "{} {} ({} <query|queries>), {} {} ({} <query|queries>), difference {}",
        "{0} {1}（クエリ {2} 件）、{3} {4}（クエリ {5} 件）、差 {6}",
    ),
    (
        "no clean collection is `twin-of` a suspect one",
        "「疑いあり」の評価データに対する `twin-of` の「対照」がありません",
    ),
    ("it is a matched twin of {}", "{0} と条件の一致した双子データです"),
    (
        "it is a matched twin of {}: a classifier that never asks the teacher does not tell their queries apart (AUC {}; {} would \
         have been needed with {} and {} <query|queries>)",
        "{0} と条件の一致した双子データです。教師モデルを使わない分類器では両者のクエリを区別できません（AUC {1}。区別できるとするには、クエリ {3} 件と {4} 件の場合 {2} が必要）",
    ),
    ("it is not a matched twin of {}: {*}", "{0} の双子データとして条件が一致していません：{1!}"),
    ("whether both have the same documents could not be seen", "双方の文書が同じかどうかを確認できませんでした"),
    (
        "the documents are not the same: of what is judged, {} are missing from the twin's corpus and {} from the suspect's",
        "文書が同じではありません。正解判定のある文書のうち {0} 件が双子データのコーパスに、{1} 件が「疑いあり」のコーパスにありません",
    ),
    ("{} of its queries are the suspect's", "クエリのうち {0} 件が「疑いあり」のものと同じです"),
    (
        "it has too few queries to see whether they are like the suspect's",
        "クエリが少なすぎるため、「疑いあり」のクエリと同種かどうかを確認できません",
    ),
    (
        "its queries are of another kind: a classifier that never asks the teacher tells them apart (AUC {}, {} would have done)",
        "クエリの種類が異なります。教師モデルを使わない分類器で区別できます（AUC {0}、基準 {1}）",
    ),
    (
        "take the queries of {} out of {}: a twin's are fresh",
        "{0} のクエリを {1} から除いてください。双子データには新しいクエリだけを用います",
    ),
    (
        "give both collections a `corpus`, the same file if there is one",
        "双方の評価データに `corpus` を指定してください（共通のファイルがあれば同じものを指定します）",
    ),
    ("give it the corpus of {}", "{0} のコーパスを指定してください"),
    (
        "write and judge its queries as those of {} were: {} writes a sheet for it",
        "{0} と同じ方法でクエリを作成し、正解を判定してください。{1} で作成用シートを出力できます",
    ),
    ("told apart by {}: {#} in {}, {#} in {}", "区別の手掛かり（{0!}）：{2} で {1}、{4} で {3}"),
    ("{}: {#} in {}, {#} in {} ({#} standard deviations)", "{0!}：{2} で {1}、{4} で {3}（標準偏差の {5} 倍の差）"),
    ("{}: {#} in {}, {#} in {}", "{0!}：{2} で {1}、{4} で {3}"),
    ("words in the query", "クエリの語数"),
    ("characters in the query", "クエリの文字数"),
    ("relevant documents", "正解文書の数"),
    ("judged documents", "判定済み文書の数"),
    ("what BM25 finds", "BM25 の検索結果"),
    ("top score of BM25", "BM25 の最高スコア"),
    ("BM25's fall to the second", "BM25 スコアの 2 位までの低下"),
    ("BM25's fall to the tenth", "BM25 スコアの 10 位までの低下"),
    ("share with the word {}", "「{0}」を含むクエリの割合"),
    ("spread of {}", "{0!}のばらつき"),
    // Unjudged documents.
    ("it compares the student before and after", "変更前と変更後の生徒モデルを比較する項目です"),
    (
        "only relevant documents are judged here: unjudged means not relevant",
        "この評価データでは正解文書だけが判定されており、判定のない文書は正解ではないものとして扱います",
    ),
    (
        "{} of its first ten are judged, {} of those of before",
        "上位 10 件のうち判定のある文書は {0!}、変更前では {1!} です",
    ),
    (
        "judge the new documents, or read the gain here as a lower bound",
        "新たに上位に入った文書を判定するか、この評価データでの改善幅を下限と見なしてください",
    ),
];
