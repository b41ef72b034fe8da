"""Reflex configuration."""

import reflex as rx

from ratchet_web.settings import settings

# The build is made for no address in particular: `ratchet-web build` turns this placeholder
# into the origin of the page that is open (see ratchet_web/cli).
PLACEHOLDER_URL = "http://ratchet.invalid"

config = rx.Config(
    app_name="ratchet_web",
    # Pages name the socket's namespace by their own path, prefix included; a build is made without one.
    api_url=PLACEHOLDER_URL + settings().web_prefix,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    react_strict_mode=False,
    frontend_lazy_bundled_libraries=True,
    frontend_compression_formats=["gzip", "brotli"],
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    disable_plugins=[rx.plugins.SitemapPlugin],
)
