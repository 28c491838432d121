"""The data of buttons: `<key>:<value>`, at most 64 bytes.

The keys stand under messages that people keep for years: a released one never changes its
meaning. The code that makes a button and the code that answers it name the key from here.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Callback"]


class Callback(StrEnum):
    """Who answers a press. Values are short, since Telegram counts bytes."""

    # under alerts and digests
    WHY = "why"
    OPEN = "open"
    OPEN_REPLY = "ro"
    MORE = "mo"
    LESS = "le"
    FOLLOW = "fo"
    NOISE = "no"
    TRUE = "tr"
    WRONG_ARMY = "wa"
    SPLIT = "sp"
    MUTE = "mu"  # source, story, for a day, until Monday
    MUTES = "mx"  # ends one
    SIMILAR = "si"
    COPY = "cy"  # the copy that is kept
    DIGEST_PAGE = "dg"
    # a subscriber's choices
    MODE = "m"
    TOPIC = "t"
    LANGUAGE = "l"
    RESUME = "r"
    PAUSE = "pa"
    GO_QUIET = "qu"
    SHOW_TEXTS = "nm"
    UNVEIL = "v"
    FORGET = "f"
    WAY = "w"
    NARROW = "nw"
    QUIET_HOURS = "qh"
    DIGEST = "di"
    CAP = "cp"
    VANISH = "va"
    REPORTS = "rp"
    THREADS = "th"  # in private: a thread for each topic, or one chat
    SEARCH = "se"
    WATCH = "wt"
    SUBBED = "sb"  # replace a narrowing, or keep both
    MISSED = "ms"  # report a post as missed, or offer its source
    CHANNEL = "c"  # what a channel is for
    ELSEWHERE = "@"  # any other press, of a channel or group that is spoken of in private
    # admins
    SOURCE = "s"
    SOURCES = "sl"  # a page of the list
    FILTER = "q"
    FILTERS = "ql"
    ENTITY = "e"
    ENTITIES = "el"
    AUDIT = "au"
    PERSON = "pe"  # asks whether to take a role away
    INVITE = "iv"  # asks whether to void one
    REVIEW = "rv"
    LEARNING = "ln"
    PRECISION = "pr"
    DOCTOR = "dr"
    SUGGEST = "sg"
    MEANT = "mt"  # what was meant by a query that may mean several things
    ANSWER = "ok"  # to a question asked before something is ended
