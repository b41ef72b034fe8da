"""The built pages speak to the origin and the path that they came from."""

import json
import re
import subprocess

import pytest

from ratchet_web.cli.origin import PLACEHOLDER, use_page_base, use_page_origin
from ratchet_web.cli.places import ROOT, search_path
from ratchet_web.cli.problems import ProblemError
from ratchet_web.logic.prefixes import based

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
        ("https://ops.example/ratchet", "wss://ops.example/ratchet"),
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


DOCUMENT = (
    '<html><head><link href="/favicon.svg" rel="icon"/><link rel="modulepreload" href="/assets/root-1.js"/>'
    '</head><body><a href="/tasks">Tasks</a>'
    '<script>window.__reactRouterContext = {"basename":"/","ssr":false};</script>'
    '<script type="module" async="">import "/assets/manifest-1.js";\n'
    'import * as route0 from "/assets/root-1.js";\n  \n'
    '  window.__reactRouterRouteModules = {"root":route0};\n\n'
    'import("/assets/entry-1.js");</script></body></html>'
)


# As React Router lists them: the first page has no path of its own.
PAGES = ("", "tasks", "tasks/:task_id", "tasks/new", "tasks/:task_id/edit", "*")
ROUTES = {"root": {"id": "root", "path": "", "module": "/assets/root-1.js", "imports": []}} | {
    f"routes/{path}": {
        **({"path": path} if path else {}),
        "module": f"/assets/{path}-1.js",
        "imports": ["/assets/root-1.js", f"/assets/of-{path}-1.js"],
    }
    for path in PAGES
}


@pytest.fixture
def built(client):
    """A frontend in miniature, as the tools write one."""
    (client / "index.html").write_text(DOCUMENT)
    for name, text in {
        "manifest-1": f"window.__reactRouterManifest={json.dumps({'routes': ROUTES})};",
        "preload-1": "var c=function(e){return`/`+e};export{c};",
        "root-1": "var a=`/assets/app.css`,b='/favicon.svg',c=\"/tasks\";export{a,b,c};",
    }.items():
        (client / "assets" / f"{name}.js").write_text(text)
    return client


def test_scripts_find_what_was_built_beside_them(built):
    changed = use_page_base(built)
    assert [path.name for path in changed] == ["manifest-1.js", "preload-1.js", "root-1.js", "index.html"]
    here = json.dumps("https://ops.example/a/b/assets/root-1.js")
    text = "".join((built / "assets" / f"{name}-1.js").read_text() for name in ("preload", "root"))
    program = (
        text.replace("import.meta.url", here).replace("export{c};", "").replace("var c=func", "var f=func")
    )
    shown = program.replace("export{a,b,c};", "console.log(JSON.stringify([a,b,c,f('x.js')]))")
    done = subprocess.run(
        ["node", "--eval", shown], env={"PATH": search_path()}, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == ["/a/b/assets/app.css", "/a/b/favicon.svg", "/tasks", "/a/b/x.js"]


def test_no_script_of_a_document_depends_on_the_prefix(built):
    use_page_base(built)
    text = (built / "index.html").read_text()
    beneath = based(text, "/a/b")
    assert [tag.partition("</script")[0] for tag in text.split("<script")[1:]] == [
        tag.partition("</script")[0] for tag in beneath.split("<script")[1:]
    ]
    for address in ("favicon.svg", "assets/root-1.js", "tasks"):
        assert f'href="/a/b/{address}"' in beneath
    assert '"basename":"/"' not in text
    assert 'import "/assets' not in text


@pytest.mark.parametrize("prefix", ["", "/a/b"])
@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/", ""),
        ("/tasks", "tasks"),
        ("/tasks/", "tasks"),
        ("/tasks/new", "tasks/new"),
        ("/tasks/17", "tasks/:task_id"),
        ("/tasks/17/edit", "tasks/:task_id/edit"),
        ("/tasks/17/nothing", None),
        ("/nothing", None),
    ],
)
def test_the_scripts_of_the_page_are_fetched_at_once(built, prefix, address, page):
    use_page_base(built)
    manifest = (built / "assets" / "manifest-1.js").read_text().partition(";")[2]
    script = re.search(
        '<script type="module" async="">(.*?)</script>', (built / "index.html").read_text(), re.S
    )
    program = f"""
        const __base = {json.dumps(prefix)}, window = {{}}, links = [], loaded = [];
        const location = {{ pathname: {json.dumps(prefix + address)} }};
        const document = {{ createElement: () => ({{}}), head: {{ append: (link) => links.push(link) }} }};
        const load = async (name) => {{
            loaded.push(name);
            if (name.includes("manifest")) {{ {manifest.replace("__base+", '__base+"/"+')} }}
        }};
        {script[1].replace("import(", "load(")}
        console.log(JSON.stringify({{ links, loaded }}));
    """
    command = ["node", "--input-type=module", "--eval", program]
    done = subprocess.run(command, env={"PATH": search_path()}, capture_output=True, check=True)
    told, names = json.loads(done.stdout), [] if page is None else [page, "root", f"of-{page}"]
    assert told["links"] == [
        {"rel": "modulepreload", "href": f"{prefix}/assets/{name}-1.js"} for name in names
    ]
    assert told["loaded"] == [f"{prefix}/assets/{name}-1.js" for name in ("manifest", "root", "entry")]


def test_a_build_of_another_shape_is_refused(built):
    (built / "index.html").write_text("<html></html>")
    with pytest.raises(ProblemError, match="starts in an unexpected way"):
        use_page_base(built)
    (built / "assets" / "preload-1.js").unlink()
    with pytest.raises(ProblemError, match="name each other in an unexpected way"):
        use_page_base(built)


def addresses(client, origin):
    """Return what the built script holds on a page of this origin; Node runs it."""
    script = use_page_origin(client)
    here = json.dumps(f"{origin}/assets/{script.name}")
    program = f"""
        const text = {json.dumps(script.read_text().replace("import.meta.url", here))};
        const {{ t }} = await import("data:text/javascript," + encodeURIComponent(text));
        console.log(JSON.stringify(t));
    """
    command = ["node", "--input-type=module", "--eval", program]
    done = subprocess.run(command, env={"PATH": search_path()}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
