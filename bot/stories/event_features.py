"""The features of the event that a report tells, spelt alike for three languages. Pure.

Names (people, places) are reduced to the consonants of their Latin spelling, without
endings: «Лосеву», «Лосєва» and "Losev" are all `lsv`. Numbers, terms, units, articles of
the law and dates are read in figures and in words. Other words become concepts where
`lexicon` knows them, else consonants too: Russian and Ukrainian share most of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Final, NamedTuple

from bot.stories.lexicon import lexicon

__all__ = [
    "EventFeatures",
    "alike",
    "concept_of",
    "event_features",
    "feature_keys",
    "shared",
    "skeleton",
    "stage_of",
]


@dataclass(frozen=True)
class EventFeatures:
    """`names` are sure (within a sentence), `maybe` stand at the head of one.

    `people` are pairs of names side by side. `counts` are numbers by what is counted
    (`t72` a term in months, `u114` a unit, `l337` an article, `d14.5` a date, `p80` people,
    `w3` a Wednesday, `n80` people or anything else). `speakers` are names of those who hold an
    office and say something: a minister speaks of many things a day. `whole` is the text that
    was read.
    """

    names: frozenset[str]
    maybe: frozenset[str]
    people: frozenset[tuple[str, str]]
    counts: frozenset[str]
    concepts: frozenset[str]
    words: frozenset[str]
    speakers: frozenset[str] = frozenset()
    whole: str = field(default="", repr=False, compare=False)

    @cached_property
    def stage(self) -> str:
        """How far the case has come; only of reports that may be of one event is it asked."""
        return stage_of(self.whole)

    @cached_property
    def lang(self) -> str:
        return _language(self.whole)

    @cached_property
    def any_names(self) -> frozenset[str]:
        return self.names | self.maybe

    @cached_property
    def details(self) -> frozenset[str]:
        """Concepts that distinguish cases."""
        return self.concepts & lexicon().detail.keys()

    @cached_property
    def setting(self) -> frozenset[str]:
        """Concepts that occur in every case."""
        return self.concepts - lexicon().detail.keys()

    @cached_property
    def deeds(self) -> frozenset[str]:
        """What it says was done."""
        return frozenset(deed for deed, of in lexicon().deeds.items() if of & self.concepts)

    @cached_property
    def shorter(self) -> frozenset[str]:
        """All names without their last letter, where enough stays."""
        return frozenset(name[:-1] for name in self.any_names if len(name) > 3)

    @cached_property
    def told(self) -> frozenset[str]:
        """Words and what they mean, without names and numbers."""
        return self.words | self.concepts

    @cached_property
    def bag(self) -> frozenset[str]:
        """All features together."""
        return frozenset(
            chain(
                self.words,
                (f"#{concept}" for concept in self.concepts),
                (f"@{name[:5]}" for name in self.any_names),
                (f"={count}" for count in self.counts),
            )
        )

    def likeness(self, other: EventFeatures) -> float:
        """The cosine of both feature sets, 0..1; being long does not make two texts alike."""
        if not self.bag or not other.bag:
            return 0.0
        return len(self.bag & other.bag) / math.sqrt(len(self.bag) * len(other.bag))

    def strangers(self, other: EventFeatures) -> frozenset[str]:
        """Sure names of this text that the other has in no form."""
        return self.names - shared(self.names, other)

    def of_kind(self, kind: str) -> frozenset[str]:
        return self._kinds.get(kind, frozenset())

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        kinds: dict[str, set[str]] = {}
        for count in self.counts:
            kinds.setdefault(count[0], set()).add(count)
        return {kind: frozenset(found) for kind, found in kinds.items()}


def alike(one: str, other: str) -> bool:
    """Whether two skeletons are one name: equal, or one has an ending more."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and len(long) - len(short) <= 1 and long.startswith(short)


def shared(ours: frozenset[str], theirs: EventFeatures) -> frozenset[str]:
    """Those of our names that are `alike` one of theirs."""
    names, shorter = theirs.any_names, theirs.shorter
    return frozenset(
        name
        for name in ours
        if name in names
        or (len(name) > 2 and name in shorter)
        or (len(name) > 3 and name[:-1] in names)
    )


_WORD: Final = re.compile(
    r"[^\W\d_]++(?:['’ʼ`-][^\W\d_]++)*|\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*"
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+")
_SENTENCE_END: Final = re.compile(r"[.!?…\n:;»«\"“”•|—–]\s*[\W]*$")
_LINE_NOISE: Final = re.compile(r"#\w+|@\w+|https?://\S+")
_CYRILLIC: Final = re.compile(r"[а-яёіїєґ]", re.I)
_UKRAINIAN: Final = re.compile(r"[іїєґ]", re.I)

_MAX_LETTERS_READ: Final = 4_000  # letters: what happened stands before

_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "h", "д": "d", "е": "e", "ё": "e", "є": "e",
    "ж": "z", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "c", "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u",
    "я": "a",
}  # fmt: skip
_ENGLISH: Final = (
    ("shch", "s"), ("sch", "s"), ("zh", "z"), ("kh", "h"), ("ck", "k"), ("ts", "c"), ("tz", "c"), ("ch", "c"),
    ("sh", "s"), ("ph", "f"), ("x", "ks"), ("w", "v"), ("g", "h"), ("q", "k"),
    ("j", "z"),
)  # fmt: skip
_ENDINGS_RU: Final = re.compile(
    r"(?:ств\w{0,3}|(?<=[бвгджзклмнпрстфхцчшщ])(?:ами|ями|ах|ях|ам|ям|ом|ем|ём|ым|им|ой|ей|ою|ею|ого|его"
    r"|ому|ему|ый|ий|ая|яя|ое|ее|ую|юю|ые|ие|ых|их|ові|еві|ям|єм|ої|ій|ою|у|ю|а|я|о|е|и|ы|і|ї|є|ь))$"
)
_ADJECTIVE: Final = re.compile(r"(?:[сз]к|(?<=ц)к)$")
_ADJECTIVE_EN: Final = re.compile(r"(?:(?<=ts)k|(?<!t)sk)(?:[yi]{1,2}|oye|aya)?$")
_POSSESSIVE: Final = re.compile(r"(?:'s|s')$")
# «Рівненщина», «Одещина», «Донеччина»: regions by their towns' names.
_REGION: Final = re.compile(r"(?:(?P<es>е)щин|(?P<c>ч)чин|(?:ен)?щин)(?:а|и|і|у|ою|е|ой)$")
_LOCATIVE: Final = re.compile(r"(?<=[бвгджзлмнпрстфхчшщ])ці$")  # «на Камчатці»
_PATRONYMIC: Final = re.compile(
    r"\w{2,}(?:ович|евич|йович|овна|евна|івна|ївна)(?:[аеуіиы]|ем|ом|ой|ою)?"
)
_ADJECTIVAL: Final = re.compile(
    r"\w+(?:[сц]к(?:ий|ая|ое|ие|ого|ой|ому|ом|им|ую|их)|[сц]ьк\w{1,3})"
    r"|(?:южн|северн|восточн|западн|північн|південн|східн|західн|центральн|верховн|государственн|державн"
    r"|больш|нов|стар|нижн|верхн|велик|красн|черн|чорн|бел)(?:ый|ая|ое|ые|ий|ого|ой|ому|ом|ым|им|ую|ых|их|а|ої|ій|у|е)"
    r"|north\w*|south\w*|east\w*|west\w*|new|great|supreme|central|united"
)
# One name in two languages whose consonants differ.
_ONE_NAME: Final = {"mkl": "nkl", "mkt": "nkt", "aktrn": "ktrn"}
_VOWELS: Final = re.compile(r"[aeiouy'’ʼ`-]")
_DOUBLE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=16_384)
def skeleton(word: str) -> str:
    """The consonants of a word in Latin letters; "a" before them if it begins with a vowel."""
    word = word.lower().replace("’", "'").replace("ʼ", "'")
    if _CYRILLIC.search(word):
        if len(word) > 6 and (region := _REGION.search(word)):
            ends = "ес" if region["es"] else "ц" if region["c"] else ""
            word = word[: region.start()] + ends
        if len(word) > 5:
            word = _LOCATIVE.sub("ку", word)
        bare = (_ENDINGS_RU.sub("", word) if len(word) > 4 else word).replace("ьк", "к")
        if len(bare.replace("ь", "")) > 5:  # as long as its Latin spelling, which has no «ь»
            bare = _ADJECTIVE.sub("", bare)
        latin = "".join(_LATIN.get(char, char) for char in bare)
    else:
        bare = _POSSESSIVE.sub("", word).replace("'", "")
        if len(bare) > 5:
            bare = _ADJECTIVE_EN.sub("", bare)
        for spelt, sound in _ENGLISH:
            bare = bare.replace(spelt, sound)
        latin = bare
        if latin.startswith("y") and latin[1:2] in "aeou":
            latin = latin[1:]
    head = "a" if latin[:1] in "aeiouy" else ""
    return head + _DOUBLE.sub(r"\1", _VOWELS.sub("", latin))


def event_features(title: str, text: str) -> EventFeatures:
    """Of an item's words, best without footers. Any text, never an error."""
    whole = f"{title}\n{text}" if title and not text.startswith(title) else text or title
    whole = _LINE_NOISE.sub(" ", whole[:_MAX_LETTERS_READ]).replace("\u0301", "")
    common = lexicon().common
    names: dict[str, None] = {}
    maybe: dict[str, None] = {}
    people: set[tuple[str, str]] = set()
    concepts: set[str] = set()
    words: set[str] = set()
    tokens = list(_WORD.finditer(whole))
    seen = [_seen(found[0]) for found in tokens]
    placed: list[tuple[int, str]] = []
    saying: set[int] = set()
    offices: set[int] = set()
    last_name, last_end, pair = "", -1, ("", "")
    for number, (found, word) in enumerate(zip(tokens, seen, strict=True)):
        if word is _FIGURES:
            continue
        lower, (concept, _, says, holds), bare = word.plain, word.read, word.skeleton
        if "-" in lower:  # «солдат-дезертир» is both
            concepts.update(
                filter(None, (_seen(part).read[0] for part in lower.split("-") if part))
            )
        if says:
            saying.add(number)
        if holds:
            offices.add(number)
        if not word.is_capitalised:
            last_name = ""
            if concept:
                concepts.add(concept)
            elif bare:
                words.add(bare)
            continue
        gap = whole[last_end : found.start()] if last_end >= 0 else "x"
        beside = gap.strip() == "" and "\n" not in gap
        if concept and last_name and beside and lower not in common:
            concept = ""  # «Илья Ветров»
        if concept:
            concepts.add(concept)
        if concept or lower in common or len(lower) < 3:
            if lower not in common:
                last_name = ""
            continue
        if len(bare) < 2:
            continue
        if last_name and beside and _PATRONYMIC.fullmatch(lower):
            last_end = found.end()
            continue
        placed.append((number, bare))
        head = whole[max(0, found.start() - 6) : found.start()]
        at_head = number == 0 or bool(_SENTENCE_END.search(head))
        if at_head:
            maybe[bare] = None
        else:
            names[bare] = None
        if last_name and beside:
            people.discard(pair)  # of three the last two: «Матрос Семён Лыков»
            pair = (_ONE_NAME.get(last_name, last_name), bare)
            people.add(pair)
            names |= {last_name: None, bare: None}
        else:
            pair = ("", "")
        last_name = "" if _ADJECTIVAL.fullmatch(lower) else bare
        last_end = found.end()
    for name in names:
        maybe.pop(name, None)
    return EventFeatures(
        names=frozenset(names),
        maybe=frozenset(maybe),
        people=frozenset(people),
        counts=frozenset(
            chain(_counts(whole, tokens, seen), (word.weekday for word in seen if word.weekday))
        ),
        concepts=frozenset(concepts),
        words=frozenset(words),
        speakers=frozenset(_speakers(placed, frozenset(saying), frozenset(offices))),
        whole=whole,
    )


def _speakers(
    placed: Iterable[tuple[int, str]], saying: frozenset[int], offices: frozenset[int]
) -> Iterator[str]:
    """Names with an office before them and a verb of saying beside them."""
    for number, name in placed:
        if not saying.isdisjoint(range(number - 5, number + 4)) and not offices.isdisjoint(
            range(number - 6, number)
        ):
            yield name


def stage_of(text: str) -> str:
    """The furthest stage that the text reports; intentions do not count."""
    text = _INTENT.sub(" ", _LINE_NOISE.sub(" ", text[:_MAX_LETTERS_READ]).lower())
    seen = {stage for stage, phrase in _PHRASES if phrase.search(text)}
    if _REMANDED.search(text):
        text = _JAILED.sub(" ", text)
    for word in {*_WORD.findall(text)}:
        if not word[0].isdigit():
            seen.update(_read(_plain(word)).stages)
    return _furthest(seen)


_INTENT: Final = re.compile(
    r"\b(?:обжалу(?:ет|ют|ю)|оскарж(?:ить|ать|у\w+)|(?:будет|будут|може[тм]\w*|можно|можна|буде|планиру\w+|плану\w+"
    r"|намерен\w*|собира[ею]т\w*|хо[тч]\w+|обеща\w+|will|may|can|could|plans?|intends?|wants?|going)"
    r"\W+(?:\w+\W+){0,2}?(?:обжалова\w+|оскарж\w+|апелл?яц\w+|appeal\w*))"
)
_REMANDED: Final = re.compile(
    r"\b(?:remand\w*|pre-?trial|bail|запобіжн\w+|под арест\w*|под страж\w+|під варт\w+|арестовал\w*)\b"
)
_JAILED: Final = re.compile(r"\bjail\w*")
_PHRASES: Final = (
    (
        "charge",
        re.compile(
            r"\b(?:open(?:ed|s)|launch(?:ed|es)) (?:\w+\W+){0,5}?(?:case|investigation|proceedings)\b"
            r"|\b(?:завел[иа]|завед[её]но|відкри\w+|открыт\w*|открыл\w*) (?:\w+\W+){0,3}?(?:дел[оа]|справу|провадження|производство)\b"
        ),
    ),
    (
        "verdict",
        re.compile(
            r"\b(?:dropp?(?:ed|s)|clos(?:ed|es)|dismiss(?:ed|es)) (?:\w+\W+){0,5}?(?:case|charges)\b"
            r"|\b(?:прекра(?:тил|щен)\w*|закры(?:л|т)\w*) (?:\w+\W+){0,4}?дел[оа]\b|\bдел[оа] (?:\w+\W+){0,6}?(?:прекращен\w|закрыт\w)\b"
            r"|\b(?:закри(?:в|л|т)\w*) (?:\w+\W+){0,4}?(?:справ[ау]|провадження)\b"
        ),
    ),
)


def _furthest(stages: Collection[str]) -> str:
    return next((stage for stage in reversed([*lexicon().stages]) if stage in stages), "report")


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")


def feature_keys(of: EventFeatures) -> tuple[int, ...]:
    """Numbers of 63 bits under which reports of one event are looked up, at most 48.

    Names, numbers, and pairs of a name with a detail: half a million reports name Donetsk, but few
    name Donetsk and a hangar.
    """
    names = sorted(name[:5] for name in of.any_names if len(name) >= 3)
    details = sorted(of.details)
    spelt = [f"n:{name}" for name in names[:20]]
    spelt += sorted(f"c:{count}" for count in of.counts if count[0] in "uln" and len(count) > 2)[:8]
    # «Чита» is two consonants, which alone would find half of all texts.
    beside = names[:4] + sorted(name for name in of.any_names if len(name) == 2)[:2]
    spelt += [f"b:{name}+{detail}" for detail in details[:6] for name in beside][:14]
    spelt += [f"k:{a}+{b}" for n, a in enumerate(details) for b in details[n + 1 :]][:12]
    return tuple(
        int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") >> 1
        for key in spelt[:48]
    )


# --- words to concepts ---


_MAX_ENDING_LETTERS: Final = 7  # letters that endings and suffixes may add


@cache
def _stems() -> dict[str, tuple[tuple[str, str], ...]]:
    """(list, name) by stem; "=stem" is kept so."""
    known = lexicon()
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    lists = {
        "concept": {**known.setting, **known.detail},
        "stage": known.stages,
        "says": {"": known.saying},
        "holds": {"": known.offices},
    }
    for kind, groups in lists.items():
        for name, stems in groups.items():
            for stem in stems.replace("ё", "е").split():
                found[stem] = (*found.get(stem, ()), (kind, name))
    return found


class _Word(NamedTuple):
    """What the lists say of a word, by its longest stem first."""

    concept: str
    stages: tuple[str, ...]
    says: bool
    holds: bool


@lru_cache(maxsize=16_384)
def _read(word: str) -> _Word:
    known = _stems()
    found = list(known.get("=" + word, ()))
    for length in range(len(word), max(1, len(word) - _MAX_ENDING_LETTERS - 1), -1):
        if there := known.get(word[:length]):
            found += there
    if not found:
        return _NO_WORD
    concept = next((name for kind, name in found if kind == "concept"), "")
    stages = tuple(name for kind, name in found if kind == "stage")
    kinds = {kind for kind, _ in found}
    return _Word(concept, stages, "says" in kinds, "holds" in kinds)


_NO_WORD: Final = _Word("", (), False, False)


class _Seen(NamedTuple):
    """A word as it stands in a text, with all that is asked of it.

    `skeleton` is of a name whole, of another word as it is compared: "" where it says nothing.
    `weekday` as in `counts`.
    """

    plain: str
    read: _Word
    is_capitalised: bool
    skeleton: str
    number: float | None
    weekday: str


_FIGURES: Final = _Seen("", _NO_WORD, False, "", None, "")


@lru_cache(maxsize=16_384)
def _seen(word: str) -> _Seen:
    """Each word is looked up once, however many questions it answers."""
    if word[0].isdigit():
        return _FIGURES
    plain = _plain(word)
    read, is_upper = _read(plain), word.isupper()
    weekday = f"w{_WEEKDAYS[plain]}" if plain in _WEEKDAYS else ""
    if word[0].isupper() and not (len(word) > 1 and is_upper):
        return _Seen(plain, read, True, skeleton(plain), _value(word), weekday)
    bare = ""
    if not read.concept and not is_upper and plain not in lexicon().common:
        bare = skeleton(plain)
    bare = bare[:6] if len(bare) >= 3 else ""
    return _Seen(plain, read, False, bare, _value(word), weekday)


def concept_of(word: str) -> str:
    """The concept of a word in lower case: `court`, `soldier`, `refuse`; "" for most words."""
    return _read(word).concept


# --- numbers ---

_UNIT_NOUN: Final = re.compile(
    r"^(?:бригад|полк|дивизи|дивізі|батальон|батальйон|brigad|regim|divis|battalion|омсбр|обр|омбр|мсп)"
)
_YEARS: Final = re.compile(r"^(?:лет$|год|рок[иіуа]?в?|роки|years?$|year)")
_MONTHS: Final = re.compile(r"^(?:месяц|місяц|months?$)")
# «трое» are people, «три» may be anything
_PEOPLE: Final = re.compile(
    r"дво(?:е|є|их|им|х)|тро(?:е|є|их|им|х)|(?:ч[еє]твер|пят[её]р|п'ятер|шестер|семер|восьмер|десят[еє]р)\w{0,3}",
    re.I,
)
_PERSON: Final = re.compile(
    r"(?:солдат|военн|військов|бойц|бійц|боєц|человек|людей|осіб|мужчин|чолов|мобилиз|мобіліз|контрактник"
    r"|отказник|відмовник|дезертир|срочник|строковик|сотрудник|офицер|офіцер|врач|лікар|сослужив|штурмовик"
    r"|soldier|servicem|troops|men$|people|refuser|deserter|conscript|officer|fighter|doctor|recruit|trainee"
    r"|mobilis|mobiliz)"
)
_THOUSANDS: Final = (
    (re.compile(r"(?:тысяч|тыс$|тис$|тисяч|thousand)"), 1e3),
    (re.compile(r"(?:млн$|миллион|мільйон|million)"), 1e6),
)
_PERCENT: Final = re.compile(r"^\s*%")
_MONTH_NAMES: Final = (
    "янв січ jan", "фев лют feb", "мар берез mar", "апр квіт apr", "мая май трав may",
    "июн черв jun", "июл лип jul", "авг серп aug", "сен верес sep", "окт жовт oct", "ноя листоп nov",
    "дек груд dec",
)  # fmt: skip
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "понедельник понедельника понеділок понеділка monday",
            "вторник вторника вівторок вівторка tuesday",
            "среда среду среды середа середу середи wednesday",
            "четверг четверга четвер четверга thursday",
            "пятница пятницу пятницы п'ятниця п'ятницю п'ятниці friday",
            "суббота субботу субботы субота суботу суботи saturday",
            "воскресенье воскресенья неділя неділю неділі sunday",
        ),
        1,
    )
    for name in names.split()
}
_LAW_CUE: Final = re.compile(
    r"(?:\bст(?:\.|ать\w*|атт\w*)|\barticles?|\bч(?:\.|астью|астина)\s*\d+\s*ст\.?)\s*$", re.I
)
_DAY: Final = re.compile(r"(\d\d?)\.(\d\d)(?:\.(?:20)?\d\d)?")
_MONTH_CUE: Final = re.compile(
    r"\b((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.? $", re.I
)
_PART_CUE: Final = re.compile(r"(?:\bч\.|\bчаст(?:ь|ью|и|ина|иною)|\bparts?)\s*$", re.I)


def _counts(whole: str, tokens: Sequence[re.Match[str]], seen: Sequence[_Seen]) -> Iterator[str]:
    """Numbers by kind. «пять лет и шесть месяцев», "five and a half years": t66."""
    term, term_ends = 0.0, -9
    joined = -1
    for number, (found, word) in enumerate(zip(tokens, seen, strict=True)):
        if word.number is None and word is not _FIGURES:
            continue
        if (day := _DAY.fullmatch(found[0])) and 1 <= int(day[1]) <= 31 and 1 <= int(day[2]) <= 12:
            yield f"d{int(day[1])}.{int(day[2])}"
            continue
        value = None if number == joined else _value(found[0])
        if value is None:
            continue
        in_figures = found[0].isdigit()
        before = whole[max(0, found.start() - 16) : found.start()]
        after = [each[0].lower() for each in tokens[number + 1 : number + 5]]
        if value >= 20 and not found[0][0].isdigit() and after:
            ones = _value(after[0])  # «двадцать семь»
            if ones is not None and ones < 10 and not after[0][0].isdigit():
                value, joined, after = value + ones, number + 1, after[1:]
        for thousands, times in _THOUSANDS:
            if after and value < 1000 and thousands.match(after[0]):
                value, after = value * times, after[1:]
        if in_figures and _LAW_CUE.search(before):
            yield f"l{found[0]}"
        elif _PART_CUE.search(before) and value < 10:
            continue
        elif in_figures and _is_unit(after):
            yield f"u{found[0]}"
        elif after and (month := _month(after[0])) and 1 <= value <= 31 and value == int(value):
            yield f"d{int(value)}.{month}"
        elif 1 <= value <= 31 and (said := _MONTH_CUE.search(before)) and value == int(value):
            yield f"d{int(value)}.{_month(said[1].lower())}"  # "March 8"
        elif value < 60 and (months := _months(value, after)):
            if number - term_ends > 4 or months >= 12:
                if term:
                    yield f"t{term:g}"
                term = 0.0
            term, term_ends = term + months, number
        elif in_figures and 1900 <= value <= 2100:
            continue  # a year: said of half of all texts
        elif _PERCENT.match(whole[found.end() :][:2]):
            continue
        elif value > 1:
            people = _PEOPLE.fullmatch(found[0]) or any(map(_PERSON.match, after[:2]))
            if people and value == int(value):
                yield f"p{value:g}"
            if value >= 4 or in_figures or people:
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


@lru_cache(maxsize=2_048)
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
    numbers, scores = lexicon().numbers, lexicon().tens
    tens, hyphen, ones = lower.partition("-")
    if hyphen and tens in scores and ones in numbers:
        return scores[tens] + numbers[ones]
    if lower in numbers:
        return numbers[lower]
    for length in range(len(lower), max(2, len(lower) - 4), -1):
        stem = lower[:length]
        if stem in scores:
            return scores[stem]
        if length >= 5 and stem in numbers:
            return numbers[stem]
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
