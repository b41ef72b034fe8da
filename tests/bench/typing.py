"""Typing in the editors: key down → painted, key by key, beside a bare text area of the same browser."""

import argparse
from collections.abc import Sequence

from playwright.async_api import Locator, Page

from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, browser, running_system

KEYS, ROUNDS = 60, 3
DELAY_MS = 45
MOST_MS, FRAME_MS = 50, 17
TEXT = "const total = rows.reduce((sum, row) => sum + row.amount, 0); "
LINE = "  total += input.rows[%d] ?? 0; // one of very many lines of an ordinary length\n"
# From the key to the first task after the frame that shows it.
WATCH = """() => {
  window.painted = [];
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => painted.push(performance.now() - timeStamp);
    port2.postMessage(null);
  }), true);
}"""
SCHEMA = {
    "type": "object",
    "properties": {f"field{n}": {"type": "string", "title": f"Field {n}"} for n in range(40)},
}


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure each editor of the page on which a task is written."""
    keys = options.rounds or KEYS
    async with running_system() as system, browser() as chromium:
        page = await chromium.new_page()
        await page.set_content("<textarea></textarea>")
        bare = Measured("a bare text area", percentiles(await _typed(page, page.locator("textarea"), keys)))
        rows = [bare]
        for what, lines in (
            ("a short source", 20),
            ("a source of 100 kB", 1250),
            ("a source of 900 kB", 11_250),
        ):
            await _open(page, system, lines)
            source = page.get_by_role("textbox", name="Source")
            rows.append(_measured(what, await _typed(page, source, keys), bare))
        for what, field in await _others(page, system):
            rows.append(_measured(what, await _typed(page, field, keys), bare))
    return rows


async def _others(page: Page, system: System) -> list[tuple[str, Locator]]:
    await _open(page, system, 20)
    await page.get_by_role("region", name="Input schema").get_by_role("tab", name="Fields").click()
    return [
        ("a description", page.get_by_label("Description").first),
        ("the name of one of 40 fields", page.get_by_role("textbox", name="Name", exact=True).nth(1)),
        ("a schema as JSON", page.get_by_role("textbox", name="Output schema")),
    ]


def _measured(what: str, times_ms: list[float], bare: Measured) -> Measured:
    # What a bare text area takes beyond a frame is the machine's own.
    own_ms = max(0, bare.figures["max_ms"] - FRAME_MS)
    return Measured(what, percentiles(times_ms), {"max_ms": MOST_MS + own_ms})


async def _open(page: Page, system: System, lines: int) -> None:
    body = "".join(LINE % number for number in range(lines))
    source = f"function main(input) {{\n  let total = 0;\n{body}  return total;\n}}\n"
    id = await system.create_task(f"typing-{lines}-{page.url[-1]}", source, inputSchema=SCHEMA)
    # What was typed before is a draft, and no page asks a bench whether it may go.
    await page.goto("about:blank")
    await page.goto(f"{system.web}/tasks/{id}/edit")
    for editor in ("Source", "Input schema"):
        await page.get_by_role("region", name=editor).locator("[data-ready]").wait_for()


async def _typed(page: Page, field: Locator, keys: int) -> list[float]:
    """Return the milliseconds of each key."""
    await field.click()
    await page.keyboard.press("Home")
    await page.evaluate(WATCH)
    text = (TEXT * (1 + keys // len(TEXT)))[:keys]
    for _ in range(ROUNDS):
        await page.keyboard.type(text, delay=DELAY_MS)
    await page.wait_for_function("n => painted.length >= n", arg=ROUNDS * keys)
    times: list[float] = await page.evaluate("painted")
    return best(times, keys)


def best(times_ms: Sequence[float], keys: int) -> list[float]:
    """Return the best time of each key over all whole rounds: a busy machine is late with some at random."""
    whole = len(times_ms) // keys * keys
    return [min(times_ms[key:whole:keys]) for key in range(keys)]
