"""How `ratchet-web server user …` asks for a password."""

import sys

import pytest

from ratchet_web.cli import main, users


def test_who_gives_no_password_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(_: str) -> str:
        raise EOFError  # Ctrl-D

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(users, "getpass", ended)
    assert main(["server", "user", "add", "ann"]) == 1
    assert capsys.readouterr().err == "No password was given: nothing was changed.\n"
