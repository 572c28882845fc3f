"""Sets BM25 beside bm25s on collections in BEIR layout: nDCG@10, and seconds to index and to search.

    pip install bm25s PyStemmer regex ir_measures zstandard
    python benches/bm25.py COLLECTION...

bm25s (method "lucene", same k1 and b) is asked twice: with the words that fixtures/bm25/make.py finds, which should
give the same nDCG@10 but for lengths of documents (Lucene's are rounded, those of bm25s are not); and as it comes, with
its own tokenizer, English stop words and Porter, which is what its times are of. Reading and parsing the files is in
our times and not in those of bm25s. One thread each, the median of five times. Fails if nDCG@10 differs by more than 0.01 with the same words.
"""

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import bm25s
import ir_measures
import Stemmer
import zstandard
from ir_measures import nDCG

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "fixtures" / "bm25"))
import make  # noqa: E402

K1, B, DEPTH, TOLERANCE, REPEATS = 0.9, 0.4, 100, 0.01, 5


def ours(folders, runs):
    """What our benchmark says of each collection."""
    command = ["cargo", "bench", "--quiet", "--bench", "bm25", "--", "--runs", runs, *map(Path.absolute, folders)]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    names = ["name", "documents", "indexing", "queries", "searching"]
    return [dict(zip(names, line.split("\t"))) for line in lines]


def jsonl(path):
    packed = path.with_name(path.name + ".zst")
    if packed.exists():
        with packed.open("rb") as file:
            yield from map(json.loads, io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8"))
    else:
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def read(folder):
    documents = {d["_id"]: f"{d.get('title', '')} {d['text']}".strip() for d in jsonl(folder / "corpus.jsonl")}
    qrels = defaultdict(dict)
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        qrels[query][document] = int(grade)
    queries = {q["_id"]: q["text"] for q in jsonl(folder / "queries.jsonl") if q["_id"] in qrels}
    return documents, queries, qrels


def ndcg(qrels, run):
    return ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10]


def search(index, tokens, ids, names):
    found, scores = index.retrieve(tokens, k=min(DEPTH, len(ids)), show_progress=False, n_threads=0)
    return {
        name: {ids[d]: float(s) for d, s in zip(row, row_scores) if s > 0}
        for name, row, row_scores in zip(names, found, scores)
    }


def same_words(documents, queries):
    """bm25s over the words of fixtures/bm25/make.py."""
    analyse = make.analyser({})
    terms = [analyse(text) for text in documents.values()]
    vocabulary = {term: i for i, term in enumerate(sorted({t for row in terms for t in row}))}
    index = bm25s.BM25(method="lucene", k1=K1, b=B)
    index.index(([[vocabulary[t] for t in row] for row in terms], vocabulary), show_progress=False)
    asked = {name: [vocabulary[t] for t in analyse(text) if t in vocabulary] for name, text in queries.items()}
    asked = {name: terms for name, terms in asked.items() if terms}
    return search(index, list(asked.values()), list(documents), list(asked))


def as_it_comes(documents, queries):
    """bm25s with its own words; also the seconds that indexing and searching took."""
    stemmer = Stemmer.Stemmer("porter")

    def words(texts):
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=stemmer, show_progress=False)

    def indexed():
        index = bm25s.BM25(method="lucene", k1=K1, b=B)
        index.index(words(documents.values()), show_progress=False)
        return index

    indexing, index = median(indexed)
    searching, run = median(lambda: search(index, words(queries.values()), list(documents), list(queries)))
    return run, indexing, searching


def median(act):
    """Does something several times: the median of the seconds, and the last result."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = act()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def main(folders):
    worst = 0.0
    heads = ["collection", "documents", "queries", "nDCG@10", "same words", "bm25s", "index s", "bm25s", "search s", "bm25s"]
    print("".join(f"{head:>12}" for head in heads))
    with tempfile.TemporaryDirectory() as runs:
        for folder, measured in zip(folders, ours(folders, runs)):
            documents, queries, qrels = read(folder)
            mine = ndcg(qrels, ir_measures.read_trec_run(str(Path(runs) / f"{measured['name']}.run")))
            same = ndcg(qrels, same_words(documents, queries))
            run, indexing, searching = as_it_comes(documents, queries)
            worst = max(worst, abs(mine - same))
            print(
                f"{measured['name']:>12}{measured['documents']:>12}{measured['queries']:>12}{mine:12.4f}{same:12.4f}"
                f"{ndcg(qrels, run):12.4f}{measured['indexing']:>12}{indexing:12.3f}{measured['searching']:>12}"
                f"{searching:12.4f}"
            )
    sys.exit(f"nDCG@10 differs by {worst:.4f}" if worst > TOLERANCE else 0)


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
