"""`python -m bot.store.migrations "subject"` writes the revision that the schema lacks.

Read it before you keep it, and raise HEAD in `bot/store/upgrade.py`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from bot.store import upgrade

__all__ = ["main"]


def main(subject: str) -> None:
    """Compare the schema with an empty database at HEAD; write the difference."""
    with tempfile.TemporaryDirectory() as directory:
        engine = sa.create_engine(f"sqlite:///{Path(directory) / 'empty.sqlite3'}")
        with engine.begin() as conn:
            config = upgrade.alembic_config(conn)
            command.upgrade(config, "head")
        with engine.connect() as conn:
            number = f"{int(upgrade.HEAD) + 1:04}"
            config = upgrade.alembic_config(conn)
            command.revision(config, subject, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
