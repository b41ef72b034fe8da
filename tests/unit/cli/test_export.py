"""What the archives of an export hold."""

from zipfile import ZipFile

import pytest

from ratchet_web.cli import export as exporting
from ratchet_web.cli.export import backend, export, frontend
from ratchet_web.gate import headers_of


@pytest.fixture
def client(tmp_path):
    client = tmp_path / "client"
    (client / "assets").mkdir(parents=True)
    for name in ("index.html", "index.html.gz", "assets/a-1.js", "assets/a-1.js.br"):
        (client / name).write_text('<a href="/tasks">')
    return client


def test_a_frontend_is_packed_as_it_was_built(client):
    assert sorted(name for name, _ in frontend(client, "")) == [
        *("assets/a-1.js", "assets/a-1.js.br", "index.html", "index.html.gz"),
    ]


def test_beneath_a_prefix_documents_say_so_and_nothing_else_is_changed(client):
    packed = dict(frontend(client, "/ratchet"))
    assert packed == {
        "index.html": b'<a href="/ratchet/tasks">',
        "assets/a-1.js": b'<a href="/tasks">',
        "assets/a-1.js.br": b'<a href="/tasks">',
    }


def test_a_backend_has_its_sources_and_what_they_need(tmp_path):
    for name in ("ratchet_web/a.py", "ratchet_web/__pycache__/a.pyc", "rxconfig.py", "LICENSE", "Makefile"):
        write(tmp_path, name)
    write(tmp_path, "requirements.lock")
    write(tmp_path, ".web/backend/pages.json")
    write(tmp_path, ".ratchet/ratchet.db")
    assert [name for name, _ in backend(tmp_path)] == [
        *("ratchet_web/a.py", "rxconfig.py", ".web/backend/pages.json", "LICENSE", "requirements.txt"),
    ]


def test_the_same_files_give_the_same_archives(client, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "CLIENT", client)
    monkeypatch.setattr(exporting, "backend", lambda root: iter([("a.py", b"1")]))
    archives = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        export(folder, "")
        archives.append([(folder / name).read_bytes() for name in ("frontend.zip", "backend.zip")])
        assert ZipFile(folder / "backend.zip").namelist() == ["a.py"]
    assert archives[0] == archives[1]


def test_pages_have_the_headers_that_the_console_gives_them(client, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "CLIENT", client)
    monkeypatch.setattr(exporting, "backend", lambda root: iter([]))
    export(tmp_path, "")
    lines = (tmp_path / "ratchet-headers.conf").read_text().splitlines()
    assert lines == [f'add_header {name} "{value}" always;' for name, value in headers_of(client).items()]


def write(root, name):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("one")
