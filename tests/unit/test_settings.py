"""Settings come from the environment; a wrong one is named."""

import logging
from pathlib import Path

import pytest

from ratchet_web.cli.environment import read_settings, settings_help, unknown, variables
from ratchet_web.cli.problems import ProblemError
from ratchet_web.settings import Settings, start_logging


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for variable in variables():
        monkeypatch.delenv(variable.name, raising=False)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("RATCHET_WEB_PORT", "99999", "65535 (it is '99999')"),
        ("RATCHET_WEB_PORT", "many", "valid integer"),
        ("RATCHET_SERVER_PORT", "0", "greater than or equal to 1"),
        ("RATCHET_API_URL", "localhost:8080", "URL"),
        ("RATCHET_WORKERS", "0", "greater than or equal to 1"),
        ("RATCHET_TASK_TIMEOUT_S", "-1", "greater than 0"),
        ("RATCHET_FETCH_ALLOW", "10.0.0.1/8", "is no host, host:port or network"),
        ("RATCHET_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_wrong_value_gives_one_line_that_names_the_variable(monkeypatch, name, value, part):
    monkeypatch.setenv(name, value)
    with pytest.raises(ProblemError) as problem:
        read_settings()
    text = str(problem.value)
    assert text.startswith(f"{name}: ")
    assert part in text
    assert "\n" not in text


def test_each_wrong_value_gets_its_line(monkeypatch):
    monkeypatch.setenv("RATCHET_WEB_PORT", "x")
    monkeypatch.setenv("RATCHET_WORKERS", "x")
    with pytest.raises(ProblemError) as problem:
        read_settings()
    assert [line.partition(":")[0] for line in str(problem.value).splitlines()] == [
        "RATCHET_WEB_PORT",
        "RATCHET_WORKERS",
    ]


def test_the_data_directory_is_absolute_and_knows_the_home_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_settings().data_dir == tmp_path / ".ratchet"
    monkeypatch.setenv("RATCHET_DATA_DIR", "~/ratchet")
    assert read_settings().data_dir == Path.home() / "ratchet"


def test_what_a_setting_cannot_hold_is_told_without_the_class_of_the_error(monkeypatch):
    monkeypatch.setenv("RATCHET_FETCH_ALLOW", "foo/bar")
    with pytest.raises(ProblemError, match=r"^RATCHET_FETCH_ALLOW: 'foo/bar' is no host"):
        read_settings()


def test_a_misspelt_setting_is_told_with_the_nearest_one():
    assert list(unknown({"RATCHET_WEBPORT": "1", "HOME": "/"})) == [
        "RATCHET_WEBPORT is no setting; did you mean RATCHET_WEB_PORT?"
    ]


def test_help_lists_every_setting_with_its_default():
    text = settings_help()
    assert all(
        f"{variable.name}={variable.default} " in text and variable.help in text for variable in variables()
    )


def test_the_token_is_a_secret(monkeypatch):
    assert [variable.name for variable in variables() if variable.secret] == [
        "RATCHET_API_TOKEN",
        "RATCHET_SERVER_CONSOLE_TOKEN",
    ]
    monkeypatch.setenv("RATCHET_API_TOKEN", "hush")
    assert "hush" not in repr(read_settings())


@pytest.fixture
def nothing_logged_yet():
    loggers = [logging.getLogger(), logging.getLogger("httpx")]
    levels = [logger.level for logger in loggers]
    loggers[1].setLevel(logging.NOTSET)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("nothing_logged_yet")
@pytest.mark.parametrize(("level", "said"), [("info", ["ours"]), ("debug", ["ours", "httpx"]), ("error", [])])
def test_a_process_logs_what_the_level_asks_for(monkeypatch, capsys, level, said):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # those of pytest
    start_logging(Settings(log_level=level))
    for name in ("ours", "httpx"):
        logging.getLogger(name).info("hello")
    assert capsys.readouterr().err.splitlines() == [f"INFO {name}: hello" for name in said]
