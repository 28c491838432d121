"""What stands in a query: what tracks, what is secret, what says which page it is."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode

__all__ = ["is_secret", "is_secretive", "kept_as_is", "query_of", "untracked"]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING: Final = _names(
    """fbclid gclid gclsrc dclid wbraid gbraid msclkid yclid ysclid twclid ttclid li_fat_id
    igshid igsh mc_cid mc_eid mkt_tok _ga _gl _openstat openstat ref_src ref_url xtor cmpid ocid
    ncid spm vero_id wickedid rb_clickid hsctatracking __twitter_impression amp outputtype
    usqp share_id sharetype smid cmp traffic_source frommail from_source srnd phpsessid jsessionid
    aspsessionid fb_action_ids fb_ref _branch_match_id mindbox-click-id etext admitad_uid"""
)
_TRACKING_PREFIXES: Final = (
    "amp_",
    "utm_",
    "at_",
    "pk_",
    "mtm_",
    "hsa_",
    "_hs",
    "__hs",
    "stm_",
    "itm_",
    "_x_tr_",
)
# Values with which a parameter asks for the same page in another dress.
_DRESS: Final = {"view": "amp mobile print", "mode": "amp print", "print": "1 y yes true"}
# They track when they name a place, and mean something when they number one.
_TRACKING_WORDS: Final = frozenset({"ref", "from", "source", "rss", "via", "share", "utm"})
_SECRET: Final = _names(
    """token access_token auth_token authkey api_key apikey password passwd pwd secret jwt"""
)
# These are secrets when they look like one.
_SECRET_IF_LONG: Final = _names("auth key pass session sessionid sid sig signature hash")


def untracked(query: str) -> str:
    """The query without what only tracks, its other letters untouched.

    Words that may choose as well as track (`from`, `rss`, `source`) stay.
    """
    kept = []
    for part in query.split("&"):
        name = part.partition("=")[0].lower()
        if part and name not in _TRACKING and not name.startswith(_TRACKING_PREFIXES):
            kept.append(part)
    return "&".join(kept)


def _is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    if value.lower() in _DRESS.get(name, "").split():
        return True
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _TRACKING_WORDS and not any(c.isdigit() for c in value)


def query_of(query: str) -> str:
    if not query:
        return ""
    query = re.sub(r"&amp;", "&", query, flags=re.I)  # copied out of a page's source
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _is_tracking(*pair))
    return urlencode(kept, errors="surrogateescape")


def kept_as_is(query: str) -> str:
    """The query without tracking and secrets, its other letters untouched."""
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if part and not _is_tracking(name, value) and not is_secret(unquote(name), value):
            kept.append(part)
    return "&".join(kept)


def is_secret(name: str, value: str) -> bool:
    name = name.lower()
    return name in _SECRET or (name in _SECRET_IF_LONG and len(value) >= 16)


def is_secretive(fragment: str) -> bool:
    return any(f"{name}=" in fragment.lower() for name in _SECRET)
