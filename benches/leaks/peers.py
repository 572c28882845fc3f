"""Runs other tools over the same records and collections, and writes what they find in the form that score.py reads.

    python3.12 -m venv peers && peers/bin/pip install decontaminate datasketch rensa text-dedup
    peers/bin/python benches/leaks/peers.py TOOL --against COLLECTION... --records FILE... --out matches.jsonl [--labels FILE]

TOOL is decon (allenai's, as packaged in `decontaminate`), decon-lifted (the same with its minimum lengths lifted and every
token sampled), datasketch, rensa or text-dedup. The first two look for queries, the others for documents at Jaccard 0.7 of
shingles of five words with 128 permutations. With --labels the records are the labelled texts of the carriers beside that
file, each as one string, so that no tool fails for the shape of a file; without, FILE is JSONL with `text`.
One thread each. Prints seconds and the version.
"""

import argparse
import json
import pickle
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from score import Half
from texts import find, lines

THRESHOLD, PERMUTATIONS, SIZE = 0.7, 128, 5
WORD = re.compile(r"\W+")


def folder(path):
    """Queries and documents of a collection."""
    path = Path(path)
    queries = {q["_id"]: q["text"] for q in map(json.loads, lines(find(path / "queries.jsonl")))}
    corpus = map(json.loads, lines(find(path / "corpus.jsonl")))
    return path.name, queries, {d["_id"]: f"{d.get('title', '')} {d['text']}".strip() for d in corpus}


def records(paths, labels):
    """(file, line, text) of each record."""
    if labels:
        half = Half(labels)
        yield from ((label["file"], label["line"], half.text(label)) for label in half.labels)
        return
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield path.name, number, json.loads(line)["text"]


def ngrams(text):
    found = [w for w in WORD.split(text.lower()) if w]
    return {" ".join(found[i : i + SIZE]) for i in range(max(1, len(found) - SIZE + 1))}


def decon(options, lifted):
    import decon as tool

    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        for name in ("train", "evals", "report"):
            (work / name).mkdir()
        ids = []
        for path in options.against:
            name, queries, _ = folder(path)
            with open(work / "evals" / f"{name}.jsonl", "w", encoding="utf-8") as file:
                for query, text in queries.items():
                    record = {"eval_key": name, "eval_instance_index": len(ids), "doc_id": len(ids), "split": "test"}
                    record |= {"question": text, "answer": "", "is_correct": True, "fingerprint": ""}
                    file.write(json.dumps(record) + "\n")
                    ids.append((name, query))
        at = {}
        if options.labels:
            with open(work / "train" / "records.jsonl", "w", encoding="utf-8") as file:
                for number, (name, line, text) in enumerate(records(options.records, options.labels)):
                    file.write(json.dumps({"text": text}) + "\n")
                    at[number] = (name, line)
        for path in options.records if not options.labels else ():
            (work / "train" / path.name).symlink_to(path.resolve())
        more = {"eval_min_token_length": 1, "eval_min_unique_word_count": 1, "sample_every_m_tokens": 1, "ngram_size": 3}
        config = tool.Config(
            str(work / "train"), str(work / "evals"), str(work / "report"), worker_threads=1, eval_dedup=False,
            **(more if lifted else {}),
        )  # fmt: skip
        tool.detect(config)
        for report in sorted((work / "report").rglob("*.jsonl")):
            for line in lines(report):
                match = json.loads(line)
                name, query = ids[match["eval_instance_index"]]
                file, row = at.get(match["training_line"], (match["training_file"], match["training_line"] + 1))
                yield file, row, name, "query", query, match["contamination_score"]


def documents(options):
    for path in options.against:
        name, _, corpus = folder(path)
        yield from ((name, document, text) for document, text in corpus.items())


def datasketch(options):
    from datasketch import MinHash, MinHashLSH

    def signature(text):
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch([g.encode() for g in ngrams(text)])
        return made

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for name, document, text in documents(options):
        index.insert((name, document), signature(text), check_duplication=False)
    for file, line, text in records(options.records, options.labels):
        for name, document in index.query(signature(text)):
            yield file, line, name, "document", document, None


def rensa(options):
    import rensa as tool

    def signature(text):
        made = tool.RMinHash(num_perm=PERMUTATIONS, seed=42)
        made.update(list(ngrams(text)))
        return made

    index, ids, kept = tool.RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16), [], []
    for name, document, text in documents(options):
        kept.append(signature(text))
        index.insert(len(ids), kept[-1])
        ids.append((name, document))
    for file, line, text in records(options.records, options.labels):
        asked = signature(text)
        for place in index.query(asked):
            score = asked.jaccard(kept[place])
            if score >= THRESHOLD:
                yield file, line, *ids[place][:1], "document", ids[place][1], score


def text_dedup(options):
    """Deduplicates documents and records together; a match is a record in one cluster with a document."""
    import os

    os.environ["HF_DATASETS_OFFLINE"] = "1"
    from datasets import disable_caching
    from text_dedup.config.base import load_config_from_toml
    from text_dedup.minhash import main as run

    disable_caching()
    with tempfile.TemporaryDirectory() as work:
        work, ids = Path(work), []
        with open(work / "all.jsonl", "w", encoding="utf-8") as file:
            for row in [*documents(options), None]:
                if row is not None:
                    ids.append(("document", *row[:2]))
                    file.write(json.dumps({"text": row[2]}) + "\n")
            for name, line, text in records(options.records, options.labels):
                ids.append(("record", name, line))
                file.write(json.dumps({"text": text}) + "\n")
        toml = f"""
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "{work}/all.jsonl"
split = "train"
cache_dir = "{work}/cache"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = {PERMUTATIONS}
ngram_size = {SIZE}
threshold = {THRESHOLD}
check_false_positive = true
num_proc = 1
[output]
output_dir = "{work}/out"
skip_filtering = true
save_clusters = true
keep_index_column = true
[debug]
"""
        (work / "config.toml").write_text(toml)
        run(load_config_from_toml(work / "config.toml"))
        clusters = pickle.loads((work / "out" / "clusters.pickle").read_bytes())
    members = {}
    for place, cluster in clusters.items():
        members.setdefault(cluster, []).append(place)
    for places in members.values():
        inside = [ids[p] for p in places if ids[p][0] == "document"]
        for place in places:
            if ids[place][0] == "record":
                for _, name, document in inside:
                    yield ids[place][1], ids[place][2], name, "document", document, None


TOOLS = {
    "decon": (lambda o: decon(o, False), "decontaminate"),
    "decon-lifted": (lambda o: decon(o, True), "decontaminate"),
    "datasketch": (datasketch, "datasketch"),
    "rensa": (rensa, "rensa"),
    "text-dedup": (text_dedup, "text-dedup"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("--against", nargs="+", required=True)
    parser.add_argument("--records", nargs="*", type=Path, default=[])
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    run, package = TOOLS[options.tool]
    start, count = time.perf_counter(), 0
    with open(options.out, "w", encoding="utf-8") as out:
        for file, line, collection, kind, name, score in run(options):
            record = {"file": file, "line": line, "collection": collection, "kind": kind, "id": name, "similarity": score}
            out.write(json.dumps(record) + "\n")
            count += 1
    print(f"{options.tool} {version(package)}: {count} matches in {time.perf_counter() - start:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
