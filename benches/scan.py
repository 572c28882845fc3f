"""Times `distilgate scan` beside other tools: the same files and queries, one core each, turns taken, medians.

    cargo build --release
    python3.12 -m venv peers && peers/bin/pip install decontaminate datasketch rensa text-dedup
    python benches/scan.py DATA --work DIR --peers peers/bin/python [--megabytes 200] [--repeats 5] [--only PART...]

DATA is a folder of collections in BEIR layout. Makes, from a fixed seed, JSONL with paragraphs of sentences drawn from
dl19, cranfield, vaswani and noveleval, and hides in it 200 queries of jaquad-dev, nfcorpus, scifact, dl20 and cacm, within
running text, and 200 documents of scifact and nfcorpus at Jaccard 0.8 to 1. Parts:

    queries       against queries alone, beside decontaminate as it comes and with its minimum lifted
    documents     against documents, beside datasketch, rensa and text-dedup; a quarter of the megabytes
    lines         a million short lines
    memory        five times the megabytes against dl20, 20,314 documents
    doubling      1, 2, 4, 8, 16 times the megabytes (hard links to one file)
    collections   against 1, 10 and 100 parts of all collections

Needs taskset. Whole processes are timed in seconds of CPU, reading and building of indexes included, so that what else
the machine does changes little; memory is the peak of the process.
"""

import argparse
import json
import os
import random as randoms
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benches" / "leaks"))
import documents as document_edits  # noqa: E402
import edits  # noqa: E402
from texts import Collection, normal, tokens  # noqa: E402

FROM = ["dl19", "cranfield", "vaswani", "noveleval"]
QUERIES = ["jaquad-dev", "nfcorpus", "scifact", "dl20", "cacm"]
DOCUMENTS = ["scifact", "nfcorpus"]
PARTS = ["queries", "documents", "lines", "memory", "doubling", "collections"]
LEAKS = 200
# A process counts the memory of its parent until it starts, so a small one stands in between.
LAUNCHER = """
import os, sys
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)
with open(sys.argv[1], "w") as file:
    print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss, file=file)
"""


class Bench:
    def __init__(self, options):
        self.options, self.work = options, options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.random = randoms.Random(1)
        names = dict.fromkeys([*FROM, *QUERIES, *DOCUMENTS])
        self.collections = {name: Collection(options.data / name) for name in names}
        texts = [t for name in FROM for t in self.collections[name].documents.values()]
        self.sentences = [s for t in texts for s in re.split(r"(?<=[.!?]) ", t) if 30 < len(s) < 400]

    def paragraph(self):
        return self.random.sample(self.sentences, self.random.randrange(3, 9))

    def write(self, path, size, leaks):
        """JSONL of so many bytes, with the leaks at random lines. Gives the line of each."""
        lines, total = [], 0
        while total < size:
            lines.append(self.paragraph())
            total += sum(map(len, lines[-1])) + 40
        at = dict(zip(self.random.sample(range(len(lines)), len(leaks)), leaks))
        with open(path, "w", encoding="utf-8") as file:
            for number, parts in enumerate(lines):
                if number in at:
                    parts = at[number](parts)
                record = {"id": number, "text": " ".join(parts)}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        return [number + 1 for number in at]

    def queries_file(self, megabytes):
        leaks, wanted = [], []
        for name in QUERIES:
            c = self.collections[name]
            long = [q for q in sorted(c.queries) if len(tokens(c.queries[q])) >= 2]
            for query in self.random.sample(long, LEAKS // len(QUERIES)):
                wanted.append((name, query))
                leaks.append(lambda parts, text=c.queries[query]: parts[:2] + [text] + parts[2:])
        path = self.work / "queries.jsonl"
        return path, list(zip(self.write(path, megabytes * 1e6, leaks), wanted))

    def documents_file(self, megabytes):
        leaks, wanted = [], []
        texts = [t for name in FROM for t in self.collections[name].documents.values()]
        words = edits.vocabulary(texts, 5000, self.random)[0]
        for name in DOCUMENTS:
            c = self.collections[name]
            long = [d for d in sorted(c.documents) if len(tokens(c.documents[d])) >= 60]
            for n, document in enumerate(self.random.sample(long, LEAKS // len(DOCUMENTS))):
                target = [1.0, 0.95, 0.9, 0.85, 0.82][n % 5]
                text = document_edits.at_jaccard(c.documents[document], target, self.random, words)
                wanted.append((name, document))
                leaks.append(lambda parts, text=(text or (c.documents[document],))[0]: [text])
        path = self.work / "documents.jsonl"
        return path, list(zip(self.write(path, megabytes * 1e6, leaks), wanted))

    def folders(self, names, queries=True, documents=True):
        """Collections in folders of their own; without documents one stands in, that every query is judged with."""
        made = []
        for name in names:
            c = Collection(self.options.data / name)
            if not documents:
                c.documents = {"stand-in": f"{name} qzxv wvkj yyqx"}
                c.qrels = {q: {"stand-in": 1} for q in c.queries}
            folder = self.work / f"{'q' * queries}{'d' * documents}" / name
            c.write(folder)
            made.append(folder)
        return made

    def parts(self, count):
        """All collections in a hundred parts; the folders of the first so many."""
        folder = self.work / "parts"
        if not folder.exists():
            for name, c in self.collections.items():
                for n in range(100):
                    part = Collection.__new__(Collection)
                    ids, queries = sorted(c.documents)[n::100], sorted(c.queries)[n::100]
                    part.documents = {d: c.documents[d] for d in ids}
                    part.queries = {q: c.queries[q] for q in queries if ids}
                    part.qrels = {q: {ids[0]: 1} for q in part.queries}
                    self.merge(part, folder / f"{n:03}", name)
        return sorted(folder.iterdir())[:count]

    @staticmethod
    def merge(part, folder, name):
        (folder / "qrels").mkdir(parents=True, exist_ok=True)
        with open(folder / "corpus.jsonl", "a", encoding="utf-8") as file:
            for d, text in part.documents.items():
                file.write(json.dumps({"_id": f"{name}-{d}", "title": "", "text": text}, ensure_ascii=False) + "\n")
        with open(folder / "queries.jsonl", "a", encoding="utf-8") as file:
            for q, text in part.queries.items():
                file.write(json.dumps({"_id": f"{name}-{q}", "text": text}, ensure_ascii=False) + "\n")
        new = not (folder / "qrels" / "test.tsv").exists()
        with open(folder / "qrels" / "test.tsv", "a", encoding="utf-8") as file:
            file.write("query-id\tcorpus-id\tscore\n" * new)
            for q, row in part.qrels.items():
                file.writelines(f"{name}-{q}\t{name}-{d}\t{grade}\n" for d, grade in row.items())

    # --- runs

    def ours(self, paths, against, out="ours.jsonl"):
        return [self.options.distilgate, "scan", *paths, "--against", *against, "--out", self.work / out], self.work / out

    def peer(self, tool, path, against):
        out = self.work / f"{tool}.jsonl"
        command = [self.options.peers, ROOT / "benches" / "leaks" / "peers.py", tool, "--against", *against]
        return [*command, "--records", path, "--out", out], out

    def run(self, command):
        """Seconds and peak MiB of a process on one core. Matches found are no failure."""
        measured = self.work / "measured.txt"
        with open(self.work / "log.txt", "w", encoding="utf-8") as log:
            launched = [sys.executable, "-S", "-c", LAUNCHER, measured, "taskset", "-c", "0", *command]
            subprocess.run([str(part) for part in launched], stdout=log, stderr=log, check=True)
        code, seconds, peak = measured.read_text().split()
        if int(code) not in (0, 1):
            raise SystemExit(f"{command[0]} ended with {code}:\n{(self.work / 'log.txt').read_text()[-2000:]}")
        return float(seconds), int(peak) / 1024

    def race(self, title, sides, size, wanted, kind):
        times, memory = {name: [] for name in sides}, {}
        for _ in range(self.options.repeats):
            for name, (command, _) in sides.items():
                seconds, memory[name] = self.run(command)
                times[name].append(seconds)
        print(f"\n{title}\n\n| | CPU s | MB/s | ratio | peak MiB | found of {len(wanted)} | other lines |\n|---|---:|---:|---:|---:|---:|---:|")
        first = statistics.median(times[next(iter(sides))])
        for name, (_, out) in sides.items():
            seconds = statistics.median(times[name])
            hit, others = self.found(out, wanted, kind)
            row = [name, f"{seconds:.2f}", f"{size / 1e6 / seconds:.1f}", f"{seconds / first:.2f}", f"{memory[name]:.0f}", hit, others]
            print("| " + " | ".join(map(str, row)) + " |", flush=True)

    def found(self, out, wanted, kind):
        """Leaks found, by line and text; and lines of matches of this kind that hold no leak."""
        matches = {}
        for line in out.read_text(encoding="utf-8").splitlines():
            match = json.loads(line)
            if match["kind"] in (kind, "judgement"):
                matches.setdefault(match["line"], set()).add(self.same(kind, match["collection"], match["id"]))
        hit = sum(self.same(kind, *item) in matches.get(line, ()) for line, item in wanted)
        return hit, len(set(matches) - {line for line, _ in wanted})

    def same(self, kind, collection, name):
        c = self.collections[collection]
        return normal((c.queries if kind == "query" else c.documents).get(name, name))

    # --- parts

    def queries(self):
        path, wanted = self.queries_file(self.options.megabytes)
        alone, whole = self.folders(QUERIES, documents=False), self.folders(QUERIES)
        command, out = self.ours([path], whole, "whole.jsonl")
        sides = {"distilgate, queries": self.ours([path], alone), "distilgate, queries and documents": (command, out)}
        if self.options.peers:
            sides |= {f"{t} (decontaminate)": self.peer(t, path, alone) for t in ("decon", "decon-lifted")}
        self.race(f"Queries: {path.stat().st_size / 1e6:.0f} MB", sides, path.stat().st_size, wanted, "query")

    def documents(self):
        path, wanted = self.documents_file(self.options.megabytes / 4)
        against = self.folders(DOCUMENTS)
        sides = {"distilgate": self.ours([path], against)}
        if self.options.peers:
            sides |= {tool: self.peer(tool, path, against) for tool in ("datasketch", "rensa", "text-dedup")}
        self.race(f"Documents: {path.stat().st_size / 1e6:.0f} MB", sides, path.stat().st_size, wanted, "document")

    def table(self, title, rows):
        print(f"\n{title}\n\n| | MB | CPU s | MB/s | peak MiB |\n|---|---:|---:|---:|---:|")
        for name, paths, against in rows:
            size = sum(p.stat().st_size for p in paths) / 1e6
            measured = [self.run(self.ours(paths, against)[0]) for _ in range(self.options.repeats)]
            seconds, peak = statistics.median(m[0] for m in measured), max(m[1] for m in measured)
            print(f"| {name} | {size:.0f} | {seconds:.2f} | {size / seconds:.1f} | {peak:.0f} |", flush=True)

    def lines(self):
        path, count = self.work / "lines.txt", 5000 * self.options.megabytes
        with open(path, "w", encoding="utf-8") as file:
            for _ in range(count):
                file.write(" ".join(self.random.choice(self.sentences).split()[: self.random.randrange(4, 12)]) + "\n")
        self.table(f"Short lines: {count} lines", [("lines", [path], self.folders(QUERIES, documents=False))])

    def linked(self, count):
        path = self.work / "queries.jsonl"
        if not path.exists():
            self.queries_file(self.options.megabytes)
        folder = self.work / f"times{count}"
        folder.mkdir(exist_ok=True)
        for n in range(count):
            (folder / f"{n}.jsonl").unlink(missing_ok=True)
            os.link(path, folder / f"{n}.jsonl")
        return sorted(folder.iterdir())

    def memory(self):
        self.table("Memory: against dl20", [("dl20, 20,314 documents", self.linked(5), self.folders(["dl20"]))])

    def doubling(self):
        against = self.folders(QUERIES)
        self.table("Doubling", [(f"{n} files", self.linked(n), against) for n in (1, 2, 4, 8, 16)])

    def collections_(self):
        path = self.linked(1)
        self.table("Collections", [(f"{n} collections", path, self.parts(n)) for n in (1, 10, 100)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--distilgate", default=ROOT / "target" / "release" / "distilgate", type=Path)
    parser.add_argument("--peers", type=Path, help="the Python that has the peers; without it they are left out")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    bench = Bench(parser.parse_args())
    for part in bench.options.only:
        getattr(bench, {"collections": "collections_"}.get(part, part))()
    if bench.options.peers:
        packages = ["decontaminate", "datasketch", "rensa", "text-dedup"]
        code = f"from importlib.metadata import version\nfor p in {packages}: print(p, version(p))"
        subprocess.run([bench.options.peers, "-c", code], check=True)


if __name__ == "__main__":
    main()
