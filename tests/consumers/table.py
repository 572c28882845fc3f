"""Prints what the readers saw as Markdown, and fails where they differ or miss the message."""

import sys

name, path = sys.argv[1:]
rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
print(f"| {name} | cases | failed | errors | skipped | message |\n|---|---:|---:|---:|---:|---|")
for row in rows:
    print("| " + " | ".join(row) + " |")
print()


def seen(row):
    """Cases, those that are no success, skipped ones: junit2html counts errors as failures."""
    return row[1], int(row[2]) + int(row[3]), row[4]


if any(seen(row) != seen(rows[0]) or row[5] != "yes" for row in rows):
    sys.exit(f"{name}: readers differ")
