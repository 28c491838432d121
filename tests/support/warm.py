"""Processes of Vigil that start at once: forked from one that has imported and loaded all.

    process = subprocess.Popen(command("bot", "match", "-"), ...)

A start of `python -m bot` is two to four seconds of processor time, nearly all of it imports
and the packs; hardly any test is about them. So one server a run does that work, for all its
processes of tests, and each command is a fork of it: a real process, with its own streams,
directory, environment, signals and end. What the test starts is `tests/support/launch.py`, which
stands for it: it hands SIGINT, SIGTERM and SIGHUP on and ends as it ends; killed, it takes it
along.

A test of the start itself, or of process groups, starts `python -m bot` as ever.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import marshal
import os
import random
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

from tests.support.scratch import owned_directory

__all__ = ["command", "pid_of", "start", "stop", "use"]

_TEXT = "Около 60 контрактников отказались ехать. Невідані слова зачаровують, невиданные ворожат."
_LAUNCH = Path(__file__).with_name("launch.py")


def command(module: str, *args: str) -> list[str]:
    """What to start instead of `python -m module args…`."""
    return [sys.executable, "-I", "-S", str(_LAUNCH), _address(), module, *args]


def pid_of(launched: int) -> int:
    """The process that a launched one stands for: for signals that nobody can hand on."""
    return int(Path(_address()).with_name(str(launched)).read_text())


_running: list[tuple[subprocess.Popen[bytes], str, ExitStack]] = []
_used: list[str] = []


def use(address: str) -> None:
    """Take another process's server, which runs as long as this process."""
    _used.append(address)


def _address() -> str:
    return _used[0] if _used else start()


def start() -> str:
    """Start the server if none runs; its address, where whoever asks waits until it has loaded."""
    if not _running:
        directory = ExitStack()
        address = f"{directory.enter_context(owned_directory('vigil-warm-'))}/server"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(address)
            listener.listen(64)
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm", address, str(listener.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=[listener.fileno()],
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONUTF8": "1"},
                start_new_session=True,
            )
        _running.append((server, address, directory))
    return _running[0][1]


def stop() -> None:
    """End the server that this process started, if any, and all that was forked from it.
    Repeating it does nothing."""
    while _running:
        server, _, directory = _running.pop()
        server.communicate()  # the end of its input is the end
        directory.close()


def _load() -> None:
    """All that a command may import; the reader and the dictionaries too. Each fork gets
    the reader as if just loaded, and SQL that has been compiled."""
    from filters import reading
    from tests.support import readers

    load, made = reading.load_reader, readers.as_loaded()

    def load_reader(cache: bytes | None = None, *, weights: bytes | None = None) -> reading.Reader:
        return made.pop() if made and weights is None else load(cache, weights=weights)

    reading.load_reader = load_reader
    import bot.app
    import bot.cli.app
    import bot.cli.audit
    import bot.cli.doctor
    import bot.cli.match
    import bot.cli.relate
    import bot.cli.run
    import bot.cli.search
    import bot.cli.try_  # noqa: F401
    from bot.i18n import LANGUAGES, translator

    for each in LANGUAGES:
        translator(each)
    with owned_directory("vigil-warm-") as directory:
        asyncio.run(_live_once(directory))
    assert threading.active_count() == 1, "a fork has no other thread"


async def _live_once(directory: Path) -> None:
    """A start on an empty database, a post, an alert, an end: most of what is said in SQL."""
    from tests.support.clock import ManualClock
    from tests.support.databases import sqlite_url
    from tests.support.feeds import Post
    from tests.support.statements import compile_once
    from tests.support.vigil import SUBSCRIBER, Vigil

    compile_once()
    url = sqlite_url(directory / "vigil.sqlite3")
    async with Vigil(url, directory, ManualClock(), inline=True) as vigil:
        await vigil.subscriber(SUBSCRIBER, "refusal")
        await vigil.add_source("a")
        await vigil.publish("a", Post("1", text=_TEXT))


class _Server:
    """Forks, and tells each launcher how its process has ended."""

    def __init__(self, address: str, listener: int) -> None:
        self._directory = Path(address).parent
        self._listener = socket.socket(fileno=listener)
        self._ended, self._wake = os.pipe()
        for end in (self._ended, self._wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._launchers: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        for each in (self._listener, self._ended, 0):
            self._selector.register(each, selectors.EVENT_READ)

    def serve(self) -> tuple[str, list[str]] | None:
        """Returns in each fork, with what to run there; in the server, when the tests are over."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    if (asked := self._fork()) is not None:
                        return asked
                elif key.fileobj == self._ended:
                    self._reap()
                elif key.fileobj == 0:
                    for pid in self._launchers:
                        os.kill(pid, signal.SIGKILL)
                    return None
                else:  # a launcher was killed
                    self._selector.unregister(key.fileobj)
                    with suppress(ProcessLookupError):
                        os.kill(key.data, signal.SIGKILL)

    def _fork(self) -> tuple[str, list[str]] | None:
        launcher, _ = self._listener.accept()
        size, streams, _, _ = socket.recv_fds(launcher, 8, 3)
        data = launcher.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)
        module, arguments, directory, environment = marshal.loads(data)
        by = _peer(launcher)
        if pid := os.fork():
            for each in streams:
                os.close(each)
            self._launchers[pid] = launcher
            (self._directory / str(by)).write_text(str(pid))
            launcher.sendall(pid.to_bytes(8, "big"))
            self._selector.register(launcher, selectors.EVENT_READ, pid)
            return None
        self._leave(launcher)
        os.setsid()
        for number, each in enumerate(streams):
            os.dup2(each, number)
            os.close(each)
        os.chdir(directory)
        os.environ.clear()
        os.environ.update(environment)
        return module, arguments

    def _leave(self, launcher: socket.socket) -> None:
        """Keep nothing of the server's in a fork."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._selector.close()
        for each in (self._listener, launcher, *self._launchers.values()):
            each.close()
        for each in (self._ended, self._wake):
            os.close(each)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._ended, 512)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                launcher = self._launchers.pop(ended[0])
                code = os.waitstatus_to_exitcode(ended[1])
                with suppress(OSError):
                    launcher.sendall(code.to_bytes(8, "big", signed=True))
                with suppress(KeyError):
                    self._selector.unregister(launcher)
                launcher.close()


def _peer(launcher: socket.socket) -> int:
    """The process at the other end."""
    told = launcher.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(told[:4], sys.byteorder)


def _main(address: str, listener: int) -> None:
    _load()
    server = _Server(address, listener)
    gc.freeze()  # else a collection in a fork would copy it all
    asked = server.serve()
    if asked is None:
        return
    module, sys.argv[1:] = asked
    random.seed()
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    _end(_run(module))


def _run(module: str) -> int:
    """The exit code, as Python has it."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _print_error()
        return -signal.SIGINT
    except BaseException:
        _print_error()
        return 1
    return 0


def _print_error() -> None:
    sys.excepthook(*sys.exc_info())


_UNFLUSHED = 120  # Python's own, for what could not be written at the end


def _end(code: int) -> NoReturn:
    """As Python ends, without taking apart all that the server has loaded: that would copy it."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or _UNFLUSHED
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
