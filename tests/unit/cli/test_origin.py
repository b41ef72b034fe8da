"""The built pages speak to the origin that they came from."""

import json
import subprocess

import pytest

from ratchet_web.cli.origin import PLACEHOLDER, use_page_origin
from ratchet_web.cli.places import ROOT, search_path
from ratchet_web.cli.problems import ProblemError

BUILT = (
    f'var e={{PING:`http://{PLACEHOLDER}/ping`,EVENT:"ws://{PLACEHOLDER}/_event",'
    f"UPLOAD:'http://{PLACEHOLDER}/_upload',TRANSPORT:`websocket`}};export{{e as t}};"
)


@pytest.fixture
def client(tmp_path):
    (tmp_path / "assets").mkdir()
    for name in ("reflex-env-1.js", "reflex-env-1.js.gz", "reflex-env-1.js.br", "other.js.gz"):
        (tmp_path / "assets" / name).write_bytes(b"compressed")
    (tmp_path / "assets" / "reflex-env-1.js").write_text(BUILT)
    (tmp_path / "assets" / "other.js").write_text("let x = 1;")
    return tmp_path


@pytest.mark.parametrize(
    ("origin", "socket"),
    [
        ("http://localhost:3000", "ws://localhost:3000"),
        ("http://10.0.0.7:8123", "ws://10.0.0.7:8123"),
        ("https://ops.example", "wss://ops.example"),
        ("https://ops.example:8443", "wss://ops.example:8443"),
    ],
)
def test_every_address_is_of_the_origin_of_the_page(client, origin, socket):
    assert addresses(client, origin) == {
        "PING": f"{origin}/ping",
        "EVENT": f"{socket}/_event",
        "UPLOAD": f"{origin}/_upload",
        "TRANSPORT": "websocket",
    }


def test_what_was_compressed_before_is_not_served_any_more(client):
    use_page_origin(client)
    assert sorted(path.name for path in client.rglob("*.*")) == ["other.js", "other.js.gz", "reflex-env-1.js"]


def test_a_build_without_the_placeholder_is_refused(client):
    use_page_origin(client)
    with pytest.raises(ProblemError, match="0 built scripts instead of one"):
        use_page_origin(client)


def test_a_placeholder_in_an_unknown_shape_is_refused(client):
    (client / "assets" / "reflex-env-1.js").write_text(f"let a = 'see http://{PLACEHOLDER}/x'")
    with pytest.raises(ProblemError, match="unexpected way"):
        use_page_origin(client)


def test_the_configuration_builds_for_the_placeholder():
    assert f'"http://{PLACEHOLDER}"' in (ROOT / "rxconfig.py").read_text()


def addresses(client, origin):
    """Return what the built script holds on a page of this origin; Node runs it."""
    script = use_page_origin(client)
    program = f"""
        globalThis.location = new URL({json.dumps(origin)});
        const text = {json.dumps(script.read_text())};
        const {{ t }} = await import("data:text/javascript," + encodeURIComponent(text));
        console.log(JSON.stringify(t));
    """
    command = ["node", "--input-type=module", "--eval", program]
    done = subprocess.run(command, env={"PATH": search_path()}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
