"""Writes docs/scan-accuracy.md: scans both halves of the benchmark, scores them, and sets other tools beside.

    python benches/leaks/page.py DIR --distilgate target/release/distilgate [--peers PYTHON] [--real TABLE.md] --out docs/scan-accuracy.md

DIR is what make.py wrote; PYTHON has the peers (see peers.py); TABLE.md is what real.py printed. False matches of each half
are left in DIR/HALF/false.jsonl.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import score

TOOLS = ["decon", "decon-lifted", "datasketch", "rensa", "text-dedup"]
HERE = Path(__file__).parent

INTRO = """# What `distilgate scan` finds

Made by `python benches/leaks/page.py` from the benchmark of [benches/leaks](../benches/leaks/README.md): real queries and documents with known
edits, hidden in JSONL of five shapes, TSV and plain text, beside decoys. The classes are explained there. Figures are percentages
with 95 % Wilson intervals. The scanner was tuned on one half of the collections (dl19, nfcorpus, cranfield, cacm) and is reported on
the other ({names}), which shares no
query with it, and no document but those of nfcorpus, none of which are leaked. To make this page again:

```
python benches/leaks/make.py DATA/{{dl19,nfcorpus,cranfield,cacm,dl20,scifact,vaswani,jaquad-dev,noveleval,nfcorpus:train}} \\
    --other DATA/distill/{{bge-msmarco-train-scores,bge-nq-train-scores,gpl-fiqa-margins}}.jsonl.zst --seed 1 --out LEAKS
python benches/leaks/page.py LEAKS --distilgate target/release/distilgate --peers PYTHON --out docs/scan-accuracy.md
```
"""

REAL = """Each collection scanned against each other one, train queries against the test queries of their collection, and files of training data
against all, by `python benches/leaks/real.py DATA --distilgate target/release/distilgate --work WORK --verdicts benches/leaks/verdicts.tsv`. A reader
(a language model, once, not two people) gave the verdicts that the texts leave open; frames were read once and then known by a pattern, and twins of
scifact claims count as copies, also the dozen that differ in their subject. *copy*: the same text, an edited one, or passages that overlap by sentences. *name*: a query that is a
name or a phrase and stands in a text on its own account. *boilerplate*: documents that share a frame and not what they say.
"""


def scanned(folder, binary):
    """What our scanner found in a half."""
    out = folder / "matches.jsonl"
    against = sorted((folder / "collections").iterdir())
    command = [binary, "scan", folder / "carriers", "--against", *against, "--out", out]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout[-2000:])
    return out


def peer(folder, python, tool):
    out = folder / f"{tool}.jsonl"
    against = sorted((folder / "collections").iterdir())
    command = [python, HERE / "peers.py", tool, "--against", *against, "--labels", folder / "labels.jsonl", "--out", out]
    subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return out


def judged(half, path):
    with path.open(encoding="utf-8") as file:
        return score.judge(half, [json.loads(line) for line in file])


def summary(half, found, marks):
    """One column of the table of tools."""

    def of(class_, edits=None, length=None):
        labels = [
            label for label in half.labels
            if label["class"] == class_ and (edits is None or label["edit"] in edits) and length in (None, label.get("length"))
        ]  # fmt: skip
        return f"{100 * sum(label['label'] in found for label in labels) / len(labels):.1f}" if labels else ""

    good = sum(mark in ("right", "also") for _, _, mark in marks)
    bad = sum(mark in ("false", "mention") for _, _, mark in marks)
    decoys = {label["label"] for label in half.labels if label["expect"] == "absent"}
    raised = {label["label"] for _, label, mark in marks if label and mark in ("false", "mention")} & decoys
    return {
        "queries of 2 and 3 words, exact": f"{of('query', ['exact'], '2')} / {of('query', ['exact'], '3')}",
        "queries of 4 to 8 words, exact": of("query", ["exact"], "4-8"),
        "the same, one word edited": of("query", score.ONE_WORD, "4-8"),
        "the same, reordered": of("query", ["reordered"], "4-8"),
        "the same, in running text": of("query", ["embedded"], "4-8"),
        "Japanese queries, exact": of("query", ["exact"], "ja"),
        "documents, exact": of("document", ["exact"]),
        "documents at Jaccard 0.8": of("document", ["jaccard 0.8"]),
        "documents rewrapped": of("document", ["rewrapped"]),
        "documents in a longer text": of("document", ["embedded"]),
        "query with its relevant document": of("judgement"),
        "decoys raised": f"{len(raised)} of {len(decoys)}",
        "precision": f"{100 * good / (good + bad):.1f}" if good + bad else "",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--distilgate", type=Path, required=True)
    parser.add_argument("--peers")
    parser.add_argument("--real", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    columns, pages = {}, {}
    for name in ("tuning", "reporting"):
        folder = options.folder / name
        half = score.Half(folder / "labels.jsonl")
        found, marks = judged(half, scanned(folder, options.distilgate))
        pages[name] = score.page(half, found, marks)
        with open(folder / "false.jsonl", "w", encoding="utf-8") as file:
            for row in score.false_list(half, marks):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        if name == "tuning":
            columns["distilgate, tuning half"] = summary(half, found, marks)
            continue
        columns["distilgate"] = summary(half, found, marks)
        for tool in TOOLS if options.peers else ():
            columns[tool] = summary(half, *judged(half, peer(folder, options.peers, tool)))
    tools = ["distilgate", *[c for c in columns if c != "distilgate"]]
    rows = [[row, *(columns[tool][row] for tool in tools)] for row in columns["distilgate"]]
    parts = [INTRO.format(names=", ".join(sorted(half.collections))), "## Beside other tools\n", score.table(["", *tools], rows)]
    parts += ["## Reporting half\n", pages["reporting"]]
    if options.real:
        parts += ["## Real data\n", REAL, options.real.read_text(encoding="utf-8"), (HERE / "found.md").read_text(encoding="utf-8")]
    options.out.write_text("\n".join(parts), encoding="utf-8")
    print(options.out, file=sys.stderr)


if __name__ == "__main__":
    main()
