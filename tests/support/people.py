"""Who may log in to a server of a test: one for each role, all with the same password."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import httpx

from ratchet_web.api import Ratchet
from ratchet_web.cli.places import ROOT
from ratchet_web.models.users import Login, Role
from tests.support.system import clean_environment

PASSWORD = "correct horse battery staple"
PEOPLE: Mapping[str, Role] = {"ann": Role.ADMIN, "uma": Role.USER, "sam": Role.SERVICE, "rob": Role.READONLY}


def add_first(data_dir: Path, name: str = "ann") -> None:
    """Make the first user, an admin, as the person does who runs the server."""
    _command(data_dir, "user", "add", name, "--role", "admin")


def add_token(data_dir: Path, name: str, role: str) -> str:
    """Return a new API token of a user."""
    return _command(data_dir, "token", "add", name, "--role", role)


def _command(data_dir: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "ratchet_web", "server", *arguments]
    environment = clean_environment() | {"RATCHET_DATA_DIR": str(data_dir)}
    made = subprocess.run(
        command, input=f"{PASSWORD}\n", text=True, env=environment, cwd=ROOT, check=True, capture_output=True
    )
    return made.stdout.strip()


def add_others(url: str) -> None:
    """Let the first user add one for each other role; `url` is that of the API."""
    for name, role in PEOPLE.items():
        if name != "ann":
            body = {"username": name, "password": PASSWORD, "role": role.value}
            as_admin(url, "POST", "/users", body)


def as_admin(url: str, method: str, path: str, body: object = None) -> httpx.Response:
    """Ask a server as its admin, in a session of its own."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        login = client.post("/auth/login", json={"username": "ann", "password": PASSWORD})
        token = login.raise_for_status().json()["data"]["token"]
        answer = client.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})
        return answer.raise_for_status()


def change(url: str, name: str, **fields: object) -> None:
    """Let the admin change one of them."""
    users = as_admin(url, "GET", "/users").json()["data"]
    (id,) = [user["id"] for user in users if user["username"] == name]
    as_admin(url, "PATCH", f"/users/{id}", fields)


def revoke(url: str, name: str) -> None:
    """Let all tokens of one of them be worth nothing, and streams notice it: they have something to send."""
    change(url, name, password=PASSWORD)
    as_admin(url, "POST", "/tasks", {"name": f"made-{uuid4().hex}", "version": "1.0.0"})


async def client_of(url: str, name: str) -> Ratchet:
    """Return a client with the token of one of them."""
    async with Ratchet(url) as stranger:
        session = await stranger.auth.login(Login(username=name, password=PASSWORD))
    return Ratchet(url, token=session.token.get_secret_value())
