"""Alembic's revisions, carried in the package; `bot.store.upgrade` runs them."""
