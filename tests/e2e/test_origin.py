"""One build serves every address under which the console is reached."""

import pytest


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_page_talks_to_the_address_that_it_came_from(visitors, system, host):
    open_page = visitors.of(system.url.replace("localhost", host))
    page = await open_page("/tasks")
    await page.get_by_role("link", name="add-numbers").first.wait_for()
