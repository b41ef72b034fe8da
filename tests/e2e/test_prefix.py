"""The same build beneath a path of another site, behind real nginx as `deploy/` sets it up, over TLS."""

import re
from urllib.parse import urlsplit

import httpx
from playwright.async_api import expect

from tests.e2e.steps import confirm, is_live, log_of, new_task, row_of, run, status_of, tab
from tests.support import nginx
from tests.support.people import PASSWORD, add_first, client_of
from tests.support.system import running

PREFIX = "/ratchet"
TALKING = "async function main() { for (let n = 1; ; n++) { console.log(`line ${n}`); await sleep(50); } }"


async def test_a_person_works_beneath_a_prefix(built, visitors, tmp_path):
    add_first(tmp_path / "data")
    for system in running(tmp_path / "data", web_auth="ratchet", web_prefix=PREFIX):
        assert system.said[-1] == f"Ratchet Web is ready at {system.url}{PREFIX}"
        console = {"127.0.0.1:3000": urlsplit(system.url).netloc}
        with nginx.serving(tmp_path, "ratchet-web-prefix.conf", console) as site:
            async with await client_of(system.api_url, "ann") as api:
                await journey(visitors, site, api)
        await past_the_proxy(system.url)


async def journey(visitors, site, api):
    """Sign in, watch a log, follow links, take files along, reload, go back, sign out."""
    held = await run(api, await new_task(api, "talking", TALKING))
    open_page = visitors.of(site, once=True)
    page = await open_page(f"{PREFIX}/executions/{held.id}?tab=log", ignore_https_errors=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    # The page fetches its own scripts before it runs any, beneath the prefix too.
    own = page.locator(f'head link[rel=modulepreload][href^="{PREFIX}/assets/_login_._index-"]')
    await expect(own).to_have_count(1)
    await page.get_by_label("User name").fill("ann")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await is_live(page)
    await expect(page).to_have_url(f"{site}{PREFIX}/executions/{held.id}?tab=log")
    await expect(log_of(page)).to_contain_text("line 9")
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await confirm(page, "Cancel execution")
    await expect(status_of(page)).to_have_text("Cancelled")

    await tab(page, "Input & output").click()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/executions/\d+\?tab=data"))
    await page.get_by_role("link", name="Executions").first.click()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/executions$"))
    await expect(row_of(page, held.id)).to_contain_text("Cancelled")
    async with page.expect_download() as taken:
        await page.get_by_role("button", name=re.compile("Export")).click()
        await page.get_by_role("button", name="CSV").click()
    assert held.id in (await (await taken.value).path()).read_text()
    await row_of(page, held.id).get_by_role("link", name=held.id, exact=True).click()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/executions/{held.id}$"))
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await expect(page).to_have_url(f"{site}{PREFIX}/tasks")
    await page.keyboard.press("ControlOrMeta+k")
    recent = page.get_by_role("group", name="Recently visited").get_by_role("option")
    await expect(recent).to_contain_text(f"Execution {held.id}")
    await page.keyboard.type("executions")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site}{PREFIX}/executions")
    await row_of(page, held.id).get_by_role("link", name=held.id, exact=True).click()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/executions/{held.id}$"))
    await page.reload()
    await is_live(page)
    await page.go_back()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/executions$"))
    await page.goto(f"{site}{PREFIX}/")
    await is_live(page)

    cookies = await page.context.cookies(site + PREFIX)
    assert {(each["path"], each["secure"]) for each in cookies} == {(PREFIX, True)}
    assert [url for url in asked if not urlsplit(url).path.startswith(PREFIX) and "blob:" not in url] == []
    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/login"))
    await page.goto("about:blank")  # Its socket would miss the proxy.


async def past_the_proxy(url):
    """The console itself understands addresses with the prefix and without it."""
    async with httpx.AsyncClient(base_url=url, headers={"accept": "text/html"}) as browser:
        for path in (f"{PREFIX}/tasks", "/tasks"):
            answer = await browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/login?next=%2Ftasks")
        document = await browser.get(f"{PREFIX}/login")
        assert f'href="{PREFIX}/favicon.svg"' in document.text
        assert f'src="{PREFIX}' not in document.text.replace(f'src="{PREFIX}/', "")
        script = re.search(rf'"({PREFIX}/assets/[^"]+\.js)"', document.text)
        assert script
        asset = await browser.get(script[1], headers={"accept": "*/*"})
        assert (asset.status_code, asset.headers["cache-control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )
