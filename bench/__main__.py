"""`python -m bench [--data posts.jsonl.gz]`: all measurements but quality."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import end_to_end, matching

__all__ = ["main"]


def main() -> None:
    """Measure matching beside its peers, then the whole way, start-up and memory."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--data", type=Path, help="JSON lines with a text each, plain or .gz")
    data = parser.parse_args().data
    end_to_end.run(data)
    matching.run(data)


if __name__ == "__main__":
    main()
