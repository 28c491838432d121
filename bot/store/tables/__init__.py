"""The tables, by what they are about; `bot.store.schema` has them all."""
