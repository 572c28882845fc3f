"""Edits of documents: text in, edited text out. `at_jaccard` comes as near to a given similarity as the text allows."""

from texts import jaccard, shingles, tokens, words

SIZE = 5


def rewrapped(text, width=8):
    """Lines of eight words, or of 16 runs in Japanese."""
    units, joiner = words(text)
    width = width if joiner else 2 * width
    return "\n".join(joiner.join(units[i : i + width]) for i in range(0, len(units), width))


def truncated(text, share):
    units, joiner = words(text)
    return joiner.join(units[: max(1, round(share * len(units)))])


def casing(text, random):
    return random.choice([text.upper(), text.lower(), text.replace(".", " ."), text.replace(" ", "  ")])


HEADERS = [
    "Title: {a} {b}\nSource: {c}\nDate: 2019-04-{n:02}\n\n{text}",
    "# {a} {b} {c}\n\n{text}\n\nShare this page | Print | Contact us",
    "Home > {a} > {b}\n{text}\nCopyright {n} {c}. All rights reserved.",
    "[{n}] {a}-{b}: {text}",
]


def headers(text, random, vocabulary):
    """A head and sometimes a foot around it, as pages have them; the text itself stays."""
    a, b, c = (random.choice(vocabulary).capitalize() for _ in range(3))
    return random.choice(HEADERS).format(a=a, b=b, c=c, n=random.randrange(1, 29), text=text)


def at_jaccard(text, target, random, vocabulary, tolerance=0.02):
    """Words replaced, inserted and left out at random places, or in one block, until the Jaccard similarity of shingles
    of five tokens is as near to the target as it gets. Returns the text and how far off it is, or None."""
    units, joiner = words(text)
    whole = shingles(tokens(text), SIZE)
    best = None
    for attempt in range(12):
        block = attempt % 3 == 2
        edited = list(units)
        start = random.randrange(len(units))
        for step in range(len(units)):
            now = joiner.join(edited)
            value = jaccard(whole, shingles(tokens(now), SIZE))
            if best is None or abs(value - target) < abs(best[1] - target):
                best = (now, value)
            if value <= target:
                break
            at = (start + step) % len(edited) if block else random.randrange(len(edited))
            kind = 0 if block else random.randrange(3)
            if kind == 0:
                edited[at] = random.choice(vocabulary)
            elif kind == 1:
                edited.insert(at, random.choice(vocabulary))
            elif len(edited) > 10:
                del edited[at]
        if abs(best[1] - target) <= tolerance / 4:
            break
    return best if best and abs(best[1] - target) <= tolerance else None
