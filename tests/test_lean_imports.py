"""What `bot.lean_imports` leaves out of other libraries."""

import importlib

import pytest

from bot.lean_imports import install


def test_what_is_left_out_says_so() -> None:
    """Whoever wants a session of the object-relational mapper learns why there is none."""
    install()
    scoping = importlib.util.module_from_spec(
        importlib.util.find_spec("sqlalchemy.ext.asyncio.session")
    )
    scoping.__spec__.loader.exec_module(scoping)

    with pytest.raises(NotImplementedError, match="lean_imports"):
        scoping.AsyncSession()


def test_others_get_their_modules_whole() -> None:
    """The mapper and rich are there for whoever imports them himself."""
    orm, rich = importlib.import_module("sqlalchemy.orm"), importlib.import_module("rich.console")

    assert orm.Session
    assert rich.Console
