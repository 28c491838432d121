"""`python -m bench [--data posts.jsonl.gz]`: start, the whole way, matching, polling, into
docs/benchmarks.md; with `--only matching` that section alone. What takes many minutes is run
by its name: `bench.delivery`, `bench.retention`, `bench.safety`, `bench.sources schedule`,
`bench.stories`; what matches wrongly by `bench.quality`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import end_to_end, matching
from bench.report import put_section, table

__all__ = ["main"]

_WHOLE = {  # what a figure is, and what it must reach
    "items": ("items", ""),
    "items_per_cpu_second": ("items a CPU second, from parsed to stored and decided", "600"),
    "matched": ("of these matched", ""),
    "alerts": ("alerts", ""),
    "messages": ("messages sent", ""),
    "notices": ("notices, of messages sent and held", ""),
    "notices_per_cpu_second": ("notices a CPU second, twenty an alert, pushed or held", ""),
    "ms_a_visit_with_one_new_item": ("CPU ms of a visit with one new item", "5"),
    "statements_of_such_a_visit": ("statements of such a visit", "9"),
    "stored": ("a hash of all that was stored of them", ""),
    "bytes_on_disk_an_item": ("bytes on disk an item, index included", "1,500"),
    "resident_mb_idle": ("MB resident after a start that made its database", ""),
    "resident_mb_after": ("MB resident after these items", "300 with the worker"),
    "resident_mb_worker": ("MB resident in the parsing worker", ""),
    "start_to_first_match_s": ("CPU seconds from a cold start to the first match", ""),
    "engine_import_s": ("CPU seconds to import the whole bot", ""),
    "help_s": ("CPU seconds of `vigil --help`", ""),
}
_SET = {"kind": "filters of", "words": "words", "filters": "filters"}
_MATCHING = _SET | {
    "match_per_s": "posts/s",
    "regex_per_s": "regexes",
    "x_regex": "times",
    "fts_per_s": "FTS5",
    "x_fts": "times",
    "tantivy_per_s": "tantivy",
    "x_tantivy": "times",
    "hits_per_post": "hits a post",
    "verified_per_match": "verified a match",
}
_RATES = _SET | {
    "text_per_s": "text to match",
    "fresh_per_s": "of fresh posts",
    "whole_per_s": "whole",
    "all_per_s": "all",
    "hits_per_s": "hits",
}
_SLOWEST = _SET | {
    "text_p99_ms": "text to match",
    "whole_p99_ms": "whole",
    "all_p99_ms": "all",
    "hits_p99_ms": "hits",
}
_PAGE = _SET | {"whole_page_ms": "whole", "all_page_ms": "all", "hits_page_ms": "hits"}
_CHANGES = _SET | {
    "build_s": "build, s",
    "change_ms": "add and remove, ms",
    "after_change_ms": "the next match, ms",
}
_OTHERS = {
    "filters": "filters in the largest set",
    "set_mb": "MB that this set weighs",
    "start_s": "CPU seconds of a fresh process to its first match, one filter",
    "cold_per_s": "posts a CPU second, no lemma known",
    "kept_per_s": "with the lemmas of an earlier process",
    "warm_per_s": "warm",
    "cache_kb": "KB of lemmas kept",
}


def main() -> None:
    """Measure the whole way, start-up and memory, then matching beside its peers, then polling."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, help="JSON lines with a text each, plain or .gz")
    parser.add_argument("--only", choices=("matching",), help="measure one section")
    given = parser.parse_args()
    data = given.data
    command = "python -m bench" + (" --data posts.jsonl.gz" if data else "")
    if given.only is None:
        whole = end_to_end.run(data)
        rows = [(title, bar, whole[name]) for name, (title, bar) in _WHOLE.items()]
        put_section("The whole way", command, table(("what", "must reach", "measured"), rows))
    *sets, others = matching.run(data)
    put_section("Matching", command, matching_section(sets, others))
    if given.only is None:
        # In a process of its own: what it reports of memory is the engine's, not ours.
        subprocess.run([sys.executable, "-m", "bench.sources_polling", "--write"], check=True)


def matching_section(rows: Sequence[Mapping[str, Any]], others: Mapping[str, Any]) -> list[str]:
    """The tables of the section, from what `bench.matching.run` returns."""
    return [
        *_sets(_MATCHING, rows),
        "",
        "Posts a second from text to match, by what the caller asks for:",
        "",
        *_sets(_RATES, rows),
        "",
        "CPU ms of a post, p99:",
        "",
        *_sets(_SLOWEST, rows),
        "",
        "CPU ms of a page of 20,000 words:",
        "",
        *_sets(_PAGE, rows),
        "",
        "Building the set and changing it:",
        "",
        *_sets(_CHANGES, rows),
        "",
        *table(("what", "measured"), [(title, others[name]) for name, title in _OTHERS.items()]),
    ]


def _sets(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return table(tuple(columns.values()), [[row.get(name, "") for name in columns] for row in rows])


if __name__ == "__main__":
    main()
