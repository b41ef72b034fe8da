"""What a proxy's prefix does to requests and answers."""

import gzip

import httpx
import pytest
from reflex.utils.precompressed_staticfiles import PrecompressedStaticFiles
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ratchet_web.prefix import Prefix
from ratchet_web.serving.files import Files


async def _told(request: Request) -> Response:
    return JSONResponse([request.url.path, request.scope["raw_path"].decode()])


async def _document(request: Request) -> Response:
    assert "accept-encoding" not in request.headers
    page = HTMLResponse(
        '<a href="/tasks">Tasks</a><a href="//other.example/">Other</a>', headers={"etag": "1"}
    )
    page.set_cookie("id", "1", httponly=True)
    page.set_cookie("mark", "/; Path=/elsewhere")
    return page


async def _elsewhere(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"])


@pytest.fixture
def console():
    routes = [Route("/page", _document), Route("/to", _elsewhere), Route("/{rest:path}", _told)]
    transport = httpx.ASGITransport(Prefix(Starlette(routes=routes), "/ratchet"))
    return httpx.AsyncClient(transport=transport, base_url="http://console")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/ratchet", "/"),
        ("/ratchet/", "/"),
        ("/ratchet/tasks/1", "/tasks/1"),
        ("/tasks/1", "/tasks/1"),
        ("/ratchets", "/ratchets"),
        ("/ratchet/ratchet/x", "/ratchet/x"),
        ("/other/ratchet/x", "/other/ratchet/x"),
    ],
)
async def test_a_path_means_the_same_with_the_prefix_and_without(console, asked, meant):
    assert (await console.get(asked)).json() == [meant, meant]


async def test_a_document_names_addresses_beneath_the_prefix(console):
    answer = await console.get("/ratchet/page")
    assert answer.text == '<a href="/ratchet/tasks">Tasks</a><a href="//other.example/">Other</a>'
    assert "etag" not in answer.headers
    assert [each.partition("; ")[2] for each in answer.headers.get_list("set-cookie")] == [
        "HttpOnly; Path=/ratchet; SameSite=lax",
        "Path=/ratchet; SameSite=lax",
    ]


@pytest.mark.parametrize(
    ("to", "led"), [("/tasks", "/ratchet/tasks"), ("//other/", "//other/"), ("http://a/b", "http://a/b")]
)
async def test_who_is_led_elsewhere_stays_beneath_the_prefix(console, to, led):
    assert (await console.get("/ratchet/to", params={"to": to})).headers["location"] == led


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/ratchet/assets/none.js", "/ratchet/assets/", "/assets/none.js"])
async def test_a_built_file_that_is_not_there_is_not_found(tmp_path, path, accepted):
    page = b'<a href="/tasks">Tasks</a>'
    (tmp_path / "404.html").write_bytes(page)
    (tmp_path / "404.html.gz").write_bytes(gzip.compress(page))
    built = PrecompressedStaticFiles(directory=tmp_path, html=True, encodings=["gzip"])
    transport = httpx.ASGITransport(Files(Prefix(built, "/ratchet")))
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as console:
        answer = await console.get(path, headers={"accept-encoding": accepted})
    assert (answer.status_code, answer.content) == (404, page)
