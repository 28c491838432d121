"""The list to begin with, as the package ships it."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from xml.etree import ElementTree as ET

from bot.chat.admin.starter import starter_list
from bot.model import SourceKind
from bot.sources.telegram_addresses import channel_name


def outlines() -> list[ET.Element]:
    text = resources.files("bot").joinpath("data", "starter.opml").read_text(encoding="utf-8")
    return [each for each in ET.fromstring(text).iter("outline") if each.get("xmlUrl")]


def test_every_entry_says_who_and_what_it_is() -> None:
    """Readers see a source's name and kind; nobody guesses them."""
    for entry in starter_list():
        assert entry.title
        assert entry.kind is not None
        assert entry.address.startswith("https://")


def test_no_source_is_listed_twice() -> None:
    keys = Counter(channel_name(e.address) or e.address.rstrip("/") for e in starter_list())

    assert max(keys.values()) == 1


def test_three_languages_and_the_kinds_that_matter() -> None:
    """Issue: independent media, courts and rights groups in three languages."""
    langs = Counter(each.get("language") for each in outlines())
    kinds = {entry.kind for entry in starter_list()}

    assert set(langs) == {"ru", "uk", "en"}
    assert min(langs.values()) >= 5
    assert {SourceKind.MEDIA, SourceKind.RIGHTS, SourceKind.COURT} <= kinds


def test_channels_are_given_by_their_preview_page() -> None:
    """A t.me link that is none would be fetched as a feed."""
    for entry in starter_list():
        if "t.me/" in entry.address:
            assert channel_name(entry.address) is not None
