"""The demo shows alerts as a subscriber would see them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bot.delivery.console import ConsoleSender, as_text
from bot.delivery.outbox import Outbox
from bot.errors import MessageGone
from bot.model import Address
from bot.model.rendered import Button, Rendered
from bot.store import Store
from tests.delivery.conftest import Scene, audience, render
from tests.support.clock import ManualClock


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def sender(out: io.StringIO, clock: ManualClock) -> ConsoleSender:
    return ConsoleSender(Console(file=out, width=80), clock, {1: "Olena"})


async def test_a_message_is_printed_with_its_buttons(sender: ConsoleSender, out: io.StringIO):
    shown = Rendered("<b>60 &lt;soldiers&gt;</b> refused", "", ((Button("Why?", data="w"),),))
    number = await sender.send(Address(1), shown)
    assert "60 <soldiers> refused" in out.getvalue()
    assert "[Why?]" in out.getvalue()
    assert "Olena" in out.getvalue()

    await sender.edit(Address(1), number, shown)
    await sender.edit(Address(1), number, Rendered("two texts", ""))
    assert out.getvalue().count("(edited)") == 1
    await sender.delete(Address(1), number)
    with pytest.raises(MessageGone):
        await sender.edit(Address(1), number, shown)
    assert (sender.sent, sender.edited) == (1, 1)


async def test_other_chats_are_counted_but_not_printed(sender: ConsoleSender, out: io.StringIO):
    await sender.send(Address(2), Rendered("secret", ""))

    assert (sender.sent, out.getvalue()) == (1, "")


@pytest.mark.parametrize(
    ("html", "plain", "styles"),
    [
        ("a <b>b</b> &amp; c", "a b & c", {"bold"}),
        ('<a href="https://example.org/1">x</a>', "x", {"underline link https://example.org/1"}),
        ("<b><i>x</i></b>", "x", {"bold italic"}),
        ("[red]not markup[/red]", "[red]not markup[/red]", set()),
    ],
)
def test_html_in_a_terminal(html: str, plain: str, styles: set[str]):
    """Square brackets of a source are text, not rich's markup."""
    text = as_text(html)

    assert text.plain == plain
    assert {str(span.style) for span in text.spans} == styles


async def test_the_outbox_delivers_to_it(
    scene: Scene, sender: ConsoleSender, out: io.StringIO, sqlite_store: Store, clock: ManualClock
):
    await scene.chat(1)
    scene.outbox = Outbox(sqlite_store, sender, clock, audience, render)
    await scene.outbox.start()
    for n in range(3):
        await scene.story(f"story {n}")
    await scene.step()

    assert [f"story {n}" in out.getvalue() for n in range(3)] == [True] * 3
