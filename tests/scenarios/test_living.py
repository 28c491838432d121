"""An alert lives: it grows, changes and says what was removed, in place."""

from __future__ import annotations

from tests.support.feeds import Post
from tests.support.vigil import SUBSCRIBER, Vigil

REFUSAL = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)


async def test_an_edit_that_matters_is_said_in_the_alert(vigil: Vigil) -> None:
    """A changed number stands in the alert as it was and is; a new footer changes nothing."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)

    await vigil.edit("a", "1", text=REFUSAL + "\n\nПодписаться на канал @pskov24")
    assert alert.edits == []
    await vigil.edit("a", "1", text=REFUSAL.replace("60", "40"))

    assert "«60 контрактников» → «40 контрактников»" in alert.text
    assert len(alert.edits) == 1
    assert len(vigil.chat(SUBSCRIBER)) == 1
