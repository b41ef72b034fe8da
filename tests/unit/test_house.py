"""The rules of the house: which room may import which, how large things may be, what must be documented."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import reflex as rx

from ratchet_web.cli.environment import variables
from ratchet_web.cli.places import ROOT
from ratchet_web.cli.reference import PAGE, reference

PACKAGE = ROOT / "ratchet_web"
FILE_LINES, FILE_LINES_MEDIAN = 400, 120
FUNCTION_LINES, FUNCTION_LINES_MEDIAN, FUNCTION_LINES_P90 = 60, 8, 30

# Room: the rooms that it may import from, besides itself.
DOORS = {
    "models": set(),
    "settings": {"models"},
    "logic": {"models"},
    "api": {"logic", "models"},
    "peers": {"models"},
    "audit": {"api", "logic", "models"},
    "bulk": {"audit", "peers", "api", "logic", "models"},
    "live": {"audit", "bulk", "peers", "api", "logic", "models"},
    "access": {"audit", "live", "bulk", "peers", "api", "logic", "models"},
    "state": {"access", "audit", "live", "bulk", "peers", "api", "logic", "models"},
    "components": {"models", "logic"},
    "pages": {"state", "components"},
    "server": {"models", "settings", "logic"},
    "vitals": {"models"},
    "gate": {"logic", "settings"},
    "prefix": {"logic"},
    "entrances": {
        *("gate", "prefix", "vitals", "access", "audit", "state", "live", "peers", "api"),
        *("logic", "models", "settings"),
    },
    "application": {"components", "entrances", "pages", "settings", "state", "vitals"},
    "ratchet_web": {"application"},
    "serving": set(),
    "console": {"application", "ratchet_web", "serving", "settings"},
    "cli": {"console", "serving", "gate", "server", "peers", "api", "logic", "models", "settings"},
    "__main__": {"cli"},
}
NOUNS = ("tasks", "executions", "jobs", "schedules")
FORMS = re.compile(r"(task|execution|job|schedule)(s?)(?=_|$)")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*rooms: str) -> list[Path]:
    """Return our modules, or those of these rooms."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not rooms or room_of(path) in rooms]


def room_of(path: Path) -> str:
    """Return the room that a module of ours stands in: a folder, or a module beside the folders."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all of a module's syntax tree. To go through it takes longer than to make it."""
    return tuple(ast.walk(parsed(path)))


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a module, methods and inner ones included."""
    yield from (node for node in nodes(path) if isinstance(node, FUNCTIONS))


def length(function: Function) -> int:
    """Return the lines of a function, its decorators and docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return 1 + (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 1


def called(path: Path) -> str:
    """Return a module's name for a message."""
    return path.relative_to(ROOT).as_posix()


def test_no_module_imports_through_a_closed_door():
    found = [
        f"{called(path)} imports {name}"
        for path in sources()
        for name in imports(path)
        if name.startswith("ratchet_web.") and (room := name.split(".")[1]) in DOORS
        if room != room_of(path) and room not in DOORS[room_of(path)]
    ]
    assert not found


def test_every_room_has_its_doors():
    rooms = {room_of(path) for path in sources()} - {"__init__"}
    assert rooms == set(DOORS)


def test_the_page_on_the_architecture_has_the_same_doors():
    rows = re.findall(
        r"^\| `(\w+)` \|.*\|(?: ([^|]*))? \|$", ARCHITECTURE.partition("## Rooms")[2], re.MULTILINE
    )
    assert {room: set(filter(None, doors.split(", "))) for room, doors in rows} == DOORS


def test_the_drawing_shows_every_room_and_no_import_that_there_is_not():
    drawing = ARCHITECTURE.split("```")[1]
    assert set(DOORS) <= set(re.findall(r"\w+", drawing))
    there = {
        (room_of(path), name.split(".")[1])
        for path in sources()
        for name in imports(path)
        if name.startswith("ratchet_web.")
    }
    drawn = set(re.findall(r"(\w+) ─▶ (?=(\w+))", drawing))
    among = {(one, other) for one, other in drawn if one in DOORS and other in DOORS}
    assert len(among) > 10
    assert among <= there


def test_every_dependency_has_its_reason():
    told = (ROOT / "docs" / "decisions.md").read_text().partition("## Dependencies")[2]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = [*groups["project"]["dependencies"], *groups["dependency-groups"]["build"]]
    assert not [name for each in named if (name := re.split(r"[>=<\[]", each)[0]) not in told]


def test_pictures_are_light():
    heavy = [path.name for path in (ROOT / "docs").rglob("*.png") if path.stat().st_size > PICTURE_BYTES]
    assert not heavy


PICTURE_BYTES = 200_000
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()


def test_imports_name_their_module_in_full():
    relative = [
        called(path)
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


def test_only_the_store_knows_sql():
    outside = [path for path in sources() if "server/store" not in called(path)]
    assert not [
        called(path) for path in outside if any(name.startswith("sqlalchemy") for name in imports(path))
    ]


def test_the_server_knows_nothing_of_reflex():
    assert not [
        called(path) for path in sources("server", "models", "logic", "api") if "reflex" in modules(path)
    ]


def modules(path: Path) -> set[str]:
    """Return the top names of what a module imports."""
    return {name.partition(".")[0] for name in imports(path)}


def test_only_the_components_of_antd_name_antd():
    outside = [path for path in sources() if "components/antd/" not in called(path)]
    named = [
        f"{called(path)}:{node.lineno}"
        for path in outside
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"(antd|@ant-design/[\w-]+)(@|/|$)", node.value)
    ]
    assert not named


def test_every_time_of_day_counts_to_24():
    """Whatever the locale: a page would else show two styles, since logs and charts have one of their own."""
    shows = re.compile(r'timeStyle: "|hour: "2-digit"')
    assert not [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "assets").glob("*.js*"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if shows.search(line) and not re.search(r'hourCycle: "h23"|\.\.\.H24|"en-GB"', line)
    ]


def test_nothing_of_radix_is_used():
    """One component of it brings all of its style sheets, 81 KB; `rx.el` and ours do without."""
    found = [
        f"{called(path)}:{node.lineno} rx.{node.attr}"
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "rx"
        if "radix" in str(getattr(getattr(rx, node.attr), "__module__", ""))
    ]
    assert not found


def test_files_are_small():
    lines = {called(path): path.read_text().count("\n") for path in sources()}
    assert not {name: count for name, count in lines.items() if count > FILE_LINES}
    assert median(count for count in lines.values() if count) <= FILE_LINES_MEDIAN


def test_functions_are_small():
    lines = {
        f"{called(path)}:{function.lineno} {function.name}": length(function)
        for path in sources()
        for function in functions(path)
    }
    assert not {name: count for name, count in lines.items() if count > FUNCTION_LINES}
    assert median(lines.values()) <= FUNCTION_LINES_MEDIAN
    assert quantiles(lines.values(), n=10)[-1] <= FUNCTION_LINES_P90


def test_a_noun_has_one_file_name_in_every_room():
    """`tasks.py` or `tasks_edit.py`, never `task.py`, `task_list.py` or `edit_tasks.py`."""
    wrong = [
        called(path)
        for path in sources()
        if (noun := FORMS.search(path.stem))
        and (noun.start() > 0 or not noun[2])
        and not path.stem.startswith(NOUNS)
    ]
    assert not wrong


def test_every_public_method_of_a_state_is_an_event_or_a_variable():
    """Any browser can call any of them: what is meant for that says so, all else begins with `_`."""
    undecorated = [
        f"{called(path)}:{method.lineno} {kind.name}.{method.name}"
        for path in sources("state")
        for kind in nodes(path)
        if isinstance(kind, ast.ClassDef) and is_state(kind)
        for method in kind.body
        if isinstance(method, FUNCTIONS) and not method.name.startswith("_") and not method.decorator_list
    ]
    assert not undecorated


def is_state(kind: ast.ClassDef) -> bool:
    """Return whether a class of `state/` is a Reflex state: its bases say so, or a mixin's keyword."""
    bases = {ast.unparse(base) for base in kind.bases}
    return any(base.split(".")[-1] in STATES for base in bases) or any(
        key.arg == "mixin" for key in kind.keywords
    )


STATES = {"State", "BaseState", "ComponentState"}
STATES |= {
    kind.name
    for path in sources("state")
    for kind in nodes(path)
    if isinstance(kind, ast.ClassDef) and any("State" in ast.unparse(base) for base in kind.bases)
}


def test_the_reference_is_that_of_the_code():
    assert PAGE.read_text() == reference(), "run `make docs`"


def test_no_document_names_a_setting_that_does_not_exist():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.*")]
    documents.remove(ROOT / "CHANGELOG.md")  # which names those that there were
    named = {name for path in documents for name in re.findall(r"\bRATCHET_[A-Z_]+", path.read_text("utf-8"))}
    known = {variable.name for variable in variables()} | OF_TESTS
    assert {name for name in named if not name.endswith("_")} <= known


def test_every_link_between_documents_leads_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{called(path)}: {link}"
        for path in documents
        for link in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", path.read_text("utf-8"))
        if not leads(path, *link.partition("#")[::2])
    ]
    assert not broken


def leads(page: Path, link: str, part: str) -> bool:
    """Return whether there is a file behind a link, and in it a heading of this name."""
    target = page.parent / link
    if not target.exists() or not part:
        return target.exists()
    headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
    return part in {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


OF_TESTS = {"RATCHET_CONTRACT_URL"}


def test_what_is_waited_for_in_a_page_is_a_function():
    # An expression is evaluated anew at each look, which the policy of our pages forbids.
    found = [
        f"{called(path)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "wait_for_function"
        if isinstance(node.args[0], ast.Constant)
        and not re.match(r"\s*(async )?(\(.*?\)|\w+) =>", node.args[0].value)
    ]
    assert not found


def test_no_test_is_skipped_or_waits_for_a_fixed_time():
    found = [
        f"{called(path)}:{node.lineno} {ast.unparse(node.func)}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if not UNTIMED & set(path.parts)
        for node in nodes(path)
        if isinstance(node, ast.Call) and is_idle(node, numbers(path))
    ]
    assert not found


# Benches wait because they measure; in tests of `live` and `bulk` the clock jumps: no sleep takes any time.
UNTIMED = {"bench", "bulk", "live", "days"}


def is_idle(call: ast.Call, known: dict[str, float]) -> bool:
    """Return whether a call skips a test, or waits for a fixed time."""
    name = ast.unparse(call.func)
    if name.split(".")[-1] in ("skip", "skipif", "importorskip", "wait_for_timeout"):
        return True
    if name not in ("time.sleep", "asyncio.sleep", "sleep"):
        return False
    wait = call.args[0]
    seconds = wait.value if isinstance(wait, ast.Constant) else known.get(ast.unparse(wait), 1.0)
    # As short as in a loop that looks for a condition, or as long as that of a server which never answers.
    return 0.1 < seconds < 60


@cache
def numbers(path: Path) -> dict[str, float]:
    """Return the numbers that a module gives names to."""
    return {
        target.id: node.value.value
        for node in parsed(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, int | float)
    }


def test_no_file_names_this_machine():
    """Paths of a home directory, and addresses of a registry in a lock."""
    names = [*ROOT.glob("*.lock"), ROOT / "reflex.lock" / "package-lock.json", *sources()]
    wrong = re.compile(
        r"/(root|home)/|\"resolved\":|^--index-url|^--extra-index-url|@ https?://", re.MULTILINE
    )
    assert not [called(path) for path in names if path.is_file() and wrong.search(path.read_text())]
