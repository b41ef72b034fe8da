"""Puts the built frontend into the wheel: who installs it needs neither Node nor a build."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What the package finds beside itself in a clone, and within itself where it is installed (cli/places.py).
HOME = "ratchet_web/installed"
PARTS = ("rxconfig.py", ".web/build/client", ".web/build/stamp", ".web/backend")


class Frontend(BuildHookInterface[Any]):
    """Of a wheel; an editable install works in the clone."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the parts, or say how they are made."""
        if version == "editable":
            return
        root = Path(self.root)
        missing = [part for part in PARTS if not (root / part).exists()]
        if missing:
            raise FileNotFoundError(
                f"{', '.join(missing)}: not built; `make build` builds the frontend first"
            )
        build_data["force_include"] |= {str(root / part): f"{HOME}/{part}" for part in PARTS}
