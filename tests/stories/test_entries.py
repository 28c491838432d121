"""Under which keys the entries of a roundup are stored as reports."""

from __future__ import annotations

import pytest

from bot.model import ParsedItem, Source, SourceKind, SourceState, Transport
from bot.stories.entries import entry_key, is_entry, keyed
from bot.stories.identity import identify

JAILED = "В Чите суд дал рядовому пять лет за самовольное оставление части"
REFUSED = "Под Псковом шестьдесят контрактников отказались ехать на полигон"


@pytest.mark.parametrize(
    ("edited", "goes_on"),
    [
        (JAILED.replace("пять", "шесть"), True),
        (f"{JAILED} и побег из-под стражи", True),
        (JAILED.replace("Чите", "Омске"), False),
        (JAILED.replace("рядовому", "рядовому Ивану Лукину"), True),
        (REFUSED, False),
    ],
)
def test_entry_goes_on_as_the_report_that_it_edits(edited: str, goes_on: bool) -> None:
    """A correction stays the same report; the same sentence of another town is another event."""
    key = entry_key("7", JAILED)

    assert (keyed("7", [edited], {key: JAILED}) == [key]) is goes_on


def test_place_is_nothing_to_a_key() -> None:
    """What is inserted above, a bullet, a number or another order change no key; what says the
    same twice is one report."""
    key = entry_key("7", JAILED)
    keys = keyed("7", [REFUSED, f"❗️ {JAILED}.", REFUSED], {key: JAILED})

    assert keys == [entry_key("7", REFUSED), key, ""]


def test_no_two_reports_share_a_key() -> None:
    """A report that was edited keeps the key of its first words; these may come again."""
    key = entry_key("7", JAILED)
    edited = JAILED.replace("Чите", "Омске").replace("пять", "семь")
    keys = keyed("7", [edited, JAILED], {key: edited})

    assert keys[0] == key
    assert len({*keys}) == 2
    assert all(map(is_entry, keys))


def test_entry_is_known_by_words_alone() -> None:
    """The address beside it is the roundup's: who repeats that repeats the roundup."""
    source = Source(
        1, Transport.PREVIEW, "a", "t.me/a", "A", SourceKind.MEDIA, "ru", SourceState.ACTIVE
    )
    whole = ParsedItem("7", text=JAILED, url="https://t.me/a/7", forwarded_from="https://t.me/b/1")
    entry = ParsedItem(
        entry_key("7", JAILED), "", JAILED, whole.url, forwarded_from=whole.forwarded_from
    )

    assert len(identify(whole, source).keys) == 3
    assert [key.partition(":")[0] for key in identify(entry, source).stored] == ["text"]
