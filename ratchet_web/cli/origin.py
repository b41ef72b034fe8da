"""One build for every address: the built pages speak to the origin and the path that they came from.

Reflex writes the backend's address into the build, and React Router the path of each script. Ours is built
for a placeholder and for `/`; the steps here put the page's own address in their place: any host, any port,
http and https, and any prefix of a proxy. Scripts know where they are by `import.meta.url`; only the HTML
documents must be told their prefix (`logic/prefixes.py`), in attributes: inline scripts stay the same.
"""

import re
from pathlib import Path

from ratchet_web.cli.problems import ProblemError

PLACEHOLDER = "ratchet.invalid"
PRECOMPRESSED = (".gz", ".br", ".zst")
# A string of any quotes that begins with the placeholder's origin; the rest of it is the path.
ADDRESS = re.compile(
    r"""(["'`])(?P<scheme>ws|http)://""" + re.escape(PLACEHOLDER) + r"""(?P<path>[^"'`\\$]*)\1"""
)
# A string of any quotes that is the path of something built.
BUILT_PATH = re.compile(r"""(["'`])/(?P<path>(?:assets/|favicon\.svg)[^"'`\\$]*)\1""")
# How Vite finds what a script that is loaded later needs.
PRELOAD = re.compile(r"function\((?P<name>\w+)\)\{return([`\"'])/\2\+(?P=name)\}")
HERE = 'var __base=new URL("../",import.meta.url).pathname;'

BASENAME = '{"basename":"/",'
# The icon's address is the one that every document has. Whoever comes by another path, past the proxy, is led
# to the one that the router knows.
FIND_BASE = (
    """var __base=document.querySelector('link[rel="icon"]').getAttribute("href").slice(0,-12);"""
    """(location.pathname+"/").startsWith(__base+"/")||"""
    """location.replace(__base+location.pathname+location.search+location.hash);"""
)
# What lists the scripts of all pages.
MANIFEST = "window.__reactRouterManifest={"
# The router asks for a page's own scripts only once everything else has run, and then for what those import.
# Like it, this takes of the paths that fit the one with the fewest variables.
PRELOAD_PAGE = """
const parts = (path) => path.split("/").filter(Boolean);
const here = parts(location.pathname.slice(__base.length));
const isOpen = (part) => part[0] === ":";
const fits = (path) =>
  path.length === here.length && path.every((part, at) => isOpen(part) || part === here[at]);
const preload = () => {
  const { root, ...pages } = window.__reactRouterManifest.routes;
  const fitting = Object.values(pages)
    .map(({ path = "", module, imports = [] }) => ({ path: parts(path), scripts: [module, ...imports] }))
    .filter(({ path }) => fits(path))
    .sort((one, other) => one.path.filter(isOpen).length - other.path.filter(isOpen).length);
  for (const href of fitting[0]?.scripts ?? [])
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
};
"""
START = re.compile(
    r'import "/assets/(?P<manifest>[^"]+)";\s*import \* as route0 from "/assets/(?P<root>[^"]+)";'
    r'\s*(?P<routes>window\.__reactRouterRouteModules = \{"root":route0\};)'
    r'\s*import\("/assets/(?P<entry>[^"]+)"\);'
)


def use_page_origin(client: Path) -> Path:
    """Replace the placeholder in the built frontend in `client`; return the file that held it.

    Raises:
        ProblemError: not exactly one script holds it, or it is written in another way than expected.
    """
    holders = [path for path in client.rglob("*.js") if PLACEHOLDER in path.read_text("utf-8")]
    if len(holders) != 1:
        raise ProblemError(f"{len(holders)} built scripts instead of one name {PLACEHOLDER}")
    script = holders[0]
    text = ADDRESS.sub(_expression, script.read_text("utf-8"))
    if PLACEHOLDER in text:
        raise ProblemError(f"{script} names {PLACEHOLDER} in an unexpected way")
    _write(script, text)
    return script


def use_page_base(client: Path) -> list[Path]:
    """Let scripts and documents in `client` find each other beneath any prefix; return the changed files.

    Raises:
        ProblemError: one of them is written in another way than expected.
    """
    scripts = [path for path in sorted((client / "assets").glob("*.js")) if _relative(path)]
    manifests = [path for path in scripts if path.name.startswith("manifest-")]
    if not any(MANIFEST in path.read_text("utf-8") for path in manifests) or not _preloads(scripts):
        raise ProblemError("The built scripts name each other in an unexpected way")
    documents = sorted(client.glob("*.html"))
    for document in documents:
        _write(document, _based(document.read_text("utf-8"), document))
    return scripts + documents


def _expression(match: re.Match[str]) -> str:
    # `http` becomes `ws`, and so `https` becomes `wss`.
    origin = f'new URL("..{match["path"]}",import.meta.url).href'
    return origin + ('.replace("http","ws")' if match["scheme"] == "ws" else "")


def _relative(script: Path) -> bool:
    """Make the paths in a script relative to where it came from; return whether there were any."""
    text = script.read_text("utf-8")
    found = PRELOAD.sub(r"function(\g<name>){return __base+\g<name>}", text)
    found = BUILT_PATH.sub(r'(__base+"\g<path>")', found)
    if found == text:
        return False
    # An import may stand after a statement; a `var` is there before any function of the script is called.
    _write(script, HERE + found)
    return True


def _preloads(scripts: list[Path]) -> bool:
    return any("{return __base+" in script.read_text("utf-8") for script in scripts)


def _based(text: str, document: Path) -> str:
    told, contexts = re.subn(
        re.escape("window.__reactRouterContext = " + BASENAME),
        FIND_BASE.replace("\\", r"\\") + 'window.__reactRouterContext = {"basename":__base||"/",',
        text,
    )
    told, starts = START.subn(_start, told)
    if (contexts, starts) != (1, 1):
        raise ProblemError(f"{document} starts in an unexpected way")
    return told


def _start(match: re.Match[str]) -> str:
    # An inline module has no address of its own, and a static import takes no variable.
    manifest, root, entry = (
        f'import(__base+"/assets/{match[name]}")' for name in ("manifest", "root", "entry")
    )
    # No page waits for what only makes it quicker, nor fails with it.
    listed = f"{PRELOAD_PAGE}const listed={manifest};listed.then(preload);"
    return f"{listed}const [,route0]=await Promise.all([listed,{root}]);{match['routes']}{entry};"


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    # What was compressed before would be served in place of it.
    for suffix in PRECOMPRESSED:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
