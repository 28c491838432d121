"""Reads the settings from the environment, checks each, and reports all problems at once.

`load(os.environ)` is the way in. Nothing else is read, no `.env` either: a file that
happens to lie in the working directory must not decide which bot speaks. Any setting may
come from a file instead, by its name with `_FILE` (`VIGIL_BOT_TOKEN_FILE=/run/secrets/token`).

docs/settings.md describes each for people; a test holds the two together.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import Problem, SettingsError
from bot.settings import values as checks
from bot.settings.values import Network, WrongValue, split_url

__all__ = ["PREFIX", "Access", "Loaded", "LogFormat", "Receive", "Settings", "load"]

PREFIX: Final = "VIGIL_"
_FILE: Final = "_FILE"
_LONGEST_FILE: Final = 64 * 1024


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


# One check a setting: text in, value out. Values that are no text come from our own code.


class Settings(BaseSettings):
    """What an operator decides. Made by `load`, or in tests by naming fields.

    Takes nothing from the environment by itself. Field `x` is the setting `VIGIL_X`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    bot_token: Annotated[SecretStr | None, BeforeValidator(checks.bot_token)] = Field(
        default=None, description="The bot's token from @BotFather."
    )
    root_admins: Annotated[tuple[int, ...], NoDecode, BeforeValidator(checks.user_ids)] = Field(
        default=(), repr=False, description="Numeric ids of the people who may do everything."
    )
    admin_chat: Annotated[int | None, BeforeValidator(checks.chat_id)] = Field(
        default=None, repr=False, description="The chat where admins hear of failing sources."
    )
    database_url: Annotated[SecretStr | None, BeforeValidator(checks.database)] = Field(
        default=None, description="An SQLite file or PostgreSQL."
    )
    data_dir: Annotated[Path, BeforeValidator(checks.directory)] = Field(
        default=Path("data"), description="Where the database, its backups and caches lie."
    )
    telegram_api: Annotated[str, BeforeValidator(checks.server)] = Field(
        default="https://api.telegram.org", description="The Bot API server."
    )
    telegram_web: Annotated[str, BeforeValidator(checks.server)] = Field(
        default="https://t.me", description="The server of channels' public preview pages."
    )
    proxy: Annotated[SecretStr | None, BeforeValidator(checks.proxy)] = Field(
        default=None, description="The proxy for everything, Telegram included."
    )
    poll_min_seconds: Annotated[float, BeforeValidator(checks.seconds)] = Field(
        default=60.0, description="The shortest time between two visits to one source."
    )
    contact: Annotated[str | None, BeforeValidator(checks.contact)] = Field(
        default=None, description="Whom sites may write to: a mail or web address."
    )
    allow_private_addresses: Annotated[
        tuple[Network, ...], NoDecode, BeforeValidator(checks.networks)
    ] = Field(default=(), description="Private networks that sources may be in.")
    access: Annotated[Access, checks.choice(Access, "Choose one; “invite” is the safe one.")] = (
        Field(default=Access.INVITE, description="Who may subscribe: the invited, or everyone.")
    )
    receive: Annotated[
        Receive, checks.choice(Receive, "Choose one; “polling” needs nothing else.")
    ] = Field(default=Receive.POLLING, description="How updates come from Telegram.")
    listen: Annotated[str | None, BeforeValidator(checks.listen_address)] = Field(
        default=None, description="Where to listen for calls from outside: host:port."
    )
    public_url: Annotated[str | None, BeforeValidator(checks.public_url)] = Field(
        default=None, description="The https address under which the listener is reached."
    )
    heartbeat_url: Annotated[SecretStr | None, BeforeValidator(checks.heartbeat_url)] = Field(
        default=None, description="An address that is asked for every minute while all is well."
    )
    push_cap: Annotated[int, checks.count(1, 1000)] = Field(
        default=10, description="Messages that notify a chat in a day, unless it chose otherwise."
    )
    forget_blocked_days: Annotated[int, checks.count(0, 3650)] = Field(
        default=30,
        description="Days after which a chat that blocked the bot is forgotten, 0 for never.",
    )
    watch_limit: Annotated[int, checks.count(0, 1000)] = Field(
        default=20, description="Words of its own that a chat may watch for."
    )
    keep_unmatched_days: Annotated[int, checks.count(0, 36500)] = Field(
        default=90, description="Days for which items that match nothing are kept, 0 for ever."
    )
    keep_matched_days: Annotated[int, checks.count(0, 36500)] = Field(
        default=0, description="Days for which items that match are kept, 0 for ever."
    )
    keep_told_days: Annotated[int, checks.count(3, 36500)] = Field(
        default=31,
        description="Days for which Vigil remembers who got the alerts of a story that is over.",
    )
    keep_others_days: Annotated[int, checks.count(7, 36500)] = Field(
        default=14, description="Days for which inbox, articles, quarantine and copies are kept."
    )
    paid_per_second: Annotated[int, checks.count(0, 1000)] = Field(
        default=0, description="The rate of paid broadcasts, 0 for none (30 a second are free)."
    )
    log_level: Annotated[str, BeforeValidator(checks.level)] = Field(
        default="INFO", description="The least important lines that are written."
    )
    log_format: Annotated[
        LogFormat, checks.choice(LogFormat, "Choose one; “text” is for people.")
    ] = Field(default=LogFormat.TEXT, description="How log lines are written.")

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
            if address is not None and (split := split_url(address.get_secret_value())):
                found.append(split.password or "")
        if self.heartbeat_url is not None:
            # Whoever knows it can say that we are well when we are not.
            url = self.heartbeat_url.get_secret_value()
            parts = split_url(url)
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
    named = {problem.setting for problem in problems}
    problems += (each for each in _together(settings) if each.setting not in named)
    named = {problem.setting for problem in problems}
    missing = need_token and "VIGIL_BOT_TOKEN" not in values
    if missing and not named & {"VIGIL_BOT_TOKEN", "VIGIL_BOT_TOKEN_FILE"}:
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
    if isinstance(cause, WrongValue):
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
