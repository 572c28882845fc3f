#!/usr/bin/env python3
"""Measuring a run: distilgate beside pytrec_eval, ranx and ir_measures.

    pip install ir-measures pytrec-eval-terrier ranx
    cargo build --release && python benches/measures.py

1,000 queries with 1,000 results each and 100 judgements a query, made with a fixed seed. First the whole process,
reading included, as a CI job would call it; every tool in turn, round after round, so that a busy machine slows all
alike. Then the computation alone, everything in memory (`cargo bench --bench measures` for distilgate).
Every tool has to come to the same means.
"""

import argparse
import importlib.metadata
import os
import pathlib
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time

import pytrec_eval

ROOT = pathlib.Path(__file__).parent.parent
MEASURES = ["nDCG@10", "AP", "RR", "P@10", "R@100"]
TREC_EVAL = ["ndcg_cut_10", "map", "recip_rank", "P_10", "recall_100"]
RANX = ["ndcg@10", "map", "mrr", "precision@10", "recall@100"]

WITH_PYTREC_EVAL = """
import sys, pytrec_eval
names = sys.argv[3:]
with open(sys.argv[1]) as qrels, open(sys.argv[2]) as run:
    evaluator = pytrec_eval.RelevanceEvaluator(pytrec_eval.parse_qrel(qrels), set(names))
    values = evaluator.evaluate(pytrec_eval.parse_run(run))
for name in names:
    print(name, sum(row[name] for row in values.values()) / len(values), sep="\\t")
"""

WITH_RANX = """
import sys, ranx
names = sys.argv[3:]
qrels = ranx.Qrels.from_file(sys.argv[1], kind="trec")
run = ranx.Run.from_file(sys.argv[2], kind="trec")
for name, value in ranx.evaluate(qrels, run, names).items():
    print(name, value, sep="\\t")
"""


def make(queries, results, judged):
    """Qrels and a run: every tenth result is judged; results stand in no order, scores have no ties."""
    rng = random.Random(1)
    qrels, run = {}, {}
    for query in (f"q{n}" for n in range(queries)):
        documents = [f"D{n:07}" for n in rng.sample(range(10_000_000), results)]
        qrels[query] = {d: rng.choice((0, 0, 1, 2, 3)) for d in documents[:: results // judged]}
        scores = rng.sample(range(1, 1_000_000), results)
        run[query] = {d: score / 1000 for d, score in zip(documents, scores)}
    return qrels, run


def write(folder, qrels, run):
    files = folder / "made.qrels", folder / "made.run"
    files[0].write_text("".join(f"{q} 0 {d} {g}\n" for q, row in qrels.items() for d, g in row.items()))
    files[1].write_text("".join(
        f"{q} Q0 {d} {rank} {score} made\n" for q, row in run.items()
        for rank, (d, score) in enumerate(sorted(row.items(), key=lambda pair: -pair[1]), 1)))
    return [str(file) for file in files]


def timed(command):
    """Seconds and the numbers in the last column of what is printed."""
    start = time.perf_counter()
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - start, [float(line.split("\t")[-1]) for line in printed.splitlines()]


def whole_process(binary, qrels, run, rounds):
    files = write(pathlib.Path(tempfile.mkdtemp()), qrels, run)
    print("run file:", round(os.path.getsize(files[1]) / 1e6, 1), "MB")
    tools = {
        "distilgate": [binary, "evaluate", *files, *MEASURES, "--places", "-1"],
        "pytrec_eval": [sys.executable, "-c", WITH_PYTREC_EVAL, *files, *TREC_EVAL],
        "ranx": [sys.executable, "-c", WITH_RANX, *files, *RANX],
        "ir_measures": [sys.executable, "-m", "ir_measures", *files, *MEASURES, "--places", "-1"],
    }
    seconds = {tool: [] for tool in tools}
    for number in range(rounds + 1):
        means = {}
        for tool, command in tools.items():
            elapsed, means[tool] = timed(command)
            if number > 0:  # The first round fills caches, ranx's compiled functions among them.
                seconds[tool].append(elapsed)
        for tool, values in means.items():
            pairs = list(zip(values, means["distilgate"], strict=True))
            assert all(abs(value - ours) < 1e-6 for value, ours in pairs), (tool, pairs)
    table("whole process, reading included", seconds)


def in_memory(qrels, run, rounds):
    printed = subprocess.run(["cargo", "bench", "--quiet", "--bench", "measures"], cwd=ROOT, check=True,
                             capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in printed.splitlines() if line.count("\t") == 2]
    for names, asked in ((MEASURES[:1], TREC_EVAL[:1]), (MEASURES, TREC_EVAL)):
        seconds = {f"distilgate, {what}": [int(nanoseconds) / 1e9]
                   for what, measures, nanoseconds in lines if measures == " ".join(names)}
        evaluator = pytrec_eval.RelevanceEvaluator(qrels, set(asked))
        times = seconds["pytrec_eval, evaluate (it ranks too)"] = []
        for _ in range(rounds):
            start = time.perf_counter()
            evaluator.evaluate(run)
            times.append(time.perf_counter() - start)
        table(f"in memory: {' '.join(names)}", seconds)


def table(title, seconds):
    """Medians, and how many times the first row each is."""
    print(f"\n{title}\n{'':40} {'median s':>9} {'min s':>9} {'ratio':>7}")
    first = statistics.median(next(iter(seconds.values())))
    for tool, times in seconds.items():
        print(f"{tool:40} {statistics.median(times):9.4f} {min(times):9.4f} {statistics.median(times) / first:7.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/release/distilgate"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--results", type=int, default=1000)
    parser.add_argument("--no-memory", action="store_true", help="leave out what needs cargo")
    args = parser.parse_args()
    print("distilgate:", subprocess.run([args.binary, "--version"], capture_output=True, text=True).stdout.strip())
    for package in ("pytrec-eval-terrier", "ranx", "ir-measures", "numpy"):
        print(f"{package}:", importlib.metadata.version(package))
    print("python:", platform.python_version(), "| machine:", platform.machine(), "|", os.cpu_count(), "cores")
    qrels, run = make(args.queries, args.results, 100)
    whole_process(args.binary, qrels, run, args.rounds)
    if not args.no_memory:
        in_memory(qrels, run, args.rounds)


if __name__ == "__main__":
    main()
