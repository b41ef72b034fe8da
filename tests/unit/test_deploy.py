"""What `deploy/` has can be run as it stands: each service may do what its program does."""

import re
from pathlib import PurePosixPath

import pytest

from ratchet_web.cli.places import ROOT

SYSTEMD = ROOT / "deploy" / "systemd"
SERVICES = sorted(SYSTEMD.glob("*.service"))
SITES = sorted((ROOT / "deploy" / "nginx").glob("ratchet-web*.conf"))
COMMAND = "/opt/ratchet-web/bin/ratchet-web "


def told(text: str) -> dict[str, list[str]]:
    """Return what a unit says, by the name of the setting."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def audit_dir(unit: dict[str, list[str]]) -> PurePosixPath:
    """Return where the console of a unit writes its record; the file of settings goes before the unit."""
    lines = [*unit.get("Environment", []), *(SYSTEMD / "ratchet-web.env").read_text().splitlines()]
    given = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    return PurePosixPath(given.get("RATCHET_WEB_AUDIT_DIR", given["RATCHET_DATA_DIR"] + "/audit"))


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_may_lower_its_priority(path):
    # Without it the processes that check rows and run tasks are killed as they begin.
    denied = [each for each in told(path.read_text())["SystemCallFilter"] if each.startswith("~")]
    assert "@resources" not in " ".join(denied).split()


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_console_may_write_the_record_of_acts(path):
    unit = told(path.read_text())
    (command,) = unit["ExecStart"]
    if command.removeprefix(COMMAND) == "server":
        return
    own = [PurePosixPath("/var/lib") / each for each in unit.get("StateDirectory", [])]
    assert any(audit_dir(unit).is_relative_to(each) for each in own), audit_dir(unit)


def test_consoles_in_containers_keep_one_record_of_acts():
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    of_consoles = text.partition("x-console:")[2].partition("services:")[0]
    assert 'volumes: ["audit:/data"]' in of_consoles
    assert "audit:" in text.rpartition("\nvolumes:\n")[2].split()


@pytest.mark.parametrize("site", SITES, ids=lambda path: path.name)
def test_nginx_tells_nobody_the_metrics(site):
    closed = re.search(r"location = \S*/metrics \{\s*deny all;\s*\}", site.read_text())
    # Where nginx serves the pages itself, only what is listed reaches the console.
    assert closed or "try_files" in site.read_text()
