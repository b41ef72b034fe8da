"""An output of 10 MB: click → its tree is painted, opened, scrolled; how long the page stands still."""

import argparse
import json
from typing import Any

from playwright.async_api import Page

from tests.bench.measure import Measured, percentiles
from tests.bench.running import browser, running_system

ROUNDS = 5
ROWS = 93_000
SOURCE = """function main(input) {
  const at = "2026-01-01T10:00:00Z";
  const row = (i) => ({ id: i, name: "Row " + i, tags: ["a", "b"], at, ok: { is: true, n: i / 4 } });
  return { rows: Array.from({ length: input.rows }, (_, i) => row(i)) };
}"""
WATCH = """
window.still = 0;
new PerformanceObserver((list) => list.getEntries().forEach((e) => { still = Math.max(still, e.duration); }))
  .observe({ type: "longtask" });
"""
# Milliseconds from a click until what was waited for is painted.
TIMED = """async ([button, wanted]) => {
  const view = document.querySelector('section[aria-label="Output"]');
  const press = [...view.querySelectorAll("button")].find((each) => each.textContent.startsWith(button));
  const began = performance.now();
  press.click();
  while (!view.querySelector(wanted)) await new Promise(requestAnimationFrame);
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  return performance.now() - began;
}"""
# Milliseconds that reading and parsing alone take, with nothing drawn.
BARE = """async (src) => {
  const began = performance.now();
  JSON.parse(await (await fetch(src, { cache: "no-store" })).text());
  return performance.now() - began;
}"""
# Milliseconds of each frame while the tree is scrolled from end to end.
SCROLLED = """async () => {
  const box = document.querySelector('section[aria-label="Output"] .json-window');
  const frames = [];
  let last = performance.now();
  for (let n = 0; n < 120; n++) {
    box.scrollTop = (n / 120) * box.scrollHeight;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""


def document(rows: int) -> dict[str, Any]:
    """Return what the task gives."""
    return {
        "rows": [
            {
                "id": i,
                "name": f"Row {i}",
                "tags": ["a", "b"],
                "at": "2026-01-01T10:00:00Z",
                "ok": {"is": True, "n": i / 4},
            }
            for i in range(rows)
        ]
    }


def size(rows: int) -> int:
    """Return about how many bytes the server gets for it."""
    return len(json.dumps(document(rows), separators=(",", ":")))


async def run(options: argparse.Namespace) -> list[Measured]:
    """Open the same output in new pages."""
    found: list[dict[str, Any]] = []
    async with running_system() as system, browser() as chromium:
        task = await system.create_task("large", SOURCE)
        execution = await system.run(task, {"rows": ROWS})
        await system.finished(execution)
        for _ in range(options.rounds or ROUNDS):
            context = await chromium.new_context()
            page = await context.new_page()
            found.append(await _measure(page, f"{system.web}/executions/{execution}?tab=data"))
            await context.close()
    figures = {name: percentiles([each[name] for each in found]) for name in ("open", "open_all", "raw")}
    bare = percentiles([each["bare"] for each in found])["p50_ms"]
    opened = {**figures["open"], "bare_ms": bare, "ratio": round(figures["open"]["p50_ms"] / bare, 2)}
    frames = percentiles([ms for each in found for ms in each["frames"]])
    still = max(each["still"] for each in found)
    return [
        Measured("an output of 10 MB: click → painted", opened, {"p95_ms": 1000, "ratio": 4}),
        Measured("everything opened", figures["open_all"], {"p50_ms": 1500}),
        Measured("as text", figures["raw"], {"p50_ms": 1000}),
        Measured("a frame while scrolling from end to end", frames, {"p50_ms": 20}),
        Measured("the page stood still for, at most", {"longest_task_ms": still}, {"longest_task_ms": 200}),
    ]


async def _measure(page: Page, url: str) -> dict[str, Any]:
    await page.goto(url)
    await page.get_by_role("region", name="Output").get_by_role("button", name="Show").wait_for()
    await page.wait_for_load_state("networkidle")
    source = url.replace("/executions/", "/console/executions/").replace("?tab=data", "/payloads/output")
    bare = await page.evaluate(BARE, source)
    await page.evaluate(WATCH)
    shown = await page.evaluate(TIMED, ["Show", '[role="treeitem"]'])
    opened = await page.evaluate(TIMED, ["Open all", '[aria-level="4"]'])
    frames = await page.evaluate(SCROLLED)
    raw = await page.evaluate(TIMED, ["Raw", ".json-line"])
    still = await page.evaluate("still")
    return {
        "bare": bare,
        "open": shown,
        "open_all": opened,
        "raw": raw,
        "frames": frames,
        "still": round(still),
    }
