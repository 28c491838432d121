"""The current text once, and keys of stories as numbers.

`revisions` kept the current text of each item a second time: two fifths of the file.
"""

from __future__ import annotations

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PAGE = 5_000


def upgrade() -> None:
    op.add_column("items", sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE items SET revised_at = (SELECT r.seen_at FROM revisions AS r"
        " WHERE r.item_id = items.id AND r.number = items.revision) WHERE revision > 1"
    )
    op.execute(
        "DELETE FROM revisions WHERE EXISTS (SELECT 1 FROM items AS i"
        " WHERE i.id = revisions.item_id AND i.revision = revisions.number)"
    )
    _number_keys()


def _number_keys() -> None:
    """A new table under the old one's name; of two keys of one number the first stays."""
    op.rename_table("story_keys", "old_story_keys")
    op.drop_index("ix_story_keys_story_id", "old_story_keys")
    conn = op.get_bind()
    if conn.dialect.name == "postgresql":
        op.execute("ALTER TABLE old_story_keys DROP CONSTRAINT pk_story_keys CASCADE")
        op.execute("ALTER TABLE old_story_keys DROP CONSTRAINT fk_story_keys_story_id")
    new = op.create_table(
        "story_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_keys_story_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_story_keys")),
        sqlite_with_rowid=False,
    )
    old = sa.table("old_story_keys", sa.column("key", sa.Text), sa.column("story_id", sa.Integer))
    query, last, seen = sa.select(old).order_by(old.c.key).limit(_PAGE), None, set[int]()
    while rows := conn.execute(query if last is None else query.where(old.c.key > last)).all():
        last = rows[-1].key
        numbered = {}
        for row in rows:
            number = _number(row.key)
            if number not in seen:
                seen.add(number)
                numbered[number] = row.story_id
        if numbered:
            fresh = [{"key": key, "story_id": story} for key, story in numbered.items()]
            conn.execute(sa.insert(new), fresh)
    op.drop_table("old_story_keys")
    op.create_index("ix_story_keys_story_id", "story_keys", ["story_id"])


def _number(key: str) -> int:
    digest = blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
