"""What an operator may set, and what is said when it cannot work."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Access, LogFormat, Receive, Settings, load

TOKEN = "123456789:AAF0-invented_by_the_tests_0123456789"
DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def problems(**environ: str) -> dict[str, str]:
    """What is wrong with this environment, by setting."""
    with pytest.raises(SettingsError) as caught:
        load({f"VIGIL_{name}": value for name, value in environ.items()})
    return {problem.setting: problem.wrong for problem in caught.value.problems}


def test_empty_environment_is_enough_without_telegram() -> None:
    """demo, match and try need no setting at all."""
    settings = load({}).settings

    assert settings.database == "sqlite:///data/vigil.sqlite3"
    assert settings.telegram_api == "https://api.telegram.org"
    assert settings.access is Access.INVITE


def test_every_setting_is_read_by_its_name() -> None:
    """Issue: the names are promised."""
    settings = load(
        {
            "VIGIL_BOT_TOKEN": TOKEN,
            "VIGIL_ROOT_ADMINS": "7, 8,7,",
            "VIGIL_ADMIN_CHAT": "-1001234567890",
            "VIGIL_DATABASE_URL": "postgresql://vigil:pass@db/vigil",
            "VIGIL_DATA_DIR": "/nowhere/vigil",
            "VIGIL_TELEGRAM_API": "http://127.0.0.1:8081/",
            "VIGIL_TELEGRAM_WEB": "http://[::1]:8082",
            "VIGIL_PROXY": "http://me:pass@proxy:3128",
            "VIGIL_POLL_MIN_SECONDS": "90",
            "VIGIL_CONTACT": "monitor@example.org",
            "VIGIL_ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8, ::1/128",
            "VIGIL_ACCESS": "OPEN",
            "VIGIL_RECEIVE": "webhook",
            "VIGIL_LISTEN": "[::1]:8080",
            "VIGIL_PUBLIC_URL": "https://vigil.example.org/",
            "VIGIL_HEARTBEAT_URL": "https://hc.example/ping/0b9e?x=1",
            "VIGIL_PUSH_CAP": "3",
            "VIGIL_PAID_PER_SECOND": "100",
            "VIGIL_LOG_LEVEL": "debug",
            "VIGIL_LOG_FORMAT": "json",
        }
    ).settings

    assert settings.token == TOKEN
    assert settings.root_admins == (7, 8)
    assert settings.admin_chat == -1001234567890
    assert settings.database == "postgresql://vigil:pass@db/vigil"
    assert settings.data_dir == Path("/nowhere/vigil")
    assert settings.telegram_api == "http://127.0.0.1:8081"
    assert settings.telegram_web == "http://[::1]:8082"
    assert settings.proxy_address == "http://me:pass@proxy:3128"
    assert settings.poll_min_seconds == 90
    assert settings.contact == "monitor@example.org"
    assert settings.allow_private_addresses == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert settings.access is Access.OPEN
    assert settings.receive is Receive.WEBHOOK
    assert settings.listen == "[::1]:8080"
    assert settings.public_url == "https://vigil.example.org"
    assert settings.heartbeat_url is not None
    assert settings.heartbeat_url.get_secret_value() == "https://hc.example/ping/0b9e?x=1"
    assert settings.heartbeat_url.get_secret_value() in settings.secrets()
    assert (settings.push_cap, settings.paid_per_second) == (3, 100)
    assert settings.log_level == "DEBUG"
    assert settings.log_format is LogFormat.JSON


def test_all_problems_come_at_once() -> None:
    """Nobody mends one setting a start."""
    found = problems(
        BOT_TOKEN="12345",
        ROOT_ADMINS="@somebody",
        ADMIN_CHAT="@chat",
        DATABASE_URL="mysql://u:secret-word@h/x",
        DATA_DIR=__file__,
        TELEGRAM_API="api.telegram.org",
        TELEGRAM_WEB="https://t.me/?x",
        PROXY="proxy:3128",
        POLL_MIN_SECONDS="soon",
        CONTACT="write (to) us\r\nX: y",
        ALLOW_PRIVATE_ADDRESSES="10.0.0.1/8",
        ACCESS="all",
        RECEIVE="pigeon",
        LISTEN="8080",
        PUBLIC_URL="http://vigil.example.org",
        HEARTBEAT_URL="hc.example/0b9e",
        PUSH_CAP="0",
        FORGET_BLOCKED_DAYS="-1",
        WATCH_LIMIT="few",
        KEEP_UNMATCHED_DAYS="ninety",
        KEEP_MATCHED_DAYS="-5",
        KEEP_TOLD_DAYS="1",
        KEEP_OTHERS_DAYS="2",
        PAID_PER_SECOND="many",
        LOG_LEVEL="loud",
        LOG_FORMAT="xml",
    )

    assert set(found) == {f"VIGIL_{name.upper()}" for name in Settings.model_fields}


def test_what_settings_want_of_each_other_is_told_with_the_rest() -> None:
    """A wrong level does not hide that a webhook has no address."""
    found = problems(RECEIVE="webhook", LOG_LEVEL="loud", PAID_PER_SECOND="12")

    assert set(found) >= {
        *("VIGIL_LISTEN", "VIGIL_PUBLIC_URL", "VIGIL_LOG_LEVEL", "VIGIL_PAID_PER_SECOND")
    }


def test_problem_says_how_to_mend_it_and_repeats_no_secret() -> None:
    """The lines end in a terminal or a log."""
    with pytest.raises(SettingsError) as caught:
        load(
            {
                "VIGIL_BOT_TOKEN": "'" + TOKEN + "'",
                "VIGIL_DATABASE_URL": "mysql://u:secret-word@h",
                "VIGIL_ROOT_ADMINS": "1,@somebody",
            }
        )
    told = str(caught.value) + repr(caught.value.problems)

    assert all(problem.mend for problem in caught.value.problems)
    assert TOKEN not in told
    assert "secret-word" not in told
    assert "somebody" not in told
    assert "entry 2" in told


def test_settings_that_need_each_other() -> None:
    """A webhook without an address would be deaf; paying for what is free is a mistake."""
    assert set(problems(RECEIVE="webhook")) == {"VIGIL_LISTEN", "VIGIL_PUBLIC_URL"}
    assert set(problems(PUBLIC_URL="https://x.example")) == {"VIGIL_LISTEN"}
    assert set(problems(PAID_PER_SECOND="30")) == {"VIGIL_PAID_PER_SECOND"}


def test_missing_token_is_a_problem_only_where_it_is_needed() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"VIGIL_BOT_TOKEN": "  "}, need_token=True)

    assert [problem.setting for problem in caught.value.problems] == ["VIGIL_BOT_TOKEN"]
    assert load({}).settings.bot_token is None


def test_wrong_token_is_told_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"VIGIL_BOT_TOKEN": "x"}, need_token=True)

    assert len(caught.value.problems) == 1


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    """Container secrets are files, usually with a line break at the end."""
    (tmp_path / "token").write_text(TOKEN + "\n")

    settings = load({"VIGIL_BOT_TOKEN_FILE": str(tmp_path / "token")}, need_token=True).settings

    assert settings.token == TOKEN


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(None, "cannot be read"), (b"", "empty"), (b"\xff\xfe", "not text"), (b"x" * 70000, "long")],
)
def test_unreadable_file_is_a_problem(tmp_path: Path, content: bytes | None, wrong: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    found = problems(BOT_TOKEN_FILE=str(file))

    assert wrong in found["VIGIL_BOT_TOKEN_FILE"]


def test_value_given_twice_is_a_problem(tmp_path: Path) -> None:
    """Which of two tokens speaks must not be a guess."""
    file = tmp_path / "token"
    file.write_text(TOKEN)

    found = problems(BOT_TOKEN=TOKEN, BOT_TOKEN_FILE=str(file))

    assert found == {"VIGIL_BOT_TOKEN": "it is given twice"}


def test_unknown_name_gets_the_nearest_known_one() -> None:
    loaded = load({"VIGIL_ROOT_ADMIN": "7", "VIGIL_XYZ": "1", "PATH": "/bin"})

    assert loaded.warnings == (
        "VIGIL_ROOT_ADMIN is no setting; did you mean VIGIL_ROOT_ADMINS?",
        "VIGIL_XYZ is no setting",
    )


def test_secrets_do_not_show() -> None:
    """repr ends in traces; who the admins are is a secret too."""
    settings = Settings(
        bot_token=TOKEN,
        root_admins=(424242,),
        admin_chat=-100777,
        database_url="postgresql://vigil:db-word@h/x",
        proxy="http://me:proxy-word@p:1",
    )
    shown = repr(settings) + str(settings)

    for secret in (TOKEN, "424242", "100777", "db-word", "proxy-word"):
        assert secret not in shown
    assert set(settings.secrets()) == {TOKEN, "db-word", "proxy-word"}


def test_environment_reaches_settings_only_through_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own bot must not appear in the tests."""
    monkeypatch.setenv("VIGIL_BOT_TOKEN", TOKEN)

    assert Settings().bot_token is None


def test_dotenv_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that happens to lie there must not decide which bot speaks."""
    (tmp_path / ".env").write_text(f"VIGIL_BOT_TOKEN={TOKEN}\n")
    monkeypatch.chdir(tmp_path)

    assert load({}).settings.bot_token is None


def test_each_setting_is_documented_with_its_default() -> None:
    """docs/settings.md names every setting, and nothing else."""
    rows = dict(re.findall(r"^\| `(VIGIL_\w+)` \| (.+?) \|", DOCS.read_text(), re.MULTILINE))

    assert set(rows) == {f"VIGIL_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = rows[f"VIGIL_{name.upper()}"]
        if default in (None, ()):
            assert "`" not in shown
        else:
            value = getattr(default, "value", default)
            assert shown == f"`{value:g}`" if name.endswith("seconds") else f"`{value}`"


@pytest.mark.parametrize("below", ["", "data", "data/of/vigil"])
def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path, below: str) -> None:
    """A file stands in its way; who runs it hears which, before anything is opened."""
    file = tmp_path / "afile"
    file.touch()

    found = problems(DATA_DIR=str(file / below))

    assert found == {"VIGIL_DATA_DIR": f"{file} is a file" if below else "this is a file"}
