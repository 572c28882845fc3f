//! The verdict: why nothing was decided, what would settle it (`src/verdict/settles.rs`), remarks
//! (`src/verdict/decide.rs`), why an outcome does not decide, and what was not checked (`src/audit`).

use super::super::phrases::Pair;

pub const PAIRS: &[Pair] = &[
    // Why an outcome does not decide.
    ("the excess gain over the references decides instead", "代わりに、比較用モデルに対する超過改善幅で判定します"),
    ("probes describe, they do not decide", "参考指標であり、判定には使用しません"),
    (
        "the references are weak: {} is left on clean collections, {} at most is adequate",
        "比較用モデルの説明力が不足しています（「対照」に残る量は {0}、適切とされる上限は {1}）",
    ),
    ("the twin is not matched", "双子データの条件が元の評価データと一致していません"),
    ("the twin is not matched, and {*}", "双子データの条件が元の評価データと一致しておらず、さらに：{0!}"),
    ("on {} {} ranks exactly as {} does", "評価データ {0} で、{1} の並び順が {2} と完全に一致しています"),
    (
        "a contrast needs at least 1 suspect and 2 clean collections, there are {} and {}",
        "比較には「疑いあり」の評価データが 1 件以上、「対照」が 2 件以上必要ですが、それぞれ {0} 件、{1} 件です",
    ),
    (
        "collection {}: a mean and its variance need at least 2 queries, there are {}",
        "評価データ {0}：平均と分散の計算には 2 件以上のクエリが必要ですが、{1} 件です",
    ),
    (
        "collection {}: query {} has {} seeds where {} are expected",
        "評価データ {0}：クエリ {1} のシード数は {2} で、想定は {3} です",
    ),
    (
        "collection {}: the outcome of query {}, seed {}, is not a usable number",
        "評価データ {0}：クエリ {1}、シード {2} の値が使用できる数値ではありません",
    ),
    // Why nothing was decided.
    ("there is no student after, so no gain was compared", "変更後の生徒モデルがないため、改善幅を比較していません"),
    ("the {} does not decide: {*}", "{0!}は判定に使用しません：{1!}"),
    ("the {} could not be compared", "{0!}を比較できませんでした"),
    (
        "on {} {} ranks exactly as {} does, its reference: that would hide a leak",
        "評価データ {0} で、{1} の並び順が比較用モデル {2} と完全に一致しています。このままでは漏えいが隠れてしまいます",
    ),
    (
        "{} <file that should be searched|files that should be searched> could not be read, and may hold anything",
        "照合すべきファイル {0} 件を読み込めませんでした。内容を確認できていません",
    ),
    ("the {} could not be looked at on {*}", "{0!}を次の評価データで確認できませんでした：{1}"),
    ("the teacher itself was not tested", "教師モデル自体は検証していません"),
    (
        "the teacher itself was looked at, and that does not decide: {*}",
        "教師モデル自体も調べましたが、判定には使用しません：{0!}",
    ),
    // What would settle it.
    ("evaluate on collections that nobody has read", "誰も見ていない評価データで検証してください"),
    (
        "on {} {} ranks exactly as {} does: check both paths; if they are right, nothing was distilled",
        "評価データ {0} で、{1} の並び順が {2} と完全に一致しています。両方のパスを確認してください。パスが正しい場合、蒸留が行われていません",
    ),
    (
        "for the {}: at least {} queries in each collection, the smallest has {} now",
        "{0!}：各評価データに {1} 件以上のクエリが必要です（現在の最少は {2} 件）",
    ),
    (
        "for the {}: {} more clean <collection|collections> like the present ones",
        "{0!}：現在と同程度の「対照」の評価データが、あと {1} 件必要です",
    ),
    ("for the {}: {} seeds instead of {}", "{0!}：シード数を {2} から {1} に増やす必要があります"),
    (
        "for the {}: only a twin or better references would settle it; {} was \
         measured, and this set-up is large enough to pass without a difference",
        "{0!}：双子データ、またはより適した比較用モデルによってのみ結論を得られます。測定値は {1} で、差がなければ合格できるだけのデータ量はすでにあります",
    ),
    (
        "for the {}: only a twin or better references would settle it; collections \
         differ by about {} from each other, and more queries do not change that",
        "{0!}：双子データ、またはより適した比較用モデルによってのみ結論を得られます。評価データどうしに約 {1} の差があり、クエリを増やしても変わりません",
    ),
    (
        "a twin of {}: {} fresh queries over its documents find a difference of {} in the {}, as large as the margin, in 80 % \
         of cases ({} writes a sheet for them)",
        "{0} の双子データ：同じ文書に対する新しいクエリが {1} 件あれば、{3!}の {2}（合格基準と同じ大きさ）の差を 80 % の確率で検出できます（{4} で作成用シートを出力できます）",
    ),
    (
        "a twin of {}: {} fresh queries over its documents find a difference of {} in the {} in 80 % of cases ({} <query|queries> \
         of its own are too few to find one as small as the margin of {}; {} writes a sheet for them)",
        "{0} の双子データ：同じ文書に対する新しいクエリが {1} 件あれば、{3!}の {2} の差を 80 % の確率で検出できます（{0} 自体のクエリ {4} 件では、合格基準 {5} ほどの小さな差は検出できません。{6} で作成用シートを出力できます）",
    ),
    (
        "a twin of {}: {} fresh queries over its documents find a difference of {} in the {} in 80 % of cases ({} writes a \
         sheet for them)",
        "{0} の双子データ：同じ文書に対する新しいクエリが {1} 件あれば、{3!}の {2} の差を 80 % の確率で検出できます（{4} で作成用シートを出力できます）",
    ),
    ("{} has to take part in the {}: now {*}", "{0} を{1!}の比較に含める必要があります。現状：{2!}"),
    (
        "`training-cutoff` in [teacher] and `published` in each [[collection]]: without dates all are suspect",
        "[teacher] の `training-cutoff` と、各 [[collection]] の `published`（日付がない場合、すべて「疑いあり」として扱います）",
    ),
    (
        "{} more clean <collection|collections>, published after the teacher's training cutoff",
        "教師モデルの学習データの最終日より後に公開された「対照」の評価データが、あと {0} 件必要です",
    ),
    (
        "a collection that the teacher may have seen: with none there is nothing to compare",
        "教師モデルが見た可能性のある評価データ（1 件もない場合、比較する対象がありません）",
    ),
    (
        "a [[reference]] to train a student from (`kind = \"bm25\"` needs no file); excess gains are expected to differ by {} \
         between collections, plain gains by {}",
        "生徒モデルの学習元となる [[reference]]（`kind = \"bm25\"` であればファイルは不要です）。評価データ間の差の想定は、超過改善幅で {0}、改善幅で {1} です",
    ),
    (
        "a [[reference]] with `runs`: a student of the same recipe from an innocent teacher; excess gains are expected to differ \
         by {} between collections, plain gains by {}",
        "`runs` を持つ [[reference]]（問題のない教師モデルから同じ手順で学習した生徒モデル）。評価データ間の差の想定は、超過改善幅で {0}、改善幅で {1} です",
    ),
    (
        "the teacher's own scores (`scores` or `model` in [teacher]), and a [[reference]] of its class",
        "教師モデル自身のスコア（[teacher] の `scores` または `model`）と、同等クラスの [[reference]]",
    ),
    (
        "for the teacher: a [[reference]] of its class with its own scores, whose training data are known ({*})",
        "教師モデルについて：学習データが判明しており、自身のスコアを持つ同等クラスの [[reference]]（理由：{0!}）",
    ),
    (
        "for the teacher: a reference that does not rank exactly as it does",
        "教師モデルについて：並び順が教師モデルと完全には一致しない比較用モデル",
    ),
    (
        "for the teacher: its scores where they are missing or too few, on {}",
        "教師モデルについて：不足している評価データのスコア（{0}）",
    ),
    // Remarks.
    ("{} denies: {*}", "{0} により不合格です：{1}"),
    ("{} is waived until {}: {*}", "{0} は {1} まで免除されています：{2}"),
    (
        "<contaminated|CONTAMINATED>, and the levels in [checks] let it pass",
        "「汚染あり」ですが、[checks] の重大度の設定により合格扱いとしています",
    ),
    (
        "<divergent|DIVERGENT>, and the levels in [checks] let it pass",
        "「乖離あり」ですが、[checks] の重大度の設定により合格扱いとしています",
    ),
    ("what is let through leaves no test that decides", "許容した事項により、判定できる検証が残っていません"),
    (
        "[gate] require = \"clean\" asks for a tested teacher",
        "[gate] require = \"clean\" の設定により、教師モデル自体の検証が必要です",
    ),
    (
        "INCONCLUSIVE, and [gate] inconclusive = \"warn\" lets it pass",
        "「判定保留」ですが、[gate] inconclusive = \"warn\" の設定により合格扱いとしています",
    ),
    (
        "the baseline has it already, so that it fails nothing: {*}",
        "ベースラインに記載済みのため、不合格の理由とはしません：{0}",
    ),
    // What was not checked.
    (
        "the teacher itself: its own scores were not given ([teacher] scores, model or command)",
        "教師モデル自体（自身のスコアが指定されていません：[teacher] の scores、model または command）",
    ),
    (
        "what the student knows of the judgements: there is no reference arm ([[reference]] with `runs`, or with [distill] one to \
         train from)",
        "生徒モデルが正解判定を知っているかどうか（比較用の生徒モデルがありません：`runs` を持つ [[reference]]、または [distill] での学習元が必要です）",
    ),
    (
        "seeds beyond the first {} in the {}: {}, and every arm needs its own",
        "{1!}における最初の {0} 個より後のシード（{2}。すべてのモデルにそれぞれのシードが必要です）",
    ),
    (
        "whether the collections are those of before: there is no {} (distilgate fingerprint --update)",
        "評価データが以前と同じかどうか（{0} がありません。distilgate fingerprint --update で作成できます）",
    ),
    (
        "whether the teacher's command would still give {} of its {} answers: they are kept from before its files changed, and \
         another `name` in [teacher] asks anew",
        "教師モデルのコマンドの回答 {1} 件のうち {0} 件が、現在も同じかどうか（ファイルの変更前に保存した回答です。[teacher] の `name` を変えると改めて取得します）",
    ),
    (
        "a student of {}: its scores of the training pairs were not given ([[reference]] training-scores)",
        "{0} から学習した生徒モデル（学習用の組に対するスコアが指定されていません：[[reference]] の training-scores）",
    ),
    (
        "whether more queries of the collections are nearly the same: so many are so much alike that only some were compared; \
         those that are the same word for word count once",
        "評価データのクエリに、ほぼ同じものがほかにもあるかどうか（似たものが多いため一部だけを比較しました。完全に同じものは 1 回だけ数えています）",
    ),
    ("which teacher {} comes from: {*}", "{0} がどの教師モデルから学習したか（{1}）"),
    (
        "texts of the documents that moved most on {}: {*}",
        "評価データ {0} で順位が最も大きく変わった文書のテキスト（{1}）",
    ),
    (
        "{} of the {} queries in the reworded scores of {} on {}: they are rewordings of no query there, {*} for one",
        "評価データ {3} に対する {2} の言い換えスコアのクエリ {1} 件のうち {0} 件（元のクエリが見つかりません。例：{4}）",
    ),
    (
        "whether one kind of processor would give the same last digits: the shares ran on {*}",
        "プロセッサーの種類が一つであれば末尾の桁まで同じになるかどうか（分割実行に使用したプロセッサー：{0}）",
    ),
];
