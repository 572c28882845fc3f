"""Scans real data for real collections, and lists every match with both texts, to be judged by reading.

    python benches/leaks/real.py DATA --distilgate BIN --work DIR [--verdicts verdicts.tsv] > table.md

DATA holds collections in BEIR layout and perhaps folders of other files (distill, teacher_labels, odd). Each collection (its
documents and queries, as files) is scanned against all others, and the other files against all collections. Within a
collection, its train queries (qrels/train.tsv) are scanned against its test queries and documents. Matches are written to
DIR/hits.jsonl. A verdict is a line in verdicts.tsv: source, line, collection, kind, id, verdict, why; tab separated; the verdicts
are `copy` (the same text, or an edited one), `name` (a query that is a name or a phrase and stands in a text on its own
account), `boilerplate` (documents that share a form but not what they say), `false`. Prints precision by pair and kind.
"""

import argparse
import csv
import json
import subprocess
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from known import stands
from score import names, plain, share, table
from texts import Collection, contained, lines, normal, occurs, shingles, tokens

OTHER = ["distill", "teacher_labels", "odd"]
TEXTS = (".jsonl", ".jsonl.zst", ".tsv", ".txt", ".qry", ".query")


def scan(binary, paths, against, out):
    command = [binary, "scan", *paths, "--against", *against, "--out", out]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1) or not out.exists():
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return [json.loads(line) for line in lines(out)]


def sources(data, collections, work):
    """(name, paths, folders to scan against)."""
    for name in collections:
        others = [work / "collections" / c for c in collections if c != name]
        yield name, [next(data.joinpath(name).glob("corpus.jsonl*")), data / name / "queries.jsonl"], others
        if next(data.joinpath(name, "qrels").glob("train.tsv*"), None):
            train, test = Collection(data / name, "train"), Collection(data / name)
            path = work / f"{name}-train.jsonl"
            with open(path, "w", encoding="utf-8") as file:
                for query, text in train.queries.items():
                    if query not in test.queries:
                        file.write(json.dumps({"_id": query, "text": text}, ensure_ascii=False) + "\n")
            yield f"{name} train queries", [path], [work / "collections" / name]
    for name in OTHER:
        paths = [p for p in sorted(data.joinpath(name).glob("*")) if p.name.endswith(TEXTS)]
        if paths:
            yield name, paths, [work / "collections" / c for c in collections]


def evident(source, kind, here, query, document, shingled):
    """The verdict where the texts leave no doubt."""
    if kind == "query":
        alone = any(normal(field) == normal(query) for field in here.split("\n"))
        return "copy" if alone or (source in OTHER and occurs(query, here)) else "unread"
    if document is None:
        return "unread"
    a, b = shingled(here), shingled(document)
    shared = max(contained(a, b), contained(b, a))
    if kind == "judgement":
        return "copy" if shared >= 0.3 and stands(tokens(query), tokens(here)) in ("whole", "near") else "unread"
    return "copy" if shared >= (0.3 if source in OTHER else 0.5) else "unread"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--distilgate", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--verdicts", type=Path)
    parser.add_argument("--reuse", action="store_true", help="judge the matches of the last time, without a scan")
    options = parser.parse_args()
    data, work = options.data, options.work
    collections = {p.parent.name: Collection(p.parent) for p in sorted(data.glob("*/queries.jsonl"))}
    for name, c in collections.items():
        c.write(work / "collections" / name)
    verdicts, shingled = {}, cache(lambda text: shingles(tokens(text), 5))
    if options.verdicts and options.verdicts.exists():
        with options.verdicts.open(encoding="utf-8") as file:
            for row in csv.reader(file, delimiter="\t"):
                verdicts[tuple(row[:5])] = row[5]
    cells, evidence, ruled = defaultdict(Counter), Counter(), 0
    with open(work / "hits.jsonl", "w", encoding="utf-8") as out:
        for name, paths, against in sources(data, collections, work):
            texts = {p.name: lines(p) for p in paths}
            found = work / f"{name.replace(' ', '-')}.matches.jsonl"
            matches = map(json.loads, lines(found)) if options.reuse else scan(options.distilgate, paths, against, found)
            for match in matches:
                file = Path(match["file"]).name
                query, document = names(match)
                c = collections[match["collection"]]
                here = plain(texts[file][match["line"] - 1])
                key = (f"{name}/{file}", str(match["line"]), match["collection"], match["kind"], str(match["id"]))
                verdict = verdicts.get(key) or evident(name, match["kind"], here, c.queries.get(query), c.documents.get(document), shingled)
                ruled += key not in verdicts and verdict != "unread"
                cells[name, match["collection"], match["kind"]][verdict] += 1
                whole = match["kind"] == "query" and match["how"] == "exact" and len(tokens(c.queries[query])) >= 4
                if match["kind"] == "judgement" or whole:
                    evidence[verdict] += 1
                record = dict(zip(("source", "line", "collection", "kind", "id"), key), verdict=verdict)
                record |= {"how": match.get("how"), "similarity": match.get("similarity"), "here": here[:600]}
                record |= {"query": c.queries.get(query), "document": c.documents.get(document, "")[:600] or None}
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
    rows = []
    for (name, collection, kind), n in sorted(cells.items()):
        good = n["copy"]
        rows.append([name, collection, kind, good, n["name"], n["boilerplate"], n["false"], n["unread"]])
    print(table(["scanned", "against", "kind", "copy", "name", "boilerplate", "false", "unread"], rows))
    groups = {
        "Queries between collections": [r for r in rows if r[0] in collections and r[2] == "query"],
        "Documents between collections": [r for r in rows if r[0] in collections and r[2] != "query"],
        "Train queries against the test queries of their collection": [r for r in rows if "train queries" in r[0]],
        "Other files against collections": [r for r in rows if r[0] in OTHER],
        "All together (most of it prompts that hold whole documents)": rows,
    }
    for title, of in groups.items():
        good, bad = sum(r[3] for r in of), sum(r[4] + r[5] + r[6] for r in of)
        print(f"- {title}: {share(good, good + bad)} % true of {good + bad} judged, {sum(r[7] for r in of)} unread.")
    good, bad = (sum(evidence[v] for v in kinds) for kinds in [["copy"], ["name", "boilerplate", "false"]])
    print(f"- Of them evidence (judgements, and queries of four words or more that are a whole text): "
          f"{share(good, good + bad)} % true of {good + bad} judged, {evidence['unread']} unread.")
    print(f"\n{ruled} of these verdicts come from the rule and not from a reader.")


if __name__ == "__main__":
    main()
