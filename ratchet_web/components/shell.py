"""What stays while pages change: sider, header, live indicator, banner, notices."""

from typing import Any

import reflex as rx
from reflex.style import resolved_color_mode, toggle_color_mode
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import Act, may
from ratchet_web.components.address import ServerProvider, path, server
from ratchet_web.components.browser import stored_flag
from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live, LiveProvider, anything_shown
from ratchet_web.components.live_status import live_indicator, mode_of
from ratchet_web.components.palette import Results
from ratchet_web.components.parts import brand, current, facts, icon_button, to
from ratchet_web.components.shortcuts import Keys
from ratchet_web.components.sign_in import sign_out
from ratchet_web.components.times import ago

AUDIT = ("Audit", "/audit", "audit")
SECTIONS = (
    ("Dashboard", "/", "dashboard"),
    ("Tasks", "/tasks", "tasks"),
    ("Executions", "/executions", "executions"),
    ("Jobs", "/jobs", "jobs"),
    ("Schedules", "/schedules", "schedules"),
    ("Failures", "/failures", "failures"),
    ("System", "/system", "system"),
    AUDIT,
)
SIGN_IN = "/login"


# The router would take "#main" for another address, and drop the query of this one.
_TO_MAIN = "((event) => { event.preventDefault(); document.getElementById('main').focus(); })"


def is_sign_in() -> Var[bool]:
    """Return whether the open page is the one that signs in: it is of no server, and alone on the screen."""
    return (path() == SIGN_IN).to(bool)


def _is_open(href: str) -> Var[bool]:
    here = path()
    expression = f"({here!s} === '/')" if href == "/" else f"(({here!s} + '/').startsWith('{href}/'))"
    return Var(expression, _var_type=bool, _var_data=here._get_all_var_data()).to(bool)


def _entry(label: str, href: str, picture: str) -> rx.Component:
    return to(
        icon(picture),
        rx.el.span(label, class_name="label"),
        href=href,
        title=label,
        custom_attrs={"aria-current": current(_is_open(href)), "prefetch": "intent"},
    )


@rx.memo
def audit_entry() -> rx.Component:
    """The way to the record of acts, for those who may see it; what the menu has, the palette has too."""
    # Whether somebody signs in is known only in their browser: what is drawn before has no such entry.
    return rx.cond(path().bool() & may(Act.SEE_AUDIT), _entry(*AUDIT))


def _nav() -> rx.Component:
    links = [audit_entry() if section is AUDIT else _entry(*section) for section in SECTIONS]
    return rx.el.nav(*links, class_name="nav", custom_attrs={"aria-label": "Main"})


def _brand() -> rx.Component:
    return to(*brand(), href="/", class_name="brand")


@rx.memo
def connection_banner() -> rx.Component:
    """Says that something between the viewer and the data is broken, while it is."""
    link = Live("link")
    mode = mode_of(link)
    lost = "Connection to the console lost. Reconnecting; what you typed is kept."
    why = rx.cond(link.about["error"], link.about["error"].to(str), "The Ratchet server does not answer")
    known, apart = link.about["last"], link.about["apart"]
    aged = rx.fragment("; what you see was known ", ago(at=known))
    nothing = rx.cond(known, "", "; nothing is known of it yet")
    age = rx.cond(known.bool() & anything_shown(), aged, nothing)
    offline = rx.fragment(why, ". Retrying", age, ".")
    return rx.match(
        mode,
        (
            "reconnecting",
            rx.el.div(lost, class_name="banner", role="alert", custom_attrs={"data-mode": mode}),
        ),
        ("offline", rx.el.div(offline, class_name="banner", role="alert", custom_attrs={"data-mode": mode})),
        # Within another element it dims nothing: what the page shows is true.
        rx.cond(apart, rx.el.div(rx.el.div(apart.to(str), class_name="banner", role="status"))),
    )


@rx.memo
def server_name() -> rx.Component:
    """What the only server calls itself; one with a name is named by the switch."""
    about, name = Live("link").about, server()
    itself = rx.el.span(about["name"].to(str), title=about["server"].to(str), class_name="server")
    return rx.cond(~name.bool() & about["name"].bool(), itself)


def _crumbs() -> rx.Component:
    here = path().split("/")
    place, rest = here[1], here[2]
    # A fingerprint is no word.
    named = rx.cond(place == "failures", rest, rest[:1].upper() + rest[1:])
    here_itself = {"aria-current": current(~rest.bool())}
    where = [(href[1:], to(label, href=href, custom_attrs=here_itself)) for label, href, _ in SECTIONS[1:]]
    return rx.el.nav(
        rx.match(
            place,
            *where,
            rx.cond(path() == "/", rx.el.span("Dashboard", custom_attrs={"aria-current": "page"})),
        ),
        rx.cond(rest, rx.fragment(rx.el.span("/"), rx.el.span(named, custom_attrs={"aria-current": "page"}))),
        class_name="crumbs",
        custom_attrs={"aria-label": "Where you are"},
    )


def _other_colours() -> Var[str]:
    return rx.cond(resolved_color_mode == "dark", "Light colours", "Dark colours").to(str)


def _theme_button() -> rx.Component:
    picture = rx.cond(resolved_color_mode == "dark", icon("sun"), icon("moon"))
    return icon_button(picture, _other_colours(), kind="theme", on_click=toggle_color_mode)


@rx.memo
def user_menu() -> rx.Component:
    """Who the viewer is, and the way out; nothing where nobody signs in."""
    account = Live("link").about["account"].to(dict[str, str])
    here = rx.cond(server(), facts(("Server", server())))
    out = antd.Button.create("Sign out", custom_attrs={"onClick": sign_out()})
    return rx.cond(account, account_button("user-menu", account, here, out=out))


def account_button(
    id: str, account: Var[dict[str, str]], *more: rx.Component, out: rx.Component
) -> rx.Component:
    """Return the button that opens who somebody is, with `more`, and the way `out`."""
    name = account["name"]
    button = rx.el.button(
        icon("user"),
        rx.el.span(name, class_name="label"),
        type="button",
        class_name="plain icon-button user-button",
        title="Your account",
        custom_attrs={"popoverTarget": id, "aria-label": "Account of " + name},
    )
    # On the smallest screens there is no room for it in the header.
    colours = antd.Button.create(_other_colours(), on_click=toggle_color_mode, class_name="narrow-only")
    menu = rx.el.div(
        facts(("Signed in as", name), ("Role", account["role"])),
        *more,
        colours,
        out,
        id=id,
        class_name="user-menu stack",
        custom_attrs={"popover": "auto"},
    )
    return rx.fragment(button, menu)


def _drawer(is_open: Var[bool], close: Any) -> rx.Component:
    return antd.Drawer.create(
        _nav(),
        open=is_open,
        title="Ratchet",
        placement="left",
        size=264,
        styles={"body": {"padding": "12px 8px"}},
        custom_attrs={"onClose": close},
    )


def shell_around(
    page: Any,
    server_switch: rx.Component,
    palette: rx.Component,
    hint: rx.Component,
    bell: rx.Component,
    account: rx.Component,
) -> rx.Component:
    """Return the frame around every page; in the header `hint` says what goes on, `bell` what ended.

    `account` is who the viewer is where a proxy says so.
    """
    narrow, toggle_narrow = stored_flag("ratchet.sider.narrow")
    menu, toggle_menu = stored_flag("menu", kept=False)
    fold = rx.cond(narrow, icon("unfold"), icon("fold"))
    label = rx.cond(narrow, "Widen the menu", "Narrow the menu")
    fold_button = icon_button(fold, label, kind="fold", press=toggle_narrow)
    sider = rx.el.aside(
        _brand(), _nav(), fold_button, class_name="sider", custom_attrs={"aria-label": "Ratchet"}
    )
    header = rx.el.header(
        icon_button("menu", "Menu", kind="menu-button", press=toggle_menu),
        server_switch,
        _crumbs(),
        Results.create(),
        rx.el.span(class_name="grow"),
        palette,
        hint,
        live_indicator(),
        server_name(),
        bell,
        _theme_button(),
        user_menu(),
        account,
        class_name="header",
    )
    frame = rx.el.div(
        sider,
        rx.el.div(header, rx.el.main(page, id="main", class_name="main", tab_index=-1)),
        class_name="shell",
        custom_attrs={"data-narrow": Var(f"{narrow!s} || undefined", _var_data=narrow._get_all_var_data())},
    )
    skip = rx.el.a(
        "Skip to the page", href="#main", class_name="skip", custom_attrs={"onClick": Var(_TO_MAIN)}
    )
    within = rx.fragment(skip, frame, Keys.create(), connection_banner(), _drawer(menu, toggle_menu))
    # Who signs in sees nothing of the rest yet.
    alone = rx.el.main(page, id="main", class_name="alone")
    parts = (rx.cond(is_sign_in(), alone, within),)
    return antd.themed(ServerProvider.create(LiveProvider.create(*parts)))
