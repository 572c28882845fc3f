//! Names of outcomes, numbers, and sentences that several checks share (`src/checks/wording.rs`).

use super::super::phrases::Pair;

pub const PAIRS: &[Pair] = &[
    ("gain", "改善幅"),
    ("excess gain", "超過改善幅"),
    ("label residual of the teacher", "教師モデルの正解ラベル残差"),
    ("label residual of the student", "生徒モデルの正解ラベル残差"),
    ("surprising agreement", "意外な一致"),
    ("perturbation drop", "言い換えによる低下"),
    ("suspect", "疑いあり"),
    ("clean", "対照"),
    ("sd of the scores", "スコアの標準偏差"),
    ("under {#} %", "{0} % 未満"),
    ("over {#} %", "{0} % 超"),
    ("{#} <day|days>", "{0} 日"),
    ("{#} <month|months>", "{0} か月"),
    ("{#} <year|years>", "{0} 年"),
    ("{#} ({} % interval {} to {}, {})", "{0}（{1} % 区間 {2} ～ {3}、{4}）"),
    ("nothing here that it concerns", "該当する対象がありません"),
    // A contrast in one sentence.
    (
        "the {} is {#} {} higher on the suspect collections together than on the clean ones ({} % interval {} to {}, {})",
        "{0!}が、「疑いあり」の評価データ全体で「対照」より {1}（{2!}）高くなっています（{3} % 区間 {4} ～ {5}、{6}）",
    ),
    (
        "the {} is {#} {} lower on the suspect collections together than on the clean ones ({} % interval {} to {}, {})",
        "{0!}が、「疑いあり」の評価データ全体で「対照」より {1}（{2!}）低くなっています（{3} % 区間 {4} ～ {5}、{6}）",
    ),
    (
        "the {} is {#} {} higher on {} than on the clean ones ({} % interval {} to {}, {})",
        "{0!}が、評価データ {3} で「対照」より {1}（{2!}）高くなっています（{4} % 区間 {5} ～ {6}、{7}）",
    ),
    (
        "the {} is {#} {} lower on {} than on the clean ones ({} % interval {} to {}, {})",
        "{0!}が、評価データ {3} で「対照」より {1}（{2!}）低くなっています（{4} % 区間 {5} ～ {6}、{7}）",
    ),
    (
        "the {} is {#} {} higher on {} than on {}, fresh queries over the same documents ({} % interval {} to {}, {})",
        "{0!}が、{3&} では、同じ文書に対する新しいクエリ（双子データ {4&}）と比べて {1}（{2!}）高くなっています（{5} % 区間 {6} ～ {7}、{8}）",
    ),
    (
        "the {} is {#} {} lower on {} than on {}, fresh queries over the same documents ({} % interval {} to {}, {})",
        "{0!}が、{3&} では、同じ文書に対する新しいクエリ（双子データ {4&}）と比べて {1}（{2!}）低くなっています（{5} % 区間 {6} ～ {7}、{8}）",
    ),
    ("shown, does not decide: {}; {*}", "参考表示（判定には使用しません）：{0!}。{1!}"),
    (
        "it needs at least one suspect and two clean collections with 10 usable queries each",
        "使用できるクエリが各 10 件以上ある「疑いあり」の評価データが 1 件以上、「対照」の評価データが 2 件以上必要です",
    ),
    // Evidence that is a sentence.
    ("{} after Holm's correction over {} <test|tests>", "{1} 件の検定に対する Holm 補正後：{0}"),
    (
        "without the prior on how much collections differ: {} ({} to {}, {})",
        "評価データ間の差についての事前分布を用いない場合：{0}（{1} ～ {2}、{3}）",
    ),
    (
        "reference {}: with it alone {} is left on clean collections, without it {}",
        "比較用モデル {0}：これだけを用いた場合に「対照」で残る量は {1!}、これを除いた場合は {2!} です",
    ),
    ("not to be had", "算出不可"),
    (
        "{}: {} <pair|pairs> of {} make up half of what speaks for memory",
        "{0}：{2} 組中 {1} 組で、記憶を示唆する量の半分を占めます",
    ),
    (
        "{}: query {*}, relevant document {*}: {#} standard deviations higher than the references explain",
        "{0}：クエリ {1}、正解文書 {2}：比較用モデルで説明できる水準より標準偏差の {3} 倍高いスコアです",
    ),
    (
        "{}: query {*}, relevant document {*}: {#} standard deviations lower than the references explain",
        "{0}：クエリ {1}、正解文書 {2}：比較用モデルで説明できる水準より標準偏差の {3} 倍低いスコアです",
    ),
    (
        "{}: query {*}, not relevant document {*}: {#} standard deviations higher than the references explain",
        "{0}：クエリ {1}、正解ではない文書 {2}：比較用モデルで説明できる水準より標準偏差の {3} 倍高いスコアです",
    ),
    (
        "{}: query {*}, not relevant document {*}: {#} standard deviations lower than the references explain",
        "{0}：クエリ {1}、正解ではない文書 {2}：比較用モデルで説明できる水準より標準偏差の {3} 倍低いスコアです",
    ),
    ("{}  suspect  {} (standard error {}, {} <query|queries>)", "{0}  疑いあり  {1}（標準誤差 {2}、クエリ {3} 件）"),
    ("{}  clean    {} (standard error {}, {} <query|queries>)", "{0}  対照      {1}（標準誤差 {2}、クエリ {3} 件）"),
    // Why a collection does not take part, or an arm does not cover it.
    ("{} does not cover it", "{0} のスコアがありません"),
    ("{} does not cover it ({*})", "{0} のスコアがありません（{1!}）"),
    ("{#} usable queries, and it takes {}", "使用できるクエリは {0} 件で、{1} 件以上が必要です"),
    ("only {} queries can be used, {} are needed", "使用できるクエリは {0} 件だけで、{1} 件以上が必要です"),
    ("{#} have too few candidates", "{0} 件は候補文書が少なすぎます"),
    ("{#} have only relevant candidates, or none", "{0} 件は候補文書が正解文書だけか、正解文書を含みません"),
    ("{#} get the same score for all candidates", "{0} 件は候補文書がすべて同じスコアです"),
    (
        "{} get the same score for all candidates from a reference",
        "{0} 件は比較用モデルのスコアが候補文書ですべて同じです",
    ),
    (
        "the references determine which documents are relevant: are they the judgements?",
        "比較用モデルのスコアだけで正解文書が決まります。正解判定そのものではないかご確認ください",
    ),
    (
        "the references determine the scores: the scorer is one of them, or a mixture",
        "比較用モデルのスコアからスコアが決まります。対象のモデルが比較用モデルの一つ、またはその混合です",
    ),
    (
        "every seed needs the same queries, and there must be a seed",
        "シードは 1 個以上必要で、すべてのシードに同じクエリが必要です",
    ),
    ("the teacher or a reference does not cover it", "教師モデルまたは比較用モデルのスコアがありません"),
    (
        "{} queries have pairs that every reference ranks against the judgements",
        "すべての比較用モデルが正解判定と逆に並べた組のあるクエリは {0} 件です",
    ),
    ("the teacher did not score its queries reworded", "言い換えたクエリに対する教師モデルのスコアがありません"),
    ("{} reworded queries, and it takes {}", "言い換えたクエリは {0} 件で、{1} 件以上が必要です"),
    ("no file {}", "ファイル {0} がありません"),
    ("no other scorer covers it", "ほかのモデルのスコアがありません"),
    (
        "there is neither a corpus to index nor a [first-stage] run",
        "索引を作成できるコーパスも、[first-stage] の run もありません",
    ),
    ("it has no corpus, so nobody knows what its documents say", "コーパスがないため、文書の内容を確認できません"),
    ("no answer is about one of its judged queries", "正解判定のあるクエリに関する回答がありません"),
    // What would make a collection clean, and why it has its role.
    (
        "nothing: what was read holds its queries or judgements; a twin, fresh queries over its documents, would be clean",
        "ありません。読み込まれたデータに、この評価データのクエリまたは正解判定が含まれています。同じ文書に対する新しいクエリ（双子データ）であれば「対照」にできます",
    ),
    (
        "nothing: it was public before the teacher's cut-off; a twin, fresh queries over its documents, would be clean",
        "ありません。教師モデルの学習データの最終日より前に公開されています。同じ文書に対する新しいクエリ（双子データ）であれば「対照」にできます",
    ),
    (
        "it is called suspect by hand: without `role`, the dates decide",
        "手動で「疑いあり」に指定されています。`role` を外すと日付で決まります",
    ),
    (
        "it would be clean if its queries and judgements became public after {}: a release, a first commit or a paper with \
         that date, given as `published`; or, if they never were public, `role = \"clean\"` with a `because` that says who \
         has had them",
        "クエリと正解判定の公開が {0} より後であれば「対照」になります。その日付のリリース、最初のコミットまたは論文を根拠に `published` を指定してください。\
         一度も公開されていない場合は、`role = \"clean\"` とし、誰が保有していたかを `because` に記してください",
    ),
    (
        "it would be clean if its queries and judgements became public (`published`) after the day up to which the teacher \
         may have read the web (`training-cutoff`); or, if they never were public, `role = \"clean\"` with a `because` that \
         says who has had them",
        "クエリと正解判定の公開日（`published`）が、教師モデルの学習データの最終日（`training-cutoff`）より後であれば「対照」になります。\
         一度も公開されていない場合は、`role = \"clean\"` とし、誰が保有していたかを `because` に記してください",
    ),
    (
        "that it is in the lock since {} shows that it was there then, not that nobody had it before",
        "{0} からロックファイルにあることは、その時点での存在を示すだけで、それ以前に誰も保有していなかったことは示しません",
    ),
    (
        "it would be clean if the teacher had read nothing after a day before {} (`training-cutoff`)",
        "教師モデルの学習データの最終日（`training-cutoff`）が {0} より前であれば「対照」になります",
    ),
    ("it was published on {}, after the training cut-off {}", "公開日 {0} は、学習データの最終日 {1} より後です"),
    (
        "it was published on {}, not after the training cut-off {}",
        "公開日 {0} は、学習データの最終日 {1} より後ではありません",
    ),
    ("it is not known when it was published", "公開日が不明です"),
    (
        "it was published on {}, but the training cut-off is not known",
        "公開日は {0} ですが、学習データの最終日が不明です",
    ),
    ("the config says so, without a reason", "設定で指定されています（理由の記載なし）"),
    (
        "what was read ([scan]) holds {} of its queries word for word and {} of its judgements; otherwise: {*}",
        "読み込まれたデータ（[scan]）に、この評価データのクエリ {0} 件がそのまま、正解判定 {1} 件が含まれています。それ以外の根拠：{2!}",
    ),
    // What was read otherwise than it stands.
    (
        "{} <text is|texts are> not wholly UTF-8; the bytes that are not part words",
        "{0} 件のテキストに UTF-8 ではない部分があり、その部分で語を区切りました",
    ),
    (
        "{} <line is|lines are> longer than 4 MiB and read as running text, not as a record",
        "{0} 行は 4 MiB を超えるため、記録ではなく続きの文章として読みました",
    ),
    (
        "{}: {} <query has|queries have> more than {} words; those beyond are compared without their order",
        "{0}：{1} 件のクエリは {2} 語を超えるため、超えた分は語順を考慮せずに照合しました",
    ),
    (
        "{}: {} <document is|documents are> so like the queries, in so many places, that only some of these were counted as \
         ordinary language",
        "{0}：{1} 件の文書は多くの箇所でクエリとよく似ているため、一部の箇所だけを一般的な言い回しとして数えました",
    ),
];
