"""Data for tests/consumers/spark.sh, and whether two scans found the same."""

import collections
import json
import pathlib
import random
import sys

MEGABYTES = 24


def lines_of(path):
    return [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]


def make(fixtures, folder):
    """Texts of two collections among made ones: a large file, a small one, one that ends
    in a line longer than a partition, so that its last partition is empty, and an empty one."""
    chance = random.Random(1)
    words, planted = set(), []
    for collection in sorted(pathlib.Path(fixtures).iterdir()):
        documents = {one["_id"]: one for one in lines_of(collection / "corpus.jsonl")}
        queries = {one["_id"]: one["text"] for one in lines_of(collection / "queries.jsonl")}
        words.update(word for one in documents.values() for word in one["text"].split())
        judged = [line.split("\t") for line in (collection / "qrels/test.tsv").read_text().splitlines()[1:]]
        for query, document, grade in judged:
            if int(grade) > 0:
                text, title = documents[document]["text"], documents[document]["title"]
                planted.append({"query": queries[query], "passage": f"{title} {text}"})
                planted.append({"text": text})
                planted.append({"a": [queries[query], {"b": "größer 日本"}]})
                planted.append({"note": f"somebody asked: {queries[query]}, and nobody knew"})
    words, records, size = sorted(words), [], 0
    while size < MEGABYTES << 20:
        records.append({"id": len(records), "text": " ".join(chance.choices(words, k=chance.randrange(5, 120)))})
        size += len(records[-1]["text"])
    records += planted
    chance.shuffle(records)
    folder = pathlib.Path(folder)
    (folder / "below").mkdir(parents=True)
    write(folder / "large.jsonl", records, "\n")
    write(folder / "below/small.jsonl", planted[:50], "\r\n\r\n")
    long = {"text": "x " * (3 << 20)}
    write(folder / "long.jsonl", [planted[0], planted[1], long], "\n")
    (folder / "none.jsonl").write_bytes(b"")


def short(collection, folder):
    """Queries of three words at most, as texts of their own, each in a file of its own."""
    folder = pathlib.Path(folder)
    folder.mkdir()
    queries = [one for one in lines_of(pathlib.Path(collection) / "queries.jsonl") if len(one["text"].split()) < 4]
    for number, query in enumerate(queries[:12]):
        write(folder / f"{number:02}.jsonl", [{"tag": query["text"]}], "\n")


def write(path, records, end):
    text = "".join(json.dumps(record, ensure_ascii=number % 2 == 0) + end for number, record in enumerate(records))
    path.write_bytes(text.encode())


def same(plain, found):
    """Whether every field of every match is the same, as often."""
    one = collections.Counter(map(key, lines_of(plain)))
    other = collections.Counter(key(match) for part in sorted(pathlib.Path(found).glob("part-*")) for match in lines_of(part))
    print(f"matches: {sum(one.values())} of the plain scan, {sum(other.values())} on Spark; {len(one)} and {len(other)} different")
    for match, times in list(((one - other) + (other - one)).items())[:10]:
        print(f"  told {times} times by one alone: {match}")
    sys.exit(0 if one == other and one else 1)


def key(match):
    return json.dumps(match, sort_keys=True)


{"make": make, "short": short, "same": same}[sys.argv[1]](*sys.argv[2:])
