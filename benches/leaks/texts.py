"""Reads collections in BEIR layout, and measures how much two texts have in common. It shares no code with the scanner:
what a leak is worth is measured here, so a fault there cannot hide itself.

A token is a run of letters and digits after NFKC and lower case; in scripts without spaces each character is one.
A shingle is that many tokens in a row.
"""

import gzip
import json
import re
import subprocess
import unicodedata
from pathlib import Path

UNSPACED = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
# A run of one kind of Japanese script stands for a word.
RUN = re.compile(
    r"[\u3005\u4e00-\u9fff]+|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a.]+"
    r"|[^\u3005\u4e00-\u9fff\u3040-\u30ffA-Za-z0-9]"
)
STOP = frozenset(
    "a about after all also an and any are as at be been before between but by can could did do does doing during each "
    "for from get had has have having he her here his how i if in into is it its me more most my no not of on one or "
    "other our out over she should so some such than that the their them then there these they this those through to "
    "under up us use used was we were what when where which while who whom whose why will with would you your".split()
)


def tokens(text):
    return TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def normal(text):
    return " ".join(tokens(text))


def is_japanese(text):
    return bool(re.search(f"[{UNSPACED}]", text))


def words(text):
    """What an edit works on: words, or runs of one script, and what joins them again."""
    return (RUN.findall(text), "") if is_japanese(text) else (text.split(), " ")


def is_content(word):
    """Whether the word carries meaning: neither a stop word nor a run of hiragana nor punctuation."""
    found = tokens(word)
    return any(t not in STOP and not re.fullmatch("[\u3040-\u309f]", t) for t in found)


def shingles(found, size):
    if len(found) < size:
        return {tuple(found)} if found else set()
    return {tuple(found[i : i + size]) for i in range(len(found) - size + 1)}


def jaccard(left, right):
    return len(left & right) / len(left | right) if left or right else 0.0


def contained(part, whole):
    """The share of the shingles of `part` that `whole` has too."""
    return len(part & whole) / len(part) if part else 0.0


def similarity(left, right, size):
    return jaccard(shingles(tokens(left), size), shingles(tokens(right), size))


def occurs(part, whole):
    """Whether the tokens of `part` stand in `whole` in a row."""
    return f" {normal(part)} " in f" {normal(whole)} "


def distance(left, right):
    """Edits between two lists of tokens; one to insert, delete, replace, or to swap two neighbours."""
    before, last = None, list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[-1] + 1, last[j] + 1, last[j - 1] + (a != b))
            if before and i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def lines(path):
    """The lines of a file, packed (.zst with the `zstd` command, .gz) or not."""
    path = Path(path)
    if path.suffix == ".zst":
        text = subprocess.run(["zstd", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    elif path.suffix == ".gz":
        text = gzip.open(path).read()
    else:
        text = path.read_bytes()
    return [line.rstrip("\r") for line in text.decode("utf-8").split("\n") if line.strip()]


def find(path):
    """The file, or the same packed."""
    return next((p for p in (path, *(path.with_name(path.name + e) for e in (".zst", ".gz"))) if p.exists()), None)


class Collection:
    """A collection: `documents` (title and text in one) and `titles`, `queries` judged in the split, `qrels`."""

    def __init__(self, folder, split="test"):
        folder = Path(folder)
        self.name = folder.name if split == "test" else f"{folder.name}-{split}"
        self.documents, self.titles, self.qrels = {}, {}, {}
        for line in lines(find(folder / "corpus.jsonl")):
            d = json.loads(line)
            title, text = (d.get("title") or "").strip(), (d.get("text") or "").strip()
            self.documents[d["_id"]] = text if not title or text.startswith(title) else f"{title} {text}".strip()
            self.titles[d["_id"]] = title
        for line in lines(find(folder / "qrels" / f"{split}.tsv"))[1:]:
            query, document, grade = line.split("\t")
            self.qrels.setdefault(query, {})[document] = int(grade)
        every = (json.loads(line) for line in lines(find(folder / "queries.jsonl")))
        self.queries = {q["_id"]: q["text"] for q in every if q["_id"] in self.qrels}

    def write(self, folder):
        """As a folder of its own, which holds just these documents, queries and judgements."""
        (folder / "qrels").mkdir(parents=True, exist_ok=True)
        with open(folder / "corpus.jsonl", "w", encoding="utf-8") as file:
            for name, text in self.documents.items():
                record = {"_id": name, "title": "", "text": text}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        with open(folder / "queries.jsonl", "w", encoding="utf-8") as file:
            for name, text in self.queries.items():
                file.write(json.dumps({"_id": name, "text": text}, ensure_ascii=False) + "\n")
        with open(folder / "qrels" / "test.tsv", "w", encoding="utf-8") as file:
            file.write("query-id\tcorpus-id\tscore\n")
            for query, row in self.qrels.items():
                for document, grade in row.items():
                    if document in self.documents:
                        file.write(f"{query}\t{document}\t{grade}\n")
