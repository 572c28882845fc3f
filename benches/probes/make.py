#!/usr/bin/env python3
"""Makes the teachers that `benches/probes/` measures instruments on, and their scores.

    cargo bench --bench bm25 -- --runs WORK/bm25 DATA/dl19 DATA/dl20 ...        candidates
    python3 benches/probes/make.py train DATA WORK --distilgate BINARY --model FOLDER    innocent and contaminated teachers
    python3 benches/probes/make.py score DATA WORK --distilgate BINARY --before FOLDER NAME=FOLDER ...
    cargo bench --bench probes -- DATA WORK                                     the tables
    python3 benches/probes/make.py published DATA WORK --distilgate BINARY      `check` over published teachers
    python3 benches/probes/make.py speed WORK --distilgate BINARY               its time on 8 x 100 x 100 pairs, 5 references

DATA holds collections as BEIR lays them out (corpora as zstd). A teacher is the model, trained further by `distilgate
distill` on 400 queries with 8 judged documents each (RankNet, 100 steps of 4 lists, 64 tokens): scifact's training judgements, or a
share of the queries from the test judgements of two collections. Documents judged not relevant are the negatives;
where a collection judges none, BM25's best unjudged ones are. Scores are those of `distilgate check`. Only the standard
library is needed, and the program `zstd`.
"""
import argparse
import collections
import gzip
import io
import json
import math
import pathlib
import random
import re
import resource
import shutil
import subprocess
import time

QUERIES, DOCUMENTS, RELEVANT = 400, 8, 3
COLLECTIONS = ["dl19", "dl20", "nfcorpus", "scifact", "cranfield", "vaswani", "cacm", "noveleval"]


def leak(percent, first, second):
    """`percent` of the queries from the test judgements of two collections, the others from scifact's training ones."""
    n = QUERIES * percent // 200
    return [("scifact", "train", QUERIES - 2 * n), (first, "test", n), (second, "test", n)]


# Name, seed of the data, what it is trained on. The order is that of training: the most telling ones first.
TEACHERS = [
    ("control1", 1, [("scifact", "train", QUERIES)]),
    ("leak50-dl", 2, leak(50, "dl19", "dl20")),
    ("leak50-cv", 3, leak(50, "cranfield", "vaswani")),
    ("leak20-dl", 4, leak(20, "dl19", "dl20")),
    ("leak20-cv", 5, leak(20, "cranfield", "vaswani")),
    ("leak5-dl", 6, leak(5, "dl19", "dl20")),
    ("leak5-cv", 7, leak(5, "cranfield", "vaswani")),
    ("nf50", 8, [("scifact", "train", QUERIES // 2), ("nfcorpus", "train", QUERIES // 2)]),
    ("control2", 9, [("scifact", "train", QUERIES)]),
]


def read_corpus(folder):
    with subprocess.Popen(["zstd", "-dc", folder / "corpus.jsonl.zst"], stdout=subprocess.PIPE) as unpacked:
        rows = map(json.loads, io.TextIOWrapper(unpacked.stdout, encoding="utf-8"))
        return {row["_id"]: f"{row.get('title', '')} {row['text']}".strip() for row in rows}


def read_queries(folder):
    with open(folder / "queries.jsonl", encoding="utf-8") as lines:
        return {row["_id"]: row["text"] for row in map(json.loads, lines)}


def read_judgements(folder, split):
    plain = folder / "qrels" / f"{split}.tsv"
    lines = open(plain, encoding="utf-8") if plain.exists() else gzip.open(f"{plain}.gz", "rt", encoding="utf-8")
    judged = collections.defaultdict(dict)
    with lines:
        next(lines)
        for line in lines:
            query, document, grade = line.split("\t")
            judged[query][document] = int(grade)
    return judged


class Bm25:
    """Enough of BM25 to find documents that are hard to tell from relevant ones."""

    def __init__(self, corpus):
        counts = {document: collections.Counter(self.words(text)) for document, text in corpus.items()}
        mean = sum(c.total() for c in counts.values()) / len(counts)
        self.postings = collections.defaultdict(list)
        for document, count in counts.items():
            length = 0.9 * (0.6 + 0.4 * count.total() / mean)
            for word, n in count.items():
                self.postings[word].append((document, n / (n + length)))
        self.size = len(counts)

    @staticmethod
    def words(text):
        return re.findall(r"[a-z0-9]+", text.lower())

    def best(self, query, k):
        scores = collections.Counter()
        for word in sorted(set(self.words(query))):
            found = self.postings.get(word, [])
            weight = math.log(1 + (self.size - len(found) + 0.5) / (len(found) + 0.5))
            for document, saturated in found:
                scores[document] += weight * saturated
        return [document for document, _ in sorted(scores.items(), key=lambda x: (-x[1], x[0]))[:k]]


class Source:
    """One collection's split, as lists of judged documents."""

    def __init__(self, folder, split):
        self.name, self.corpus, self.texts = folder.name, read_corpus(folder), read_queries(folder)
        self.judged = read_judgements(folder, split)
        self.bm25 = Bm25(self.corpus)

    def lists(self, n, chance):
        queries = sorted(q for q, judged in self.judged.items() if q in self.texts and any(g > 0 for g in judged.values()))
        order = []
        while len(order) < n:
            chance.shuffle(queries)
            order += queries
        return [self.documents(query, chance) for query in order[:n]]

    def documents(self, query, chance):
        judged = {d: g for d, g in self.judged[query].items() if self.corpus.get(d)}
        relevant = sorted(d for d, g in judged.items() if g > 0)
        others = sorted(d for d, g in judged.items() if g <= 0)
        relevant = chance.sample(relevant, min(RELEVANT, len(relevant)))
        if len(others) < DOCUMENTS - RELEVANT:
            others += [d for d in self.bm25.best(self.texts[query], 40) if d not in judged and self.corpus[d]]
        others = chance.sample(others, min(DOCUMENTS - len(relevant), len(others)))
        return self, query, [(d, max(judged.get(d, 0), 0)) for d in relevant + others]


def write_training_set(folder, sources, parts, seed):
    chance = random.Random(seed)
    lists = [entry for name, split, n in parts for entry in sources(name, split).lists(n, chance)]
    chance.shuffle(lists)
    folder.mkdir(parents=True)
    texts = {}
    with open(folder / "queries.jsonl", "w") as queries, open(folder / "scores.run", "w") as scores:
        for i, (source, query, documents) in enumerate(lists):
            print(json.dumps({"_id": f"t{i}", "text": source.texts[query]}), file=queries)
            for rank, (document, grade) in enumerate(sorted(documents, key=lambda x: -x[1]), 1):
                texts[f"{source.name}.{document}"] = source.corpus[document]
                print(f"t{i} Q0 {source.name}.{document} {rank} {grade} judged", file=scores)
    with open(folder / "corpus.jsonl", "w") as corpus:
        for document, text in texts.items():
            print(json.dumps({"_id": document, "title": "", "text": text}), file=corpus)


def train(a):
    kept = {}

    def sources(name, split):
        if (name, split) not in kept:
            kept[name, split] = Source(a.data / name, split)
        return kept[name, split]

    for name, seed, parts in TEACHERS:
        data, out = a.work / "training" / name, a.work / "models" / name
        if a.only and name not in a.only or out.exists():
            continue
        shutil.rmtree(data, ignore_errors=True)
        write_training_set(data, sources, parts, seed)
        out.parent.mkdir(exist_ok=True)
        subprocess.run([a.distilgate, "distill", "--student", a.model, "--queries", data / "queries.jsonl",
                        "--corpus", data / "corpus.jsonl", "--scores", data / "scores.run", "--loss", "ranknet",
                        "--steps", str(QUERIES // 4), "--groups", "4", "--candidates", "8", "--max-length", str(a.max_length),
                        "--seed", "1", "--threads", str(a.threads), "--quiet", "--out", out], check=True)
        print(f"trained {name}", flush=True)


def configuration(a, model):
    lines = ["[gate]", f"queries = {a.queries}", "[first-stage]", f"depth = {a.depth}",
             f'run = "{a.work.resolve()}/bm25/{{collection}}.run"']
    for arm, folder in [("before", a.before), ("after", model)]:
        lines += [f"[student.{arm}]", f'model = "{pathlib.Path(folder).resolve()}"',
                  f"options = {{ max-length = {a.max_length} }}"]
    for i, name in enumerate(COLLECTIONS):
        lines += ["[[collection]]", f'name = "{name}"', f'path = "{a.data.resolve()}/{name}"',
                  f'role = "{"suspect" if i < 2 else "clean"}"', 'because = "no role is used here"']
    return "\n".join(lines) + "\n"


def check(a, folder):
    """Runs `check` in a folder, where its report goes; its exit code is the verdict."""
    command = [a.distilgate, "check", "--quiet", "--threads", str(a.threads)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def score(a):
    models = dict(model.split("=", 1) for model in a.models)
    for name, folder in models.items():
        target, folder_of_check = a.work / "runs" / name, a.work / "check" / name
        if target.exists():
            continue
        folder_of_check.mkdir(parents=True, exist_ok=True)
        (folder_of_check / "distilgate.toml").write_text(configuration(a, folder))
        check(a, folder_of_check)
        runs = folder_of_check / "distilgate-report" / "runs"
        shutil.copytree(runs / "after", target)
        shutil.copytree(runs / "before", a.work / "runs" / "before", dirs_exist_ok=True)
        print(f"scored {name}", flush=True)


# Published teachers of dl19 and dl20: the file after the collection's name, what its numbers mean, and the references.
DENSE = ["tasb.run.gz", "splade.run", "ada2.run.gz"]
LABELS = ["4prompts-llama3-70b", "4prompts-llama3-8b", "4prompts-flant5-large"]
PUBLISHED = [
    *((f"runs/{{collection}}.{name}", "scores", [f"runs/{{collection}}.{d}" for d in DENSE if d != name]) for name in DENSE),
    *((f"runs/{{collection}}.{name}", "order", [f"runs/{{collection}}.{d}" for d in DENSE])
      for name in ["gpt-3.5-turbo.rep*.run", "rankvicuna.bm25.run.gz", "rankvicuna-noaug.bm25.run.gz",
                   "vicuna-7b-ckpt800-top20.bm25.run.gz"]),
    *((f"teacher_labels/{{collection}}.{name}.qrels{end}", "grades",
       [f"runs/{{collection}}.{d}" for d in DENSE] + [f"teacher_labels/{{collection}}.{x}.qrels.gz" for x in LABELS if x != name])
      for name, end in [("umbrela-gpt4", ""), ("binary-gpt4", ".gz"), ("binary-gpt4o", ".gz"), ("exam-max-gpt4", ".gz"),
                        ("binary-llama3.2", ".gz"), ("4prompts-llama3-70b", ".gz")]),
]


def published(a):
    """dl19 and dl20 are suspect; noveleval and cacm would be clean, if anybody had published scores of them."""
    folder = a.work / "published"
    folder.mkdir(parents=True, exist_ok=True)
    print("| teacher | gives | references beside BM25 | b on dl19 (queries) | on dl20 | verdict |\n|---|---|---|---|---|---|")
    for pattern, gives, references in PUBLISHED:
        data = a.data.resolve()
        scores = [pattern.replace("rep*", f"rep{i}") for i in range(1, 6)] if "*" in pattern else [pattern]
        lines = ["[teacher]", f'gives = "{gives}"', f"scores = {json.dumps([f'{data}/{s}' for s in scores])}"]
        lines += ["[student.before]", f'runs = "{data}/{{collection}}/candidates/bm25.run"']
        lines += ["[student.after]", f'runs = "{data}/runs/{{collection}}.rankvicuna.bm25.run.gz"']
        for reference in references:
            name = reference.split("}.")[1].split(".")[0]
            lines += ["[[reference]]", f'name = "{name}"', f'scores = "{data}/{reference}"']
        for name, role, rel in [("dl19", "suspect", 2), ("dl20", "suspect", 2), ("noveleval", "clean", 1), ("cacm", "clean", 1)]:
            lines += ["[[collection]]", f'name = "{name}"', f'path = "{data}/{name}"', f'role = "{role}"',
                      'because = "set by hand"', f"rel = {rel}"]
        (folder / "distilgate.toml").write_text("\n".join(lines) + "\n")
        shutil.rmtree(folder / "distilgate-report", ignore_errors=True)
        ended = check(a, folder)
        names = ", ".join(sorted(r.split("}.")[1].split(".")[0] for r in references))
        path = folder / "distilgate-report" / "report.json"
        if not path.exists():
            print(f"| {pattern} | {gives} | {names} | - | - | refused: {ended.stderr.strip()} |")
            continue
        report = json.loads(path.read_text())
        found = [o for o in report["outcomes"] if o["name"] == "label residual of the teacher"]
        means = {c["collection"]: f"{c['mean']:+.2f} ({len(c['by_query'])})" for o in found for c in o["collections"] if c.get("mean") is not None}
        print(f"| {pattern} | {gives} | {names} | {means.get('dl19', '-')} | {means.get('dl20', '-')} | {report['verdict']} |",
              flush=True)


def speed(a):
    """Made-up scores, so that only reading, the statistics and the report take time."""
    folder, chance = a.work / "speed", random.Random(1)
    shutil.rmtree(folder, ignore_errors=True)
    scorers = ["before", "after", "bm25", "teacher"] + [f"reference{i}" for i in range(1, 6)]
    lines = ["[teacher]", 'scores = "runs/teacher/{collection}.run"', "[first-stage]", "depth = 100",
             'run = "runs/bm25/{collection}.run"']
    for arm in ["before", "after"]:
        lines += [f"[student.{arm}]", f'runs = "runs/{arm}/{{collection}}.run"']
    for name in scorers[4:]:
        lines += ["[[reference]]", f'name = "{name}"', f'scores = "runs/{name}/{{collection}}.run"']
    for name in scorers:
        (folder / "runs" / name).mkdir(parents=True)
    for number in range(8):
        collection = folder / f"c{number}"
        (collection / "qrels").mkdir(parents=True)
        lines += ["[[collection]]", f'name = "c{number}"', f'path = "c{number}"', 'because = "made up"',
                  f'role = "{"suspect" if number < 2 else "clean"}"']
        rows = [(f"q{q}", f"d{q}-{d}", chance.gauss(0, 1)) for q in range(100) for d in range(100)]
        with open(collection / "corpus.jsonl", "w") as corpus, open(collection / "queries.jsonl", "w") as queries:
            for q in range(100):
                print(json.dumps({"_id": f"q{q}", "text": f"question {number} {q} {chance.random()}"}), file=queries)
            for _, document, _ in rows:
                print(json.dumps({"_id": document, "title": "", "text": f"text of {document}"}), file=corpus)
        with open(collection / "qrels" / "test.tsv", "w") as qrels:
            print("query-id\tcorpus-id\tscore", file=qrels)
            for query, document, quality in rows:
                if quality > 1.3:
                    print(f"{query}\t{document}\t1", file=qrels)
        for name in scorers:
            said = sorted(((q, d, x + chance.gauss(0, 1)) for q, d, x in rows), key=lambda r: (r[0], -r[2]))
            with open(folder / "runs" / name / f"c{number}.run", "w") as run:
                for i, (query, document, score) in enumerate(said):
                    print(f"{query} Q0 {document} {i % 100 + 1} {score:.6f} {name}", file=run)
    (folder / "distilgate.toml").write_text("\n".join(lines) + "\n")
    for _ in range(5):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        check(a, folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        computing = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"`check`, all of it: {time.perf_counter() - start:.2f} s, of which computing {computing:.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, act in [("train", train), ("score", score), ("published", published), ("speed", speed)]:
        command = commands.add_parser(name)
        command.set_defaults(act=act)
        if act is not speed:
            command.add_argument("data", type=pathlib.Path)
        command.add_argument("work", type=pathlib.Path)
        command.add_argument("--distilgate", required=True, type=lambda p: pathlib.Path(p).resolve())
        command.add_argument("--max-length", type=int, default=64)
        command.add_argument("--threads", type=int, default=2)
        if act is train:
            command.add_argument("--model", required=True)
            command.add_argument("--only", nargs="*")
        if act is score:
            command.add_argument("--before", required=True)
            command.add_argument("--queries", type=int, default=50)
            command.add_argument("--depth", type=int, default=25)
            command.add_argument("models", nargs="+", metavar="NAME=FOLDER")
    a = parser.parse_args()
    a.act(a)


if __name__ == "__main__":
    main()
