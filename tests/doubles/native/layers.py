"""Headers that the layers around the handlers add."""

from collections.abc import Mapping

from starlette.responses import Response

ORIGINS = tuple(
    f"{scheme}://{host}:3000" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1")
)
VARY = "origin, access-control-request-method, access-control-request-headers"
SECURITY = {
    "content-security-policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' https://unpkg.com; "
        "style-src 'self' 'unsafe-inline' https://unpkg.com; "
        "img-src 'self' data: https: http:; connect-src 'self' ws: wss:"
    ),
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    "x-xss-protection": "1; mode=block",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": (
        "geolocation=(), microphone=(), camera=(), payment=(), usb=(), magnetometer=(), gyroscope=()"
    ),
}


def cors(origin: str | None) -> dict[str, str]:
    """Return the headers for a request from an origin; only port 3000 of this machine is allowed."""
    headers = {"vary": VARY, "access-control-expose-headers": "x-total-count,content-range"}
    if origin in ORIGINS:
        headers["access-control-allow-origin"] = str(origin)
    return headers


def preflight(headers: Mapping[str, str]) -> Response:
    """Answer any OPTIONS request; what follows it decides."""
    told = cors(headers.get("origin"))
    del told["access-control-expose-headers"]
    told |= {
        "access-control-allow-methods": "GET,POST,PUT,PATCH,DELETE,OPTIONS",
        "access-control-allow-headers": "content-type,authorization,accept,x-requested-with",
        "access-control-max-age": "3600",
        "allow": "GET,HEAD,POST",
    }
    return Response(b"", 200, headers=told)
