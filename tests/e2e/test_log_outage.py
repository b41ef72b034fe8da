"""The console dies while a log is followed: no line is lost, and none comes twice."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from ratchet_web.api import Ratchet
from tests.conftest import Visitors
from tests.e2e.outages import away, is_noticed
from tests.e2e.steps import log_of, new_task, run, status_of
from tests.support.system import System, running

LINES = 500
STEADY = f"""async function main() {{
  for (let i = 1; i <= {LINES}; i++) {{ console.log(`line ${{i}}`); await sleep(12); }}
}}"""


@pytest.fixture(scope="module")
def own(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of this test alone."""
    yield from running(tmp_path_factory.mktemp("data"))


@pytest.mark.console_errors("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_CONNECTION_RESET")
async def test_a_log_that_was_cut_off_goes_on_without_a_gap(own: System, visitors: Visitors) -> None:
    async with Ratchet(own.api_url) as api:
        execution = await run(api, await new_task(api, "steady", STEADY))
        page = await visitors.of(own.url)(
            f"/executions/{execution.id}", viewport={"width": 1280, "height": 1000}
        )
        await expect(log_of(page).get_by_text("line 20", exact=True)).to_be_attached()
        async with away(own, "console"):
            await is_noticed(page)
        await expect(status_of(page)).to_have_text("Completed", timeout=30_000)
        await expect(log_of(page).get_by_text(f"line {LINES}", exact=True)).to_be_in_viewport()
    shown = (
        await log_of(page).locator(".log-row").evaluate_all("rows => rows.map(row => Number(row.dataset.n))")
    )
    assert len(shown) > 200
    assert shown == list(range(shown[0], LINES + 1))
