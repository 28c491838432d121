"""The table of places: for look-up when an entity is made, never matched by itself."""

from __future__ import annotations

import tomllib

import pytest

from bot.cli.place import place
from filters.document import Document
from filters.entities.build import compile_entity
from filters.places import look_up, proposal
from tests.support.readers import shipped_reader


def test_a_place_is_found_in_three_languages() -> None:
    """However it is written, with where it is."""
    found = {look_up(name)[0].geoname for name in ("Псков", "pskov", "ПСКОВ")}
    town = look_up("Avdiivka")[0]

    assert len(found) == 1
    assert (town.country, town.region) == ("ua", "Donetsk")
    assert (round(town.latitude, 1), round(town.longitude, 1)) == (48.1, 37.8)
    assert town.names["ru"] == "Авдеевка"
    assert town.names["uk"] == "Авдіївка"


def test_namesakes_are_told_apart() -> None:
    """Each gets an id of its own; the most populous keeps the plain one."""
    ids = [
        proposal(place)["id"] for place in look_up("Покровск") if place.names["en"] == "Pokrovsk"
    ]

    assert ids == ["place:pokrovsk", "place:pokrovsk-yakutsk"]


def test_a_beginning_is_enough_where_nothing_is_named_so() -> None:
    """Half a name brings the towns that begin so; an unknown one nothing."""
    assert look_up("Екатеринб")[0].names["en"] == "Yekaterinburg"
    assert look_up("Ыыы") == look_up("") == look_up("—") == []
    assert len(look_up("ново", limit=3)) == 3


def test_a_proposal_becomes_an_entity_with_forms() -> None:
    """What is proposed can be saved as it stands, with its cases."""
    row = proposal(look_up("Авдіївка")[0])

    assert {"авдеевке", "авдеевки", "авдіївці", "avdiyivka"} <= set(compile_entity(row)["strong"])


def test_the_command_writes_rows_that_can_be_saved(capsys: pytest.CaptureFixture[str]) -> None:
    """What `vigil place` prints is TOML for entities.toml; an unknown name ends with 1."""
    assert (place("Покровськ"), place("Ыыы")) == (0, 1)
    rows = tomllib.loads(capsys.readouterr().out)["entity"]

    assert rows[0] == proposal(look_up("Покровськ")[0])
    assert rows[0]["names"]["uk"] == ["Покровськ"]


@pytest.mark.parametrize(
    ("name", "id_", "known"),
    [
        ("Авдіївка", "place:avdiivka", True),
        ("Гуляйполе", "place:huliaipole", False),
        ("Запоріжжя", "place:zaporizhzhia", False),
        ("Псков", "place:pskov", True),
        ("Екатеринбург", "place:yekaterinburg", True),
    ],
)
def test_the_presss_spelling_is_the_id_and_what_is_known_is_said(
    name: str, id_: str, known: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody adds a second place:avdiyivka beside place:avdiivka."""
    assert place(name) == 0
    written = capsys.readouterr().out

    assert proposal(look_up(name)[0])["id"] == id_
    assert (f"# known already as {id_}" in written) == known
    assert written.count("# known already as") <= 1  # others of that name are namesakes
    assert tomllib.loads(written)["entity"][0]["id"] == id_


def test_places_of_the_table_are_not_matched() -> None:
    """A village is an entity only when somebody makes it one."""
    village = look_up("Pechory")[0].names["ru"]

    assert shipped_reader().read(Document(text=f"Приехали в {village}.")).entities == ()
