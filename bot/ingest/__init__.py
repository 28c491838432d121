"""The way of a batch: matched, placed, decided and stored in one transaction."""
