"""Whatever opens over a page is looked at by axe (tests/e2e): here is where."""

import re
from collections import Counter

from ratchet_web.cli.places import ROOT

# What makes something that opens, in our JavaScript and in our Python.
OPENS = re.compile(
    r"<Dropdown label=|<Modal$|<Modal |<dialog |\bpopover=\"|\"popover\": \"|antd\.(?:Modal|Drawer)\.create",
    re.M,
)
QUESTION = re.compile(r"antd\.Popconfirm\.create")
AXE, LOGIN = (f"tests/e2e/test_{name}.py" for name in ("axe", "login"))
# Where it is made: for each, the file that looks at it, and what in that opens it.
LOOKED_AT = {
    "assets/bell.jsx": [(AXE, "_bell")],
    "assets/bulk.jsx": [(AXE, "_priority")],
    "assets/columns.jsx": [(AXE, '"Columns"')],
    # What each `Dropdown` opens.
    "assets/dropdown.jsx": [(AXE, "_dropdown")],
    "assets/edit_form.jsx": [(AXE, "_leaving")],
    "assets/export.jsx": [(AXE, '"Export everything that matches"')],
    "assets/keys_help.jsx": [(AXE, "_keys")],
    "assets/list_filters.jsx": [
        (AXE, '"When it was queued"'),
        (AXE, '"More filters"'),
    ],
    "assets/log_bar.jsx": [(AXE, "_log_menu")],
    "assets/palette.jsx": [(AXE, "_palette")],
    "assets/pauses.jsx": [(AXE, "_pause")],
    "assets/views.jsx": [(AXE, "_views")],
    "ratchet_web/components/live_status.py": [(AXE, "_fresh")],
    "ratchet_web/components/shell.py": [
        (LOGIN, 'name="Account of uma").click()'),
        (AXE, "_menu"),
    ],
    "ratchet_web/pages/bulk_run.py": [(AXE, "_many")],
    "ratchet_web/pages/run.py": [(AXE, '"/tasks/{task}?run={task}"')],
    "ratchet_web/pages/schedules_run.py": [(AXE, '"/schedules/1?trigger=input"')],
}


def made(pattern: re.Pattern[str]) -> Counter[str]:
    """Return how many of these each of our files makes."""
    paths = [*ROOT.glob("assets/*.jsx"), *ROOT.glob("ratchet_web/components/**/*.py")]
    paths += ROOT.glob("ratchet_web/pages/*.py")
    found = {path.relative_to(ROOT).as_posix(): len(pattern.findall(path.read_text())) for path in paths}
    return Counter({name: n for name, n in found.items() if n})


def test_whatever_opens_over_a_page_is_looked_at():
    """If this fails you made something that opens: let a test look at it, and say here which."""
    assert made(OPENS) == {name: len(looks) for name, looks in LOOKED_AT.items()}
    assert made(QUESTION)
    looks = {look for each in LOOKED_AT.values() for look in each}
    # Questions beside a button differ by their words alone.
    assert not [look for look in {*looks, (AXE, "_question")} if not is_used(*look)]


def is_used(file: str, how: str) -> bool:
    """Return whether a file of tests has this; of a function, whether it is not only defined there."""
    least, word = (2, rf"\b{how}\b") if how.startswith("_") else (1, re.escape(how))
    return len(re.findall(word, (ROOT / file).read_text())) >= least
