"""A build that only ran out of time is tried again; one that is wrong is not."""

import pytest

from ratchet_web.cli import build
from ratchet_web.cli.problems import ProblemError

SLOW = (1, f"Error: Prerender: Request failed for /: {build.TOO_SLOW}")
WRONG = (1, "SyntaxError: Unexpected token")
DONE = (0, "")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Return the list that Reflex's runs answer from, first one first."""
    waiting: list[tuple[int, str]] = []
    monkeypatch.setattr(build, "_run_reflex", lambda: waiting.pop(0))
    return waiting


def test_a_build_that_was_too_slow_is_tried_again_and_says_so(answers, capsys):
    answers += [SLOW, SLOW, DONE]
    build._export()
    assert answers == []
    assert capsys.readouterr().out.count("trying again") == 2


def test_a_build_that_stays_too_slow_ends_in_a_problem(answers):
    answers += [SLOW] * build.TRIES
    with pytest.raises(ProblemError, match="too busy to build"):
        build._export()
    assert answers == []


def test_a_build_that_is_wrong_is_not_tried_again(answers):
    answers += [WRONG, DONE]
    with pytest.raises(ProblemError, match="Unexpected token"):
        build._export()
    assert answers == [DONE]
