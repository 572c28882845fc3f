//! Checks of the family probes.

use super::super::phrases::Pair;

pub const PAIRS: &[Pair] = &[
    // Borrowed scores.
    (
        "the scores are the first stage's, and the configuration says that only the order counts",
        "スコアは一次検索のものですが、設定により順序だけを使用します",
    ),
    (
        "its scores are those of {}, in order: only the ranks are its own",
        "スコアは {0} のスコアを順に割り当てたもので、独自のものは順位だけです",
    ),
    (
        "say gives = \"order\" in [teacher], and never take margins from this file",
        "[teacher] に gives = \"order\" を指定し、このファイルのスコア差は使用しないでください",
    ),
    (
        "never take margins from this file; its ranks are fine",
        "このファイルのスコア差は使用しないでください。順位は問題ありません",
    ),
    ("the scores are its own", "スコアは独自のものです"),
    // Bounded scores.
    ("{} of the scores are exactly {} or {}", "スコアの {0!} が、ちょうど {1} または {2} です"),
    ("the configuration says that they are grades", "設定で段階評価と指定されています"),
    (
        "ask for logits or more digits; for grades say gives = \"grades\" in [teacher]",
        "ロジット、またはより多くの桁数で出力してください。段階評価の場合は、[teacher] に gives = \"grades\" を指定してください",
    ),
    // Canaries.
    ("there is no [canary]", "[canary] がありません"),
    (
        "the teacher prefers the document with the random label in {} of {} <canary|canaries> ({}; a coin does as well with {})",
        "教師モデルは、カナリア文書 {1} 組中 {0} 組（{2!}）で、無作為に正解を付けた文書を上位にしました（偶然による確率は {3}）",
    ),
    ("so few decide nothing", "件数が少ないため判断できません"),
    ("{} would have shown it", "{0} 組以上であれば有意でした"),
    (
        "take gains on what was published in the same place for nothing, and evaluate on collections that nobody has read",
        "同じ場所で公開したデータでの改善は評価に含めず、誰も見ていない評価データで検証してください",
    ),
    ("{} with the other document above", "反対側の文書が上位：{0} 組"),
    ("{} <tie|ties>, which do not count", "同点：{0} 組（数えません）"),
    (
        "what was published was not at hand to be held to the key",
        "公開したデータが手元になく、鍵との照合はできませんでした",
    ),
    // Flat scores.
    ("every query has different scores", "すべてのクエリでスコアに差があります"),
    (
        "all documents of {} <query|queries> have one score; label residuals do without <it|them>",
        "{0} 件のクエリで、すべての文書が同じスコアです。正解ラベル残差では除外します",
    ),
    (
        "look at what it answers there: a refusal, or grades that are too few to order by",
        "該当するクエリへの回答を確認してください。回答の拒否か、順序付けには粗すぎる段階評価が考えられます",
    ),
    // Mixed scales.
    ("one scale, as far as can be told", "確認できる範囲では、尺度は一つです"),
    (
        "{} <query|queries> with scores from 0 to 1, as probabilities are, beside {} <query|queries> with scores far outside, as \
         logits are",
        "スコアが確率のように 0 ～ 1 のクエリ {0} 件と、ロジットのように大きく外れるクエリ {1} 件が混在しています",
    ),
    (
        "score them all in one way; margins between documents mean two things here",
        "すべて同じ方法でスコアを付けてください。現状では、文書間のスコア差の意味が二通りあります",
    ),
    ("from 0 to 1: {}", "0 ～ 1 のもの：{0&}"),
    ("far outside: {}", "大きく外れるもの：{0&}"),
    // Perturbation.
    (
        "it needs scores of reworded queries: `reworded` in [teacher]; `distilgate probe export` writes what to score",
        "言い換えたクエリのスコアが必要です（[teacher] の `reworded`）。対象は `distilgate probe export` で出力できます",
    ),
    ("{}: rewording costs {}", "{0}：言い換えによる低下 {1}"),
    ("too few collections to compare: ", "比較できる評価データが足りません"),
    ("too few collections to compare: {*}", "比較できる評価データが足りません：{0!}"),
    (
        "rewording costs the teacher {} ({} % interval {} to {}, {}) more on suspect than on clean collections",
        "言い換えによる教師モデルの低下は、「疑いあり」では「対照」に比べて {0}（{1} % 区間 {2} ～ {3}、{4}）大きくなっています",
    ),
    (
        "look at the queries that lose most; it decides nothing by itself",
        "低下の大きいクエリを確認してください。この項目だけでは判定しません",
    ),
    // Surprising agreement.
    ("it needs the teacher's own scores", "教師モデル自身のスコアが必要です"),
    ("it needs references that scored the same documents", "同じ文書にスコアを付けた比較用モデルが必要です"),
    ("too few collections have such pairs for a comparison", "該当する組のある評価データが少なく、比較できません"),
    (
        "suspect collections differ from clean ones by {} ({} % interval {} to {}, {})",
        "「疑いあり」と「対照」の差は {0}（{1} % 区間 {2} ～ {3}、{4}）です",
    ),
    (
        "there is no pair that every reference ranks against the judgements",
        "すべての比較用モデルが正解判定と逆に並べた組はありません",
    ),
    (
        "of {} pairs that every reference ranks against the judgements the teacher ranks {} with them ({} %)",
        "すべての比較用モデルが正解判定と逆に並べた {0} 組のうち、教師モデルは {1} 組（{2} %）を正解どおりに並べています",
    ),
    (
        "query {*}\": {*} (relevant) above {*}, where every reference puts it at least {#} places below",
        "クエリ {0}\"：{1}（正解文書）を {2} より上位に置いています。比較用モデルはいずれも {3} 位以上、下に置きました",
    ),
    (
        "query {}: {} (relevant) above {}, where every reference puts it at least {#} places below",
        "クエリ {0}：{1}（正解文書）を {2} より上位に置いています。比較用モデルはいずれも {3} 位以上、下に置きました",
    ),
    ("read the pairs: do the texts say why?", "該当する組を読み、テキストから理由を説明できるか確認してください"),
    // The teacher's label residual.
    (
        "it needs the teacher's own scores: `scores` or `model` in [teacher]",
        "教師モデル自身のスコアが必要です（[teacher] の `scores` または `model`）",
    ),
    (
        "treat gains of its students on these collections as possibly memorised; a twin of the suspect collection tells skill in \
         that domain from a leak",
        "これらの評価データでの生徒モデルの改善は、記憶による可能性があるものとして扱ってください。「疑いあり」の評価データの双子データにより、その分野の実力か漏えいかを区別できます",
    ),
    // The sample to read.
    (
        "there is no sample: the teacher's own scores of a suspect collection are needed",
        "目視確認用サンプルがありません（「疑いあり」の評価データに対する教師モデル自身のスコアが必要です）",
    ),
    (
        "{} <pair|pairs> of the teacher's answers to read: {} reviewed, {} fine, {} suspicious, {} unsure",
        "確認対象の教師モデルの回答は {0} 組です（確認済み {1} 組：問題なし {2}、疑わしい {3}、判断できず {4}）",
    ),
    (
        "read them together with the reviewer; if the texts do not explain the scores, the teacher knew",
        "確認者とともに内容を読んでください。テキストからスコアを説明できない場合、教師モデルは答えを知っていたことになります",
    ),
    (
        "fill in inspection.csv and name it as `reviews` in [inspection]",
        "inspection.csv に記入し、[inspection] の `reviews` に指定してください",
    ),
    // What the teacher wrote.
    (
        "it needs what the teacher wrote: `answers` in [teacher]; one that gives numbers alone has none",
        "教師モデルの回答文が必要です（[teacher] の `answers`）。数値だけを出力する教師モデルには該当しません",
    ),
    (
        "{} <answer|answers>: the longest run of a judged document that was not shown has {} words, and no identifier stands in them",
        "回答 {0} 件：提示していない判定済み文書との最長の一致は {1} 語で、識別子は含まれていません",
    ),
    (
        "in {} <answer|answers>: {} <long run of a judged document that was not shown|long runs of judged documents that were not \
         shown>, {} <identifier of one|identifiers of such>",
        "回答 {0} 件中：提示していない判定済み文書との長い一致が {1} 件、その識別子が {2} 件あります",
    ),
    (
        "read the answers: a common phrase is chance, anything else was remembered",
        "回答を確認してください。一般的な言い回しは偶然ですが、それ以外は記憶によるものです",
    ),
    ("query {}: {} words of {*}", "クエリ {0}：{2} と {1} 語が一致"),
    ("query {}: the identifier {}", "クエリ {0}：識別子 {1}"),
    // Weak references.
    (
        "beyond {} the judgements still explain {} on clean collections",
        "{0} で説明した後も、「対照」の評価データで正解判定により {1} が説明されます",
    ),
    (
        "beyond {} the judgements still explain {} on clean collections, where at most {} is adequate: the {} is shown and does not \
         decide",
        "{0} で説明した後も、「対照」の評価データで正解判定により {1} が説明されます（適切とされる上限は {2}）。{3!}は参考表示とし、判定には使用しません",
    ),
    (
        "add a [[reference]]: an open ranker of the teacher's class with known training data, none of the test judgements among them",
        "[[reference]] を追加してください。教師モデルと同等クラスの公開モデルで、学習データが判明しており、評価用の正解判定を含まないものが必要です",
    ),
];
