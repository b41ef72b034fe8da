"""Everybody reaches everything: no page is left out of the walks, and the help tells every key."""

import ast
import re
from pathlib import Path

from ratchet_web.cli.places import ROOT
from tests.e2e.test_axe import PAGES

ROUTE = re.compile(r"`(/[^`]*)`")
# Walked where people sign in (tests/e2e/test_login.py).
ELSEWHERE = {"/login"}
# The address of no page (tests/e2e/test_axe.py: `/no/such/page`).
NOWHERE = "nowhere"


def text(name: str) -> str:
    return (ROOT / "assets" / name).read_text()


def draws_a_page(path: Path) -> str | None:
    """Return the docstring of a module that draws a whole page."""
    tree = ast.parse(path.read_text())
    drawn = any(isinstance(each, ast.FunctionDef) and each.name == "page" for each in tree.body)
    return ast.get_docstring(tree) if drawn else None


def test_every_page_is_walked_for_everyone():
    walked = {re.sub(r"\{\w+\}|(?<=/)\d+", "*", path.partition("?")[0]) for path in PAGES}
    routes = set()
    for path in (ROOT / "ratchet_web" / "pages").glob("*.py"):
        said = draws_a_page(path)
        if said is None or path.stem == NOWHERE:
            continue
        named = ROUTE.findall(said.partition("\n")[0])
        assert named, f"{path.name} names no route in its first line"
        routes |= {re.sub(r"\[\w+\]", "*", route) for route in named}
    assert len(routes) > 20
    assert routes - ELSEWHERE - walked == set()


def test_the_help_tells_every_key_of_all_pages():
    told = set(re.findall(r'(?:\{ key: |\[)"(.)"', text("keys_help.jsx")))
    acted = set(re.findall(r'key === "(.)"', text("keys.js"))) - {"g"}
    of_rows = {
        key
        for path in (ROOT / "ratchet_web" / "pages").glob("*.py")
        for key in re.findall(r'by_row_key\("(.)"\)', path.read_text())
    }
    assert {"j", "/", "?"} < acted
    assert {"r", "c"} <= of_rows
    assert (acted | of_rows) - told == set()


def test_the_help_tells_every_key_of_the_log():
    acts = text("logview.jsx").partition("function press(")[2].partition("[event.key]")[0]
    pressed = set(re.findall(r'^\s*(?:"(.)"|(\w+)):', acts, re.M))
    pressed = {single or name for single, name in pressed}
    told = set(re.findall(r'key: "(\S+)"', text("log_keys.js")))
    assert {"e", "End"} <= pressed
    assert pressed == told


def test_what_listens_to_keys_everywhere_is_in_the_help():
    listening = {
        path.name
        for path in (ROOT / "assets").glob("*.js*")
        if re.search(r'addEventListener\("keydown", press', path.read_text())
    }
    assert listening == {"keys.js", "palette.jsx", "delays.jsx"}
    assert {"K", "Z"} <= set(re.findall(r"\$\{COMMAND\} (.)`", text("keys_help.jsx")))
