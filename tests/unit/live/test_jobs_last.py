"""Which rows wait for which job, however many there are."""

from types import SimpleNamespace

import pytest

from ratchet_web.live import jobs_last
from ratchet_web.live.jobs_last import LastJobs


async def test_of_more_rows_than_are_looked_at_those_that_wait_longest_are_let_go(monkeypatch):
    monkeypatch.setattr(jobs_last, "MOST_WAITING", 3)
    jobs = LastJobs()
    rows = [SimpleNamespace(id=f"s{n}", last_job_id=f"{n}", last_status="QUEUED") for n in range(5)]
    assert list(jobs.saw(rows, 0.0)) == []
    assert [jobs.hear(str(n)) for n in range(5)] == [None, None, "s2", "s3", "s4"]


@pytest.mark.parametrize(("began_s", "changed"), [(0.0, ["s1"]), (1e12, [])])
async def test_a_job_that_changed_while_its_row_was_read_is_told_at_once(began_s, changed):
    jobs = LastJobs()
    jobs.hear("1")
    row = SimpleNamespace(id="s1", last_job_id="1", last_status="PROCESSING")
    assert list(jobs.saw([row], began_s)) == changed
