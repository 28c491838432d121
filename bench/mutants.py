"""Do the tests notice? `make mutants` breaks one line at a time and runs the nearest tests.

    python -m bench.mutants [--minutes 10] [--seed 1] [--room decide] [--jobs 2]

A mutant is the code with one small mistake (`<` for `<=`, a guard left out, a call not made). A
mutant that no test notices survives: a promise without a test, or code that promises nothing.
The rooms take turns and the seed decides which mutants they send, so that a sample is the same
on every machine and a slow one only sees less of it. Exit code 1: less than 90 % were killed.

Why not a library: mutmut leaves out decorated functions and has no sample; cosmic-ray brings
thirteen packages and starts a process for each mutant. Here each is forked from a process that
has imported the libraries and our modules: the one with the mistake, and those that import it, are
imported again. No file changes. Of a room's tests those run that have run the function with the
mistake, the quickest first, and the first failure ends a run.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import json
import os
import random
import resource
import selectors
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.support import readers

ROOMS: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "decide": (["bot.alerts.decide"], ["tests/alerts/test_decide.py"]),
    "placement": (
        ["bot.ingest.placement"],
        ["tests/pipeline/test_place.py", "tests/pipeline/test_placement.py"],
    ),
    "outbox": (
        [
            *("bot.delivery.outbox", "bot.delivery.claims", "bot.delivery.backlog"),
            *("bot.delivery.calls", "bot.delivery.reach", "bot.delivery.outcomes"),
            "bot.delivery.outcome_recorder",
        ],
        [
            *("tests/delivery/test_settling.py", "tests/delivery/test_outbox.py"),
            *("tests/delivery/test_claiming_ahead.py", "tests/chat/test_threads_ending.py"),
        ],
    ),
    "roles": (["bot.commands.roles"], ["tests/commands/test_roles.py"]),
    "access": (
        ["bot.chat.access"],
        [
            *("tests/chat/test_access.py", "tests/chat/test_groups.py"),
            *("tests/chat/test_running.py", "tests/commands/test_people.py"),
        ],
    ),
    "pacing": (["bot.botapi.pacing"], ["tests/botapi/test_pacing.py"]),
    "query": (
        [
            *("filters.query", "filters.building", "filters.syntax", "filters.anchors"),
            *("filters.word_groups", "filters.words_written"),
        ],
        ["tests/filters/test_query.py", "tests/filters/test_query_limits.py"],
    ),
    "render": (
        [
            *("bot.alerts.render", "bot.alerts.lines", "bot.alerts.buttons", "bot.alerts.body"),
            *("bot.alerts.why", "bot.alerts.summary"),
        ],
        [
            *("tests/alerts/test_body.py", "tests/alerts/test_render.py"),
            *("tests/alerts/test_growing.py", "tests/alerts/test_digest.py"),
        ],
    ),
}
ENOUGH: Final = 0.9
_PATIENCE: Final = 4  # times as long as the tests take without any mutant; what loops for ever,
_PATIENCE_LEAST: Final = 15  # and so many seconds more, ends there and counts as killed
_LIBRARIES: Final = (
    *("pytest", "_pytest.assertion.rewrite", "hypothesis", "pytest_asyncio", "xdist"),
    *("sqlalchemy.ext.asyncio", "aiosqlite", "asyncpg", "alembic", "telegram.ext", "httpx"),
    *("starlette.applications", "uvicorn", "structlog", "pydantic_settings", "lark", "re2"),
    *("pymorphy3", "feedparser", "selectolax.lexbor", "msgspec", "babel", "typer", "rich.console"),
)
_SWAPPED: Final[Mapping[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_OURS: Final = ("bot.", "filters.", "tests.")
# What is logged is no promise of these rooms; and a press that is not answered with words has its
# answer from the router, as each has in the end (`Router._press`).
_SILENT: Final = ("log", "assert", "ctx.toast()")


@dataclass(frozen=True, slots=True)
class Mutant:
    """The `number`th mistake that can be made in a module."""

    room: str
    module: str
    number: int
    line: int
    what: str


class _Mistakes(ast.NodeTransformer):
    """Counts the mistakes that can be made, and makes the one that is `wanted`."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.found: list[tuple[int, str]] = []

    def _here(self, node: ast.AST, what: str) -> bool:
        self.found.append((getattr(node, "lineno", 0), what))
        return len(self.found) - 1 == self.wanted

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.Assert, ast.AnnAssign)) and not getattr(node, "value", None):
            return node
        return super().visit(node)  # type: ignore[no-any-return]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]  # not what is annotated
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]  # `frozen=True` is no promise
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for n, each in enumerate(node.ops):
            other = _SWAPPED.get(type(each))
            if other is not None and self._here(node, f"{_name(each)} → {other.__name__}"):
                node.ops[n] = other()  # type: ignore[assignment]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        whole = copy.copy(node)
        if self._here(node, f"{_name(node.op)} → {_SWAPPED[type(node.op)].__name__}"):
            whole.op = _SWAPPED[type(node.op)]()  # type: ignore[assignment]
        for n, each in enumerate(node.values):
            if self._here(each, f"without `{ast.unparse(each)}`"):
                whole.values = [v for m, v in enumerate(node.values) if m != n]
                return whole.values[0] if len(whole.values) == 1 else whole
        return whole

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        other = _SWAPPED.get(type(node.op))
        text = any(isinstance(n, ast.Constant | ast.JoinedStr) and _is_text(n) for n in _ends(node))
        if other and not text and self._here(node, f"{_name(node.op)} → {other.__name__}"):
            node.op = other()  # type: ignore[assignment]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._here(node, "not x → x"):
            return node.operand
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        typed = ast.unparse(node.test) == "TYPE_CHECKING"
        if typed or (not node.orelse and all(map(_is_silent, node.body))):
            return node
        for value in (True, False):
            if self._here(node, f"if {ast.unparse(node.test)} → if {value}"):
                node.test = ast.copy_location(ast.Constant(value), node.test)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        if self._here(node, "the other branch"):
            node.body, node.orelse = node.orelse, node.body
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            if self._here(node, f"{node.value} → {not node.value}"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int) and self._here(node, f"{node.value} → {node.value + 1}"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        nothing = isinstance(node.value, ast.Constant)
        if node.value is not None and not nothing and self._here(node, "return None"):
            node.value = ast.copy_location(ast.Constant(None), node.value)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        value = node.value
        call = value.value if isinstance(value, ast.Await) else value
        if not isinstance(call, ast.Call) or _is_silent(node):
            return node
        self.generic_visit(node)
        if self._here(node, f"without {ast.unparse(call.func)}(…)"):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = ast.unparse(node.func)
        if name.endswith("escape") and node.args and self._here(node, f"without {name}"):
            return node.args[0]
        if name.endswith(".where") and len(node.args) > 1:
            for n in range(len(node.args)):
                if self._here(node.args[n], f"where without `{ast.unparse(node.args[n])}`"):
                    node.args = [each for m, each in enumerate(node.args) if m != n]
                    break
        return node


def _is_silent(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else node
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) and ast.unparse(call).startswith(_SILENT)


def _name(node: ast.AST) -> str:
    return type(node).__name__


def _ends(node: ast.BinOp) -> tuple[ast.expr, ast.expr]:
    return node.left, node.right


def _is_text(node: ast.Constant | ast.JoinedStr) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(node.value, str)


def mutants(room: str) -> list[Mutant]:
    """All that can be made of a room, in the order of its lines."""
    found = []
    for module in ROOMS[room][0]:
        seen = _Mistakes()
        seen.visit(ast.parse(_path(module).read_text()))
        found += [
            Mutant(room, module, number, line, what)
            for number, (line, what) in enumerate(seen.found)
        ]
    return found


def _path(module: str) -> Path:
    return Path(*module.split(".")).with_suffix(".py")


class _Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module with its mistake, and leaves all others to Python."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_file_location(name, _path(name).absolute(), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        path = _path(self._mutant.module)
        tree = _Mistakes(self._mutant.number).visit(ast.parse(path.read_text()))
        exec(compile(ast.fix_missing_locations(tree), path, "exec"), module.__dict__)


class _Noting(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the room's modules so that each of their functions notes that it is run."""

    def __init__(self, modules: Sequence[str], ran: set[str]) -> None:
        self._modules = modules
        self._ran = ran

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self._modules:
            return None
        return importlib.util.spec_from_file_location(name, _path(name).absolute(), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        path, name = _path(module.__name__), "_note_that_it_runs"
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = ast.Constant(f"{module.__name__}:{_first_line(node)}")
                call = ast.Call(ast.Name(name, ast.Load()), [where], [])
                node.body.insert(ast.get_docstring(node) is not None, ast.Expr(call))
        module.__dict__[name] = self._ran.add
        exec(compile(ast.fix_missing_locations(tree), path, "exec"), module.__dict__)


class _Order:
    """A plugin of pytest. Without a mutant it notes what each test takes and which functions of
    the room it runs. With one, only tests that have run its function run, the quickest first, for
    the first failure ends a run.
    """

    def __init__(self, room: str, mutant: Mutant | None) -> None:
        self._path = Path(os.environ["TMPDIR"], f"{room}.json")
        known = json.loads(self._path.read_bytes()) if self._path.exists() else [{}, {}]
        self._seconds: dict[str, float] = known[0]
        self._ran: dict[str, list[str]] = known[1]
        """By test the functions, by where they begin."""
        self._wanted = _function_of(mutant) if mutant is not None else ""
        self._notes = mutant is None
        self.now: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._wanted:
            near = [
                item
                for item in items
                if self._wanted in self._ran.get(item.nodeid, (self._wanted,))
            ]
            items[:] = near or items  # it may have run while modules were imported
        items.sort(key=lambda item: self._seconds.get(item.nodeid, 0.0))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if not self._notes:
            return (yield)
        self.now.clear()
        result = yield
        self._ran[item.nodeid] = sorted(self.now.copy())
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        so_far = self._seconds.get(report.nodeid, 0.0)
        self._seconds[report.nodeid] = so_far + report.duration

    def keep(self) -> None:
        self._path.write_text(json.dumps([self._seconds, self._ran]))


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _function_of(mutant: Mutant) -> str:
    """The innermost function that holds the mistake, as `_Order` names it; "" outside of any."""
    tree, found = ast.parse(_path(mutant.module).read_text()), ""
    for node in ast.walk(tree):  # from without to within
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = _first_line(node)
            if first <= mutant.line <= (node.end_lineno or node.lineno):
                found = f"{mutant.module}:{first}"
    return found


def _import_tests(rooms: Sequence[str]) -> Mapping[str, set[str]]:
    """Import the rooms' tests and all of ours that they import; by module, who imports it."""
    for room in rooms:
        for path in map(Path, ROOMS[room][1]):
            for folder in reversed(path.parents):
                if (folder / "conftest.py").exists():
                    importlib.import_module(".".join((*folder.parts, "conftest")))
            importlib.import_module(".".join(path.with_suffix("").parts))
    importers: dict[str, set[str]] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith(_OURS) or not (path_of := getattr(module, "__file__", None)):
            continue
        for node in ast.walk(ast.parse(Path(path_of).read_bytes())):
            if isinstance(node, ast.Import):
                imported = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
            else:
                continue
            for each in imported:
                importers.setdefault(each, set()).add(name)
    return importers


def _unload(module: str, importers: Mapping[str, set[str]]) -> None:
    """Forget a module and all that have imported it, so that they are imported again."""
    waiting, seen = [module], set[str]()
    while waiting:
        if (name := waiting.pop()) in seen:
            continue
        seen.add(name)
        waiting += importers.get(name, ())
        package, _, last = name.rpartition(".")
        if sys.modules.pop(name, None) and hasattr(sys.modules.get(package), last):
            delattr(sys.modules[package], last)


def _test(room: str, mutant: Mutant | None, importers: Mapping[str, set[str]]) -> int:
    """Run the room's tests in this process; pytest's exit code."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp(dir=os.environ["TMPDIR"])
    if mutant is not None:
        sys.meta_path.insert(0, _Importer(mutant))
    for module in [mutant.module] if mutant else ROOMS[room][0]:
        _unload(module, importers)
    order = _Order(room, mutant)
    if mutant is None:
        sys.meta_path.insert(0, _Noting(ROOMS[room][0], order.now))
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=1"]
    code = pytest.main([*options, "-k", "not postgresql", *ROOMS[room][1]], [order])
    if mutant is None:
        order.keep()
    return int(code)


class _Running:
    """Forked processes, each with a pipe that ends with it."""

    def __init__(self, importers: Mapping[str, set[str]]) -> None:
        self._importers = importers
        self._selector = selectors.DefaultSelector()
        self._since: dict[int, float] = {}
        self._room: dict[int, str] = {}
        self._took: dict[str, tuple[float, float]] = {}  # seconds, seconds of processor time

    def __len__(self) -> int:
        return len(self._since)

    def start(self, room: str, mutant: Mutant | None) -> None:
        ended, alive = os.pipe()
        pid = os.fork()
        if not pid:
            os.setsid()
            os.close(ended)
            code = 3
            try:
                if mutant is not None:
                    most = int(_PATIENCE * self._took[room][1] + _PATIENCE_LEAST)
                    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
                code = _test(room, mutant, self._importers)
            finally:
                os._exit(code)
        os.close(alive)
        self._since[pid], self._room[pid] = time.monotonic(), room
        self._selector.register(ended, selectors.EVENT_READ, (pid, mutant))

    def ended(self) -> Iterator[tuple[Mutant | None, bool]]:
        """Wait until some have ended: the mutant, and whether a test has failed or hung."""
        done = self._selector.select(timeout=1)
        for key, _ in done:
            pid, mutant = key.data
            self._selector.unregister(key.fileobj)
            os.close(key.fd)
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)  # and what it has started
            _, status, used = os.wait4(pid, 0)
            code = os.waitstatus_to_exitcode(status)
            took, room = time.monotonic() - self._since.pop(pid), self._room.pop(pid)
            if mutant is None:
                self._took[room] = took, used.ru_utime + used.ru_stime
            yield mutant, code != 0
        for pid, since in self._since.items():
            took, _ = self._took.get(self._room[pid], (600.0, 0.0))
            if time.monotonic() - since > _PATIENCE * took + _PATIENCE_LEAST:
                os.killpg(pid, signal.SIGKILL)  # its pipe ends, and it counts as killed

    def stop(self) -> None:
        for pid in self._since:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def sampled(rooms: Sequence[str], seed: int) -> Iterator[Mutant]:
    """One mutant of each room in turn, until there are none."""
    piles = [mutants(room) for room in rooms]
    for pile in piles:
        random.Random(seed).shuffle(pile)
    while piles := [pile for pile in piles if pile]:
        for pile in piles:
            yield pile.pop()


def run(rooms: Sequence[str], minutes: float, seed: int, jobs: int) -> int:
    """Print a line for each survivor and a table; 0 if enough were killed."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    running = _Running(_import_tests(rooms))
    if "tests.support.vigil" in sys.modules:
        with readers.lent_reader():
            """Loaded here, it is there in each process forked from this one."""
    try:
        for room in rooms:
            running.start(room, None)
        while running:
            if any(failed for _, failed in running.ended()):
                print("The tests fail without any mutant.", file=sys.stderr)
                return 2
        until = time.monotonic() + 60 * minutes
        waiting, killed, made = sampled(rooms, seed), Counter[str](), Counter[str]()
        more = True
        while more or running:
            while more and len(running) < jobs and time.monotonic() < until:
                if mutant := next(waiting, None):
                    running.start(mutant.room, mutant)
                more = mutant is not None
            more = more and time.monotonic() < until
            for mutant, failed in running.ended():
                assert mutant is not None
                made[mutant.room] += 1
                killed[mutant.room] += failed
                if not failed:
                    where = f"{_path(mutant.module)}:{mutant.line}"
                    print(f"survived  {where}  {mutant.what}", flush=True)
    except KeyboardInterrupt:
        print("Broken off.", file=sys.stderr)
    finally:
        running.stop()
    for room in rooms:
        share = killed[room] / (made[room] or 1)
        print(f"{room:<10} {killed[room]:>4} of {made[room]:>4} killed  {share:.0%}")
    share = killed.total() / (made.total() or 1)
    print(f"{'all':<10} {killed.total():>4} of {made.total():>4} killed  {share:.0%}")
    return int(share < ENOUGH)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--room", action="append", choices=ROOMS, default=[])
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="vigil-mutants-") as folder:
        os.environ["TMPDIR"] = os.environ["VIGIL_TEMPLATES"] = tempfile.tempdir = folder
        return run(given.room or list(ROOMS), given.minutes, given.seed, given.jobs)


if __name__ == "__main__":
    sys.exit(main())
