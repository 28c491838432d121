"""`python -m bench [--data posts.jsonl.gz]`: start, the whole way, matching, polling, into
docs/benchmarks.md; with `--only matching` that section alone. What takes many minutes is run
by its name: `bench.delivery`, `bench.retention`, `bench.safety`, `bench.sources schedule`,
`bench.stories`; what matches wrongly by `bench.quality`.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import end_to_end, matching
from bench.report import keep_others, put_section

__all__ = ["main"]

_REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_WHOLE = {
    "items": "items",
    "items_per_cpu_second": "items a CPU second, from parsed to stored, alerts decided",
    "matched": "of these matched",
    "alerts": "alerts",
    "messages": "messages sent",
    "messages_per_cpu_second": "messages a CPU second, from alert to sent",
    "resident_mb_idle": "MB resident after the start",
    "ms_a_visit_with_one_new_item": "ms of CPU a visit with one new item",
    "statements_of_such_a_visit": "statements of such a visit",
    "stored": "a name for all that was stored of them",
    "bytes_on_disk_an_item": "bytes on disk an item, index and all",
    "resident_mb_after": "MB resident after these items",
    "resident_mb_worker": "MB resident in the parsing worker",
    "start_to_first_match_s": "CPU seconds from a cold start to the first match",
    "engine_import_s": "CPU seconds to import the whole bot",
    "help_s": "CPU seconds of `vigil --help`",
}
_MATCHING = {
    "kind": "filters of",
    "words": "words",
    "filters": "filters",
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
_READING = {
    "kind": "filters of",
    "words": "words",
    "filters": "filters",
    "build_s": "build, s",
    "change_ms": "add and remove, ms",
    "after_change_ms": "the next match, ms",
    "text_per_s": "text to match, posts/s",
    "text_of_match": "of match only",
    "text_p99_ms": "p99, ms",
    "fresh_per_s": "fresh posts, text to match, posts/s",
    "whole_per_s": "whole, posts/s",
    "whole_of_match": "of match only",
    "whole_p99_ms": "p99, ms",
    "whole_page_ms": "20,000 words, ms",
    "all_per_s": "all, posts/s",
    "all_of_match": "of match only",
    "all_p99_ms": "p99, ms",
    "all_page_ms": "20,000 words, ms",
    "hits_per_s": "hits, posts/s",
    "hits_p99_ms": "p99, ms",
    "hits_page_ms": "20,000 words, ms",
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
    if given.only:
        rows = matching.run(data)
        put_section("Matching", matching_section(rows[:-1], rows[-1]), _REPORT)
        return
    whole = end_to_end.run(data)
    rows = matching.run(data)
    new = _report(whole, rows[:-1], rows[-1], given=data is not None)
    _REPORT.write_text(keep_others(new, _REPORT))
    # In a process of its own: what it reports of memory is the engine's, not ours.
    subprocess.run([sys.executable, "-m", "bench.sources_polling", "--write"], check=True)


def _report(
    whole: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    others: Mapping[str, Any],
    *,
    given: bool,
) -> str:
    texts = "real posts" if given else "texts made up from a seed"
    machine = (
        f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}"
    )
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `make bench` on {datetime.now(UTC):%d %B %Y}: {machine}; {texts}.",  # noqa: TID251
            "All rates are by CPU time, so a busy machine changes them little; ratios count most.",
            "How each was chosen and what it means: docs/design.",
            "",
            "## The whole way",
            "`vigil run` without network: items as a parser gives them, through filters, stories",
            "and alerts into SQLite (synchronous=FULL), messages to twenty subscribers into a",
            "sender that takes them. One item in fifty is made to match: far more than life.",
            "",
            *_lines(("", ""), [(title, whole[name]) for name, title in _WHOLE.items()]),
            "",
            "## Matching",
            *matching_section(rows, others),
            "",
        ]
    )


def matching_section(rows: Sequence[Mapping[str, Any]], others: Mapping[str, Any]) -> list[str]:
    """The lines of the section, from what `bench.matching.run` returns."""
    return [
        "Posts a second for the set of filters, and how many times faster than the same",
        "filters as a loop of regexes, and in batches of 200 as SQLite FTS5 queries and as",
        "tantivy queries. The match sets are compared; they are equal. No two filters are equal.",
        "",
        *_lines(tuple(_MATCHING.values()), [[r.get(n, "") for n in _MATCHING] for r in rows]),
        "",
        "From text to match: normalised, lemmas, matched. Whole: what a reading costs whoever",
        "wants to know what matches; entities and facets are worked out when a filter (none",
        "of these does) or a person asks. All: every entity and the facets of every text",
        "too. Hits: besides, the places, sentence and facets of each hit; with 10,000 of",
        "these filters that is 14 to 91 hits a text, in life one text in fifty has a few.",
        "Caches are warm, but for fresh posts: the first ones of a process.",
        "",
        *_lines(tuple(_READING.values()), [[r.get(n, "") for n in _READING] for r in rows]),
        "",
        *_lines(("", ""), [(title, others[name]) for name, title in _OTHERS.items()]),
    ]


def _lines(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    def line(cells: Sequence[object]) -> str:
        return f"| {' | '.join(map(_shown, cells))} |"

    return [line(head), line(["---"] * len(head)), *map(line, rows)]


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
