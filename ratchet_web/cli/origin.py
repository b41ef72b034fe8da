"""One build for every address: the built pages speak to the origin that they came from.

Reflex writes the backend's address into the build. Ours is built for a placeholder, and this step puts
the page's own origin in its place: any host, any port, http and https.
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
    script.write_text(text, "utf-8")
    # What was compressed before would be served in place of it; it is too small to need compressing.
    for suffix in PRECOMPRESSED:
        script.with_name(script.name + suffix).unlink(missing_ok=True)
    return script


def _expression(match: re.Match[str]) -> str:
    # `http` becomes `ws`, and so `https` becomes `wss`.
    origin = "location.origin" + ('.replace("http","ws")' if match["scheme"] == "ws" else "")
    return f'{origin}+"{match["path"]}"'
