"""Addresses of pages: one spelling for the same page, and a form fit to be shown. Pure; nothing
is fetched."""

from bot.urls.canonical import canonical_url, is_homepage
from bot.urls.parameters import untracked
from bot.urls.shown import safe_url, short_url, without_secrets

__all__ = ["canonical_url", "is_homepage", "safe_url", "short_url", "untracked", "without_secrets"]
