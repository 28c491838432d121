"""Which stage: a report, a charge, a verdict, an appeal, statistics, commentary.

Of a text of several stories each has its own: the verdict of one man is not his comrade's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from filters.document import TITLE, Document, Span
from filters.facets.lists import EVIDENCE, Stage, fold, lists
from filters.rules import Rule, RuleText

__all__ = ["Own", "stage_at", "stage_of", "stage_of_one"]

_PLAN_LETTERS: Final = 80  # before a word for an appeal, in which its plan may stand
_HELD: Final = ("pressure", "draft-evasion")  # of which being held is part, or no charge yet
_FIRST_SENTENCE: Final = re.compile(r".+?[.!?:…](?=\s|\Z)", re.DOTALL)
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"»”)]*\s+(?=\W*[^\W\da-zа-яёіїєґ_])|\n\s*")
_NOT: Final = re.compile(r"\b(?:не|not|n't)\s+\Z", re.IGNORECASE)
_NOT_IN: Final = re.compile(r"\s(?:не|not)\s", re.IGNORECASE)
_NOT_LETTERS: Final = 6
_OF_HIM: Final = re.compile(r"\W*(?:его|ее|их|його|її|їхн\w+|his|her|their)\b", re.IGNORECASE)
_HIMSELF: Final = re.compile(r"\b(?:сам(?:ого|ому)|himself|herself)\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[.!?;:,—–(]")
_WORDS_BEHIND_KIN: Final = 2  # between a soldier's kin and what is done to them
_TO_KIN: Final = re.compile(
    r"(?:к|ко|до|с|со|у|от|із|з|зі|від|словам|рассказам|даним|to|with|see|from|by|for|visit|said)",
    re.IGNORECASE,
)

_Said: TypeAlias = tuple[Stage, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Own:
    """What speaks of a topic among others: its parts of the text, the clearest first, and all of
    them as one text."""

    document: Document
    passages: Sequence[Span]
    all: RuleText
    part: Callable[[Span], RuleText]


def stage_of(title: RuleText, nearest: RuleText, whole: RuleText) -> _Said:
    """The stage of a text, `nearest` being its sentences that matched: the furthest that is said
    of them, or of the whole."""
    summed_near = _summed(nearest.text)
    summed = summed_near or (_summed(whole.text) if whole is not nearest else ())
    if not summed and not whole.has_any(lists().staging):
        return "report", ()
    counted = (*summed, *whole.first(lists().statistics, EVIDENCE))[:EVIDENCE]
    told = whole.first(lists().commentary, EVIDENCE)
    titled = title.first(lists().commentary, EVIDENCE)
    for stage, rule in lists().stages:
        words = _said(stage, rule, nearest)
        if not words and stage != "charge":
            words = _said(stage, rule, whole)
        if not words:
            continue
        if summed or len(counted) >= 2 or any(lists().many.search(word) for word in counted):
            return "statistics", counted
        if len(told) >= 2 or titled or (told and all(map(lists().bare.fullmatch, words))):
            return "commentary", told
        return stage, words
    opinion = nearest.first(lists().commentary, EVIDENCE)
    told_near = summed_near or nearest.first(lists().statistics, 1)
    if counted and not (opinion and not told_near):
        return "statistics", counted
    if told:
        return "commentary", told
    for stage, rule in lists().stages:
        words = _said(stage, rule, whole)
        if words:
            return stage, words
    return "report", ()


def stage_of_one(
    title: RuleText, own: RuleText, around: RuleText, *, topic: str, first: str
) -> _Said:
    """The stage of an entry's only topic: from its passages, then from what the entry tells of the
    same story; `first` is the clearest passage, as it stands there."""
    story = _story(around, fold(first))
    if topic not in _HELD and _has_abuser(story.text):
        story = lists().rules.of(_without_abusers(story.text))
        own = lists().rules.of(_without_abusers(own.text))
    stage, why = _weighed(*stage_of(title, own, story), story, topic)
    return (stage, why) if why else _framed(around, own)


def stage_at(own: Own, around: RuleText, *, topic: str) -> _Said:
    """The stage of one topic among others: what its clearest part says, then those of its other
    parts that speak of the same people, then what frames the entry."""
    title = next((span for span in own.passages if span.field == TITLE), None)
    texts = [_text(own.document, span) for span in own.passages]
    if topic not in _HELD:
        texts = [_without_abusers(text) for text in texts]
    above = lists().rules.of(_text(own.document, title) if title else "")
    clearest = _clearest(own, texts)
    stage, why = _weighed(*stage_of(above, clearest, clearest), clearest, topic)
    if why:
        return stage, why
    behind = _behind(around, texts[0]) if topic != "pressure" and texts else ""
    joined = [behind] if behind else []
    joined += [
        _story_of(text)
        for text, span in zip(texts[1:], own.passages[1:], strict=True)
        if (topic != "pressure" or _has_abuser(text))
        and (
            TITLE in (span.field, own.passages[0].field)
            or _is_of_same(own.passages[0], span, texts[0], text)
        )
    ]
    if joined:
        same = lists().rules.of(" \n".join((_story_of(texts[0]), *joined)))
        stage, why = _weighed(*stage_of(above, same, same), same, topic)
        if why:
            return stage, why
    return _framed(around, clearest)


def _clearest(own: Own, texts: Sequence[str]) -> RuleText:
    """The clearest part, up to where another story begins; `texts` are the parts without what is
    not theirs."""
    if not texts:
        return own.all
    story = _story_of(texts[0])
    part = own.part(own.passages[0])
    return part if part.text == story else lists().rules.of(story)


def _summed(text: str) -> tuple[str, ...]:
    """The number and the time of a sentence that sums up: «56 звернень за квартал»."""
    sums = lists().sums
    if not any(map(str.isdigit, text)) or not sums["number"].search(text):
        return ()
    for sentence in _SENTENCE.split(text):
        number = next(filter(_counts_people, sums["number"].finditer(sentence)), None)
        if number is None or sums["lost"].search(sentence):
            continue
        long = sums["long"].search(sentence)
        if long:
            return long[0], number[0]
        short = sums["short"].search(sentence)
        counts = sums["who"].search(sentence) if short else None
        if counts:
            return counts[0], number[0]
    return ()


def _counts_people(number: re.Match[str]) -> bool:
    """Whether a number is of people, their deeds or cases, and not of a brigade."""
    return lists().sums["people"].match(number.string, number.end()) is not None


def _has_abuser(text: str) -> bool:
    low = text.lower()
    return any(cue in low for cue in lists().abuse) and _is_of_abuser(text)


def _is_of_abuser(text: str) -> bool:
    """Whether a text tells of one tried for what he did to soldiers, and not to his superior."""
    return any(
        not lists().superior.search(text[found.end() :]) for found in lists().abuser.finditer(text)
    )


def _without_abusers(text: str) -> str:
    """A text without the sentences that tell of a trial for what was done to those it is about."""
    if not _has_abuser(text):
        return text
    return " ".join(each for each in _SENTENCE.split(text) if not _is_of_abuser(each))


def _behind(around: RuleText, part: str) -> str:
    """The sentence behind a part of an entry, where it goes on about the same man."""
    text = around.text
    at = text.find(part.strip())
    rest = text[at + len(part.strip()) :].lstrip() if at >= 0 else ""
    found = _SENTENCE.search(rest)
    sentence = rest[: found.start()] if found else rest
    return sentence if lists().same_man.search(sentence) and _takes_up(sentence) else ""


def _is_of_same(clearest: Span, other: Span, text: str, beside: str) -> bool:
    """Whether two parts speak of the same people: the later one takes them up by a pronoun."""
    later = text if clearest.start > other.start else beside
    opening = _FIRST_SENTENCE.match(later)
    sentence = opening[0] if opening else later
    return _takes_up(sentence)


def _takes_up(sentence: str) -> bool:
    """Whether a sentence goes on about those before it, and not about another beside them."""
    words = lists()
    return bool(words.taken_up.search(sentence)) and not words.another.match(sentence)


def _story_of(text: str) -> str:
    """A part up to where another story begins."""
    for found in _SENTENCE.finditer(text):
        if _is_another(text, found.end()):
            return text[: found.start() + 1]
    return text


def _is_another(text: str, start: int) -> bool:
    """Whether another story begins there: not where a court goes on about the same man."""
    if not lists().another.match(text, start):
        return False
    end = _SENTENCE.search(text, start)
    return not lists().same_man.search(text, start, end.start() if end else len(text))


def _story(around: RuleText, first: str) -> RuleText:
    """What an entry tells of the story of a passage: nothing of another, told before or after."""
    text = around.text
    at = text.find(first) if first else -1
    if at < 0:
        return around
    start, end = 0, len(text)
    for found in _SENTENCE.finditer(text):
        begins = found.end()
        if not _is_another(text, begins):
            continue
        if begins <= at:
            start = begins
        elif begins >= at + len(first) and not _OF_HIM.match(text, begins):
            end = found.start() + 1
            break
    return around if (start, end) == (0, len(text)) else lists().rules.of(text[start:end])


def _text(document: Document, span: Span) -> str:
    return fold(document.field(span.field)[span.start : span.end])


def _weighed(stage: Stage, why: tuple[str, ...], near: RuleText, topic: str) -> _Said:
    """The stage, unless what says so only tells that somebody is held or sought."""
    words = lists()
    if stage in ("charge", "verdict") and all(_is_of_kin(word, near.text) for word in why):
        return "report", ()
    if stage != "charge":
        return stage, why
    if all(map(words.sought.fullmatch, why)):
        return "report", ()
    if topic in _HELD and all(map(words.held.fullmatch, why)):
        return "report", ()
    if all(map(words.caught.fullmatch, why)) and (
        words.guards.search(near.text) or not words.held_by.search(near.text)
    ):
        return "report", ()
    return stage, why


def _is_of_kin(word: str, text: str) -> bool:
    """Whether what a word says is done to a soldier's kin, wherever it stands in a text: they
    stand right beside it, and not as whom he fled to or who tells of it."""
    if _HIMSELF.search(text):
        return False
    at = [found.span() for found in re.finditer(re.escape(word), text)]
    return bool(at) and all(
        _ends_in_kin(_CLAUSE.split(text[:start])[-1]) or lists().kin.match(text, end)
        for start, end in at
    )


def _ends_in_kin(clause: str) -> bool:
    for found in lists().kin.finditer(clause):
        if len(clause[found.end() :].split()) > _WORDS_BEHIND_KIN:
            continue
        before = clause[: found.start() + 1].split()[-2:]
        if not any(_TO_KIN.fullmatch(each) for each in before):
            return True
    return False


def _framed(entry: RuleText, own: RuleText) -> _Said:
    """What nothing else is said of is an opinion where the entry begins as one, or where its
    author says "I think"; what has a day of its own is none."""
    told = entry.first(lists().opinion, EVIDENCE)
    first = _FIRST_SENTENCE.match(entry.text)
    if not told and (asked := lists().asked.match(entry.text)):
        told = (asked[0],)
    if not told and first:
        told = entry.part(0, first.end()).first(lists().commentary, EVIDENCE)
    if not told or lists().dated.search(own.text) or lists().another.match(own.text):
        return "report", ()
    return "commentary", told


def _said(stage: Stage, rule: Rule, text: RuleText) -> tuple[str, ...]:
    """The words that say the stage; an appeal that somebody only means to make, or did not make,
    is none."""
    planned = lists().planned

    def is_none(found: re.Match[str]) -> bool:
        begins = found.start()
        if _NOT.search(text.text, max(0, begins - _NOT_LETTERS), begins) or _NOT_IN.search(
            found[0]
        ):
            return True
        if stage != "appeal":
            return False
        return bool(planned.search(text.text, max(0, begins - _PLAN_LETTERS), begins))

    return text.first(rule, EVIDENCE, is_none)
