"""Files that carry leaks: JSONL in the shapes that training data has, TSV, plain text. Says at which lines each text went."""

import json
import re


def clean(text):
    return re.sub(r"\s+", " ", text).strip()


def shapes(entry, random, background):
    """The record of an entry as (file, bytes of the lines), one of the shapes that fit what it is."""
    text, query, document = entry.get("text"), entry.get("query"), entry.get("document")
    other, another = random.choice(background), random.choice(background)
    if entry["what"] == "pair":
        prompt = f"Rank the passages by their relevance to the search query: {query}.\n\n[1] {another}\n[2] {document}\n"
        return [
            ("pairs.jsonl", {"query": query, "positive": document, "negative": other}),
            ("lists.jsonl", {"query": query, "pos": [document], "neg": [other, another], "pos_scores": [91.5]}),
            ("prompts.jsonl", {"prompt": prompt, "response": "[2] > [1]"}),
            ("pairs.tsv", [query, document]),
        ]
    if entry["what"] == "query":
        chat = [{"role": "user", "content": text}, {"role": "assistant", "content": other}]
        return [
            ("texts.jsonl", {"id": None, "text": text}),
            ("lists.jsonl", {"query": text, "pos": [other], "neg": [another], "pos_scores": [88.25]}),
            ("chats.jsonl", {"messages": chat}),
            ("queries.tsv", [None, text]),
            ("queries.txt", text),
        ]
    return [
        ("texts.jsonl", {"id": None, "text": text}),
        ("corpus.jsonl", {"_id": None, "title": "", "text": text, "metadata": {"url": "", "words": len(text.split())}}),
        ("passages.tsv", [None, text]),
        ("book.txt", text + "\n"),
    ]


def write(folder, entries, random, background):
    """Writes every entry into one file, adds `file`, `line` and `last_line` to it, and drops its texts."""
    folder.mkdir(parents=True, exist_ok=True)
    files, at = {}, {}
    for number, entry in enumerate(entries):
        name, record = random.choice(shapes(entry, random, background))
        if name.endswith(".jsonl"):
            record = {k: (f"r{number}" if v is None else v) for k, v in record.items()}
            out = json.dumps(record, ensure_ascii=number % 2 == 0) + "\n"
        elif name.endswith(".tsv"):
            out = "\t".join(f"r{number}" if field is None else clean(field) for field in record) + "\n"
        else:
            out = (clean(record) if name == "queries.txt" else record) + "\n"
        if name not in files:
            files[name], at[name] = open(folder / name, "w", encoding="utf-8"), 1
        files[name].write(out)
        length = out.count("\n")
        entry |= {"file": name, "line": at[name], "last_line": at[name] + length - 1}
        at[name] += length
    for file in files.values():
        file.close()
