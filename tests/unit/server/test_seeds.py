"""The made-up past: complete, consistent, and never over what is there."""

import sqlite3

import pytest

from ratchet_web.server.examples.history import NEEDLE, Sizes
from ratchet_web.server.seeds import seed
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.errors import Unusable

NOW = 1_790_000_000_000


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    directory = tmp_path_factory.mktemp("seeded")
    seed(directory, Sizes(3_000, 2_000, 500), NOW)
    connection = sqlite3.connect(directory / FILE_NAME)
    yield lambda statement: connection.execute(statement).fetchall()
    connection.close()


def test_there_is_as_much_as_was_asked_for(rows):
    tables = ("executions", "execution_payloads", "jobs", "job_payloads", "execution_logs")
    counts = [rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]
    assert counts == [3_000, 3_000, 2_000, 2_000, 500]
    assert rows(f"SELECT execution_id, seq FROM execution_logs WHERE text LIKE '%{NEEDLE}%'") == [
        (3_000, 250)
    ]


def test_its_log_lines_come_from_where_those_of_a_task_come_from(rows):
    assert rows("SELECT DISTINCT source FROM execution_logs") == [("task",)]


def test_the_counters_are_those_of_the_rows(rows):
    counted = "SELECT task_id, status, count(*), coalesce(sum(duration_ms), 0) FROM executions GROUP BY 1, 2"
    assert rows("SELECT * FROM execution_counts ORDER BY 1, 2") == rows(counted)
    assert rows("SELECT * FROM job_counts ORDER BY 1, 2") == rows(
        "SELECT task_id, status, count(*) FROM jobs GROUP BY 1, 2"
    )


def test_a_job_and_its_execution_agree(rows):
    apart = """SELECT count(*) FROM jobs j JOIN executions e ON e.id = j.execution_id
        WHERE j.task_id <> e.task_id OR j.queued_at <> e.queued_at OR e.job_id IS NOT j.id
        OR j.completed_at <> e.completed_at OR j.error_message IS NOT e.error_message"""
    assert rows(apart) == [(0,)]
    assert rows("SELECT count(*) FROM jobs WHERE status = 2 AND execution_id IS NULL") == [(0,)]


def test_what_ran_too_long_ran_as_long_as_it_says_and_a_task_says_what_it_does(rows):
    late = rows("SELECT DISTINCT duration_ms FROM executions WHERE error_message LIKE 'TimeLimitError%300 s'")
    assert late == [(300_000,)]
    assert rows("SELECT max(completed_at) FROM executions")[0][0] <= NOW + 300_000
    said = {text for (text,) in rows("SELECT description FROM tasks")}
    assert "Made up by `ratchet-web seed`: verifies orders." in said
    assert "Made up by `ratchet-web seed`: ships orders." in said


def test_it_is_as_varied_as_a_real_past(rows):
    assert {status for (status,) in rows("SELECT DISTINCT status FROM executions")} == {2, 3, 4}
    assert {status for (status,) in rows("SELECT DISTINCT status FROM jobs")} == {0, 2, 3, 4, 5}
    assert len(rows("SELECT DISTINCT priority FROM jobs")) == 4
    popular = rows("SELECT count(*) FROM executions GROUP BY task_id ORDER BY 1 DESC")
    assert popular[0][0] > 10 * popular[-1][0]
    assert rows("SELECT count(*) FROM execution_payloads WHERE NOT json_valid(input)") == [(0,)]
    parts = ("output", "error_details", "http_requests")
    for part in parts:
        valid = f"SELECT min(json_valid({part})), count(*) > 100 FROM execution_payloads WHERE {part} > ''"
        assert rows(valid) == [(1, 1)]


async def test_a_server_opens_it_as_its_own(tmp_path):
    seed(tmp_path, Sizes(10, 10, 10), NOW)
    database = Database(tmp_path)
    ok = await database.read(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar())
    database.close()
    assert ok == "ok"


def test_what_is_there_is_left_alone(tmp_path):
    seed(tmp_path, Sizes(1, 0, 0), NOW)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(Unusable, match="has a database already"):
        seed(tmp_path, Sizes(2, 2, 2), NOW)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_directory_that_a_server_uses_is_refused(tmp_path):
    database = Database(tmp_path)
    with pytest.raises(Unusable, match="Another server uses"):
        seed(tmp_path, Sizes(1, 1, 1), NOW)
    database.close()


def test_half_a_past_never_bears_the_name(tmp_path, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ratchet_web.server.store.statistics.analyse", fail)
        with pytest.raises(KeyboardInterrupt):
            seed(tmp_path, Sizes(10, 10, 10), NOW)
    assert not (tmp_path / FILE_NAME).exists()
    seed(tmp_path, Sizes(10, 10, 10), NOW)
    assert (tmp_path / FILE_NAME).exists()
