"""Makes a labelled benchmark of leaks: real texts with known edits, hidden in files such as training data comes in.

    python benches/leaks/make.py COLLECTION... --out DIR [--other FILE...] [--per 200] [--seed 1]

COLLECTION is a folder in BEIR layout, or FOLDER:train for its queries judged in qrels/train.tsv (no documents are leaked
from those, for they are the same). OTHER are files of text from elsewhere (JSONL), for decoys.

The collections are in two halves that share no collection: what is tuned is tuned on one, what is reported comes from the
other. A half holds:

    DIR/HALF/collections/NAME   what to look for, in BEIR layout; a share of the documents was held out for decoys
    DIR/HALF/carriers/*         where to look: JSONL of five shapes, TSV, plain text
    DIR/HALF/labels.jsonl       what is where, and what must not be found

README.md beside this file says what the fields and the classes are. The same seed and data give the same bytes.
"""

import argparse
import json
import random as randoms
from collections import defaultdict
from pathlib import Path

import carriers
import decoys
import documents
import edits
from known import Known
from texts import Collection, contained, distance, is_japanese, jaccard, lines, normal, shingles, tokens, words

TUNING = {"dl19", "nfcorpus", "cranfield", "cacm"}
HELD_OUT = 0.08
LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
BANDS = [(1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 8, "4-8"), (9, 12, "9-12")]


def band(query):
    if not query.joiner:
        return "ja" if len(query.words) <= 12 else None
    return next((name for low, high, name in BANDS if low <= len(query.words) <= high), None)


class Half:
    """One half while it is made."""

    def __init__(self, name, collections, others, options):
        self.name, self.collections, self.per = name, collections, options.per
        self.random = randoms.Random(f"{options.seed} {name}")
        self.entries = []
        self.held_out = []
        for c in collections:
            if not c.name.endswith("-train") and len(c.documents) > 1000:
                for document in self.random.sample(sorted(c.documents), int(HELD_OUT * len(c.documents))):
                    self.held_out.append(c.documents.pop(document))
            # A query of which no judged document is left is no query of the collection any more.
            c.queries = {q: t for q, t in c.queries.items() if any(d in c.documents for d in c.qrels[q])}
            c.qrels = {q: row for q, row in c.qrels.items() if q in c.queries}
        self.known = Known(collections)
        texts = [d for c in collections for d in c.documents.values()]
        self.vocabulary = edits.vocabulary(texts, 20000, self.random)
        self.same = {"query": defaultdict(list), "document": defaultdict(list)}
        for c in collections:
            for kind, found in [("query", c.queries), ("document", c.documents)]:
                for name, text in found.items():
                    self.same[kind][normal(text)].append([c.name, name])
        self.background(others)

    def words_for(self, text):
        return self.vocabulary[is_japanese(text)] or self.vocabulary[0]

    def background(self, others):
        """Texts that are in no collection of this half: held-out documents, the other half's, others."""
        some = self.random.sample(others, min(len(others), 60 * self.per))
        texts = [t for t in self.held_out + some if len(tokens(t)) >= 8]
        self.known.index(texts)
        self.plain, self.kinds = [], defaultdict(list)
        for text in texts:
            if self.known.is_document(text):
                continue
            kind = self.known.mentions(text)
            if kind is None:
                self.plain.append(text)
            elif kind != "whole":
                self.kinds[kind].append(text)
        self.random.shuffle(self.plain)

    def add(self, what, expect, class_, edit, **fields):
        self.entries.append({"what": what, "half": self.name, "expect": expect, "class": class_, "edit": edit, **fields})

    def chosen(self, name, items, count):
        """Up to so many of the items, the collections in turn, at random within each."""
        rows = defaultdict(list)
        for item in items:
            rows[item[0]].append(item)
        for row in rows.values():
            self.random.shuffle(row)
        taken = []
        while len(taken) < count and any(rows.values()):
            taken += [row.pop() for _, row in sorted(rows.items()) if row]
        return taken[:count]

    def queries(self):
        grouped = defaultdict(list)
        for c in self.collections:
            for name, text in c.queries.items():
                query = edits.Query(text, *words(text))
                if band(query):
                    grouped[band(query)].append((c.name, name, query))
        for length, group in sorted(grouped.items()):
            for edit in edits.EDITS + [embedded]:
                for collection, name, query in self.chosen(edit.__name__, group, self.per):
                    text = edit(query, self.random, self.words_for(query.text))
                    if edit is embedded:
                        text = self.embed(query)
                    if text and not (length == "2" and edit.__name__ in ("replaced", "deleted")):
                        # A single word alone is a topic, and three or fewer in running text may be a mere mention.
                        loose = length == "1" or (length in "23" and edit is embedded)
                        self.query(collection, name, query, text, "either" if loose else "found", edit.__name__, length)
            for make in [decoys.near_miss, decoys.other_subject, decoys.scattered]:
                for collection, name, query in self.chosen(make.__name__, group, self.per // 2):
                    text = make(query, self.random, self.words_for(query.text))
                    expect = "either" if make is decoys.other_subject else "absent"
                    self.decoy(text, make.__name__, expect, source=[collection, name], length=length)
            for collection, name, query in self.chosen("part", group, self.per // 2):
                self.decoy(decoys.part(query, self.random), "part", source=[collection, name], length=length)
                self.decoy(decoys.skeleton(query), "stop_words", source=[collection, name], length=length)

    def embed(self, query):
        """The query within running text, between two halves of a background text."""
        same = [t for t in self.plain if is_japanese(t) == (not query.joiner)] if not query.joiner else self.plain
        before, joiner = words(self.random.choice(same)[:600])
        at = self.random.randrange(len(before) + 1)
        return joiner.join(before[:at] + [query.text] + before[at:])

    def query(self, collection, name, query, text, expect, edit, length):
        a, b = tokens(query.text), tokens(text)
        self.add(
            "query", expect, "query", edit, collection=collection, id=name, text=text,
            accept=self.same["query"][normal(query.text)], length=length, words=len(query.words),
            unit="words" if query.joiner else "runs of one script", intended=1 if edit in ("exact", "casing") else None,
            jaccard={"1": round(jaccard(set(a), set(b)), 4), "5": round(jaccard(shingles(a, 5), shingles(b, 5)), 4)},
            distance=distance(a, b), shingle="tokens",
        )  # fmt: skip

    def decoy(self, text, edit, expect="absent", source=None, length=None):
        if not text or normal(text) in self.same["query"]:
            return
        if expect == "absent" and self.known.nearest(text) >= (0.6 if edit != "stop_words" else 0.99):
            return
        if expect == "absent" and self.known.mentions(text) in ("whole", "near"):
            return
        self.add("query", expect, "decoy", edit, text=text, source=source, length=length)

    def documents(self):
        items = []
        for c in self.collections:
            if c.name.endswith("-train"):
                continue
            some = self.random.sample(sorted(c.documents), min(4000, len(c.documents)))
            items += [(c.name, d, c.documents[d]) for d in some if len(tokens(c.documents[d])) >= 30]
            short = [(c.name, d, c.documents[d]) for d in some if 8 <= len(tokens(c.documents[d])) < 30]
            for collection, name, text in self.chosen("short", short, self.per // 4):
                self.document(collection, name, text, text, "short", 1)
                self.document(collection, name, text, documents.rewrapped(text), "short", 1)
        pick = lambda edit, share=1.0: self.chosen(edit, items, int(share * self.per))  # noqa: E731
        for c, d, text in pick("exact"):
            self.document(c, d, text, text, "exact", 1)
        for c, d, text in pick("casing"):
            self.document(c, d, text, documents.casing(text, self.random), "casing", 1)
        for c, d, text in pick("rewrapped", 1.5):
            self.document(c, d, text, documents.rewrapped(text), "rewrapped", 1)
        for c, d, text in pick("headers"):
            self.document(c, d, text, documents.headers(text, self.random, self.words_for(text)), "headers")
        for share in (0.9, 0.75, 0.5):
            for c, d, text in pick(f"truncated {share}"):
                self.document(c, d, text, documents.truncated(text, share), f"truncated to {share:.0%}", share)
        for c, d, text in pick("embedded"):
            same = [t for t in self.plain[:2000] if is_japanese(t) == is_japanese(text)] or self.plain
            around = self.random.sample(same, min(len(same), self.random.randrange(2, 6)))
            around.insert(self.random.randrange(len(around) + 1), text)
            self.document(c, d, text, "\n".join(around), "embedded")
        for level in LEVELS:
            for c, d, text in pick(level):
                made = documents.at_jaccard(text, level, self.random, self.words_for(text))
                if made:
                    self.document(c, d, text, made[0], f"jaccard {level}", level)
        for c, d, text in pick("shuffled", 0.5):
            other = decoys.shuffled(text, self.random)
            if other:
                self.add("document", "absent", "decoy", "shuffled document", text=other, source=[c, d])
        for c, d, text in pick("jaccard 0.2", 0.5):
            made = documents.at_jaccard(text, 0.2, self.random, self.words_for(text))
            if made:
                self.add("document", "absent", "decoy", "document at jaccard 0.2", text=made[0], source=[c, d])

    def document(self, collection, name, original, text, edit, intended=None):
        a, b = tokens(original), tokens(text)
        self.add(
            "document", "found", "document", edit, collection=collection, id=name, text=text,
            accept=self.same["document"][normal(original)], words=len(a), unit="tokens", intended=intended,
            jaccard={n: round(jaccard(shingles(a, int(n)), shingles(b, int(n))), 4) for n in ("1", "3", "5")},
            contained=round(max(contained(shingles(a, 5), shingles(b, 5)), contained(shingles(b, 5), shingles(a, 5))), 4),
            shingle="tokens",
        )  # fmt: skip

    def pairs(self):
        right, wrong = [], []
        for c in self.collections:
            if c.name.endswith("-train"):
                continue
            for query in c.queries:
                good = [d for d, grade in c.qrels[query].items() if grade > 0 and len(tokens(c.documents.get(d, ""))) >= 20]
                if good and len(words(c.queries[query])[0]) >= 4:
                    right += [(c.name, query, d, c) for d in self.random.sample(good, min(3, len(good)))]
                if len(words(c.queries[query])[0]) >= 4:
                    some = self.random.sample(sorted(c.documents), 8)
                    some = [d for d in some if d not in c.qrels[query] and len(tokens(c.documents[d])) >= 20]
                    wrong += [(c.name, query, d, c) for d in some[:1]]
        self.random.shuffle(right)
        for edit in ["exact", "query edited", "document truncated to 75%", "both edited"]:
            for name, query, d, c in self.chosen(edit, right, self.per):
                self.pair(name, query, d, c, "found", edit)
        for name, query, d, c in self.chosen("wrong", wrong, self.per):
            self.pair(name, query, d, c, "found", "wrong pair")

    def pair(self, collection, query, document, c, expect, edit):
        original, text = c.queries[query], c.documents[document]
        asked = original
        if edit in ("query edited", "both edited"):
            change = self.random.choice([edits.casing, edits.typo, edits.inserted, edits.swapped, edits.inflected])
            asked = change(edits.Query(original, *words(original)), self.random, self.words_for(original)) or original
        told = documents.truncated(text, 0.75) if edit in ("document truncated to 75%", "both edited") else text
        self.add(
            "pair", expect, "pair" if edit == "wrong pair" else "judgement", edit, collection=collection, id=query,
            document_id=document, query=asked, document=told, accept=self.same["query"][normal(original)],
            accept_documents=self.same["document"][normal(text)], words=len(words(original)[0]), unit="words",
            jaccard={"1": round(jaccard(set(tokens(original)), set(tokens(asked))), 4)}, shingle="tokens",
        )  # fmt: skip

    def lines(self, strangers):
        """Decoys that come from no query of this half."""
        for text in decoys.stop_words(self.random, self.per):
            self.decoy(text, "stop_words")
        for text in decoys.PHRASES:
            self.decoy(text, "common phrase")
        for text in self.random.sample(strangers, min(len(strangers), 5 * self.per)):
            self.decoy(text, "other query")
        for kind, name in [("mention", "mention of one or two words"), ("words", "same words"), ("near", "near mention")]:
            found = self.kinds[kind]
            for text in self.random.sample(found, min(len(found), 4 * self.per)):
                expect = "either" if kind == "near" else "absent"
                self.add("document", expect, "decoy", name, text=text)
        for text in self.plain[: 20 * self.per]:
            self.add("document", "absent", "decoy", "other text", text=text)

    def write(self, out):
        for c in self.collections:
            c.write(out / "collections" / c.name)
        self.random.shuffle(self.entries)
        background = self.plain[20 * self.per :] or self.plain
        carriers.write(out / "carriers", self.entries, self.random, background)
        with open(out / "labels.jsonl", "w", encoding="utf-8") as file:
            for number, entry in enumerate(self.entries):
                shown = {k: v for k, v in entry.items() if k not in ("query", "document") and v is not None}
                shown["text"] = (entry.get("text") or entry.get("query"))[:300]
                file.write(json.dumps({"label": number, **shown}, ensure_ascii=False) + "\n")


def embedded(query, random, vocabulary):
    """Stands for Half.embed, which needs background."""
    return query.text


def strangers(paths):
    """Passages and questions in JSONL of any shape: strings that are long, and those under "query"."""
    passages, queries = [], []
    for path in paths:
        for line in lines(path):
            record = json.loads(line)
            queries.append(record.get("query", ""))
            for value in record.values():
                for text in value if isinstance(value, list) else [value]:
                    if isinstance(text, str) and len(text) > 80:
                        passages.append(text)
    return sorted(set(passages)), sorted(set(queries) - {""})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collections", nargs="+")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--other", nargs="*", default=[], type=Path)
    parser.add_argument("--per", type=int, default=200, help="texts for each edit and length (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = [Collection(*path.split(":")) for path in options.collections]
    halves = {"tuning": [], "reporting": []}
    for c in found:
        halves["tuning" if c.name in TUNING else "reporting"].append(c)
    seen = {normal(q) for c in halves["tuning"] for q in c.queries.values()}
    for c in halves["reporting"]:
        c.queries = {q: text for q, text in c.queries.items() if normal(text) not in seen}
        c.qrels = {q: row for q, row in c.qrels.items() if q in c.queries}
    passages, queries = strangers(options.other)
    for name, other in [("tuning", "reporting"), ("reporting", "tuning")]:
        texts = passages + [
            d for c in halves[other] if not c.name.endswith("-train") for d in c.documents.values()
        ]
        half = Half(name, halves[name], texts, options)
        half.queries()
        half.documents()
        half.pairs()
        half.lines(queries + [q for c in halves[other] for q in c.queries.values()])
        half.write(options.out / name)
        print(f"{name}: {len(half.entries)} entries, {sum(e['expect'] == 'found' for e in half.entries)} to be found")


if __name__ == "__main__":
    main()
