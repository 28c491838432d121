"""What a report tells of its event, in one spelling for three languages. Pure.

Names (people, places) are reduced to the consonants of their Latin spelling, without
endings: «Лосеву», «Лосєва» and "Losev" are all `lsv`. Numbers, terms, units, articles of
the law and dates are read in figures and in words. Other words become concepts where
`lexicon` knows them, else consonants too: Russian and Ukrainian share most of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from bot.stories.lexicon import COMMON, DETAIL, NUMBERS, SETTING, STAGES, TENS

__all__ = ["Clues", "alike", "clue_keys", "clues", "shared", "skeleton"]


@dataclass(frozen=True, slots=True)
class Clues:
    """`names` are sure (within a sentence), `maybe` stand at the head of one.

    `people` are pairs of names side by side. `counts` are numbers by what is counted
    (`t72` a term in months, `u114` a unit, `l337` an article, `d14.5` a date, `n80` else).
    """

    names: frozenset[str]
    maybe: frozenset[str]
    people: frozenset[tuple[str, str]]
    counts: frozenset[str]
    concepts: frozenset[str]
    words: frozenset[str]
    stage: str = "report"
    lang: str = ""

    @property
    def any_names(self) -> frozenset[str]:
        return self.names | self.maybe

    def strangers(self, other: Clues) -> frozenset[str]:
        """Sure names of this text that the other has in no form."""
        return self.names - shared(self.names, other.any_names)

    def of_kind(self, kind: str) -> frozenset[str]:
        return frozenset(count for count in self.counts if count[0] == kind)


def alike(one: str, other: str) -> bool:
    """Whether two skeletons are one name: equal, or one has an ending more."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and len(long) - len(short) <= 1 and long.startswith(short)


def shared(ours: frozenset[str], theirs: frozenset[str]) -> frozenset[str]:
    """Those of our names that are `alike` one of theirs."""
    stems = {name[:-1] for name in theirs if len(name) > 3}
    return frozenset(
        name
        for name in ours
        if name in theirs
        or (len(name) > 2 and name in stems)
        or (len(name) > 3 and name[:-1] in theirs)
    )


_WORD: Final = re.compile(
    r"[^\W\d_]+(?:['’ʼ`-][^\W\d_]+)*|\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*"
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+")
_SENTENCE_END: Final = re.compile(r"[.!?…\n:;»«\"“”•|—–]\s*[\W]*$")
_LINE_NOISE: Final = re.compile(r"#\w+|@\w+|https?://\S+")
_CYRILLIC: Final = re.compile(r"[а-яёіїєґ]", re.I)
_UKRAINIAN: Final = re.compile(r"[іїєґ]", re.I)

_LONGEST: Final = 4_000  # letters: what happened stands before

_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "h", "д": "d", "е": "e", "ё": "e", "є": "e",
    "ж": "z", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "c", "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u",
    "я": "a",
}  # fmt: skip
_ENGLISH: Final = (
    ("shch", "s"), ("sch", "s"), ("zh", "z"), ("kh", "h"), ("ts", "c"), ("tz", "c"), ("ch", "c"),
    ("sh", "s"), ("ph", "f"), ("ck", "k"), ("x", "ks"), ("w", "v"), ("g", "h"), ("q", "k"),
    ("j", "z"),
)  # fmt: skip
_ENDINGS_RU: Final = re.compile(
    r"(?:ств\w{0,3}|(?<=[бвгджзклмнпрстфхцчшщ])(?:ами|ями|ах|ях|ам|ям|ом|ем|ём|ым|им|ой|ей|ою|ею|ого|его"
    r"|ому|ему|ый|ий|ая|яя|ое|ее|ую|юю|ые|ие|ых|их|ові|еві|ям|єм|ої|ій|ою|у|ю|а|я|о|е|и|ы|і|ї|є|ь))$"
)
_ADJECTIVE: Final = re.compile(r"(?:ськ|цьк|зьк|ск|цк|нск)(?:\w{0,3})$")
_ADJECTIVE_EN: Final = re.compile(r"(?:sk[yi]{1,2}|'s|s')$")
_VOWELS: Final = re.compile(r"[aeiouy'’ʼ`-]")
_DOUBLE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The consonants of a word in Latin letters; "a" before them if it begins with a vowel."""
    word = word.lower().replace("’", "'").replace("ʼ", "'")
    if _CYRILLIC.search(word):
        bare = _ENDINGS_RU.sub("", word) if len(word) > 4 else word
        if len(bare) > 5:
            bare = _ADJECTIVE.sub("", bare) or bare
        latin = "".join(_LATIN.get(char, char) for char in bare)
    else:
        bare = _ADJECTIVE_EN.sub("", word)
        for spelt, sound in _ENGLISH:
            bare = bare.replace(spelt, sound)
        latin = bare
        if latin.startswith("y") and latin[1:2] in "aeou":
            latin = latin[1:]
    head = "a" if latin[:1] in "aeiouy" else ""
    return head + _DOUBLE.sub(r"\1", _VOWELS.sub("", latin))


def clues(title: str, text: str) -> Clues:
    """Of an item's words, best without footers. Any text, never an error."""
    whole = f"{title}\n{text}" if title and not text.startswith(title) else text or title
    whole = _LINE_NOISE.sub(" ", whole[:_LONGEST]).replace("\u0301", "")
    names: dict[str, None] = {}
    maybe: dict[str, None] = {}
    people: set[tuple[str, str]] = set()
    concepts: set[str] = set()
    words: set[str] = set()
    seen_stages: set[str] = set()
    tokens = list(_WORD.finditer(whole))
    last_name, last_end = "", -1
    for number, found in enumerate(tokens):
        word = found[0]
        if word[0].isdigit():
            continue
        lower = word.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
        concept = _concept(lower)
        seen_stages.update(_stages(lower))
        if concept:
            concepts.add(concept)
        bare = skeleton(lower)
        capital = word[0].isupper() and not (word.isupper() and len(word) > 1)
        if concept or lower in COMMON or len(lower) < 3 or not capital:
            if not concept and lower not in COMMON and len(bare) >= 3 and not word.isupper():
                words.add(bare[:6])
            if not (lower in COMMON and capital):
                last_name = ""
            continue
        if len(bare) < 2:
            continue
        at_head = number == 0 or bool(_SENTENCE_END.search(whole[: found.start()][-6:]))
        if at_head:
            maybe[bare] = None
        else:
            names[bare] = None
        gap = whole[last_end : found.start()] if last_end >= 0 else "x"
        if last_name and gap.strip() == "" and "\n" not in gap:
            people.add((last_name, bare))
            names |= {last_name: None, bare: None}
        last_name, last_end = bare, found.end()
    for name in names:
        maybe.pop(name, None)
    stage = next((s for s in reversed(STAGES) if s in seen_stages), "report")
    return Clues(
        names=frozenset(names),
        maybe=frozenset(maybe),
        people=frozenset(people),
        counts=frozenset(_counts(whole, tokens)),
        concepts=frozenset(concepts),
        words=frozenset(words),
        stage=stage,
        lang=_language(whole),
    )


def clue_keys(of: Clues) -> tuple[int, ...]:
    """Numbers of 63 bits under which reports of one event are looked up, at most 40."""
    spelt = [f"n:{name[:5]}" for name in sorted(of.any_names) if len(name) >= 3]
    spelt += sorted(f"c:{count}" for count in of.counts if count[0] in "uln" and len(count) > 2)
    concepts = sorted(c for c in of.concepts if c in DETAIL)
    spelt += [f"k:{a}+{b}" for n, a in enumerate(concepts) for b in concepts[n + 1 :]][:12]
    return tuple(
        int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") >> 1
        for key in spelt[:40]
    )


# --- words to concepts ---


def _stems(lexicon: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Names by stem; "=stem" is kept so."""
    found: dict[str, tuple[str, ...]] = {}
    for name, stems in lexicon.items():
        for stem in stems.replace("ё", "е").split():
            found[stem] = (*found.get(stem, ()), name)
    return found


_CONCEPTS: Final = _stems({**SETTING, **DETAIL})
_STAGE_STEMS: Final = _stems(STAGES)
_TAIL: Final = 7  # letters that endings and suffixes may add


def _named(word: str, stems: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Names whose stem the word begins with, those of longer stems first."""
    yield from stems.get("=" + word, ())
    for length in range(len(word), max(1, len(word) - _TAIL - 1), -1):
        yield from stems.get(word[:length], ())


@lru_cache(maxsize=65_536)
def _concept(word: str) -> str:
    return next(_named(word, _CONCEPTS), "")


@lru_cache(maxsize=65_536)
def _stages(word: str) -> tuple[str, ...]:
    return tuple(_named(word, _STAGE_STEMS))


# --- numbers ---

_UNIT_NOUN: Final = re.compile(
    r"^(?:бригад|полк|дивизи|дивізі|батальон|батальйон|brigad|regim|divis|battalion|омсбр|обр|омбр|мсп)"
)
_YEARS: Final = re.compile(r"^(?:лет$|год|рок[иіуа]?в?|роки|years?$|year)")
_MONTHS: Final = re.compile(r"^(?:месяц|місяц|months?$)")
_PEOPLE: Final = re.compile(
    r"(?:дво[еєи]|тро[еєи])", re.I
)  # «трое» are people, «три» may be anything
_PERCENT: Final = re.compile(r"^\s*%")
_MONTH_NAMES: Final = (
    "янв січ jan", "фев лют feb", "мар берез mar", "апр квіт apr", "мая май трав may",
    "июн черв jun", "июл лип jul", "авг серп aug", "сен верес sep", "окт жовт oct", "ноя листоп nov",
    "дек груд dec",
)  # fmt: skip
_LAW_CUE: Final = re.compile(
    r"(?:\bст(?:\.|ать\w*|атт\w*)|\barticles?|\bч(?:\.|астью|астина)\s*\d+\s*ст\.?)\s*$", re.I
)
_PART_CUE: Final = re.compile(r"(?:\bч\.|\bчаст(?:ь|ью|и|ина|иною)|\bparts?)\s*$", re.I)


def _counts(whole: str, tokens: list[re.Match[str]]) -> Iterable[str]:
    """Numbers by kind. «пять лет и шесть месяцев», "five and a half years": t66."""
    term, term_ends = 0.0, -9
    for number, found in enumerate(tokens):
        value = _value(found[0])
        if value is None:
            continue
        before = whole[max(0, found.start() - 16) : found.start()]
        after = [each[0].lower() for each in tokens[number + 1 : number + 5]]
        if found[0].isdigit() and _LAW_CUE.search(before):
            yield f"l{found[0]}"
        elif _PART_CUE.search(before) and value < 10:
            continue
        elif found[0].isdigit() and _is_unit(after):
            yield f"u{found[0]}"
        elif after and (month := _month(after[0])) and 1 <= value <= 31 and value == int(value):
            yield f"d{int(value)}.{month}"
        elif value < 60 and (months := _months(value, after)):
            if number - term_ends > 4 or months >= 12:
                if term:
                    yield f"t{term:g}"
                term = 0.0
            term, term_ends = term + months, number
        elif found[0].isdigit() and 1900 <= value <= 2100:
            continue  # a year: said of half of all texts
        elif _PERCENT.match(whole[found.end() :]):
            continue
        elif value > 1 and (value >= 4 or found[0].isdigit() or _PEOPLE.match(found[0])):
            yield f"n{value:g}"
    if term:
        yield f"t{term:g}"


def _is_unit(after: list[str]) -> bool:
    """«114-й отдельной бригады»: the noun within four words, no other number before it."""
    for word in after:
        if word[0].isdigit():
            return False
        if _UNIT_NOUN.match(word):
            return True
    return False


def _months(value: float, after: list[str]) -> float:
    """The term that the number and the words after it tell; 0 where it is none."""
    words = [word for word in after if word not in ("с", "з", "and", "a", "half", "половиной")]
    half = 6 if words != after and ("half" in after[:3] or "половиной" in after[:2]) else 0
    if words and _YEARS.match(words[0]):
        return value * 12 + half
    return value if words and _MONTHS.match(words[0]) else 0


@lru_cache(maxsize=65_536)
def _value(word: str) -> float | None:
    """A number in figures or words; None of any other word."""
    if word[0].isdigit():
        if _GROUPED.fullmatch(word):
            return float(re.sub(r"\D", "", word))
        try:
            return float(word.replace(",", ".").replace(":", "."))
        except ValueError:
            return None
    lower = word.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    if lower in NUMBERS:
        return NUMBERS[lower]
    for length in range(len(lower), max(2, len(lower) - 4), -1):
        stem = lower[:length]
        if stem in TENS:
            return TENS[stem]
        if length >= 5 and stem in NUMBERS:
            return NUMBERS[stem]
    return None


def _month(word: str) -> int:
    for number, stems in enumerate(_MONTH_NAMES, 1):
        if any(word.startswith(stem) for stem in stems.split()):
            return number
    return 0


def _language(text: str) -> str:
    cyrillic = len(_CYRILLIC.findall(text))
    if cyrillic * 2 < sum(map(str.isalpha, text)):
        return "en"
    return "uk" if len(_UKRAINIAN.findall(text)) * 60 > cyrillic else "ru"
