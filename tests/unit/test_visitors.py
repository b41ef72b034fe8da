"""Pages of the browser tests are used again: what stays in one may only be put into a page that is not."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
IN_BROWSER = sorted(path for room in ("e2e", "faults") for path in (TESTS / room).glob("*.py"))
# A clock, a script for each document, a function of the page, what goes with every request.
LASTING = ("page.clock.", ".add_init_script(", ".expose_", ".set_extra_http_headers(", ".set_offline(")
ANSWERED = '.on("dialog"'


def strays(source: str) -> list[str]:
    """Return the functions that put something lasting into a page which somebody else gets afterwards."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_source_segment(source, node) or ""
            lasting = any(word in text for word in LASTING)
            answered = ANSWERED in text and '.remove_listener("dialog"' not in text
            if (lasting or answered) and "once=True" not in text:
                found.append(node.name)
    return found


@pytest.mark.parametrize("path", IN_BROWSER, ids=lambda path: path.stem)
def test_what_lasts_is_put_only_into_pages_that_are_opened_once(path):
    allowed = ["open_warily"] if path.stem == "test_text" else []
    assert [name for name in strays(path.read_text()) if name not in allowed] == []


def test_it_is_seen_where_something_lasts():
    lasting = "async def test(open_page):\n    page = await open_page({})\n    await page.clock.install()\n"
    assert strays(lasting.format('"/"')) == ["test"]
    assert strays(lasting.format('"/", once=True')) == []
    assert strays('def test(page):\n    page.on("dialog", print)\n') == ["test"]
