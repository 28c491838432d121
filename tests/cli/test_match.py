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

from bot.cli.kinds import wrong_kind
from bot.cli.match import match
from tests.cli.vigil import Ran, environment, vigil
from tests.support import warm

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


def test_the_page_names_each_field_of_the_output(ran: Ran) -> None:
    """Whoever writes a program against docs/cli.md finds what it says, and nothing else."""
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    table = page.partition("**Output:**")[2].partition("\n\n`start`")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(answers(ran)[1])


def test_the_example_posts_show_what_is_found_and_what_is_not() -> None:
    """Whoever tries the README's first command sees reports found, and a trap left alone."""
    ran = vigil("match", str(Path(__file__).parents[2] / "docs" / "posts.jsonl"))

    assert {number: set(each["topics"]) for number, each in answers(ran).items()} == {
        1: {"refusal", "pressure"},
        2: {"desertion"},
        3: {"refusal", "pressure"},
        4: set(),
        5: set(),
    }


def test_an_id_that_does_not_exist_is_named_with_the_nearest() -> None:
    """A filter that can find nothing by a name says so, and still finds by its other words."""
    with_typo = "(court:garison:chita, court:garrison:chita) снег*"
    ran = vigil("match", "-f", with_typo, "-f", "person:nobody_at_all", given=line(5, SNOW))

    assert ran.code == 0
    assert "court:garison:chita does not exist" in ran.err
    assert "Nearest: court:garrison:chita" in ran.err
    assert "person:nobody_at_all does not exist, so no text has it." in ran.err
    assert "court:garrison:chita does not" not in ran.err


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


def test_what_a_cut_file_holds_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said that what came before was matched; so it is there."""
    broken, output = tmp_path / "in.jsonl.gz", tmp_path / "out.jsonl"
    broken.write_bytes(gzip.compress(line(1, REFUSED).encode() * 9)[:-12])

    code = match(str(broken), output, 1, [], False)

    assert code == 1
    assert "ends too early; what came before it was matched" in capsys.readouterr().err
    assert len(output.read_text().splitlines()) >= 5


def test_a_full_disk_names_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not the input, which is well."""
    file = tmp_path / "in.jsonl"
    file.write_text(line(1, REFUSED))

    code = match(str(file), Path("/dev/full"), 1, [], False)

    assert code == 1
    assert capsys.readouterr().err.startswith("vigil: /dev/full: No space left")


WRONG = {
    "CSV": "id,text\n1,Снег\n2,Дождь\n",
    "CSV with semicolons": "id;text\n1;Снег\n2;Дождь, град\n",
    "a table with tabs": "id\ttext\n1\tСнег\n",
    "plain text": "Снег, дождь\nВетер\nГрад\n",
    "one JSON array": '[{"id": 1, "text": "Снег"},\n{"id": 2, "text": "Дождь"}]',
    "JSON over several lines": '{\n "id": 1,\n "text": "Снег"\n}',
    "XML": '<?xml version="1.0"?>\n<rss/>',
    "a web page": "<!DOCTYPE html>\n<p>Снег",
}


@pytest.mark.parametrize("what", WRONG)
def test_another_kind_of_file_is_known(what: str) -> None:
    """Its mend is one for all lines."""
    kind = wrong_kind(WRONG[what].encode().splitlines(), "posts")

    assert kind is not None
    assert kind.what == what
    assert "posts" in kind.mend


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_letters_are_known(encoding: str) -> None:
    """With the mark at the start or without."""
    kind = wrong_kind(line(1, SNOW).encode(encoding).split(b"\n"), "posts")

    assert kind is not None
    assert "iconv" in kind.mend


@pytest.mark.parametrize("begins", [line(1, SNOW), "{damaged\n" + line(2, SNOW), "\n", "{cut"])
def test_posts_are_no_other_kind(begins: str) -> None:
    """A bad line among them is told by its number."""
    assert wrong_kind(begins.encode().splitlines(), "posts") is None


def test_another_kind_of_file_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not once a line; no output is left."""
    file = tmp_path / "in.csv"
    file.write_text("id,text\n" + "1,Снег\n" * 500)

    code = match(str(file), tmp_path / "out.jsonl", 1, [], False)

    said = capsys.readouterr().err
    assert code == 2
    assert said.count("\n") == 2
    assert f"{file} is CSV" in said
    assert [each.name for each in tmp_path.iterdir()] == ["in.csv"]


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
        warm.command("bot", "match", "--jobs", "2"),
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
        warm.command("bot", "match", "--jobs", "2"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(line(1, WEATHER).encode() * 1000)
        process.stdin.flush()
        for _ in range(1000):
            process.stdout.readline()
        os.killpg(warm.pid_of(process.pid), signal.SIGINT)
        told = process.stderr.read().decode()

    assert process.returncode == 130
    # The last batch may be written and not yet counted.
    assert re.fullmatch(r"Stopped after [\d,]+ posts\.\n", told)
