//! Checks of the family fingerprints.

use super::super::phrases::Pair;

pub const PAIRS: &[Pair] = &[
    // Documents.
    ("the collection has no documents here", "この評価データには文書がありません"),
    ("none of its {} documents stand there", "文書 {0} 件のいずれも含まれていません"),
    (
        "{} of its {} documents stand there: {} word for word, {} within longer texts, {} nearly, {} in part",
        "文書 {1} 件中 {0} 件が含まれています（完全一致 {2}、長文中に一致 {3}、ほぼ一致 {4}、部分一致 {5}）",
    ),
    (
        "nothing, where the corpus is shared by construction; waive it with that reason",
        "設計上コーパスを共有している場合は対応不要です。その理由を付けて免除してください",
    ),
    // Drift.
    (
        "there is no {}; distilgate fingerprint --update makes it",
        "{0} がありません。distilgate fingerprint --update で作成できます",
    ),
    (
        "it is in the lock, and the configuration does not name it any more",
        "ロックファイルにはありますが、設定に記載がなくなっています",
    ),
    (
        "restore the files; or, if this is intended, run distilgate fingerprint --update and commit the lock",
        "ファイルを元に戻してください。意図した変更の場合は、distilgate fingerprint --update を実行し、ロックファイルをコミットしてください",
    ),
    ("as it is in the lock, first seen on {}", "ロックファイルのとおりです（初回確認日 {0}）"),
    ("it is not in the lock yet", "ロックファイルにまだありません"),
    ("it has no <query|queries> any more, and the lock has", "クエリがなくなっています（ロックファイルにはあります）"),
    (
        "it has no <judgement|judgements> any more, and the lock has",
        "正解判定がなくなっています（ロックファイルにはあります）",
    ),
    (
        "it has no <document|documents> any more, and the lock has",
        "文書がなくなっています（ロックファイルにはあります）",
    ),
    ("it has queries now, and the lock has none", "クエリが追加されています（ロックファイルにはありません）"),
    ("it has judgements now, and the lock has none", "正解判定が追加されています（ロックファイルにはありません）"),
    ("it has documents now, and the lock has none", "文書が追加されています（ロックファイルにはありません）"),
    ("its queries changed ({} before, {} now)", "クエリが変更されています（以前 {0} 件、現在 {1} 件）"),
    ("its judgements changed ({} before, {} now)", "正解判定が変更されています（以前 {0} 件、現在 {1} 件）"),
    ("its documents changed ({} before, {} now)", "文書が変更されています（以前 {0} 件、現在 {1} 件）"),
    ("{#} <query|queries> added", "クエリ {0} 件追加"),
    ("{#} <query|queries> removed", "クエリ {0} 件削除"),
    ("{#} <query|queries> changed", "クエリ {0} 件変更"),
    ("{#} <judgement|judgements> added", "正解判定 {0} 件追加"),
    ("{#} <judgement|judgements> removed", "正解判定 {0} 件削除"),
    ("{#} <judgement|judgements> changed", "正解判定 {0} 件変更"),
    ("{#} <document|documents> added", "文書 {0} 件追加"),
    ("{#} <document|documents> removed", "文書 {0} 件削除"),
    ("{#} <document|documents> changed", "文書 {0} 件変更"),
    (
        "queries: which ones cannot be told, for the lock holds no tag that differs",
        "クエリ：異なるタグがロックファイルにないため、どれが変わったかは特定できません",
    ),
    ("queries added: {*}", "追加されたクエリ：{0}"),
    ("queries removed: {*}", "削除されたクエリ：{0}"),
    ("queries changed: {*}", "変更されたクエリ：{0}"),
    (
        "judgements: which ones cannot be told, for the lock holds no tag that differs",
        "正解判定：異なるタグがロックファイルにないため、どれが変わったかは特定できません",
    ),
    ("judgements added: {*}", "追加された正解判定：{0}"),
    ("judgements removed: {*}", "削除された正解判定：{0}"),
    ("judgements changed: {*}", "変更された正解判定：{0}"),
    (
        "documents: which ones cannot be told, for the lock holds no tag that differs",
        "文書：異なるタグがロックファイルにないため、どれが変わったかは特定できません",
    ),
    ("documents added: {*}", "追加された文書：{0}"),
    ("documents removed: {*}", "削除された文書：{0}"),
    ("documents changed: {*}", "変更された文書：{0}"),
    ("{#} <query|queries> added, {#} <query|queries> removed", "クエリ {0} 件追加、{1} 件削除"),
    ("{#} <query|queries> added, {#} <query|queries> changed", "クエリ {0} 件追加、{1} 件変更"),
    ("{#} <query|queries> removed, {#} <query|queries> changed", "クエリ {0} 件削除、{1} 件変更"),
    (
        "{#} <query|queries> added, {#} <query|queries> removed, {#} <query|queries> changed",
        "クエリ {0} 件追加、{1} 件削除、{2} 件変更",
    ),
    ("{#} <judgement|judgements> added, {#} <judgement|judgements> removed", "正解判定 {0} 件追加、{1} 件削除"),
    ("{#} <judgement|judgements> added, {#} <judgement|judgements> changed", "正解判定 {0} 件追加、{1} 件変更"),
    ("{#} <judgement|judgements> removed, {#} <judgement|judgements> changed", "正解判定 {0} 件削除、{1} 件変更"),
    (
        "{#} <judgement|judgements> added, {#} <judgement|judgements> removed, {#} <judgement|judgements> changed",
        "正解判定 {0} 件追加、{1} 件削除、{2} 件変更",
    ),
    ("{#} <document|documents> added, {#} <document|documents> removed", "文書 {0} 件追加、{1} 件削除"),
    ("{#} <document|documents> added, {#} <document|documents> changed", "文書 {0} 件追加、{1} 件変更"),
    ("{#} <document|documents> removed, {#} <document|documents> changed", "文書 {0} 件削除、{1} 件変更"),
    (
        "{#} <document|documents> added, {#} <document|documents> removed, {#} <document|documents> changed",
        "文書 {0} 件追加、{1} 件削除、{2} 件変更",
    ),
    // Judgements.
    (
        "no query stands with a document that is relevant to it",
        "クエリとその正解文書が一緒に含まれている箇所はありません",
    ),
    (
        "{} of its judgements stand there, query and document, in {} records",
        "正解判定 {0} 件が、クエリと文書の組で {1} 件の記録に含まれています",
    ),
    (
        "no query among them is word for word: look whether they are the same questions",
        "完全に一致するクエリはありません。同じ質問かどうかを確認してください",
    ),
    (
        "gains on this collection mean nothing for whoever read this: evaluate on another one",
        "これを読んだモデルにとって、この評価データでの改善には意味がありません。別の評価データで検証してください",
    ),
    // Queries in what was read.
    (
        "nothing is trained here and [scan] names nothing that was read: there is nothing to look at",
        "本検証では学習を行っておらず、[scan] にも読み込まれたデータの指定がないため、照合する対象がありません",
    ),
    ("what was read holds none of its {} queries", "読み込まれたデータに、クエリ {0} 件のいずれも含まれていません"),
    ("{} found as ordinary language do not count", "一般的な言い回しとして見つかった {0} 件は数えません"),
    (
        "what was read holds {} of its {} queries nearly, within longer texts, or as one of a few short texts",
        "読み込まれたデータに、クエリ {1} 件中 {0} 件が、ほぼ一致、長文中、または少数の短いテキストの一つとして含まれています",
    ),
    (
        "look at them: whoever read them may know the answers; where they are names or other questions, waive this",
        "内容を確認してください。これを読んだモデルは答えを知っている可能性があります。固有名詞や別の質問の場合は、免除してください",
    ),
    (
        "what was read holds {} of its {} queries word for word, as texts of their own",
        "読み込まれたデータに、クエリ {1} 件中 {0} 件が、独立したテキストとしてそのまま含まれています",
    ),
    (
        "what was read holds {} of its {} queries word for word, as texts of their own, and {} more nearly or within longer texts",
        "読み込まれたデータに、クエリ {1} 件中 {0} 件が、独立したテキストとしてそのまま含まれています。ほかに {2} 件が、ほぼ一致または長文中に含まれています",
    ),
    (
        "gains on this collection mean nothing: evaluate on one that nobody has read",
        "この評価データでの改善には意味がありません。誰も見ていない評価データで検証してください",
    ),
    // Queries in what is trained on here.
    (
        "no training query among {} is one of its queries, word for word or nearly",
        "学習用クエリ {0} 件に、この評価データのクエリと完全一致またはほぼ一致するものはありません",
    ),
    (
        "{} of its queries <stands|stand> in training texts, nearly or within longer ones; kept",
        "クエリ {0} 件が、学習用テキストにほぼ一致または長文中に含まれています。学習からは除外していません",
    ),
    (
        "look at the near copies, which are kept: take those that ask the same out of the training file",
        "除外していない、よく似たテキストを確認し、同じ内容を尋ねているものは学習用ファイルから除いてください",
    ),
    (
        "{} of its queries <stands|stand> among the {} training queries, word for word; left out before training",
        "学習用クエリ {1} 件の中に、クエリ {0} 件がそのまま含まれています。学習前に除外しました",
    ),
    (
        "{} more in training texts, nearly or within longer ones, kept",
        "ほかに {0} 件が、学習用テキストにほぼ一致または長文中に含まれています（除外していません）",
    ),
    (
        "take these queries out of the training file; a student that was trained on them elsewhere has seen the test",
        "これらのクエリを学習用ファイルから除いてください。ほかの環境でこれらを用いて学習した生徒モデルは、試験を見たことになります",
    ),
    ("training query is test query: {*}", "学習用クエリと評価用クエリの一致：{0&}"),
    // What collections share.
    (
        "the documents of fewer than two collections were read; they are where there is a lock: distilgate fingerprint --update \
         makes it",
        "文書を読み込んだ評価データが 2 件未満です。ロックファイルがあれば読み込みます（distilgate fingerprint --update で作成できます）",
    ),
    (
        "no document is in two of the {} collections that were compared",
        "比較した評価データ {0} 件のうち、二つに共通する文書はありません",
    ),
    (
        "{} of the {} documents of {} ({}) are among those of {}, {} of the {} of {} ({}) among those of {}",
        "{2} の文書 {1} 件中 {0} 件（{3!}）が {4} に、{7} の文書 {6} 件中 {5} 件（{8!}）が {9} に含まれています",
    ),
    (
        "twins: {} of the {} documents of {} ({}) are among those of {}, {} of the {} of {} ({}) among those of {}",
        "双子データ：{2} の文書 {1} 件中 {0} 件（{3!}）が {4} に、{7} の文書 {6} 件中 {5} 件（{8!}）が {9} に含まれています",
    ),
    (
        "nothing, if it is known; twins are named with twin-of, and then pass",
        "把握済みであれば対応不要です。双子データは twin-of で指定すると合格になります",
    ),
    (
        "there is one collection, and none to share judgements with",
        "評価データが 1 件だけのため、正解判定を共有する相手がありません",
    ),
    (
        "no two collections share a query, so they share no judgement",
        "クエリを共有する評価データがないため、正解判定の共有もありません",
    ),
    (
        "{} shares queries and has no corpus, so its documents cannot be compared",
        "{0&} はクエリを共有していますがコーパスがないため、文書を比較できません",
    ),
    (
        "of the queries that are shared, no document is judged in both collections",
        "共有されているクエリについて、双方で判定された文書はありません",
    ),
    (
        "both judge {} <pair|pairs> of query and document, {} of them alike",
        "双方でクエリと文書の {0} 組が判定されており、うち {1} 組は同じ判定です",
    ),
    (
        "take one of the two collections out: together they are one test, taken twice",
        "どちらかの評価データを除いてください。両方を使うと、同じ試験を二度受けることになります",
    ),
    (
        "query {}, document {} in {} is query {}, document {} in {}",
        "{2} のクエリ {0}・文書 {1} は、{5} のクエリ {3}・文書 {4} と同じです",
    ),
    (
        "there is one collection, and none to share queries with",
        "評価データが 1 件だけのため、クエリを共有する相手がありません",
    ),
    (
        "none of its queries is left out as another collection's",
        "ほかの評価データのものとして除外したクエリはありません",
    ),
    (
        "{} of its queries <stands|stand> in {} too, word for word after normalisation; counted there and not here",
        "クエリ {0} 件が {1&} にも含まれています（正規化後に完全一致）。先方で数え、こちらでは数えません",
    ),
    (
        "{} of its queries <stands|stand> in {} too, nearly word for word; counted there and not here",
        "クエリ {0} 件が {1&} にも含まれています（ほぼ一致）。先方で数え、こちらでは数えません",
    ),
    (
        "{} of its queries <stands|stand> in {} too, word for word after normalisation, {} of them nearly so; counted there and not \
         here",
        "クエリ {0} 件が {1&} にも含まれています（正規化後に完全一致、うち {2} 件はほぼ一致）。先方で数え、こちらでは数えません",
    ),
    (
        "take the shared queries out of one of the collections, and ask how they came there",
        "共有されているクエリをどちらかの評価データから除き、混入の経緯を確認してください",
    ),
    ("queries of {}: {*}", "{0} のクエリ：{1&}"),
    // Age.
    ("published on {}: stale since {}, after {}", "公開日 {0}：{1} に有効期間（{2!}）を過ぎています"),
    ("published on {}: stale after {}", "公開日 {0}：{1} まで有効です"),
    (
        "in the lock since {}: due to be replaced since {}, after {}",
        "ロックファイルへの登録日 {0}：{1} に更新時期（{2!}）を過ぎています",
    ),
    ("in the lock since {}: due to be replaced after {}", "ロックファイルへの登録日 {0}：更新期限は {1} です"),
    ("nobody says when it became public, and it is in no lock", "公開日の記載がなく、ロックファイルにもありません"),
    (
        "rotate: judge fresh queries over the same documents, run both collections for one release, then replace it",
        "入れ替えてください。同じ文書に対する新しいクエリを判定し、1 回のリリースは両方の評価データで検証したうえで、置き換えます",
    ),
    // Files.
    ("{} <file was|files were> read to the end", "ファイル {0} 件を最後まで読み込みました"),
    (
        "{} <file could|files could> not be read, or not to the end",
        "ファイル {0} 件を、読み込めないか、最後まで読み込めませんでした",
    ),
    (
        "fetch, unpack or open these files, or name those that are to be searched one by one",
        "ファイルを取得、展開または読み取り可能にするか、照合するファイルを個別に指定してください",
    ),
];
