"""What a half of the benchmark holds, ready to be asked whether a text is in it. Decoys and background are checked here,
so that what is called absent is absent, as far as tokens can tell."""

from collections import Counter, defaultdict

from texts import STOP, distance, jaccard, shingles, tokens

SIZE = 5
# A text that shares more of its shingles than this with a document, or the other way round, is no decoy.
SHARED = 0.3


class Known:
    def __init__(self, collections):
        self.queries = [(c.name, q, tokens(text)) for c in collections for q, text in c.queries.items()]
        self.by_token, frequency = defaultdict(list), Counter()
        for c in collections:
            for text in c.documents.values():
                frequency.update(set(tokens(text)))
        for place, (_, _, found) in enumerate(self.queries):
            content = [t for t in found if t not in STOP] or found
            for token in sorted(set(content), key=lambda t: (frequency[t], t))[:2]:
                self.by_token[token].append(place)
        self.documents = [tokens(text) for c in collections for text in c.documents.values()]
        self.by_shingle = None

    def near_queries(self, text):
        """Queries that share one of their two rarest words with the text."""
        found = set(tokens(text))
        places = {p for t in found for p in self.by_token.get(t, ())}
        return [self.queries[p] for p in sorted(places)]

    def nearest(self, text):
        """The highest Jaccard similarity of word sets between the text and a query."""
        found = set(tokens(text))
        return max((jaccard(found, set(q[2])) for q in self.near_queries(text)), default=0.0)

    def mentions(self, text):
        """How queries stand in the text: "whole" (four words or more, or all but a few of the text), "mention" (one or
        two words within running text), "near" (three words within running text, or a stretch of it is one edit away),
        "words" (its words of content, scattered), or None."""
        found, kinds = tokens(text), set()
        for _, _, query in self.near_queries(text):
            kinds.add(stands(query, found))
        for kind in ["whole", "near", "mention", "words"]:
            if kind in kinds:
                return kind
        return None

    def index(self, texts):
        """Learns the shingles of texts that `is_document` is going to be asked about."""
        wanted = set()
        for text in texts:
            wanted |= {hash(s) for s in shingles(tokens(text), SIZE)}
        self.by_shingle = defaultdict(list)
        self.sizes = []
        for place, found in enumerate(self.documents):
            own = {hash(s) for s in shingles(found, SIZE)}
            self.sizes.append(len(own))
            for shingle in own & wanted:
                self.by_shingle[shingle].append(place)

    def is_document(self, text):
        own = {hash(s) for s in shingles(tokens(text), SIZE)}
        shared = Counter(p for s in own for p in self.by_shingle.get(s, ()))
        return any(n / min(len(own), self.sizes[p]) > SHARED for p, n in shared.items())


def stands(query, found):
    """How a query stands in a text, both as tokens; see `Known.mentions`."""
    n, of_query, there = len(query), set(query), set(found)
    missing = sum(t not in there for t in of_query)
    alone = len(found) <= n + 2
    if not missing and f" {' '.join(query)} " in f" {' '.join(found)} ":
        return "whole" if n >= 4 or alone else "near" if n == 3 else "mention"
    if missing <= 1 and (n >= 4 or alone):
        hit = [t in of_query for t in found]
        for i in range(max(1, len(found) - n + 2)):
            if sum(hit[i : i + n + 1]) >= n - 1 and any(
                distance(query, found[i : i + size]) <= 1 for size in (n - 1, n, n + 1)
            ):
                return "near"
    content = of_query - STOP
    return "words" if len(content) >= 3 and content <= there else None
