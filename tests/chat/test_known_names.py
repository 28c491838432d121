"""Nothing unknown is accepted in silence, and other tools' ways are understood or mended."""

from __future__ import annotations

import pytest

from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

# What is typed, and what the answer offers instead.
UNKNOWN = (
    ("person:chikof", "person:chikov"),
    ("law:ru:408", "law:ua:408"),
    ("unit:ru:regimnt:20", "unit:ru:regiment:20"),
    ("court:garrison:chitta", "court:garrison:chita"),
    ("place:pskow", "place:pskov"),
    ('source:"Pskov Pots"', "source:1"),
    ("kind:медиа", "kind:media"),
    ("@soldir", "@soldier"),
    ("source:77", "There is no source 77"),
)
COMMANDS = ("/filter add refusal {}", "/sub refusal {}", "/watch {}", "/search {}")


@pytest.mark.parametrize(("typed", "offered"), UNKNOWN)
async def test_unknown_names_are_refused_with_the_nearest(
    vigil: Vigil, typed: str, offered: str
) -> None:
    """By every command that takes a query; nothing is saved, watched or subscribed."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(ROOT)
    for command in COMMANDS:
        answers = await vigil.says(ROOT, command.format(f"отказ {typed}"))

        assert len(answers) == 1, command
        assert offered in answers[0].text, command
        assert not {"Save", "Keep"} & set(answers[0].labels()), command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("штурм NEAR отказ", "штурм NEAR/5 отказ"),
        ('"отказ штурм"~8', "отказ NEAR/8 штурм"),
        ("dezertir* AND published_date:[2025-01-01 TO 2025-02-01]", "dezertir*"),
        ("intitle:штурм -кино", "title:штурм -кино"),
        ("отказ /s штурм", "отказ NEAR/s штурм"),
    ],
)
async def test_other_tools_ways_are_mended(vigil: Vigil, typed: str, meant: str) -> None:
    """Each command says how it is written here; nothing else is done instead."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    for command in COMMANDS[1:]:
        [answer] = await vigil.says(SUBSCRIBER, command.format(typed))

        assert meant in answer.text, command
        assert "Keep" not in answer.labels(), command


async def test_the_name_of_an_unknown_entity(vigil: Vigil) -> None:
    """Admins who mistype an id see the nearest."""
    await vigil.subscriber(ROOT)

    assert "org:agora" in (await vigil.says(ROOT, "/entity show org:agorra"))[-1].text
