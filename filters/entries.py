"""A text cut into its entries: a roundup tells several events, any other text tells one.

A roundup is known by a repeated mark at the beginning of its lines (bullet, emoji, number,
time, date, place) or by its heading («Главное за день», "News in brief"), and by what stands
behind the marks: whole statements that do not lean on one another. A list inside one
story (demands, names, quotations, facts of one case) has the marks and not the statements,
so doubt leaves a text whole: a story cut wrongly loses its context, a roundup left whole
only its places. Pure, some tens of microseconds for a text without marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain, combinations, islice, pairwise
from typing import Final, TypeAlias

from filters.headings import words

__all__ = ["Entry", "Heading", "announces", "entries", "lists", "untold", "weighed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One report's place in the *text* (never the title), in code points of the original: from
    its mark, if any, up to before the space behind it. `body` is where its words begin."""

    start: int
    end: int
    body: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    body: int
    kind: str  # of its mark, "" without one
    value: str  # the mark itself
    fresh: bool  # an empty line stands before it


_FEWEST_UNTOLD: Final = 3  # entries that make a roundup without a heading that says so
_WORDS_OF_REPORT: Final = 5
_WORDS_OF_NEWS: Final = 3  # where a heading announces news
_HEADING_WORDS: Final = 14
_HEADING_LETTERS: Final = 250
_DAY_LETTERS: Final = 50  # a date on a line of its own is no longer
_TITLE_WORDS: Final = 6  # a heading that is no sentence is no longer
_WORDS_BEFORE: Final = 3  # in a heading, before what announces

_PICTURE: Final = (
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\U0001f000-\U0001faff]"
)
_SPACE: Final = r"[ \t\u00a0*_~>]*"
_MARK: Final = (
    rf"{_SPACE}(?:"
    r"(?P<key>\d{1,2}\ufe0f?\u20e3|🔟)"
    r"|(?P<time>(?:[01]?\d|2[0-3]):[0-5]\d)(?!\d)(?:\s?[—–\-.:,|]|(?=\s))"
    rf"|(?P<date>(?:\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?|"
    rf"\d{{1,2}}\s(?:{{month}})(?:\s\d{{4}}(?:\s(?:года|року))?)?"
    rf"|(?:{{month}})\s\d{{1,2}}(?:,\s\d{{4}})?|(?:{{day}})(?:,\s\d{{1,2}}\s(?:{{month}}))?)(?=[*_]{{0,2}}\s?[—–\-.:|,]))"
    r"|(?P<number>(?:№\s?)?\d{1,2})(?:\s?[.)](?=\s|[^\W\d])|\s?/\s)"
    r"|(?P<bullet>[•●○◦▪▫◾◽■□◆◇▶►▸‣⁃∙·])[\ufe0e\ufe0f]?"
    r"|(?P<dash>[—–\-−+]|(?<!\*)\*(?!\*))(?=[\s*_]|[^\W\d_])"
    r"|(?P<case>№\s?\d[\w/-]*)(?:\s?[.):])?(?=\s)"
    rf"|(?P<picture>{_PICTURE}(?:{_PICTURE}|[\ufe0e\ufe0f\u200d])*+)"
    r")[ \t\u00a0*_~.:,|—–\-]*"
)
# A headline that is a link, on a line of its own: what stands below it belongs to it.
_HEADLINE: Final = re.compile(r"[\s*_~>]*\[[^\]\n]{3,}\]\(https?://[^\s)]+\)[\s*_~.]*")
# The first words of a line are a link, and the news goes on behind them.
_LINKED: Final = re.compile(r"[ \t*_~>]*\[[^\]\n]{3,}\]\(https?://[^\s)]+\)")
# A place or a field named before the news: «Чита. Суд …», "Pskov: A court …".
_LABELLED: Final = (
    r"(?P<label>[A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]+(?:[ ,]{1,2}[\w'’ʼ()-]+){0,3})"
    r"[*_]{0,2}(?:\.|:|\s[—–-])[*_]{0,2}[^\S\n]+(?=[*_]{0,2}[A-ZА-ЯЁІЇЄҐ«\"“„\d])"
)
_LABEL: Final = re.compile(rf"[ \t*_~#]*{_LABELLED}")
# How a line may begin that has a mark or a label: what `_MARK` and `_LABEL` are asked of else.
_BEGINS: Final = re.compile(
    rf"\n[ \t\u00a0*_~>#]*(?:"
    rf"(?P<mark>\d|\[|[№•●○◦▪▫◾◽■□◆◇▶►▸‣⁃∙·—–\-−+]|(?<!\*)\*(?!\*)|🔟|{_PICTURE})|{_LABELLED})"
)
# Both begin with what they look for, so that a text without it is passed at full speed.
_INLINE_BULLET: Final = re.compile(r"[•●▪◾■◆▶►🔹🔸🔻🔺](?<!\S.)\ufe0f?\s?(?=\S)", re.DOTALL)
_INLINE_NUMBER: Final = re.compile(r"\d\d?[.)]\s(?=[^\W\d_])")
_BEFORE_NUMBER: Final = re.compile(r"[.!?;:…»\"]\s")
_LINK: Final = re.compile(r"(?:https?://|t\.me/|www\.)[^\s)\]>]+", re.IGNORECASE)
# A link that is the whole report's: it ends the paragraph, or the paragraph begins with it.
_BESIDE_LINK: Final = re.compile(
    r"\A[\W_]{0,6}\[|(?:https?://|t\.me/|www\.)[^\s\]>]+[\s)*_.]{0,4}\Z", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_NAMED: Final = re.compile(r"(?<=[^\s.!?…:\]*_]\s)[«\"“„(]?([A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,})")
# Countries and offices stand in every second report: sharing them binds nothing.
_EVERYWHERE: Final = """
росси росій росі рф украи украї сша всу зсу russi ukrai ukrain киев киев київ москв mosco kyiv кремл
kreml минобо мінобо генпро генсек госду верхо европ європ нато дтп суд суда fort gener presi прези
"""
_BINDS_NOTHING: Final = frozenset(_EVERYWHERE.split())
_STEM_LETTERS: Final = 5
_CLOSED: Final = re.compile(r"[.!?…»\")\]]\W{0,40}\Z")
_QUOTED: Final = re.compile(r"\W*[«\"“„]")
_SENTENCE: Final = re.compile(r"[.!?]\s")
_EMPHASIS: Final = re.compile(r"[*~]+|(?<!\w)_+|_+(?!\w)")
_ASKED: Final = re.compile(r"[^.!?\n]*\?")
_FIRST_WORD: Final = re.compile(r"[\s*_~#>]*([^\W\d_](?:[^\W\d_]|['’])*)")
_OPEN: Final = re.compile(r"[.!?:]\W*\Z")
_WEIGHED_KEYS: Final = frozenset(
    {"time", "day", "date", "label", "link", "linked", "number", "key", "dash", "case"}
)
_ROUNDING: Final = 1e-9
_FIRST: Final = re.compile(r"[\W\d_]*([^\W\d_]{4,})")


@lru_cache(maxsize=8)  # whoever reads a text asks more than once
def entries(title: str, text: str) -> tuple[Entry, ...]:
    """The entries of a text, in order and apart from one another; always at least one.

    One entry stands for the whole item, its title included. Of several, the title, what
    stands before the first and between them is context of each, no report.
    """
    whole = (Entry(0, len(text), 0),)
    if _may_be_several(title, text):
        lines = list(_lines(text))
        if len(lines) > 1:
            found = _marked(title, text, lines)
            if not found or text[found[-1].start].isalpha():  # not every line has its label
                found = max(found, _paragraphs(title, text, lines), key=len)
            if found:
                return found
    return _inline(title, text) or whole


def _may_be_several(title: str, text: str) -> bool:
    """What settles an ordinary text at once: it has no three lines that begin alike, no three
    links, no three named days, and nothing above it announces a roundup."""
    lines = text.splitlines()
    if len(lines) < 2:
        return False
    alike: dict[str, int] = {}
    for begins in _BEGINS.finditer("\n" + "\n".join(lines)):
        mark = begins["mark"]
        kind = mark if mark and not mark.isdigit() else "1" if mark else "label"
        alike[kind] = alike.get(kind, 0) + 1
        if alike[kind] >= _FEWEST_UNTOLD:
            return True
    if _has_links(text) or _has_days(lines):
        return True
    above = islice(filter(str.strip, lines), 3)
    return announces(title) or any(map(announces, map(str.strip, above)))


def _has_days(lines: Sequence[str]) -> bool:
    """Whether so many lines begin with the name of a day or a month that each heads an entry."""
    days = 0
    for line in lines:
        begins = _FIRST_WORD.match(line)
        if begins and _names_day(begins[1]) and _is_dated(line.strip()):
            days += 1
            if days == _FEWEST_UNTOLD:
                return True
    return False


@lru_cache(maxsize=4096)
def _names_day(word: str) -> bool:
    return bool(re.fullmatch(f"{words().day}|{words().month}", word, re.IGNORECASE))


def _is_dated(line: str) -> bool:
    """Whether it is a date, or one stands before what it says."""
    if len(line) <= _DAY_LETTERS and _day().fullmatch(line):
        return True
    mark = _mark().match(line)
    return mark is not None and mark.lastgroup == "date" and mark.end() < len(line)


@cache
def _mark() -> re.Pattern[str]:
    filled = _MARK.replace("{month}", words().month).replace("{day}", words().day)
    return re.compile(filled, re.IGNORECASE)


@cache
def _day() -> re.Pattern[str]:
    month, day = words().month, words().day
    date = rf"(?:\d{{1,2}}\s(?:{month})|(?:{month})\s\d{{1,2}})(?:,?\s\d{{4}})?(?:\s(?:года|року))?"
    return re.compile(
        rf"[\s*_~#>]*(?:{date}(?:,?\s(?:{day}))?|(?:{day})(?:,?\s{date})?)[\s*_~:.,]*",
        re.IGNORECASE,
    )


def _lines(text: str) -> Iterator[_Line]:
    marked = _mark().match
    dated = _day().fullmatch
    start = 0
    fresh = True
    for piece in text.splitlines(keepends=True):
        said = piece.strip()
        if said:
            at = start + len(piece) - len(piece.lstrip())
            end = at + len(said)
            mark = marked(text, at, end)
            kind = mark.lastgroup if mark and mark.end() < end else None
            if (
                (not kind or kind == "date")
                and len(said) <= _DAY_LETTERS
                and dated(text, at, end)  # it heads what follows
            ):
                yield _Line(at, end, end, "day", "", fresh)
            elif mark and kind:
                yield _Line(at, end, mark.end(), kind, mark[kind], fresh)
            elif "](" in said and _HEADLINE.fullmatch(text, at, end):
                yield _Line(at, end, at, "link", "", fresh)
            elif "](" in said and _LINKED.match(text, at, end):
                yield _Line(at, end, at, "linked", "", fresh)
            else:
                label = _LABEL.match(text, at, end)
                named, value = ("label", label["label"]) if label else ("", "")
                yield _Line(at, end, at, named, value, fresh)
        fresh = not said or piece.endswith("\u2029")
        start += len(piece)


def _has_links(text: str) -> bool:
    """Whether so many links stand in a text that each of its entries may have one."""
    signs = text.count("http") + text.count("t.me/") + text.count("www.")
    return signs >= _FEWEST_UNTOLD and (
        sum(1 for _ in islice(_LINK.finditer(text), _FEWEST_UNTOLD)) == _FEWEST_UNTOLD
    )


def _marked(title: str, text: str, lines: Sequence[_Line]) -> tuple[Entry, ...]:
    """Entries that begin with one kind of mark; the outermost kind, where lists are nested."""
    groups = _groups(text, lines)
    pictures = groups.get("pictures", ())
    for key, numbers in sorted(groups.items(), key=_outermost):
        if len(numbers) < 2 and (len(pictures) < 2 or not key.startswith("picture")):
            continue
        begins = numbers
        if key.startswith("picture") and announces(title or text[: lines[0].end].strip()):
            begins = groups["pictures"]  # under a heading each may have its own
        if begins[0] < 2 and announces(text[lines[begins[0]].body : lines[begins[0]].end]):
            begins = begins[1:]  # the heading wears a mark too
        if len(begins) >= 2 and _in_order(key, [lines[n].value for n in begins]):
            heading = _heading(title, text, lines[: begins[0]])
            if _are_too_few(key, len(begins), heading):
                continue
            found = _cut(text, lines, begins)
            if _is_roundup(key, text, found, heading):
                return _with_lead(text, lines[: begins[0]], found)
    return ()


def _groups(text: str, lines: Sequence[_Line]) -> dict[str, list[int]]:
    """The numbers of the lines that begin alike, and of those that begin with any picture."""
    groups: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.kind and not words().footer.match(text, line.body, line.end):
            alike = line.kind + line.value if line.kind in ("bullet", "picture") else line.kind
            groups.setdefault(alike, []).append(number)
            if line.kind == "picture":
                groups.setdefault("pictures", []).append(number)
    return groups


def lists(title: str, text: str) -> Iterator[tuple[_List, list[int]]]:
    """Each list of three entries or more as `untold` is asked of it, and where they begin:
    for who fits its weights."""
    lines = list(_lines(text))
    groups = _groups(text, lines)
    for key, numbers in sorted(groups.items(), key=_outermost):
        in_order = _in_order(key, [lines[n].value for n in numbers])
        if len(numbers) >= _FEWEST_UNTOLD and in_order and key != "pictures":
            found = _cut(text, lines, numbers)
            heading = _heading(title, text, lines[: numbers[0]])
            bodies = [text[entry.body : entry.end] for entry in found]
            yield (key, bodies, heading, _leaning(bodies)), [entry.start for entry in found]


def _outermost(group: tuple[str, list[int]]) -> tuple[bool, int]:
    """Equal marks before mixed pictures, then what begins first."""
    return group[0] == "pictures", group[1][0]


def _in_order(key: str, values: Sequence[str]) -> bool:
    """Whether the marks count up from one, as numbers of a list do; others always are."""
    if key == "number":
        numbers = [int(re.sub(r"\D", "", value)) for value in values]
        return all(b == a + 1 for a, b in pairwise(numbers))
    if key == "label":  # one label again and again is who speaks
        return len({value.casefold() for value in values}) == len(values)
    return True


def _cut(text: str, lines: Sequence[_Line], numbers: Sequence[int]) -> list[Entry]:
    """Each from its mark up to the next; the last as long as the longest before it."""
    found: list[Entry] = []
    footer = words().footer.match
    longest = 0
    for at, number in enumerate(numbers):
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        stop = len(lines) if following is None else following
        last = number
        pieces = 0
        for inner in range(number + 1, stop):
            if following is None and (lines[inner].fresh or lines[inner].kind):
                pieces += 1
                if pieces > longest:
                    break
            if following is None and footer(text, lines[inner].start, lines[inner].end):
                break
            last = inner
        if following is not None:
            longest = max(longest, sum(lines[n].fresh for n in range(number + 1, stop)))
        found.append(Entry(lines[number].start, lines[last].end, lines[number].body))
    return found


@dataclass(frozen=True)
class Heading:
    """What stands above the entries: whether it announces a roundup, whether it binds them.
    Most is asked of few texts, and worked out then."""

    announces: bool
    title: str
    lead: str
    last: str  # the line right above them

    @cached_property
    def binds(self) -> bool:
        is_last = self.last.endswith(":") or not self.announces
        return bool(words().one_story.search(self.last if is_last else self.lead or self.title))

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(_stems(f"x {self.title}") | _stems(f"x {self.lead}"))


_NO_HEADING: Final = Heading(False, "", "", "")
_List: TypeAlias = tuple[str, Sequence[str], Heading, int]


def _heading(title: str, text: str, above: Sequence[_Line]) -> Heading:
    heads = [text[line.start : line.end] for line in above]
    announces = any(_announces_at(title, heads, n) for n in range(-1, min(3, len(heads))))
    last = heads[-1].rstrip(" *_~") if heads else title.rstrip()
    return Heading(announces, title, " ".join(heads), last)


def _are_too_few(key: str, count: int, heading: Heading) -> bool:
    """For a roundup that nothing announces."""
    return not heading.announces and (count < _FEWEST_UNTOLD or key == "pictures")


@lru_cache(maxsize=64)  # one head is asked about for each kind of mark
def announces(head: str, first: bool = True) -> bool:
    """Whether a short line is a roundup's heading: it begins so, or names its time. `first`: no
    title and no line stands above it that it might sum up."""
    if not head or len(head) > _HEADING_LETTERS:
        return False
    said = _WORD.findall(head.lower())
    if len(said) > _HEADING_WORDS:
        return False
    letters = words().letters
    if not any(word[:3] in letters and word.startswith(letters[word[:3]]) for word in said):
        return False
    plainly = " ".join(_EMPHASIS.sub(" ", head).split())
    found = words().heading.search(plainly.replace("_", " ") if plainly[:1] == "#" else plainly)
    if not found:
        return False
    before = len(_WORD.findall(head[: found.start()]))
    weak = words().weak.fullmatch(found[0])
    told = _SENTENCE.search(plainly, found.end()) if weak else None
    if told and len(_WORD.findall(plainly, told.end())) >= _WORDS_OF_NEWS:
        return False  # «Коротко о нём. Рядовой Лунёв из Орла …»: a sentence stands behind it
    most = _WORDS_BEFORE if not weak else 0 if first else -1
    return before <= most or bool(words().span.search(head))


def _announces_at(title: str, lines: Sequence[str], place: int) -> bool:
    """Whether the line at a place below a title, or the title itself (-1), announces a roundup."""
    if place < 0:
        return announces(title)
    return announces(lines[place], not title and place == 0)


def _stems(text: str) -> set[str]:
    stems = {name[1][:_STEM_LETTERS].casefold() for name in _NAMED.finditer(text)}
    return {stem for stem in stems if stem not in _BINDS_NOTHING}


def _is_roundup(key: str, text: str, found: Sequence[Entry], heading: Heading) -> bool:
    """Whether entries are reports: a heading that says so, or what they are like."""
    if _are_too_few(key, len(found), heading):
        return False
    bodies = [text[entry.body : entry.end] for entry in found]
    if heading.announces:
        reports = [_is_report(body, heading) for body in bodies]
        if sum(reports) < max(2, 0.7 * len(bodies)):
            return False
        if not heading.binds and _bound(bodies, heading) < 0.7:
            return _leaning(bodies) <= len(bodies) / 3
    if len(bodies) < _FEWEST_UNTOLD or key == "pictures":
        return False
    if 2 * sum(_is_report(body, _NO_HEADING) for body in bodies) < len(bodies):
        return False  # at once: weighing is dear
    leaning = _leaning(bodies)
    return _may_outweigh(key, bodies, heading, leaning) and (
        weighed(untold(key, bodies, heading, leaning)) > 0
    )


def _leaning(bodies: Sequence[str]) -> int:
    """How many entries lean on the one before, are counted on from it, or ask and answer."""
    return sum(
        bool(words().leans.match(begins) or words().of_one.match(begins) or _ASKED.match(begins))
        for begins in (body.lstrip(' *_~"«“—–-') for body in bodies[1:])
    )


def untold(key: str, bodies: Sequence[str], heading: Heading, leaning: int) -> Mapping[str, float]:
    """What speaks for and against a roundup that no heading announces: shares of its entries,
    lengths in tens of words, and 1 for what is so."""
    count = len(bodies)
    words_of = list(map(_words_of, bodies))
    stems = [
        {word[:_STEM_LETTERS].casefold() for word in each if len(word) > 4} for each in words_of
    ]
    stems = [each - _BINDS_NOTHING for each in stems]
    met = Counter(chain.from_iterable(stems))
    above = _WORD.findall(f"{heading.title} {heading.lead}")
    headed = {word[:_STEM_LETTERS].casefold() for word in above if len(word) > 4}

    def share(holds: Callable[[str], object]) -> float:
        return sum(bool(holds(body)) for body in bodies) / count

    found = {
        **_seen_at_once(key, bodies, heading, leaning),
        "statements": share(lambda body: _is_report(body, _NO_HEADING)),
        "closed": share(lambda body: _CLOSED.search(body, max(0, len(body) - 41))),
        "names": share(_names_in),
        "bound": _bound(bodies, heading),
        "shared": max(met.values(), default=0) / count,
        "pairs": sum(bool(a & b) for a, b in combinations(stems, 2)) / (count * (count - 1) / 2),
        "of heading": sum(bool(each & headed) for each in stems) / count,
        "pronouns": share(words().pronouns.search),
        "of oneself": share(words().oneself.search),
        "binds": float(heading.binds),
        "begin alike": float(_begin_alike(bodies)),
        "questions": share(lambda body: body.rstrip(" *_~").endswith("?")),
        "links": float(len({m[0] for body in bodies for m in _LINK.finditer(body)}) >= 0.6 * count),
    }
    return {name: value for name, value in found.items() if value}


def _seen_at_once(
    key: str, bodies: Sequence[str], heading: Heading, leaning: int
) -> dict[str, float]:
    """Of `untold` what costs little; all the rest are shares, 1 at most."""
    lengths = sorted(len(_words_of(body)) for body in bodies)
    lead = heading.lead or heading.title
    length = len(_WORD.findall(lead))
    return {
        "": 1.0,
        f"by {key if key in _WEIGHED_KEYS else 'sign'}": 1.0,
        "middle": min(lengths[len(bodies) // 2], 25) / 10,
        "short": float(lengths[0] < 4),
        "leaning": leaning / len(bodies),
        "colon": float(lead.rstrip(" *_~").endswith(":")),
        "no heading": float(not lead),
        "lead": min(length, 30) / 10,
        "title": float(0 < length <= _TITLE_WORDS and _OPEN.search(lead) is None),
    }


def _may_outweigh(key: str, bodies: Sequence[str], heading: Heading, leaning: int) -> bool:
    """Whether what is seen at once, with the most that the rest may add, makes a roundup."""
    seen = _seen_at_once(key, bodies, heading, leaning)
    most = sum(
        max(0.0, weight)
        for name, weight in words().weights.items()
        if name not in seen and not name.startswith("by ")
    )
    return weighed(seen) + most > -_ROUNDING


@lru_cache(maxsize=256)  # of a list all is asked several times
def _words_of(body: str) -> Sequence[str]:
    """The words of an entry, those of links left out."""
    return _WORD.findall(_LINK.sub(" ", body) if "/" in body or "." in body else body)


@lru_cache(maxsize=256)
def _names_in(body: str) -> frozenset[str]:
    return frozenset(_stems(f"x {body}"))


def weighed(found: Mapping[str, float]) -> float:
    """Above 0 for a roundup; the weights are fitted by `python -m bench.train_roundups`."""
    weights = words().weights
    return sum(weights.get(name, 0.0) * value for name, value in found.items())


def _begin_alike(bodies: Sequence[str]) -> bool:
    """Whether half of the entries begin with one word: «Командир …», «Часть 2 …». Courts do."""
    firsts: dict[str, int] = {}
    for body in bodies:
        if found := _FIRST.match(body):
            stem = found[1][:_STEM_LETTERS].casefold()
            firsts[stem] = firsts.get(stem, 0) + (stem not in _BINDS_NOTHING)
    return max(firsts.values(), default=0) > max(1, len(bodies) / 2 - 0.5)


def _is_report(body: str, heading: Heading) -> bool:
    """Whether an entry states something by itself: a sentence's words and beginning. Under a
    heading that announces news a few words do, and a small letter."""
    said = _words_of(body)
    if heading.announces and not heading.binds:
        return len(said) >= _WORDS_OF_NEWS
    first = next((letter for letter in body if letter.isalnum()), "")
    fewest = _WORDS_OF_NEWS if heading.announces else _WORDS_OF_REPORT
    return len(said) >= fewest and (first.isdigit() or not first.islower())


def _bound(bodies: Sequence[str], heading: Heading) -> float:
    """The share of entries that name what the heading or most of the others name. What a
    roundup's own heading names is its subject («Дайджест по Python»)."""
    own = heading.names if heading.announces else frozenset()
    counts: dict[str, int] = {}
    for body in bodies:
        for name in _names_in(body) - own:
            counts[name] = counts.get(name, 0) + 1
    most = max(counts.values(), default=0)
    by_heading = max((counts.get(name, 0) for name in heading.names), default=0)
    return max(most if most > 1 else 0, by_heading) / len(bodies)


def _with_lead(text: str, above: Sequence[_Line], found: Sequence[Entry]) -> tuple[Entry, ...]:
    """A lead that is a report of its own is an entry too; a heading is none."""
    told = [
        line
        for line in above
        if len(_WORD.findall(text[line.start : line.end])) > _HEADING_WORDS
        and not text[line.start : line.end].rstrip(" *_~").endswith(":")
    ]
    if not told:
        return tuple(found)
    return (Entry(told[0].start, told[-1].end, told[0].start), *found)


def _paragraphs(title: str, text: str, lines: Sequence[_Line]) -> tuple[Entry, ...]:
    """Without marks: a heading announces a roundup, or each paragraph has its own link."""
    heads = [text[line.start : line.end] for line in lines[:3]]
    # How many lines belong to the heading: none of them is a report.
    top = next((n + 1 for n in range(len(heads)) if _announces_at(title, heads, n)), 0)
    if not top and not announces(title) and not _has_links(text):
        return ()
    heading = _heading(title, text, lines[:top])
    blocks: list[list[_Line]] = []
    for line in lines[top:]:
        if line.fresh or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    if len(blocks) <= 2:  # a heading and lines below it
        blocks = [[line] for line in lines[top:]]
    found = [Entry(block[0].start, block[-1].end, block[0].start) for block in blocks]
    reports = [
        entry
        for entry in found
        if _is_report(text[entry.start : entry.end], heading)
        and not words().footer.match(text, entry.start, entry.end)
    ]
    if len(reports) < _FEWEST_UNTOLD:
        return ()
    bodies = [text[entry.start : entry.end] for entry in reports]
    bound = _bound(bodies, heading)
    if _leaning(bodies) > len(bodies) / 5 or heading.binds:
        return ()
    linked = sum(bool(_BESIDE_LINK.search(body)) for body in bodies) >= 0.8 * len(bodies)
    long = sum(len(_WORD.findall(body)) >= 2 * _WORDS_OF_REPORT for body in bodies) == len(bodies)
    if heading.announces and bound < 0.5:
        return tuple(reports)
    return tuple(reports) if linked and long and bound < 0.34 else ()


def _inline_marks(text: str) -> list[re.Match[str]]:
    """Bullets behind a space, numbers behind the end of a sentence, in order."""
    numbers = [
        mark
        for mark in _INLINE_NUMBER.finditer(text)
        if mark.start() == 0 or _BEFORE_NUMBER.fullmatch(text, mark.start() - 2, mark.start())
    ]
    marks = [*_INLINE_BULLET.finditer(text), *numbers]
    return sorted(marks, key=lambda mark: mark.start()) if numbers else marks


def _inline(title: str, text: str) -> tuple[Entry, ...]:
    """Marks that stand within one line, where a feed has lost the line breaks."""
    marks = _inline_marks(text)
    if len(marks) < 2:
        return ()
    numbered = [mark for mark in marks if mark[0][0].isdigit()]
    if numbered:
        values = [int(re.sub(r"\D", "", mark[0])) for mark in numbered]
        if len(numbered) != len(marks) or values != list(range(1, len(values) + 1)):
            return ()
    stops = [*(mark.start() for mark in marks[1:]), len(text)]
    found = [
        Entry(
            mark.start(),
            stop - len(text[mark.start() : stop]) + len(text[mark.start() : stop].rstrip()),
            mark.end(),
        )
        for mark, stop in zip(marks, stops, strict=True)
    ]
    before = text[: marks[0].start()].strip()
    above = [_Line(0, len(before), 0, "", "", True)] if before else []
    heading = _heading(title, text, above)
    key = "number" if numbered else "bullet"
    return tuple(found) if _is_roundup(key, text, found, heading) else ()
