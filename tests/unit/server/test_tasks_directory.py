"""Tasks are read from files; a file that cannot be used says why, and the others are read all the same."""

import os

import orjson
import pytest

from ratchet_web.server.tasks_directory import SOURCE_BYTES, DirectoryError, read

SOURCE = "function main() {}"


def written(directory, **files):
    """Write files, `name_js` and `name_json`, and return what is read."""
    for name, content in files.items():
        path = directory / name.replace("_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return {task.name: task for task in read(directory)}


def test_a_source_alone_is_a_task(tmp_path):
    task = written(tmp_path, sum_js=SOURCE)["sum"]
    assert (task.path, task.error) == ("sum.js", "")
    assert (task.columns["version"], task.columns["source_code"]) == ("1.0.0", SOURCE)
    assert (task.columns["enabled"], task.columns["input_schema"]) == (True, None)


def test_the_json_beside_it_says_the_rest(tmp_path):
    rest = {"version": "2.1.0", "enabled": False, "inputSchema": {"type": "object"}, "metadata": {"a": 1}}
    columns = written(tmp_path, sum_js=SOURCE, sum_json=orjson.dumps(rest))["sum"].columns
    assert (columns["version"], columns["enabled"]) == ("2.1.0", False)
    assert (columns["input_schema"], columns["meta"]) == ('{"type":"object"}', '{"a":1}')


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a_js": b"\xff\xfe"}, "a.js is not UTF-8"),
        ({"a_js": "x" * (SOURCE_BYTES + 1)}, "a.js is too large: at most 1000 kB"),
        ({"a_js": SOURCE, "a_json": "{"}, "a.json is not JSON"),
        ({"a_js": SOURCE, "a_json": "[]"}, "a.json must hold an object"),
        ({"a_js": SOURCE, "a_json": '{"name": "b"}'}, "a.json: name is not known"),
        ({"a_js": SOURCE, "a_json": '{"version": "1"}'}, "version: "),
        ({"a_json": "{}"}, "a.json has no a.js beside it"),
        ({"a_js": SOURCE, "a_json": '{"metadata": "%s"}' % ("x" * 70_000)}, "a.json: metadata is too large"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, files, told):
    found = written(tmp_path, good_js=SOURCE, **files)
    assert found["a"].columns is None
    assert found["a"].error.startswith(told)
    assert found["good"].error == ""


def test_a_name_that_no_task_can_have_is_told(tmp_path):
    (tmp_path / "with space.js").write_text(SOURCE)
    (task,) = read(tmp_path)
    assert task.error.startswith("name: ")


def test_a_link_may_stay_inside_and_not_lead_out(tmp_path):
    home = tmp_path / "tasks"
    home.mkdir()
    (tmp_path / "secret.js").write_text(SOURCE)
    (home / "real.js").write_text(SOURCE)
    (home / "inside.js").symlink_to("real.js")
    (home / "outside.js").symlink_to("../secret.js")
    (home / "loop.js").symlink_to("loop.js")
    (home / "real.json").symlink_to("/etc/hostname")
    found = {task.name: task.error for task in read(home)}
    assert found["inside"] == ""
    assert found["outside"] == "outside.js is a link that leads out of the tasks directory"
    assert found["loop"].startswith("loop.js cannot be read")
    assert found["real"] == "real.json is a link that leads out of the tasks directory"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.js")
    (task,) = read(tmp_path)
    assert task.error == "pipe.js is not a file"


def test_other_files_and_hidden_ones_are_left_alone(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in (".hidden.js", "README.md"):
        (tmp_path / name).write_text(SOURCE)
    assert read(tmp_path) == []


def test_a_directory_that_is_not_there_is_an_error_and_not_empty(tmp_path):
    with pytest.raises(DirectoryError, match="set RATCHET_TASKS_DIR"):
        read(tmp_path / "none")
