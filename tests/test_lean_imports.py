"""What `bot.lean_imports` leaves out of other libraries."""

import importlib.util
import subprocess
import sys

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


_IMPORTS_BESIDE = """
import importlib, sys, threading
import bot

def beside(event, args):
    if event == "import" and args[0] == "rich" and threading.current_thread() in waiting:
        waiting.clear()
        other = threading.Thread(target=importlib.import_module, args=("rich.table",))
        other.start()
        other.join()

waiting = {threading.current_thread()}
sys.addaudithook(beside)
import structlog.dev
assert not waiting
print("rich.table" in sys.modules, "rich.traceback" in sys.modules, structlog.dev.rich)
"""


def test_another_thread_imports_meanwhile_what_is_left_out_here() -> None:
    """While structlog loads without rich, whoever else wants rich gets it."""
    command = [sys.executable, "-c", _IMPORTS_BESIDE]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)

    assert (ended.stdout.split(), ended.stderr) == (["True", "False", "None"], "")
