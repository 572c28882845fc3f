"""What must not be found: lines that look like a leak and are none. Each function returns texts."""

from documents import SIZE
from texts import STOP, is_content, jaccard, normal, shingles, tokens, words

PHRASES = [
    "in this paper we", "the results show that", "as shown in the figure", "for more information see", "what is the",
    "how do you", "on the other hand", "table of contents", "all rights reserved", "it is important to note that",
    "the purpose of this study was to", "terms and conditions apply", "what is the best way to", "click here for more",
    "is one of the most", "can be used to", "the meaning of the word", "what are the causes of", "how long does it take",
    "in the united states", "について説明する", "とは何ですか", "以下の問いに答えなさい", "そのため", "日本における", "である。",
    "what does it mean", "is it possible to", "definition of the term", "what is the difference between", "a study of the",
    "who is the", "where can i find", "see also", "frequently asked questions", "how much does it cost", "contact us",
]  # fmt: skip


def stop_words(random, count):
    some = sorted(STOP)
    return [" ".join(random.sample(some, random.randrange(2, 9))) for _ in range(count)]


def skeleton(query):
    """Its stop words alone."""
    rest = [w for w in query.words if not is_content(w)]
    return query.joiner.join(rest) if len(rest) >= 2 else None


def near_miss(query, random, vocabulary):
    """Four words or more, of which two or more of content are others: at most half the words in common."""
    if len(query.words) < 4 or len(query.content) < 2:
        return None
    original = set(tokens(query.text))
    for count in range(2, len(query.content) + 1):
        parts = list(query.words)
        for i in random.sample(query.content, count):
            parts[i] = random.choice(vocabulary)
        text = query.joiner.join(parts)
        if jaccard(original, set(tokens(text))) <= 0.5:
            return text
    return None


def other_subject(query, random, vocabulary):
    """A query of one or two words of content, of which one is another: whether this is a leak is a matter of taste."""
    if len(query.words) < 3 or len(query.content) not in (1, 2):
        return None
    i = random.choice(query.content)
    return query.joiner.join(query.words[:i] + [random.choice(vocabulary)] + query.words[i + 1 :])


def part(query, random):
    """Half of its words in a row, and no more than half of those of content."""
    size = len(query.words) // 2
    if size < 2:
        return None
    at = random.randrange(len(query.words) - size + 1)
    if 2 * sum(at <= i < at + size for i in query.content) > len(query.content):
        return None
    text = query.joiner.join(query.words[at : at + size])
    return text if normal(text) else None


def scattered(query, random, vocabulary):
    """All its words of content, three or more other words between each."""
    if len(query.content) < 2:
        return None
    order = random.sample(query.content, len(query.content))
    parts = []
    for i in order:
        parts += random.choices(vocabulary, k=random.randrange(3, 7)) + [query.words[i]]
    return query.joiner.join(parts + random.choices(vocabulary, k=3))


def shuffled(text, random):
    """The words of a document in another order."""
    units, joiner = words(text)
    other = joiner.join(random.sample(units, len(units)))
    kept = jaccard(shingles(tokens(text), SIZE), shingles(tokens(other), SIZE))
    return other if kept < 0.1 else None
