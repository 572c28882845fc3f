"""Edits of queries. Each takes words, what joins them, a random source and the vocabulary of other words, and returns
the edited text, or None where the edit does not apply.

An edit leaves two words of content in the query, or all of them if there are fewer: "what is a tank" without its tank is
no longer that query, and nothing could or should find it.
"""

import re
import unicodedata

from texts import is_content, is_japanese, normal, tokens, words


def exact(query, random, vocabulary):
    return query.text


def casing(query, random, vocabulary):
    """Other casing, punctuation and spacing; in Japanese other widths of letters and signs."""
    if query.joiner:
        text = random.choice([str.upper, str.title, str.lower, str.capitalize])(query.text)
        text = random.choice(["{}?", "{} !", "\u201c{}\u201d", "- {}", "({})", "{}...", "**{}**", "{}"]).format(text)
        text = text.replace(" ", random.choice([" ", "  ", "\u00a0", " "]))
    else:
        wide = {c: c + 0xFEE0 for c in range(0x30, 0x3A)}
        narrow = str.maketrans("？！（）", "?!()")
        text = random.choice([query.text.translate(wide), query.text.translate(narrow)]).rstrip("。？?")
        text = random.choice(["{}？", "「{}」", "{}。", "・{}"]).format(text)
    return text if text != query.text and normal(text) == normal(query.text) else None


def reordered(query, random, vocabulary):
    """Turned at one place: the second part first."""
    if len(query.words) < 3:
        parts = query.words[::-1]
    else:
        at = random.randrange(1, len(query.words))
        parts = query.words[at:] + query.words[:at]
    return query.changed(parts)


def typo(query, random, vocabulary):
    """One letter left out, doubled, replaced, or swapped with the next."""
    places = [i for i, w in enumerate(query.words) if len(w) >= (4 if query.joiner else 2) and w.isalnum()]
    if not places:
        return None
    i = random.choice(places)
    word = query.words[i]
    at = random.randrange(1, len(word)) if query.joiner else random.randrange(len(word))
    letter = random.choice("abcdefghijklmnopqrstuvwxyz") if query.joiner else random.choice(random.choice(vocabulary))
    kinds = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + letter + word[at + 1 :]]
    if at + 1 < len(word):
        kinds.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return query.changed(query.words[:i] + [random.choice(kinds)] + query.words[i + 1 :])


def inflect(word, random):
    if re.search("(ss|us|is)$", word) or len(word) < 4 or not word.isalpha():
        return None
    for end, others in [("ing", ["ed"]), ("ed", ["ing"]), ("ies", ["y"]), ("s", [""])]:
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)] + random.choice(others)
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search("(s|x|ch|sh)$", word) else "s")


JAPANESE_ENDS = [
    ("ですか", "でしょうか"), ("でしたか", "だったか"), ("ますか", "ましたか"), ("ましたか", "ますか"), ("なの", "なのか"),
    ("たか", "たのか"), ("るか", "るのか"), ("何か", "何ですか"), ("誰か", "誰ですか"), ("たの", "たのですか"),
]  # fmt: skip


def inflected(query, random, vocabulary):
    """One word in the other number or another form; in Japanese the ending of the question."""
    if not query.joiner:
        stem = query.text.rstrip("。？?")
        for end, other in JAPANESE_ENDS:
            if stem.endswith(end):
                return query.text.replace(stem, stem[: -len(end)] + other)
        return None
    forms = [(i, inflect(w, random)) for i, w in enumerate(query.words) if is_content(w)]
    forms = [(i, form) for i, form in forms if form]
    if not forms:
        return None
    i, form = random.choice(forms)
    return query.changed(query.words[:i] + [form] + query.words[i + 1 :])


def replaced(query, random, vocabulary):
    i = query.spare(random)
    if i is None:
        return None
    return query.changed(query.words[:i] + [random.choice(vocabulary)] + query.words[i + 1 :])


def inserted(query, random, vocabulary):
    i = random.randrange(len(query.words) + 1)
    return query.changed(query.words[:i] + [random.choice(vocabulary)] + query.words[i:])


def deleted(query, random, vocabulary):
    i = query.spare(random) if len(query.words) > 1 else None
    return None if i is None else query.changed(query.words[:i] + query.words[i + 1 :])


def swapped(query, random, vocabulary):
    """Two neighbours."""
    places = [i for i in range(len(query.words) - 1) if normal(query.words[i]) != normal(query.words[i + 1])]
    if not places:
        return None
    i = random.choice(places)
    pair = [query.words[i + 1], query.words[i]]
    return query.changed(query.words[:i] + pair + query.words[i + 2 :])


TEMPLATES = [
    "Can you tell me: {}?", "I would like to know {}", "Please explain {}", "{} - what do we know?", "Answer briefly: {}",
    "Find passages about {}", "search results for {}", "Question: {} Answer:",
]  # fmt: skip
JAPANESE_TEMPLATES = ["教えてください。{}", "質問：{}", "{}について説明してください", "次の問いに答えよ。{}"]


def template(query, random, vocabulary):
    """The whole query in a short phrase around it."""
    return random.choice(TEMPLATES if query.joiner else JAPANESE_TEMPLATES).format(query.text)


REPHRASED = [
    (r"what (?:is|are) (?:a |an |the )?(?:definition|meaning) of (.+)", ["define {}", "what does {} mean"]),
    (r"(.+) definition", ["what does {} mean", "meaning of {}"]),
    (r"definition of (.+)", ["what does {} mean", "meaning of {}"]),
    (r"define:? (.+)", ["definition of {}", "what is meant by {}"]),
    (r"what (?:is|are) (?:a |an |the )?(.+)", ["tell me about {}", "explain {}"]),
    (r"how to (.+)", ["what is the best way to {}", "ways to {}"]),
    (r"how (?:do|does|did|can|long|many|much) (.+)", ["I wonder how {}", "tell me how {}"]),
    (r"who (?:is|was|were|are) (.+)", ["information about {}", "tell me who {} is"]),
    (r"(?:when|where|why|do|does|did|is|are|can) (.+)", ["I wonder whether {}", "question about {}"]),
    (r"(.+) (?:is|are) (.+)", ["is it true that {} is {}", "the claim that {} is {}"]),
    (r"(.+)", ["research on {}", "{} in the literature"]),
]


def paraphrased(query, random, vocabulary):
    """The form of the question changed by rule, its subject kept."""
    if not query.joiner:
        stem = query.text.rstrip("。？?")
        for end in ["はどこ", "は誰", "は何", "はいつ"]:
            if end in stem:
                return f"{stem[: stem.index(end)]}について知りたい"
        return None
    stem = query.text.strip(" ?.").lower()
    for pattern, forms in REPHRASED:
        found = re.fullmatch(pattern, stem)
        if found:
            return random.choice(forms).format(*found.groups())
    return None


EDITS = [exact, casing, reordered, typo, inflected, replaced, inserted, deleted, swapped, template, paraphrased]


class Query:
    """A query ready for edits: `text`, its `words` and what joins them."""

    def __init__(self, text, words, joiner):
        self.text, self.words, self.joiner = text, words, joiner
        self.content = [i for i, w in enumerate(words) if is_content(w)]

    def changed(self, parts):
        text = self.joiner.join(parts)
        return text if normal(text) != normal(self.text) else None

    def spare(self, random):
        """A word that may go, at random."""
        places = [i for i, w in enumerate(self.words) if tokens(w)]
        if len(self.content) <= 2:
            places = [i for i in places if i not in self.content]
        return random.choice(places) if places else None


def vocabulary(texts, count, random):
    """Words of content to put in, drawn from running text, so that common words come more often."""
    found = set()
    for text in random.sample(texts, min(count, len(texts))):
        some = [w.strip(".,;:()\"'[]") for w in words(text)[0]]
        some = [w for w in some if len(w) > 1 and w.isalpha() and is_content(w)]
        found.update(random.sample(some, min(2, len(some))))
    japanese = sorted(w for w in found if is_japanese(w))
    spaced = sorted(unicodedata.normalize("NFKC", w).lower() for w in found if not is_japanese(w) and w.isascii())
    return spaced, japanese
