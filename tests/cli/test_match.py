"""`vigil match`: one object a line in, one a line out."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.cli.match import match
from tests.cli.vigil import COMMAND, Ran, environment, vigil

REFUSED = "Около сорока контрактников отказались ехать воевать, рассказали их родные."
SNOW = "Ждём снега, усилится ветер."
WEATHER = "В выходные в области ожидаются дожди и сильный ветер."


def line(number: int, text: str, **more: object) -> str:
    return json.dumps({"id": number, "text": text, **more}, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def ran() -> Ran:
    """One run over a post that matches, one that does not, two bad lines, an own filter."""
    lines = line(1, REFUSED) + "{nonsense\n\n" + line(4, WEATHER) + line(5, SNOW)
    return vigil("match", "-f", "снег* NEAR/5 ветер", given=lines)


def answers(ran: Ran) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in map(json.loads, ran.out.splitlines())}


def test_a_post_is_answered_with_all_that_was_found(ran: Ran) -> None:
    """What is sure and what is possible, each match with its facets, each report with its place."""
    answer = answers(ran)[1]

    assert set(answer) == {
        *("id", "topics", "possible", "scores", "filters", "matches", "reports"),
        *("entities", "facets", "spans"),
    }
    assert answer["topics"] == ["refusal"]
    assert answer["matches"][0]["certainty"] == "sure"
    assert answer["scores"]["refusal"] == answer["matches"][0]["score"] > 0.5
    assert {"army", "stage", "era", "evidence", "passage"} <= set(answer["matches"][0])
    assert answer["reports"] == [
        {"start": 0, "end": len(REFUSED), "topics": ["refusal"], "possible": []}
    ]
    assert all(key.startswith("refusal/") for key in answer["filters"])
    words = {REFUSED[s["start"] : s["end"]] for s in answer["spans"] if s["field"] == "text"}
    assert any("отказались" in word for word in words)
    assert {"id", "kind", "start", "end"} <= set(answer["entities"][0])


def test_a_post_that_matches_nothing_has_no_facets(ran: Ran) -> None:
    """A facet of a text nobody reads would be a claim without a reader."""
    answer = answers(ran)[4]

    assert (answer["topics"], answer["filters"], answer["facets"]) == ([], [], {})


def test_bad_lines_are_told_and_the_others_matched(ran: Ran) -> None:
    """One bad line never stops the others; the exit code says that there were some."""
    assert ran.code == 1
    assert [json.loads(each)["id"] for each in ran.out.splitlines()] == [1, 4, 5]
    assert "line 2: not JSON" in ran.err
    assert "line 3" not in ran.err
    assert "1 of 4 lines could not be read" in ran.err


def test_own_filter_is_matched_beside_the_packs(ran: Ran) -> None:
    assert answers(ran)[5]["filters"] == ["own/1"]


def test_own_filter_that_cannot_be_read_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code = match("/dev/null", None, 1, ["дождь AND ветер OR снег"], False)

    assert code == 1
    assert "Filter cannot be read" in capsys.readouterr().err


def test_order_is_kept_over_processes_and_the_answers_are_the_same(tmp_path: Path) -> None:
    """Speed must not change a byte."""
    posts = [
        line(n, REFUSED if n % 7 == 0 else f"{WEATHER} {n} {'слово ' * 20}") for n in range(700)
    ]
    posts[450] = "nonsense\n"
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress("".join(posts).encode()))

    alone = vigil("match", tmp_path / "in.jsonl.gz", "--jobs", "1")
    together = vigil("match", tmp_path / "in.jsonl.gz", "--jobs", "3")

    assert together == alone
    assert together.code == 1
    ids = [json.loads(each)["id"] for each in together.out.splitlines()]
    assert ids == [n for n in range(700) if n != 450]


def test_output_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """A half-written answer must not be taken for a whole one. Only what matches, if wanted."""
    output = tmp_path / "out.jsonl.gz"
    ran = vigil("match", "--matched", "-o", output, given=line(1, WEATHER) + line(2, REFUSED))

    assert ran.out == ""
    assert json.loads(gzip.decompress(output.read_bytes()))["id"] == 2

    broken = tmp_path / "in.jsonl.gz"
    broken.write_bytes(gzip.compress(line(1, REFUSED).encode() * 9)[:-12])
    ran = vigil("match", broken, "-o", tmp_path / "second.jsonl")

    assert ran.code == 1
    assert "ends too early" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl.gz", "out.jsonl.gz"]


def test_output_over_the_input_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(line(1, REFUSED))

    ran = vigil("match", file, "-o", file)

    assert ran.code == 1
    assert file.read_text() == line(1, REFUSED)


def test_missing_file_is_said_plainly(tmp_path: Path) -> None:
    ran = vigil("match", tmp_path / "nothing.jsonl")

    assert ran.code == 2
    assert "No such file" in ran.err
    assert "Traceback" not in ran.err


def test_reader_that_goes_away_is_no_error() -> None:
    """`vigil match … | head -1`."""
    with subprocess.Popen(
        [*COMMAND, "match", "--jobs", "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=environment(),
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(line(1, WEATHER).encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.write(line(2, WEATHER).encode() * 2000)
        told = process.stderr.read()

    assert process.returncode == 141
    assert told == b""


def test_interrupt_stops_everything_at_once() -> None:
    """Ctrl-C reaches the whole group; nothing stays behind, no trace is shown."""
    with subprocess.Popen(
        [*COMMAND, "match", "--jobs", "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(line(1, WEATHER).encode() * 1000)
        process.stdin.flush()
        for _ in range(1000):
            process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        told = process.stderr.read().decode()

    assert process.returncode == 130
    # The last batch may be written and not yet counted.
    assert re.fullmatch(r"Stopped after [\d,]+ posts\.\n", told)
