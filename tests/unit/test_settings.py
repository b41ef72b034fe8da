"""Settings come from the environment; a wrong one is named."""

import logging
from pathlib import Path

import pytest

from ratchet_web.cli.environment import read_settings, settings_help, unknown, variables
from ratchet_web.cli.problems import ProblemError
from ratchet_web.models.servers import known_servers
from ratchet_web.settings import Settings, start_logging
from tests.support.xss import CORPUS


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for variable in variables():
        monkeypatch.delenv(variable.name, raising=False)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("RATCHET_WEB_PORT", "99999", "65535 (it is '99999')"),
        ("RATCHET_WEB_PORT", "many", "valid integer"),
        ("RATCHET_WEB_PREFIX", "/a b", "is no plain path"),
        ("RATCHET_WEB_PREFIX", "/a/../b", "is no plain path"),
        ("RATCHET_WEB_PREFIX", "//other.example", "is no plain path"),
        ("RATCHET_SERVER_PORT", "0", "greater than or equal to 1"),
        ("RATCHET_API_URL", "localhost:8080", "URL"),
        ("RATCHET_WORKERS", "0", "greater than or equal to 1"),
        ("RATCHET_TASK_TIMEOUT_S", "-1", "greater than 0"),
        ("RATCHET_FETCH_ALLOW", "10.0.0.1/8", "is no host, host:port or network"),
        ("RATCHET_SERVERS", "prod", "prod has no http(s) URL"),
        ("RATCHET_SERVERS", "Prod=http://p.test", "entry 1 needs a name of at most 30 of a-z, 0-9 and -"),
        ("RATCHET_SERVERS", f"{'x' * 31}=http://p.test", "entry 1 needs a name"),
        ("RATCHET_SERVERS", "a=http://p.test,http://q.test", "entry 2 needs a name"),
        ("RATCHET_SERVERS", "a=http://p.test,a=http://q.test", "a is named twice"),
        ("RATCHET_SERVERS", "a=ftp://p.test", "a has no http(s) URL"),
        ("RATCHET_WEB_WORKERS", "2", "set RATCHET_WEB_REDIS_URL, or leave it at 1 (it is '2')"),
        ("RATCHET_WEB_REDIS_URL", "http://:hush@redis:6379", "begins with redis://"),
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
    assert "hush" not in text


@pytest.mark.parametrize(
    ("beside", "part"),
    [
        ("RATCHET_API_URL", "belongs into RATCHET_SERVERS"),
        ("RATCHET_API_TOKEN", "into RATCHET_SERVER_TOKENS"),
    ],
)
def test_several_servers_exclude_a_single_one(monkeypatch, beside, part):
    monkeypatch.setenv("RATCHET_SERVERS", "prod=http://p.test")
    monkeypatch.setenv(beside, "http://one.test")
    with pytest.raises(ProblemError, match=f"^RATCHET_SERVERS: .*{beside}.*{part}"):
        read_settings()


def test_several_servers_have_their_names_their_order_and_their_tokens(monkeypatch):
    monkeypatch.setenv("RATCHET_SERVERS", " prod=https://p.test/api/v1/ , staging=http://s.test:8080,")
    monkeypatch.setenv("RATCHET_SERVER_TOKENS", "staging=rat_=s=")
    prod, staging = read_settings().known_servers
    assert (prod.name, prod.url, prod.token) == ("prod", "https://p.test/api/v1", None)
    assert (staging.name, staging.url) == ("staging", "http://s.test:8080")
    assert staging.token is not None
    assert staging.token.get_secret_value() == "rat_=s="
    assert not read_settings().embedded


@pytest.mark.parametrize("servers", ["", " , "])
def test_without_names_there_is_one_server_without_a_name(monkeypatch, servers):
    monkeypatch.setenv("RATCHET_SERVERS", servers)
    assert [(known.name, known.url) for known in read_settings().known_servers] == [
        ("", "http://127.0.0.1:8080/api/v1")
    ]
    assert read_settings().embedded


@pytest.mark.parametrize(
    ("servers", "tokens", "part"),
    [
        ("prod=http://p.test", "hush", "entry 1 names no server"),
        ("prod=http://p.test", "hush==", "entry 1 names no server"),
        ("prod=http://p.test", "prod=a,hush=hush", "entry 2 names no server"),
        ("prod=http://p.test", "prod=hush,prod=hush", "prod needs one token"),
        ("prod=http://p.test", "prod=", "prod needs one token"),
        ("", "prod=hush", "entry 1 names no server of RATCHET_SERVERS"),
        ("prod=http://user:hush@p.test,prod=http://q.test", "prod=a", "prod is named twice"),
        ("prod=http://user:hush@p test", "prod=a", "prod has no http(s) URL"),
        ("prod=http://user:hush,hush@p.test", "prod=a", "prod has no http(s) URL"),
        ("prod=http://user:hush/hush@p.test", "prod=a", "prod has no http(s) URL"),
        ("prod=http://p.test", "prod=hush\u00e9", "the token of prod holds what no header can carry"),
    ],
)
def test_a_secret_is_in_no_error(monkeypatch, servers, tokens, part):
    monkeypatch.setenv("RATCHET_SERVERS", servers)
    monkeypatch.setenv("RATCHET_SERVER_TOKENS", tokens)
    with pytest.raises(ProblemError) as problem:
        read_settings()
    assert part in str(problem.value)
    assert "hush" not in str(problem.value)


def test_no_name_of_a_server_is_a_script():
    for text in CORPUS:
        with pytest.raises(ValueError, match=r"needs a name|http"):
            known_servers(f"{text.replace(',', '')}=http://localhost:8080/api/v1")


def test_a_token_that_no_header_can_carry_is_refused(monkeypatch):
    monkeypatch.setenv("RATCHET_API_TOKEN", "hush\n")
    with pytest.raises(ProblemError, match="RATCHET_API_TOKEN: holds what no header can carry") as problem:
        read_settings()
    assert "hush" not in str(problem.value)


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
        "RATCHET_SERVER_TOKENS",
        "RATCHET_WEB_REDIS_URL",
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
