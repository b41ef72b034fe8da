"""Where the parts of an installation are."""

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# A wheel brings the built frontend inside the package, and nothing to build it from (hatch_build.py).
INSTALLED = not (PACKAGE.parent / "rxconfig.py").is_file()
ROOT = PACKAGE / "installed" if INSTALLED else PACKAGE.parent
WEB = ROOT / ".web"
BUILT = WEB / "build"
CLIENT = BUILT / "client"
BUILD_LOG = WEB / "build.log"


def search_path() -> str:
    """Return PATH with this environment's programs first: Node comes from there."""
    return os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)])
