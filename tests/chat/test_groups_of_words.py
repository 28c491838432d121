"""/group: lists of words that filters use; who uses one is told before it can go."""

from __future__ import annotations

from tests.chat.test_filters import PARK, saved
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def test_filters_use_a_group_and_find_what_it_says_now(vigil: Vigil) -> None:
    """An edit of the group is at work at once, in every filter that names it."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    [said] = await vigil.says(ROOT, "/group add Music труба, скрипк*")
    assert "/filter add desertion @music" in said.styled("code")
    await vigil.says(ROOT, "/filter add desertion духов* NEAR/3 @music")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    await vigil.publish("a", Post("1", text=PARK))
    assert vigil.chat(SUBSCRIBER) == []

    [changed] = await vigil.says(ROOT, "/group edit @music труба, оркестр")
    assert changed.text.splitlines() == [
        "@music is changed.",
        "Until now: труба, скрипк*. /undo",
        f"Filters that use it: {each.key}",
    ]
    await vigil.settle()
    assert "Desertion" in vigil.chat(SUBSCRIBER)[-1].text


async def test_a_group_in_use_stays(vigil: Vigil) -> None:
    """Which filters use it is said; without them it goes, and undo brings it back."""
    await vigil.says(ROOT, "/group add music труба")
    await vigil.says(ROOT, "/filter add desertion духов* NEAR/3 @music")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    [kept] = await vigil.says(ROOT, "/group remove music")
    assert kept.text.startswith("@music stays: it is in use.")
    assert each.key in kept.text
    await vigil.says(ROOT, f"/filter remove {each.key}")
    await vigil.press(ROOT, "Remove")
    await vigil.says(ROOT, "/group remove music")
    await vigil.press(ROOT, "Remove")

    [gone] = await vigil.says(ROOT, "/group show music")
    assert "There is no word group @music" in gone.text
    await vigil.says(ROOT, "/undo last")
    [back] = await vigil.says(ROOT, "/group show music")
    assert back.styled("code") == ["@music", "труба"]


async def test_lists_and_slips(vigil: Vigil) -> None:
    """What is built in is shown and not taken; a wrong name or word is told with its mend."""
    [none] = await vigil.says(ROOT, "/group list")
    [built_in] = await vigil.says(ROOT, "/group add soldier солдат*")
    [words] = await vigil.says(ROOT, "/group add music (труба")
    [loop] = await vigil.says(ROOT, "/group add music @music")
    [bare] = await vigil.says(ROOT, "/group")

    assert "@soldier" in none.text
    assert built_in.text.startswith("@soldier is built in")
    assert "parenthes" in words.text
    assert "leads back to itself" in loop.text or "no word group" in loop.text
    assert "/group remove garrison" in bare.text


async def test_no_group_is_left_in_a_reader_for_the_next_test(vigil: Vigil) -> None:
    """Loading one costs most of a start, so a later application reads with it."""
    await vigil.says(ROOT, "/group add music труба")
    reader = vigil.app.services.reader
    used = dict(reader.groups)
    await vigil.stop()

    assert "music" in used
    assert reader.groups == reader.given_groups
