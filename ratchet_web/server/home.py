"""Where this server is at home."""

from ratchet_web.settings import Settings

# A server that listens everywhere is reached here.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def health_url(settings: Settings) -> str:
    """Return where the embedded server itself tells its health."""
    host = _EVERYWHERE.get(settings.server_host, settings.server_host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server_port}/api/v1/health"
