"""`vigil match`: matches many posts fast and in order, and reports each bad line.

The first few hundred posts are matched in this process: small files never pay for more.
Then processes are forked, which share the loaded dictionaries and the warm caches.
"""

from __future__ import annotations

import gc
import gzip
import multiprocessing
import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from bot.cli.exit_codes import INTERRUPTED, MISUSED, ends_in_exit_code, fail, say
from bot.cli.kinds import WrongKind, wrong_kind
from bot.cli.lines import LONGEST, Lines, TooLong, same_file
from bot.cli.posts import BadLine, found, parse, written
from bot.cli.progress import Progress
from bot.cli.readers import with_filters
from filters.reading import Reader

__all__ = ["Done", "match"]

_POSTS_IN_ONE_PROCESS = 400  # posts matched before other processes are started
_BATCHES_AHEAD = 3  # batches in flight for each process
_MAX_BAD_LINES_NAMED = 20  # bad lines told one by one


@dataclass(frozen=True, slots=True)
class Done:
    """A batch: what is to be written, how many posts and matches, bad lines by number."""

    output: bytes
    posts: int
    matched: int
    bad: tuple[tuple[int, str, str], ...]


class Batch:
    """Matches batches of lines; the same object works here and in the forked processes."""

    def __init__(self, reader: Reader, matched_only: bool) -> None:
        self._reader = reader
        self._matched_only = matched_only

    def __call__(self, number: int, lines: Sequence[bytes]) -> Done:
        """`number` is that of the first line, from 1."""
        out: list[bytes] = []
        bad: list[tuple[int, str, str]] = []
        posts = matched = 0
        for at, line in enumerate(lines, number):
            if not line.strip() and not isinstance(line, TooLong):
                continue
            try:
                post = parse(_short(line))
            except BadLine as error:
                bad.append((at, error.wrong, error.mend))
                continue
            reading = self._reader.read(post.document)
            posts += 1
            matched += bool(reading.matches)
            if reading.matches or not self._matched_only:
                out.append(written(found(post, reading)))
        return Done(b"".join(out), posts, matched, tuple(bad))


def _short(line: bytes) -> bytes:
    if isinstance(line, TooLong):
        raise BadLine(f"longer than {LONGEST // 2**20} MB", "Give each post a line of its own")
    return line


@ends_in_exit_code
def match(
    file: str, output: Path | None, jobs: int, filters: Sequence[str], matched_only: bool
) -> int:
    """Match `file` ("-": standard input); the exit code: 0, or 1 when lines were bad."""
    if file == "-" and sys.stdin.isatty():
        say("Waiting for posts on standard input, one JSON object a line. Ctrl-C stops.")
    try:
        if output is not None and same_file(file, output):
            return fail("the output would overwrite the input; give another name")
        source = Lines(file)
    except OSError as error:
        say(f"vigil: {file} cannot be read: {error.strerror or error}")
        return MISUSED
    if kind := wrong_kind(source.start(), source.name):  # before the packs are loaded
        return _no_posts(file, kind)
    batch = Batch(with_filters(filters), matched_only)
    cut: EOFError | None = None
    with source, Progress(source, shown=output is not None or not sys.stdout.isatty()) as progress:
        run = _Run(source, batch, jobs or len(os.sched_getaffinity(0)), progress)
        try:
            with _opened(output) as out:
                try:
                    run.go(out)
                except EOFError as error:
                    cut = error  # what came before it is kept
        except KeyboardInterrupt:
            progress.close()
            say(f"Stopped after {progress.posts:,} posts.")
            return INTERRUPTED
        except _NoPosts as error:
            progress.close()
            return _no_posts(file, error.kind)
        except BrokenProcessPool:
            return fail("a process was killed, perhaps for want of memory; try --jobs 1")
        except BrokenPipeError:
            raise
        except OSError as error:
            # The input's errors bear its name.
            name = error.filename or output or "standard output"
            return fail(f"{name}: {error.strerror or error}")
    code = progress.summary()
    return code if cut is None else fail(f"{_shown(file)}: {cut}; what came before it was matched")


def _no_posts(file: str, kind: WrongKind) -> int:
    say(f"vigil: {_shown(file)} is {kind.what}; posts are JSON, one object a line.")
    say(f"  {kind.mend}")
    return MISUSED


def _shown(file: str) -> str:
    return "standard input" if file == "-" else file


class _NoPosts(Exception):
    """The input holds none."""

    def __init__(self, kind: WrongKind) -> None:
        self.kind = kind
        super().__init__(kind.what)


class _Run:
    """One pass over the input."""

    def __init__(self, source: Lines, batch: Batch, jobs: int, progress: Progress) -> None:
        self._source = source
        self._batch = batch
        self._jobs = jobs
        self._progress = progress
        self._pending: deque[Future[Done]] = deque()
        self._told = 0
        self._said = ""  # the mend of the line before, where no post has come yet

    def go(self, out: BinaryIO) -> None:
        """Match and write everything. Raises EOFError, OSError, _NoPosts, KeyboardInterrupt."""
        pool: ProcessPoolExecutor | None = None
        number = 1
        try:
            for lines in self._source.batches():
                kind = wrong_kind(lines, self._source.name) if number == 1 else None
                if kind is not None:
                    raise _NoPosts(kind)
                if pool is None and self._jobs > 1 and number > _POSTS_IN_ONE_PROCESS:
                    pool = _pool(self._jobs, self._batch)
                if pool is None:
                    self._write(out, self._batch(number, lines))
                else:
                    self._pending.append(pool.submit(_in_worker, number, lines))
                number += len(lines)
                idle = self._source.waiting()
                # Order is kept; a slow pipe's answers are not held back for more to come.
                while self._pending and (idle or len(self._pending) > self._jobs * _BATCHES_AHEAD):
                    self._write(out, self._pending.popleft().result())
                if idle:
                    out.flush()
        except EOFError:
            self._write_all(out)
            raise
        else:
            self._write_all(out)
        finally:
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)

    def _write_all(self, out: BinaryIO) -> None:
        while self._pending:
            self._write(out, self._pending.popleft().result())

    def _write(self, out: BinaryIO, done: Done) -> None:
        out.write(done.output)
        for number, wrong, mend in done.bad:
            if mend == self._said and not self._progress.posts + done.posts:
                continue  # it is all of that kind: said once
            self._said = mend
            self._told += 1
            if self._told <= _MAX_BAD_LINES_NAMED:
                self._progress.say(f"line {number}: {wrong}. {mend}.")
            elif self._told == _MAX_BAD_LINES_NAMED + 1:
                self._progress.say("Further bad lines are only counted.")
        self._progress.add(done.posts, done.matched, len(done.bad))


_worker: Batch | None = None


def _pool(jobs: int, batch: Batch) -> ProcessPoolExecutor:
    """Processes that match. Forked before any thread exists, so nothing can be held."""
    gc.collect()
    gc.freeze()
    # Elsewhere fork is not safe: there each process loads the dictionaries itself.
    how = "fork" if sys.platform == "linux" else "spawn"
    return ProcessPoolExecutor(
        jobs, multiprocessing.get_context(how), initializer=_start_worker, initargs=(batch,)
    )


def _start_worker(batch: Batch) -> None:
    global _worker  # noqa: PLW0603 - a process of its own
    # Ctrl-C reaches the whole group; the parent alone decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker = batch


def _in_worker(number: int, lines: Sequence[bytes]) -> Done:
    assert _worker is not None
    return _worker(number, lines)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Where to write: standard output, or a file that appears only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if output.exists() and not output.is_file():
        with output.open("wb") as device:
            yield device
        return
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.resolve().parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            if output.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, raw, 0) as packed:
                    yield cast("BinaryIO", packed)
            else:
                yield raw
        umask = os.umask(0)
        os.umask(umask)
        partial.chmod(0o666 & ~umask)
        partial.replace(output.resolve())
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
