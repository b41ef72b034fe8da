"""Where the parts of an installation are."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / ".web"
BUILT = WEB / "build"
CLIENT = BUILT / "client"
BUILD_LOG = WEB / "build.log"


def search_path() -> str:
    """Return PATH with this environment's programs first: Node comes from there."""
    return os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)])
