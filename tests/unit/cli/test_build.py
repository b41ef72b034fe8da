"""A build happens when, and only when, what the frontend is made of has changed."""

import pytest

from ratchet_web.cli.build import explain, fingerprint


@pytest.fixture
def root(tmp_path):
    for name in (
        "rxconfig.py",
        "requirements.lock",
        "ratchet_web/pages/tasks.py",
        "ratchet_web/server/app.py",
    ):
        write(tmp_path, name, "one")
    write(tmp_path, "assets/app.css", "one")
    write(tmp_path, "reflex.lock/package.json", "one")
    write(tmp_path, "ratchet_web/cli/up.py", "one")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "rxconfig.py",
        "requirements.lock",
        "ratchet_web/pages/tasks.py",
        "ratchet_web/pages/new.py",
        "assets/app.css",
        "reflex.lock/package.json",
        "ratchet_web/cli/origin.py",
    ],
)
def test_another_frontend(root, name):
    before = fingerprint(root)
    write(root, name, "two")
    assert fingerprint(root) != before


@pytest.mark.parametrize(
    "name",
    [
        "ratchet_web/server/app.py",
        "ratchet_web/cli/up.py",
        "ratchet_web/pages/__pycache__/tasks.pyc",
        "tests/conftest.py",
        "README.md",
    ],
)
def test_the_same_frontend(root, name):
    before = fingerprint(root)
    write(root, name, "two")
    assert fingerprint(root) == before


def test_a_file_that_moved_is_another_frontend(root):
    before = fingerprint(root)
    (root / "assets/app.css").rename(root / "assets/other.css")
    assert fingerprint(root) != before


def test_a_failed_build_is_explained_by_its_fault_and_not_by_its_last_lines():
    text = explain("\n".join(["noise"] * 50 + ["SyntaxError: no such thing"] + ["    at somewhere"] * 50))
    assert "SyntaxError: no such thing" in text
    assert text.count("\n") < 25
    assert "build.log" in text.splitlines()[-1]


def test_a_build_without_network_says_so():
    text = explain("npm error code ENOTFOUND\nnpm error network request failed")
    assert text.splitlines()[-1].startswith("The npm registry cannot be reached")


def test_a_build_on_a_machine_that_is_too_busy_says_so_and_shows_no_stack():
    said = "Error: Prerender: Request failed for /: The operation was aborted due to timeout"
    text = explain(said + "\n    at somewhere")
    assert text == "This machine is too busy to build the frontend: try again when it does less."


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)
