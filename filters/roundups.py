"""What tells a roundup from one story that is cut in the same way: its heading, and whether
its entries are whole statements that do not lean on one another.

Each way to cut a text (`filters.layouts`) is described by shares, lengths and yes-or-no's, and
these are weighed by a logistic model that `python -m bench.train_roundups` fits. Entries of a
roundup speak of several fields of life, of people and places of their own, share no rare words
and begin without a pronoun; those of one story do the contrary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, combinations, islice, pairwise
from typing import Final

from filters.announcing import Heading
from filters.headings import words
from filters.layouts import Layout
from filters.lines import FEWEST_ALIKE
from filters.wording import Named, Stretch, Wording, binds, known

__all__ = ["described", "weighed"]

_WORDS_OF_REPORT: Final = 5
_WORDS_OF_NEWS: Final = 3  # where a heading announces news
_TITLE_WORDS: Final = 6  # a heading that is no sentence is no longer
_WORDS_TOLD: Final = 4  # a heading that tells what happened is no shorter
_PAIRED: Final = 12  # entries of which each is compared with each
_PLAIN: Final = 0.1  # weighs a roundup that a heading announces at least
_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_CLOSED: Final = re.compile(r"[.!?…»\")\]]\W{0,40}\Z")
_OPEN: Final = re.compile(r"[.!?:]\W*\Z")
_ASKED: Final = re.compile(r"[^.!?\n]*\?")
_FIRST: Final = re.compile(r"[\W\d_]*([^\W\d_]{4,})")
_QUOTED: Final = re.compile(r"\W*[«\"“„]")
_ASKS: Final = re.compile(
    r"\W*(?:как\w*|почему|чем|кто|кого|кому|куда|зачем|где|як\w*|чому|хто|чим|навіщо|де|how|why|who|where|which)\b",
    re.IGNORECASE,
)
_DEFINITE: Final = re.compile(r"\W*The [a-z]")
_INDEFINITE: Final = re.compile(
    r"\W*(?:(?:An?|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten) [a-z]"
    r"|(?i:дв(?:а|ое|оих|оє|і)|тро(?:е|их|є|їх)|пятер\w+|п'ят\w+|десят\w+|нескольк\w+"
    r"|кілька\w*)\s)"
)
_PLACED: Final = re.compile(
    r"(?:\A|(?<=[\s(*«\"]))(?i:в|во|на|у|из|под|возле|близ|із|зі|під|біля|in|near|from|at|of|to)\s"
    r"[A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,}"
)
# What is worked out last: whom and what entries name.
_WORKED_OUT_LAST: Final = ("names", "own names", "bound", "placed", "places")
_SPARE: Final = " *_~"
# A past tense: a heading that has one tells of one event, and what stands below it goes on.
_TOLD: Final = re.compile(
    r"(?<!\w)(?!(?:школа|канал\w*|журнал\w*|генерал\w*|сил[аы]|дел[ао]|глава|слова|права)(?!\w))"
    r"(?:[а-яіїє']{2,}(?:[аеиуыяюі](?:л[аои]?|лася|лися|лся|лась|лись)|[аия](?:в|вся)|[шгкзс]л[аи]|[йі]шов)"
    r"|was|were|has|have|had|refused|fled|left|said|says|jailed|convicted)(?!\w)"
)


def described(
    layout: Layout, said: Wording, heading: Heading, *, hopeless: bool = True
) -> Mapping[str, float]:
    """What speaks for and against a roundup that is cut so: shares of its entries, lengths in
    tens of words, and 1 for what is so. Empty where it is none at first sight, and unless
    `hopeless` ones are asked for too also where the rest cannot outweigh what was seen first.
    """
    count = len(layout.places)
    told = heading.announces
    if not told and count < FEWEST_ALIKE:
        return {}
    bodies = [said.text[body:end] for _, end, body in layout.places]
    leaning = _leaning(bodies) / count
    if leaning and not told and layout.key in ("blocks", "lines"):
        return {}  # most stories
    words_of = [said.said(body, end) for _, end, body in layout.places]
    fewest = _WORDS_OF_NEWS if told else _WORDS_OF_REPORT
    long = sum(len(each) >= fewest for each in words_of)
    if 2 * long < count:
        return {}
    parts = [
        said.stretch(body, end, each)
        for (_, end, body), each in zip(layout.places, words_of, strict=True)
    ]
    links = {link for _, end, body in layout.places for link in said.linked(body, end)}
    found = {
        "": 1.0,
        f"by {_family(layout.key)}": 1.0,
        "three": float(count == 3),
        "many": float(count > 7),
        "crowd": float(count > 12),
        "reports": long / count,
        "leaning": leaning,
        "pronouns": sum(part.pronouns for part in parts) / count,
        "of oneself": sum(part.oneself for part in parts) / count,
        "covered": sum(part.length for part in parts) / max(1, len(said)),
        "links": float(len(links) >= 0.6 * count),
        **_shared(parts, heading),
        **_above(heading),
        **_written(bodies, parts),
    }
    if not hopeless and not told and _sum(found) + _most_named() < 0:
        return {}  # nearly all that are no roundups
    found |= _named(layout, [said.named(body, end) for _, end, body in layout.places], heading)
    if told:
        plainly = not heading.binds and long >= max(2, 0.7 * count) and 3 * leaning <= 1
        found["plainly"] = float(plainly and found["bound"] < 0.7)
        found[f"announced by {_family(layout.key)}"] = 1.0
        found["announced twice"] = float(count == 2)
        found["announced bound"] = found["bound"]
        found["announced leaning"] = leaning
    return {name: value for name, value in found.items() if value}


def _written(bodies: Sequence[str], parts: Sequence[Stretch]) -> dict[str, float]:
    """How entries are written: as sentences, long enough, alike."""
    count = len(bodies)
    lengths = sorted(part.length for part in parts)
    ends = [body.rstrip(_SPARE) for body in bodies]
    firsts = [next(filter(str.isalnum, body), "A") for body in bodies]
    statements = sum(
        part.length >= _WORDS_OF_REPORT and not first.islower()
        for part, first in zip(parts, firsts, strict=True)
    )
    return {
        "statements": statements / count,
        "small": sum(map(str.islower, firsts)) / count,
        "middle": min(lengths[count // 2], 25) / 10,
        "short": float(lengths[0] < 4),
        "closed": sum(bool(_CLOSED.search(body[-41:])) for body in bodies) / count,
        "clauses": sum(end.endswith((";", ",")) for end in ends) / count,
        "questions": sum(end.endswith("?") for end in ends) / count,
        "sections": sum(body.partition("\n")[0].rstrip(_SPARE).endswith(":") for body in bodies)
        / count,
        "quoted": sum(bool(_QUOTED.match(body)) for body in bodies) / count,
        "definite": sum(bool(_DEFINITE.match(body)) for body in bodies) / count,
        "indefinite": sum(bool(_INDEFINITE.match(body)) for body in bodies) / count,
        "begin alike": float(_begin_alike(bodies)),
    }


def _named(layout: Layout, parts: Sequence[Named], heading: Heading) -> dict[str, float]:
    """Whom and what entries name, together and each by itself."""
    count = len(parts)
    named = Counter(chain.from_iterable(part.names for part in parts))
    places = [part.places for part in parts]
    if layout.key in ("label", "named"):
        labels = map(binds, layout.values)
        places = [each | {label} for each, label in zip(places, labels, strict=True)]
    return {
        "names": sum(bool(part.names) for part in parts) / count,
        "own names": sum(any(named[name] == 1 for name in part.names) for part in parts) / count,
        "bound": _bound([part.names for part in parts], heading),
        "placed": sum(map(bool, places)) / count,
        "places": len(frozenset().union(*places)) / count,
    }


def _shared(parts: Sequence[Stretch], heading: Heading) -> dict[str, float]:
    """What entries share with one another and what each has of its own."""
    count = len(parts)
    rare = [part.stems for part in parts]
    met = Counter(chain.from_iterable(rare))
    fields = [part.fields for part in parts]
    of_field = Counter(chain.from_iterable(fields))
    headed = {
        stem
        for word in _WORD.findall(f"{heading.title} {heading.lead}")
        if (stem := known(word).stem)
    }
    paired = min(count, _PAIRED)
    pairs = combinations(islice(rare, paired), 2)
    return {
        "fields": min(len(of_field), count) / count,
        "one field": max(of_field.values(), default=count) / count,
        "apart": sum(bool(a and b) and a.isdisjoint(b) for a, b in pairwise(fields)) / (count - 1),
        "shared": max(met.values(), default=0) / count,
        "alone": sum(all(met[stem] == 1 for stem in each) for each in rare) / count,
        "pairs": sum(not a.isdisjoint(b) for a, b in pairs) / (paired * (paired - 1) / 2),
        "next": sum(not a.isdisjoint(b) for a, b in pairwise(rare)) / (count - 1),
        "of heading": sum(not each.isdisjoint(headed) for each in rare) / count,
    }


def _above(heading: Heading) -> dict[str, float]:
    """What stands above the entries; it says another thing where it announces a roundup."""
    lead = heading.lead or heading.title
    said = _WORD.findall(lead)
    found = {
        "colon": float(lead.rstrip(_SPARE).endswith(":")),
        "field": float(any(known(word).fields for word in said)),
        "asks": float(bool(_ASKS.match(lead))),
        "placed above": float(bool(_PLACED.search(lead))),
        "lead": min(len(said), 30) / 10,
        "title": float(0 < len(said) <= _TITLE_WORDS and _OPEN.search(lead) is None),
        "told": float(
            not heading.announces and len(said) >= _WORDS_TOLD and bool(_TOLD.search(lead))
        ),
        "timed": float(0 < len(lead) < 120 and bool(words().span.search(lead))),
        "binds": float(heading.binds),
    }
    if heading.announces:
        found = {f"announced {name}": value for name, value in found.items()}
        found["announced"] = 1.0
    found["no heading"] = float(not lead)
    return found


def _family(key: str) -> str:
    """The kind of pattern: of signs it is all one which they are."""
    for kind in ("bullet", "picture"):
        if key.startswith(kind):
            return kind
    return key


def weighed(found: Mapping[str, float]) -> float:
    """Above 0 for a roundup, always where a heading announces plainly what stands below it."""
    weight = _sum(found)
    return max(weight, _PLAIN) if "plainly" in found else weight


def _sum(found: Mapping[str, float]) -> float:
    weights = words().weights
    return sum(weights.get(name, 0.0) * value for name, value in found.items())


@cache
def _most_named() -> float:
    """What `_named` may add at most where nothing announces a roundup."""
    weights = words().weights
    return sum(max(0.0, weights.get(name, 0.0)) for name in _WORKED_OUT_LAST)


def _leaning(bodies: Sequence[str]) -> int:
    """How many entries lean on the one before, are counted on from it, or ask and answer."""
    return sum(
        bool(words().leans.match(begins) or words().of_one.match(begins) or _ASKED.match(begins))
        for begins in (body.lstrip(' *_~"«“—–-') for body in bodies[1:])
    )


def _begin_alike(bodies: Sequence[str]) -> bool:
    """Whether half of the entries begin with one word: «Командир …», «Часть 2 …». Courts do."""
    firsts: dict[str, int] = {}
    for body in bodies:
        if found := _FIRST.match(body):
            stem = binds(found[1])
            firsts[stem] = firsts.get(stem, 0) + bool(stem)
    return max(firsts.values(), default=0) > max(1, len(bodies) / 2 - 0.5)


def _bound(names: Sequence[frozenset[str]], heading: Heading) -> float:
    """The share of entries that name what the heading or most of the others name. What a
    roundup's own heading names is its subject («Дайджест по Python»)."""
    own = heading.names if heading.announces else frozenset()
    counts = Counter(name for each in names for name in each - own)
    most = max(counts.values(), default=0)
    by_heading = max((counts.get(name, 0) for name in heading.names), default=0)
    return max(most if most > 1 else 0, by_heading) / len(names)
