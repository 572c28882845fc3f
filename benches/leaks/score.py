"""Scores what a scanner found against the labels: recall for each edit and length, false alarms for each class of decoy,
precision, all with 95 % intervals (Wilson), and F1 for near duplicates of documents.

    python benches/leaks/score.py DIR/HALF/labels.jsonl matches.jsonl [--name NAME] [--missed 10] [--out PAGE.md]

matches.jsonl has a record for each match: `file`, `line`, `collection`, `kind` (query, document, judgement), `id`, for a
judgement also `document`. The carriers and collections lie beside the labels. A match is

    right    if the labels say so (or another item of the same text was named),
    also     if the labels name something else, but the texts at hand show that this is there too: the query stands in the
             record in a row, or four words or more of it but for one edit, or three fifths of the words are shared; and
             half the shingles of five tokens of the document are in the record, or in what was hidden there, or the
             other way round (passages cut from one page overlap),
    mention  if a query of one or two words stands within more text; counts as false,
    false    otherwise.
"""

import argparse
import json
import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from known import stands
from texts import Collection, contained, jaccard, shingles, tokens

LENGTHS = ["2", "3", "4-8", "9-12", "ja"]
ONE_WORD = ["typo", "inflected", "replaced", "inserted", "deleted", "swapped"]
QUERY_EDITS = ["exact", "casing", "reordered", *ONE_WORD, "template", "paraphrased", "embedded"]


def wilson(good, of, z=1.959963984540054):
    if not of:
        return 0.0, 1.0
    p, half = good / of, z * math.sqrt(good * (of - good) / of**3 + z * z / (4 * of * of))
    centre, scale = p + z * z / (2 * of), 1 + z * z / of
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def share(good, of):
    if not of:
        return ""
    low, high = wilson(good, of)
    return f"{100 * good / of:.1f} ({100 * low:.1f}-{100 * high:.1f})"


class Half:
    """Labels, carriers and collections, and what was found in them."""

    def __init__(self, labels):
        folder = labels.parent
        self.labels = [json.loads(line) for line in labels.open(encoding="utf-8")]
        self.at = defaultdict(list)
        for label in self.labels:
            self.at[label["file"]].append(label)
        for row in self.at.values():
            row.sort(key=lambda label: label["line"])
        self.lines = {p.name: p.read_text(encoding="utf-8").split("\n") for p in (folder / "carriers").iterdir()}
        self.collections = {p.name: Collection(p) for p in sorted((folder / "collections").iterdir())}

    def label(self, match):
        """The label of the record where the match is, or None between records."""
        row = self.at.get(Path(match["file"]).name, [])
        place = bisect_right([label["line"] for label in row], match["line"]) - 1
        return row[place] if place >= 0 and match["line"] <= row[place]["last_line"] else None

    def text(self, label):
        return "\n".join(plain(t) for t in self.lines[label["file"]][label["line"] - 1 : label["last_line"]])

    @cache  # noqa: B019
    def found(self, file, line, last_line):
        """Tokens and shingles of a record."""
        return both(self.text({"file": file, "line": line, "last_line": last_line}))

    @cache  # noqa: B019
    def document(self, collection, name):
        return both(self.collections[collection].documents.get(name, ""))

    def is_there(self, match, label):
        """Whether the texts themselves show the match: "also", "mention", or None."""
        c = self.collections[match["collection"]]
        query, document = names(match)
        found, whole = self.found(label["file"], label["line"], label["last_line"])
        if query is not None:
            wanted = tokens(c.queries.get(query, ""))
            close = label["what"] != "document" and jaccard(set(wanted), set(tokens(label["text"]))) >= 0.6
            how = None if close else stands(wanted, found)
            if not close and how not in ("whole", "near"):
                return how if how == "mention" else None
        if document is not None:
            wanted = self.document(match["collection"], document)[1]
            hidden = self.document(label.get("collection", match["collection"]), label.get("document_id", label.get("id")))[1]
            if max(contained(a, b) for t in (whole, hidden) for a, b in ((wanted, t), (t, wanted))) < 0.5:
                return None
        return "also" if match["kind"] != "judgement" or c.qrels.get(query, {}).get(document, 0) > 0 else None


def both(text):
    found = tokens(text)
    return found, shingles(found, 5)


def names(match):
    """The ids of query and document that a match names."""
    if match["kind"] == "document":
        return None, match["id"]
    if match["kind"] == "query":
        return match["id"], None
    if match.get("document") is not None:
        return match.get("query", match["id"]), match["document"]
    query, _, document = re.sub(r"[\t,/]+| -> ", " ", match["id"]).partition(" ")
    return query, document


def plain(line):
    """A line of JSON as its strings, any other as it is."""
    if not line.startswith("{"):
        return line
    found = []

    def walk(value):
        if isinstance(value, str):
            found.append(value)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    walk(json.loads(line))
    return "\n".join(found)


def is_right(match, label):
    query, document = names(match)
    c = match["collection"]
    queries = label.get("accept", []) if label["what"] in ("query", "pair") else []
    documents = label.get("accept_documents", []) if label["what"] == "pair" else label.get("accept", [])
    if match["kind"] == "judgement" and (label["class"] == "pair" or label["what"] != "pair"):
        return False
    return (query is None or [c, query] in queries) and (document is None or [c, document] in documents)


def finds(kind, label):
    """Whether a right match of this kind is what the label asks for."""
    wanted = {"query": ("query", "judgement"), "document": ("document", "judgement"), "pair": ("query",)}
    return kind == "judgement" if label["class"] == "judgement" else kind in wanted[label["what"]]


def judge(half, matches):
    """Marks every match, and gives the labels that were found."""
    found, judged = set(), []
    for match in matches:
        label = half.label(match)
        if label is None:
            judged.append((match, None, "false"))
        elif is_right(match, label):
            if finds(match["kind"], label):
                found.add(label["label"])
            judged.append((match, label, "right"))
        elif there := half.is_there(match, label):
            judged.append((match, label, there))
        elif label["expect"] == "either":
            judged.append((match, label, "open"))
        else:
            judged.append((match, label, "false"))
    return found, judged


def table(head, rows):
    align = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [head, align, *rows]) + "\n"


def recall(labels, found):
    return share(sum(label["label"] in found for label in labels), len(labels))


def query_table(half, found):
    rows = []
    cells = defaultdict(list)
    for label in half.labels:
        if label["class"] == "query" and label["length"] != "1":
            cells[label["edit"], label["length"]].append(label)
            if label["edit"] in ONE_WORD and label["expect"] == "found":
                cells["any one of the six above", label["length"]].append(label)
    edits = QUERY_EDITS[: 3 + len(ONE_WORD)] + ["any one of the six above"] + QUERY_EDITS[3 + len(ONE_WORD) :]
    for edit in edits:
        row = [edit]
        for length in LENGTHS:
            star = " *" if any(label["expect"] == "either" for label in cells[edit, length]) else ""
            row.append(recall(cells[edit, length], found) + star)
        rows.append(row)
    counts = [sum(label["class"] == "query" and label["length"] == n for label in half.labels) for n in LENGTHS]
    rows.append(["leaks", *counts])
    return table(["edit", "2 words", "3", "4 to 8", "9 to 12", "Japanese"], rows)


def other_table(half, found, class_):
    cells = defaultdict(list)
    for label in half.labels:
        if label["class"] == class_:
            cells[label["edit"]].append(label)
    rows = []
    for edit, labels in sorted(cells.items()):
        measured = [label["jaccard"]["5"] for label in labels if "5" in label["jaccard"]]
        mean = f"{sum(measured) / len(measured):.2f}" if measured else ""
        rows.append([edit, len(labels), mean, recall(labels, found)])
    return table(["edit", "leaks", "mean Jaccard, 5 tokens", "found, %"], rows)


def decoy_table(half, judged):
    hit = {label["label"] for _, label, mark in judged if label and mark in ("false", "mention", "open")}
    cells = defaultdict(list)
    for label in half.labels:
        if label["class"] == "decoy":
            cells[label["edit"] + (" (either way)" if label["expect"] == "either" else "")].append(label["label"])
    rows = [[edit, len(of), sum(n in hit for n in of), share(sum(n in hit for n in of), len(of))] for edit, of in cells.items()]
    return table(["decoy", "lines", "raised", "%"], sorted(rows))


def precision_table(judged):
    cells = defaultdict(Counter)
    for match, _, mark in judged:
        cells[match["kind"]][mark] += 1
        cells["all"][mark] += 1
    rows = []
    for kind, n in sorted(cells.items(), key=lambda cell: (cell[0] == "all", cell[0])):
        good, bad = n["right"] + n["also"], n["mention"] + n["false"]
        rows.append([kind, n["right"], n["also"], n["open"], n["mention"], n["false"], share(good, good + bad)])
    return table(["kind", "right", "also there", "open", "mention", "false", "precision, %"], rows)


def duplicates(half, found, judged):
    false = sum(match["kind"] == "document" and mark == "false" for match, _, mark in judged)
    rows = []
    documents = [label for label in half.labels if label["class"] == "document"]
    near = [label for label in documents if label["jaccard"]["5"] >= 0.78 and label["jaccard"]["5"] < 1]
    for name, labels in [
        ("similarity 0.8 and up, exact ones left out", near),
        ("similarity 0.8 and up", near + [label for label in documents if label["jaccard"]["5"] == 1]),
        ("every edit, down to 0.5 and half a document", documents),
    ]:
        hit = sum(label["label"] in found for label in labels)
        precision = hit / (hit + false) if hit + false else 0.0
        reached = hit / len(labels) if labels else 0.0
        f1 = 2 * precision * reached / (precision + reached) if precision + reached else 0.0
        rows.append([name, len(labels), false, f"{precision:.3f}", f"{reached:.3f}", f"{f1:.3f}"])
    return table(["near duplicates", "leaks", "false", "precision", "recall", "F1"], rows)


def false_list(half, judged):
    for match, label, mark in judged:
        if mark in ("false", "mention", "open"):
            query, document = names(match)
            c = half.collections[match["collection"]]
            yield {
                "mark": mark, "class": label and f"{label['class']}: {label['edit']}", "kind": match["kind"],
                "how": match.get("how"), "similarity": match.get("similarity"), "file": Path(match["file"]).name,
                "line": match["line"], "matched": [match["collection"], match["id"]],
                "text": label and half.text(label)[:200], "query": c.queries.get(query) if query else None,
                "document": c.documents.get(document, "")[:200] if document else None,
            }  # fmt: skip


def page(half, found, judged):
    parts = [
        "Recall of queries, % (95 % interval); * marks cells where a miss may be right, see the classes", query_table(half, found),
        "Recall of documents", other_table(half, found, "document"),
        "Query and relevant document in one record", other_table(half, found, "judgement"),
        "Query beside a document that is not relevant: the query alone is to be found", other_table(half, found, "pair"),
        "Decoys", decoy_table(half, judged), "Precision of all matches", precision_table(judged),
        "Near duplicates", duplicates(half, found, judged),
    ]  # fmt: skip
    return "\n".join(f"{a}:\n\n{b}" for a, b in zip(parts[::2], parts[1::2]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("matches", type=Path)
    parser.add_argument("--missed", type=int, default=0, help="print so many missed leaks of each class")
    parser.add_argument("--false", type=Path, help="write every false match to this file")
    options = parser.parse_args()
    half = Half(options.labels)
    with options.matches.open(encoding="utf-8") as file:
        matches = [json.loads(line) for line in file if line.strip()]
    found, judged = judge(half, matches)
    print(page(half, found, judged))
    if options.false:
        with options.false.open("w", encoding="utf-8") as file:
            for row in false_list(half, judged):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    shown = Counter()
    for label in half.labels:
        key = (label["class"], label["edit"], label.get("length"))
        if label["expect"] == "found" and label["label"] not in found and shown[key] < options.missed:
            shown[key] += 1
            print("missed", *key, f"{label['file']}:{label['line']}", label["collection"], label["id"], repr(label["text"][:160]))


if __name__ == "__main__":
    main()
