"""What each setting may hold: the text of the environment in, a value out.

A value that cannot work raises `WrongValue`, which says what is wrong and how to fix it. A
value that is no text comes from our own code and passes as it is.
"""

from __future__ import annotations

import importlib.util
import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator

__all__ = [
    "Network",
    "WrongValue",
    "bot_token",
    "chat_id",
    "choice",
    "contact",
    "count",
    "database",
    "directory",
    "heartbeat_url",
    "level",
    "listen_address",
    "networks",
    "proxy",
    "public_url",
    "seconds",
    "server",
    "split_url",
    "user_ids",
]


_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{30,}")
Network: TypeAlias = IPv4Network | IPv6Network


class WrongValue(ValueError):
    """A value that cannot work, and how to fix it. Never repeats a secret."""

    def __init__(self, wrong: str, mend: str) -> None:
        self.mend = mend
        super().__init__(wrong)


def bot_token(value: Any) -> Any:
    if isinstance(value, str) and not _TOKEN.fullmatch(value):
        raise WrongValue(
            "this is not a bot's token, which looks like 123456789:AAF0…",
            "Copy it whole from @BotFather (/mybots, API Token), without quotes or blanks.",
        )
    return value


def user_ids(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = _parts(value)
    wrong = [n for n, part in enumerate(parts, 1) if not re.fullmatch(r"\d{1,15}", part)]
    if wrong:
        # Whom it names is not repeated: this line may end in a log.
        raise WrongValue(
            f"entry {', '.join(map(str, wrong))} of the list is no numeric user id",
            "Give numeric ids, separated by commas: 123456789,987654321. A @name will not do:"
            " it can pass to someone else. Leave it empty to get a claim link at start.",
        )
    return tuple(dict.fromkeys(int(part) for part in parts))


def chat_id(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,15}", value):
        raise WrongValue(
            "this is no numeric chat id",
            "Give the chat's number (a group's begins with -), or leave it empty: then the"
            " root admins each get a message in private.",
        )
    return int(value) if isinstance(value, str) else value


def database(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    scheme, rest = value.partition("://")[::2]
    scheme = scheme.partition("+")[0]
    if scheme == "sqlite" and rest.startswith("/") and rest.strip("/") not in ("", ":memory:"):
        return value
    if scheme in ("postgresql", "postgres") and rest:
        if importlib.util.find_spec("asyncpg") is None:
            raise WrongValue(
                "PostgreSQL needs the package asyncpg, which is not installed",
                "Install it: pip install 'vigil[postgres]'.",
            )
        return value
    raise WrongValue(
        "this is not the address of an SQLite file or of PostgreSQL",
        "Write sqlite:///data/vigil.sqlite3 (a relative path), sqlite:////var/lib/vigil/"
        "vigil.sqlite3 (an absolute one) or postgresql://user:password@host/name.",
    )


def server(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = split_url(value)
    if not address or address.scheme not in ("http", "https") or not address.hostname:
        raise WrongValue(
            "this is not the address of a server",
            "Write it with http:// or https://, such as https://api.telegram.org.",
        )
    if address.query or address.fragment or address.username:
        raise WrongValue(
            "this address has more than a server and a path",
            "Leave out user names, ? and #: https://host:port.",
        )
    return value.rstrip("/")


def proxy(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = split_url(value)
    if not address or address.scheme not in ("http", "https", "socks5") or not address.hostname:
        raise WrongValue(
            "this is not the address of a proxy",
            "Write http://host:port, or http://user:password@host:port.",
        )
    if address.scheme == "socks5" and importlib.util.find_spec("socksio") is None:
        raise WrongValue(
            "a SOCKS proxy needs the package socksio, which is not installed",
            "Install it (pip install 'httpx[socks]'), or give an HTTP proxy.",
        )
    return value


def listen_address(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535 or "/" in host or " " in host:
        raise WrongValue(
            "this is not an address to listen at",
            "Write host:port, such as 127.0.0.1:8080; :8080 listens at every address.",
        )
    return value


def public_url(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = split_url(value)
    if not address or address.scheme != "https" or not address.hostname:
        raise WrongValue(
            "this is not an https address",
            "Give the address under which VIGIL_LISTEN is reached from outside, with TLS:"
            " https://vigil.example.org.",
        )
    if address.query or address.fragment or address.username:
        raise WrongValue(
            "this address has more than a server and a path",
            "Leave out user names, ? and #: https://vigil.example.org/path.",
        )
    return value.rstrip("/")


def heartbeat_url(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = split_url(value)
    if not address or address.scheme not in ("http", "https") or not address.hostname:
        raise WrongValue(
            "this is not a web address",
            "Give the address that your monitor wants to be asked for, with https://.",
        )
    if address.username or address.fragment:
        raise WrongValue("this address has a user name or #", "Leave them out.")
    return value


def contact(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # It becomes part of a header, in parentheses and beside semicolons.
    if not re.fullmatch(
        r"[^\s@()<>;,\\\"]{1,100}@[^\s@()<>;,\\\"]{1,100}|https?://[^\s()<>;\\\"]{1,200}", value
    ):
        raise WrongValue(
            "this is neither a mail address nor a web address",
            "Give one alone, such as monitor@example.org or https://example.org/about.",
        )
    if not value.isascii():
        raise WrongValue("this address has letters a header cannot hold", "Write it in ASCII.")
    return value


def count(least: int, most: int) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not value.isdecimal() or not least <= int(value) <= most:
            raise WrongValue(
                f"this is no whole number between {least} and {most}", "Give one, in digits."
            )
        return int(value)

    return BeforeValidator(check)


def seconds(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 1 <= number <= 7200:
        raise WrongValue(
            "this is no number of seconds between 1 and 7200",
            "60 suits most; other people's servers dislike less than 30.",
        )
    return number


def networks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found: list[Network] = []
    wrong: list[str] = []
    for part in _parts(value):
        try:
            found.append(ip_network(part))
        except ValueError:
            wrong.append(part)
    if wrong:
        raise WrongValue(
            f"{_listed(wrong)} {'is' if len(wrong) == 1 else 'are'} no network",
            "Write networks with their length, separated by commas: 127.0.0.0/8,::1/128.",
        )
    return tuple(found)


def choice(kind: type[StrEnum], mend: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, str) and value.lower() not in list(kind):
            names = " or ".join(f"“{each}”" for each in kind)
            raise WrongValue(f"“{value}” is neither {names}".replace(" or ", " nor "), mend)
        return value.lower() if isinstance(value, str) else value

    return BeforeValidator(check)


_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def level(value: Any) -> Any:
    name = str(value).upper()
    if name not in _LEVELS:
        raise WrongValue(f"“{value}” is no level", f"Choose one of {', '.join(_LEVELS)}.")
    return name


def directory(value: Any) -> Any:
    path = Path(value)
    there = next((each for each in (path, *path.parents) if each.exists()), None)
    if there is not None and not there.is_dir():
        wrong = "this is a file" if there == path else f"{there} is a file"
        raise WrongValue(wrong, "Give a directory; it is made if it is missing.")
    return path


def _parts(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]


def _listed(parts: list[str]) -> str:
    return ", ".join(f"“{part}”" for part in parts)


def split_url(text: str) -> SplitResult | None:
    try:
        split = urlsplit(text)
        _ = split.port
    except ValueError:
        return None
    return split
