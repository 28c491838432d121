"""Suggest words: from a post that no filter found to a saved filter, by buttons alone."""

from __future__ import annotations

from bot.store import filters
from tests.chat.test_why_not import publish, reading
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

UNFOUND = "Мотострелки под Курском отсиживаются в блиндажах и симулируют лихорадку, пишет лекарь."


async def test_words_of_a_post_become_a_filter(vigil: Vigil) -> None:
    """The suggestion finds the very post; only admins are offered it."""
    await reading(vigil, "refusal")
    await vigil.subscriber(ROOT)
    link = await publish(vigil, 1, UNFOUND)
    [theirs] = await vigil.says(SUBSCRIBER, link)
    [ours] = await vigil.says(ROOT, link)
    await vigil.press(ROOT, "Suggest words")
    offered = vigil.chat(ROOT)[-1].text
    await vigil.press(ROOT, "1")
    await vigil.press(ROOT, "Self-harm")
    proof = vigil.chat(ROOT)[-1].text
    await vigil.press(ROOT, "Save")
    async with vigil.app.engine.store.read() as conn:
        [made] = [each for each in await filters.list_all(conn) if each.key.startswith("f")]

    assert "Suggest words" not in theirs.labels()
    assert "Suggest words" in ours.labels()
    assert "NEAR/s" in offered
    assert "1 hit" in proof
    assert made.topic == "self-harm"
    assert made.expression in offered
