"""Tasks print ten thousand lines a second: the server serves on, and each line is kept up to the limit."""

import time

from tests.support.faults import memory_mb
from tests.support.server import asked_on_port, eventually

# Two of them print at a time, each 5,000 lines a second for about four seconds.
FLOOD = """
async function main(lines) {
  for (let i = 1; i <= lines; i++) {
    console.log("line", i);
    if (i % 100 === 0) await new Promise((go) => setTimeout(go, 20));
  }
}
"""
LIMIT, BEYOND = 20_000, 5_000


async def test_ten_thousand_lines_a_second_are_kept_and_nobody_waits(tmp_path):
    variables = {"RATCHET_WORKERS": "2", "RATCHET_TASK_LOG_LINES": str(LIMIT)}
    async with asked_on_port(tmp_path, **variables) as (process, api):
        task = await api.task(FLOOD)
        before_mb, idle_s = memory_mb(process), [await looked(api) for _ in range(30)]
        made = [
            await api.post("/executions", {"taskId": task["id"], "input": lines})
            for lines in (LIMIT, LIMIT + BEYOND)
        ]
        paths = [f"/executions/{each['id']}" for each in made]
        for path in paths:
            await eventually(lambda path=path: api.get(path), lambda row: row["logLines"])
        flooded_s, most_mb = [], 0.0
        while {(await api.get(path))["status"] for path in paths} == {"RUNNING"}:
            flooded_s.append(await looked(api))
            most_mb = max(most_mb, memory_mb(process))
        assert len(flooded_s) > 10
        assert p95(flooded_s) < max(10 * p95(idle_s), 0.25)
        assert most_mb - before_mb < 60
        whole, cut = [await api.done(each) for each in made]
        assert (whole["status"], whole["logLines"]) == ("COMPLETED", LIMIT)
        assert (cut["status"], cut["logLines"]) == ("COMPLETED", LIMIT + 1)
        (last,) = await api.get(f"{paths[1]}/logs", tail=1)
        assert f"{BEYOND:,} more lines" in last["text"]
        texts = (await api.client.get(f"{paths[0]}/logs/download")).text.splitlines()
        assert [line.rsplit(" ", 1)[1] for line in texts] == [str(n) for n in range(1, LIMIT + 1)]


async def looked(api):
    """Return the seconds that a list takes."""
    began = time.perf_counter()
    await api.get("/executions", _start=0, _end=25)
    return time.perf_counter() - began


def p95(times):
    return sorted(times)[int(0.95 * len(times))]
