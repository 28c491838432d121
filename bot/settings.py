"""Reads the settings from the environment, checks each, and reports all problems at once.

`load(os.environ)` is the way in. Nothing else is read, no `.env` either: a file that
happens to lie in the working directory must not decide which bot speaks. Any setting may
come from a file instead, by its name with `_FILE` (`VIGIL_BOT_TOKEN_FILE=/run/secrets/token`).

docs/settings.md describes each for people; a test holds the two together.
"""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import Problem, SettingsError

__all__ = ["PREFIX", "Access", "Loaded", "LogFormat", "Receive", "Settings", "load"]

PREFIX: Final = "VIGIL_"
_FILE: Final = "_FILE"
_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{30,}")
_LONGEST_FILE: Final = 64 * 1024

Network: TypeAlias = IPv4Network | IPv6Network


class Access(StrEnum):
    """Who may subscribe."""

    INVITE = "invite"
    OPEN = "open"


class Receive(StrEnum):
    """How updates come from Telegram."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class _Wrong(ValueError):
    """A value that cannot work, and how to mend it. Never repeats a secret."""

    def __init__(self, wrong: str, mend: str) -> None:
        self.mend = mend
        super().__init__(wrong)


# One check a setting: text in, value out. Values that are no text come from our own code.


def _token(value: Any) -> Any:
    if isinstance(value, str) and not _TOKEN.fullmatch(value):
        raise _Wrong(
            "this is not a bot's token, which looks like 123456789:AAF0…",
            "Copy it whole from @BotFather (/mybots, API Token), without quotes or blanks.",
        )
    return value


def _ids(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = _parts(value)
    wrong = [n for n, part in enumerate(parts, 1) if not re.fullmatch(r"\d{1,15}", part)]
    if wrong:
        # Whom it names is not repeated: this line may end in a log.
        raise _Wrong(
            f"entry {', '.join(map(str, wrong))} of the list is no numeric user id",
            "Give numeric ids, separated by commas: 123456789,987654321. A @name will not do:"
            " it can pass to someone else. Leave it empty to get a claim link at start.",
        )
    return tuple(dict.fromkeys(int(part) for part in parts))


def _chat(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,15}", value):
        raise _Wrong(
            "this is no numeric chat id",
            "Give the chat's number (a group's begins with -), or leave it empty: then the"
            " root admins are told in their own chats.",
        )
    return int(value) if isinstance(value, str) else value


def _database(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    scheme, rest = value.partition("://")[::2]
    scheme = scheme.partition("+")[0]
    if scheme == "sqlite" and rest.startswith("/") and rest.strip("/") not in ("", ":memory:"):
        return value
    if scheme in ("postgresql", "postgres") and rest:
        if importlib.util.find_spec("asyncpg") is None:
            raise _Wrong(
                "PostgreSQL needs the package asyncpg, which is not installed",
                "Install it: pip install 'vigil[postgres]'.",
            )
        return value
    raise _Wrong(
        "this is not the address of an SQLite file or of PostgreSQL",
        "Write sqlite:///data/vigil.sqlite3 (a relative path), sqlite:////var/lib/vigil/"
        "vigil.sqlite3 (an absolute one) or postgresql://user:password@host/name.",
    )


def _server(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = _split(value)
    if not address or address.scheme not in ("http", "https") or not address.hostname:
        raise _Wrong(
            "this is not the address of a server",
            "Write it with http:// or https://, such as https://api.telegram.org.",
        )
    if address.query or address.fragment or address.username:
        raise _Wrong(
            "this address has more than a server and a path",
            "Leave out user names, ? and #: https://host:port.",
        )
    return value.rstrip("/")


def _proxy(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = _split(value)
    if not address or address.scheme not in ("http", "https", "socks5") or not address.hostname:
        raise _Wrong(
            "this is not the address of a proxy",
            "Write http://host:port, or http://user:password@host:port.",
        )
    if address.scheme == "socks5" and importlib.util.find_spec("socksio") is None:
        raise _Wrong(
            "a SOCKS proxy needs the package socksio, which is not installed",
            "Install it (pip install 'httpx[socks]'), or give an HTTP proxy.",
        )
    return value


def _listen(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535 or "/" in host or " " in host:
        raise _Wrong(
            "this is not an address to listen at",
            "Write host:port, such as 127.0.0.1:8080; :8080 listens at every address.",
        )
    return value


def _public(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = _split(value)
    if not address or address.scheme != "https" or not address.hostname:
        raise _Wrong(
            "this is not an https address",
            "Give the address under which VIGIL_LISTEN is reached from outside, with TLS:"
            " https://vigil.example.org.",
        )
    if address.query or address.fragment or address.username:
        raise _Wrong(
            "this address has more than a server and a path",
            "Leave out user names, ? and #: https://vigil.example.org/path.",
        )
    return value.rstrip("/")


def _heartbeat(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = _split(value)
    if not address or address.scheme not in ("http", "https") or not address.hostname:
        raise _Wrong(
            "this is not a web address",
            "Give the address that your monitor wants to be asked for, with https://.",
        )
    if address.username or address.fragment:
        raise _Wrong("this address has a user name or #", "Leave them out.")
    return value


def _contact(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # It becomes part of a header, in parentheses and beside semicolons.
    if not re.fullmatch(
        r"[^\s@()<>;,\\\"]{1,100}@[^\s@()<>;,\\\"]{1,100}|https?://[^\s()<>;\\\"]{1,200}", value
    ):
        raise _Wrong(
            "this is neither a mail address nor a web address",
            "Give one alone, such as monitor@example.org or https://example.org/about.",
        )
    if not value.isascii():
        raise _Wrong("this address has letters a header cannot hold", "Write it in ASCII.")
    return value


def _count(least: int, most: int) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not value.isdecimal() or not least <= int(value) <= most:
            raise _Wrong(
                f"this is no whole number between {least} and {most}", "Give one, in digits."
            )
        return int(value)

    return BeforeValidator(check)


def _seconds(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 7200:
        raise _Wrong(
            "this is no number of seconds between 1 and 7200",
            "60 suits most; other people's servers dislike less than 30.",
        )
    return seconds


def _networks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    networks: list[Network] = []
    wrong: list[str] = []
    for part in _parts(value):
        try:
            networks.append(ip_network(part))
        except ValueError:
            wrong.append(part)
    if wrong:
        raise _Wrong(
            f"{_listed(wrong)} {'is' if len(wrong) == 1 else 'are'} no network",
            "Write networks with their length, separated by commas: 127.0.0.0/8,::1/128.",
        )
    return tuple(networks)


def _choice(kind: type[StrEnum], mend: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, str) and value.lower() not in list(kind):
            names = " or ".join(f"“{each}”" for each in kind)
            raise _Wrong(f"“{value}” is neither {names}".replace(" or ", " nor "), mend)
        return value.lower() if isinstance(value, str) else value

    return BeforeValidator(check)


_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _level(value: Any) -> Any:
    level = str(value).upper()
    if level not in _LEVELS:
        raise _Wrong(f"“{value}” is no level", f"Choose one of {', '.join(_LEVELS)}.")
    return level


def _directory(value: Any) -> Any:
    path = Path(value)
    if path.exists() and not path.is_dir():
        raise _Wrong("this is a file", "Give a directory; it is made if it is missing.")
    return path


class Settings(BaseSettings):
    """What an operator decides. Made by `load`, or in tests by naming fields.

    Takes nothing from the environment by itself. Field `x` is the setting `VIGIL_X`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    bot_token: Annotated[SecretStr | None, BeforeValidator(_token)] = Field(
        default=None, description="The bot's token from @BotFather."
    )
    root_admins: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)] = Field(
        default=(), repr=False, description="Numeric ids of the people who may do everything."
    )
    admin_chat: Annotated[int | None, BeforeValidator(_chat)] = Field(
        default=None, repr=False, description="The chat where admins hear of failing sources."
    )
    database_url: Annotated[SecretStr | None, BeforeValidator(_database)] = Field(
        default=None, description="An SQLite file or PostgreSQL."
    )
    data_dir: Annotated[Path, BeforeValidator(_directory)] = Field(
        default=Path("data"), description="Where the database, its backups and caches lie."
    )
    telegram_api: Annotated[str, BeforeValidator(_server)] = Field(
        default="https://api.telegram.org", description="The Bot API server."
    )
    telegram_web: Annotated[str, BeforeValidator(_server)] = Field(
        default="https://t.me", description="The server of channels' public preview pages."
    )
    proxy: Annotated[SecretStr | None, BeforeValidator(_proxy)] = Field(
        default=None, description="The proxy for everything, Telegram included."
    )
    poll_min_seconds: Annotated[float, BeforeValidator(_seconds)] = Field(
        default=60.0, description="The shortest time between two visits to one source."
    )
    contact: Annotated[str | None, BeforeValidator(_contact)] = Field(
        default=None, description="Whom sites may write to: a mail or web address."
    )
    allow_private_addresses: Annotated[
        tuple[Network, ...], NoDecode, BeforeValidator(_networks)
    ] = Field(default=(), description="Private networks that sources may be in.")
    access: Annotated[Access, _choice(Access, "Choose one; “invite” is the safe one.")] = Field(
        default=Access.INVITE, description="Who may subscribe: the invited, or everyone."
    )
    receive: Annotated[Receive, _choice(Receive, "Choose one; “polling” needs nothing else.")] = (
        Field(default=Receive.POLLING, description="How updates come from Telegram.")
    )
    listen: Annotated[str | None, BeforeValidator(_listen)] = Field(
        default=None, description="Where to listen for calls from outside: host:port."
    )
    public_url: Annotated[str | None, BeforeValidator(_public)] = Field(
        default=None, description="The https address under which the listener is reached."
    )
    heartbeat_url: Annotated[SecretStr | None, BeforeValidator(_heartbeat)] = Field(
        default=None, description="An address that is asked for every minute while all is well."
    )
    push_cap: Annotated[int, _count(1, 1000)] = Field(
        default=10, description="Messages that notify a chat in a day, unless it chose otherwise."
    )
    forget_blocked_days: Annotated[int, _count(0, 3650)] = Field(
        default=30,
        description="Days after which a chat that blocked the bot is forgotten, 0 for never.",
    )
    watch_limit: Annotated[int, _count(0, 1000)] = Field(
        default=20, description="Words of its own that a chat may watch for."
    )
    keep_unmatched_days: Annotated[int, _count(0, 36500)] = Field(
        default=90, description="Days for which items that match nothing are kept, 0 for ever."
    )
    keep_matched_days: Annotated[int, _count(0, 36500)] = Field(
        default=0, description="Days for which items that match are kept, 0 for ever."
    )
    keep_told_days: Annotated[int, _count(3, 36500)] = Field(
        default=31, description="Days for which it is kept who was told of a story that is over."
    )
    keep_others_days: Annotated[int, _count(7, 36500)] = Field(
        default=14, description="Days for which inbox, articles, quarantine and copies are kept."
    )
    paid_per_second: Annotated[int, _count(0, 1000)] = Field(
        default=0, description="The rate of paid broadcasts, 0 for none (30 a second are free)."
    )
    log_level: Annotated[str, BeforeValidator(_level)] = Field(
        default="INFO", description="The least important lines that are written."
    )
    log_format: Annotated[LogFormat, _choice(LogFormat, "Choose one; “text” is for people.")] = (
        Field(default=LogFormat.TEXT, description="How log lines are written.")
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments alone: a developer's environment must not reach the tests."""
        return (init_settings,)

    @property
    def token(self) -> str:
        """The bot's token. Raises SettingsError without one."""
        if self.bot_token is None:
            raise SettingsError([_NO_TOKEN])
        return self.bot_token.get_secret_value()

    @property
    def database(self) -> str:
        """The database's address, by default an SQLite file in `data_dir`. May hold a password."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'vigil.sqlite3'}"

    @property
    def proxy_address(self) -> str | None:
        """The proxy's address, which may hold a password."""
        return None if self.proxy is None else self.proxy.get_secret_value()

    def secrets(self) -> tuple[str, ...]:
        """What must not be seen in any log: the token, passwords in addresses."""
        found = [] if self.bot_token is None else [self.bot_token.get_secret_value()]
        for address in (self.database_url, self.proxy):
            if address is not None and (split := _split(address.get_secret_value())):
                found.append(split.password or "")
        if self.heartbeat_url is not None:
            # Whoever knows it can say that we are well when we are not.
            url = self.heartbeat_url.get_secret_value()
            parts = _split(url)
            found += [url, *(part for part in (parts or ()) if len(part) > 15)]
        return tuple(secret for secret in found if secret)


_NO_TOKEN = Problem(
    "VIGIL_BOT_TOKEN",
    "there is none",
    "Make a bot with @BotFather (/newbot) and give its token:"
    " VIGIL_BOT_TOKEN=123456789:AAF0… vigil run",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and lines for people about names that mean nothing."""

    settings: Settings
    warnings: tuple[str, ...] = ()


def load(environ: Mapping[str, str], *, need_token: bool = False) -> Loaded:
    """The settings of an environment.

    An empty value is as good as none. Raises SettingsError with every problem there is;
    with `need_token` a missing token is one.
    """
    problems: list[Problem] = []
    known = {PREFIX + name.upper(): name for name in Settings.model_fields}
    given = {name: text.strip() for name, text in environ.items() if name.startswith(PREFIX)}
    unknown = sorted(name for name in given if name.removesuffix(_FILE) not in known)
    values = {name: text for name, text in given.items() if name in known and text}
    for name, path in given.items():
        if name.endswith(_FILE) and (target := name.removesuffix(_FILE)) in known and path:
            if target in values:
                mend = f"Set one of {target} and {name}, not both."
                problems.append(Problem(target, "it is given twice", mend))
            else:
                _from_file(name, path, target, values, problems)
    settings = Settings()
    try:
        settings = Settings(**_Environment(values)())
    except ValidationError as error:
        problems += (_problem(each) for each in error.errors())
        settings = _without({str(each["loc"][0]) for each in error.errors() if each["loc"]}, values)
    told = {problem.setting for problem in problems}
    problems += (each for each in _together(settings) if each.setting not in told)
    told = {problem.setting for problem in problems}
    missing = need_token and "VIGIL_BOT_TOKEN" not in values
    if missing and not told & {"VIGIL_BOT_TOKEN", "VIGIL_BOT_TOKEN_FILE"}:
        problems.insert(0, _NO_TOKEN)
    warnings = tuple(_unknown(name, known) for name in unknown)
    if problems:
        raise _with_notes(SettingsError(problems), warnings)
    return Loaded(settings, warnings)


def _without(wrong: set[str], values: Mapping[str, str]) -> Settings:
    """The settings that can be read, for what they do not allow each other."""
    good = {name: text for name, text in values.items() if _field(name) not in wrong}
    return Settings(**_Environment(good)())


def _field(name: str) -> str:
    return name.removeprefix(PREFIX).lower()


def _together(settings: Settings) -> list[Problem]:
    """What each setting allows and the others do not."""
    problems = []
    if settings.receive is Receive.WEBHOOK:
        for name, value, mend in (
            ("VIGIL_LISTEN", settings.listen, "Give host:port, such as 127.0.0.1:8080."),
            ("VIGIL_PUBLIC_URL", settings.public_url, "Give the https address from outside."),
        ):
            if value is None:
                problems.append(Problem(name, "VIGIL_RECEIVE=webhook needs it", mend))
    if settings.public_url is not None and settings.listen is None and not problems:
        mend = "Give host:port, such as 127.0.0.1:8080, or leave out VIGIL_PUBLIC_URL."
        problems.append(Problem("VIGIL_LISTEN", "VIGIL_PUBLIC_URL needs it", mend))
    if 0 < settings.paid_per_second <= 30:
        mend = "Give a rate above 30, or 0: up to 30 a second are free."
        problems.append(Problem("VIGIL_PAID_PER_SECOND", "this rate would cost for nothing", mend))
    return problems


class _Environment(EnvSettingsSource):
    """Reads an environment that is passed in, by the rules of pydantic-settings."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {name.lower(): text for name, text in environ.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._environ


def _from_file(
    name: str, path: str, target: str, values: dict[str, str], problems: list[Problem]
) -> None:
    try:
        with Path(path).open("rb") as file:
            text = file.read(_LONGEST_FILE + 1).decode("utf-8").strip()
    except OSError as error:
        why = error.strerror or type(error).__name__
        mend = f"Check that {path} exists and that Vigil's user may read it."
        problems.append(Problem(name, f"the file cannot be read: {why}", mend))
    except UnicodeDecodeError:
        problems.append(Problem(name, "the file is not text", "Write the value alone into it."))
    else:
        if text and len(text) <= _LONGEST_FILE:
            values[target] = text
        else:
            wrong = "the file is too long" if text else "the file is empty"
            problems.append(Problem(name, wrong, "Write the value alone into it."))


def _problem(error: Any) -> Problem:
    setting = PREFIX + str(error["loc"][0]).upper() if error["loc"] else PREFIX.rstrip("_")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, _Wrong):
        return Problem(setting, str(cause), cause.mend)
    return Problem(setting, str(error["msg"]), "See docs/settings.md.")


def _unknown(name: str, known: Mapping[str, str]) -> str:
    names = [each.removeprefix(PREFIX) for each in (*known, *(name + _FILE for name in known))]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), names, n=1, cutoff=0.6)
    return f"{name} is no setting" + (f"; did you mean {PREFIX}{near[0]}?" if near else "")


def _with_notes(error: SettingsError, notes: tuple[str, ...]) -> SettingsError:
    for note in notes:
        error.add_note(note)
    return error


def _parts(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]


def _listed(parts: list[str]) -> str:
    return ", ".join(f"“{part}”" for part in parts)


def _split(text: str) -> SplitResult | None:
    try:
        split = urlsplit(text)
        _ = split.port
    except ValueError:
        return None
    return split
