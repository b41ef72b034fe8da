"""First view of `/executions` and `/`: bytes over the wire (gzip), requests, paint times, layout shift."""

import argparse
from typing import Any

from playwright.async_api import CDPSession, Page

from tests.bench.measure import Measured
from tests.bench.running import browser, running_system

OBSERVE = """
window.seen = {lcp: 0, cls: 0, tbt: 0};
const on = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type, buffered: true});
on("largest-contentful-paint", (e) => { seen.lcp = e.startTime; });
on("layout-shift", (e) => { if (!e.hadRecentInput) seen.cls += e.value; });
on("longtask", (e) => { seen.tbt += Math.max(0, e.duration - 50); });
"""
# What comes after the first paint, and is not of the first view.
LATER = "plotly"
PAGES = {"/executions": "tbody tr[data-id]", "/": ".alerts .calm b, .alert"}
SLOW_NETWORK = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure each page plain, and on a slow processor and network."""
    async with running_system() as system, browser() as chromium:
        await system.run_something()
        rows = []
        for path, ready in PAGES.items():
            for how, slow in (("plain", False), ("4x CPU, 10 Mbit/s", True)):
                context = await chromium.new_context(extra_http_headers={"Accept-Encoding": "gzip"})
                page = await context.new_page()
                rows.append(await _measure(page, f"{system.web}{path}", f"{path} {how}", ready, slow))
                await context.close()
        return rows


async def _measure(page: Page, url: str, what: str, ready: str, slow: bool) -> Measured:
    cdp = await page.context.new_cdp_session(page)
    received: dict[str, float] = {}
    urls: dict[str, str] = {}
    cdp.on("Network.requestWillBeSent", lambda sent: urls.update({sent["requestId"]: sent["request"]["url"]}))
    cdp.on(
        "Network.loadingFinished",
        lambda done: received.update({done["requestId"]: done["encodedDataLength"]}),
    )
    await cdp.send("Network.enable")
    if slow:
        await _slow_down(cdp)
    await page.add_init_script(OBSERVE)
    await page.goto(url)
    await page.locator(ready).first.wait_for()
    await page.wait_for_load_state("networkidle")
    seen: dict[str, Any] = await page.evaluate("seen")
    fcp = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    later = [size for id, size in received.items() if LATER in urls.get(id, "").rpartition("/")[2]]
    return Measured(
        what,
        {
            "gzip_kb": round((sum(received.values()) - sum(later)) / 1024, 1),
            "later_kb": round(sum(later) / 1024, 1),
            "requests": len(received),
            "fcp_ms": round(fcp),
            "lcp_ms": round(seen["lcp"]),
            "tbt_ms": round(seen["tbt"]),
            "layout_shift": round(seen["cls"], 4),
        },
        {"gzip_kb": 390, "layout_shift": 0.1},
    )


async def _slow_down(cdp: CDPSession) -> None:
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    await cdp.send("Network.emulateNetworkConditions", SLOW_NETWORK)
