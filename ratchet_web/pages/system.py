"""`/system`: how the server is, what it measures, how it speaks, and what the console is set to."""

import reflex as rx

from ratchet_web.components.live import Live
from ratchet_web.components.parts import failure_notice, tab_links, title_bar
from ratchet_web.components.system import MetricsText, skeleton_card
from ratchet_web.pages.system_health import health_tab
from ratchet_web.pages.system_metrics import metrics_tab
from ratchet_web.pages.system_server import server_tab
from ratchet_web.pages.system_settings import settings_tab
from ratchet_web.state.system import System


def _live(live: Live, tab: rx.Component) -> rx.Component:
    """Return a tab of a topic: a skeleton first; what is known is dimmed when a look fails."""
    failed = live.error
    known = rx.el.div(tab, class_name=rx.cond(failed, "stale spaced", ""))
    notice = rx.cond(failed, failure_notice(failed, live.about["stale_since"]))
    nothing = rx.cond(failed, failure_notice(failed), skeleton_card("Loading", 6))
    there = live.about["server"].bool() | live.about["version"].bool()
    return rx.cond(there, rx.fragment(notice, known), nothing)


def page() -> rx.Component:
    """Return the page."""
    tab = System.tab
    server, console = Live("system"), Live("console")
    tabs = tab_links(
        ("Health", "/system", tab == "health"),
        ("Metrics", "/system?tab=metrics", tab == "metrics"),
        ("Prometheus", "/system?tab=prometheus", tab == "prometheus"),
        ("Server", "/system?tab=server", tab == "server"),
        ("Settings", "/system?tab=settings", tab == "settings"),
    )
    shown = rx.match(
        tab,
        ("metrics", _live(server, metrics_tab(server.about))),
        ("prometheus", MetricsText.create(path="/console/metrics")),
        ("server", _live(server, server_tab(server.about))),
        ("settings", _live(console, settings_tab(console))),
        _live(server, health_tab(server)),
    )
    return rx.fragment(title_bar("System"), tabs, shown)
