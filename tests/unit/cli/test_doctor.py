"""What the doctor says of the machine, whom it asks, and with which token."""

import asyncio
import json

import pytest

from ratchet_web.cli import main
from ratchet_web.cli.doctor import doctor, subjects
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.settings import Settings

API = "http://ratchet.test:8080/api/v1"


def said_of_the_tasks_directory(tmp_path, capsys, tasks_dir):
    asyncio.run(doctor(Settings(data_dir=tmp_path / "data", tasks_dir=tasks_dir)))
    return [line for line in capsys.readouterr().out.splitlines() if "  tasks directory  " in line]


def test_a_tasks_directory_that_cannot_be_read_is_found_before_the_first_synchronisation(tmp_path, capsys):
    missing = tmp_path / "missing"
    (line,) = said_of_the_tasks_directory(tmp_path, capsys, missing)
    assert line.startswith("BAD ")
    assert line.endswith(
        f"The tasks directory {missing} cannot be read (No such file or directory):"
        " set RATCHET_TASKS_DIR to one that can."
    )


def test_a_tasks_directory_is_looked_at_only_where_there_is_one(tmp_path, capsys):
    assert said_of_the_tasks_directory(tmp_path, capsys, None) == []
    assert said_of_the_tasks_directory(tmp_path, capsys, tmp_path)[0].startswith("ok ")


def test_each_of_several_servers_is_looked_at(capsys):
    servers = "prod=http://127.0.0.1:1,staging=http://user:hush@127.0.0.1:2"
    assert asyncio.run(doctor(Settings(servers=servers))) is False
    said = " ".join(capsys.readouterr().out.split())
    assert "prod=http://127.0.0.1:1/api/v1: BAD reachability http://127.0.0.1:1 refused" in said
    assert "staging=http://127.0.0.1:2/api/v1: BAD reachability http://127.0.0.1:2 refused" in said
    assert "hush" not in said
    assert "data directory" not in said


@pytest.mark.parametrize(
    ("api_url", "url", "asked", "token"),
    [
        (None, None, None, None),
        (API, None, API, "secret"),
        (None, "http://other.test", "http://other.test", "secret"),
        (API, "http://ratchet.test:8080", "http://ratchet.test:8080", "secret"),
        (API, "http://other.test:8080", "http://other.test:8080", None),
        (API, "http://ratchet.test", "http://ratchet.test", None),
        (API, "https://ratchet.test:8080", "https://ratchet.test:8080", None),
        ("https://ratchet.test", "https://ratchet.test:443/x", "https://ratchet.test:443/x", "secret"),
    ],
)
def test_a_token_goes_only_to_the_server_that_it_was_set_for(api_url, url, asked, token):
    found = list(subjects(Settings(api_url=api_url, api_token="secret"), url))
    assert [(subject.url, subject.token) for subject in found] == ([(asked, token)] if asked else [])


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("https://prod.test", "p"),
        ("http://10.0.0.7:8080/api/v1", "s"),
        ("http://10.0.0.7:8081/api/v1", None),
        ("http://open.test", None),
        ("http://other.test", None),
    ],
)
def test_each_of_several_servers_has_its_own_token(url, token):
    servers = "prod=https://prod.test/api/v1,staging=http://10.0.0.7:8080/api/v1,open=http://open.test"
    chosen = Settings(servers=servers, server_tokens="prod=p,staging=s")
    assert [(each.name, each.token) for each in subjects(chosen)] == [
        ("prod", "p"),
        ("staging", "s"),
        ("open", None),
    ]
    (subject,) = subjects(chosen, url)
    assert subject.token == token


def test_advice_names_the_setting_that_holds_the_server():
    assert Subject(API).address_setting == "RATCHET_API_URL"
    assert Subject(API, name="prod").address_setting == "prod in RATCHET_SERVERS"
    assert Subject(API, name="prod").token_setting == "prod in RATCHET_SERVER_TOKENS"


@pytest.mark.parametrize(
    "arguments",
    [
        ["ftp://ann:secret@host"],
        ["host:8080"],
        ["http://"],
        ["http://ann:secret@host:99999"],
        ["http://ann:secret@host:80:80"],
        ["http://ann:secret@256.256.256.256"],
        ["http://xn--a"],
        ["http://host/\x01"],
        ["--color"],
        [API, API],
    ],
)
def test_what_is_not_understood_is_status_2_and_shows_no_password(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["doctor", *arguments])
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "secret" not in told.err


def test_certificates_of_the_environment_that_are_none_are_told(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    assert main(["doctor", "--json", "https://ratchet.test"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert "No such file" in finding["text"]
    assert "SSL_CERT_FILE" in finding["advice"]


def test_help_explains_the_levels_and_the_exit_status(capsys):
    with pytest.raises(SystemExit):
        main(["doctor", "--help"])
    told = capsys.readouterr().out
    assert all(word in told for word in ("ok, note", "warning", "BAD", "Exit status: 0", "--json", "URL"))
