"""`/login`: where a person says who they are."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.address import rooted
from ratchet_web.components.parts import brand
from ratchet_web.components.sign_in import SignInForm
from ratchet_web.state.login import SignIn


def _field(id: str, label: str, field: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.label(label, html_for=id, class_name="label"), field, class_name="field")


def _fields() -> rx.Component:
    attrs = {"autoFocus": True, "autoComplete": "username", "autoCapitalize": "none", "spellCheck": False}
    name = antd.Input.create(id="username", max_length=200, custom_attrs={"name": "username", **attrs})
    secret = {"type": "password", "name": "password", "autoComplete": "current-password"}
    password = antd.Input.create(id="password", max_length=1024, custom_attrs=secret)
    enter = antd.Button.create("Sign in", type="primary", html_type="submit")
    return rx.fragment(_field("username", "User name", name), _field("password", "Password", password), enter)


def _other(each: Var[dict[str, Any]]) -> rx.Component:
    # Not one of our links: those keep to the server of the page.
    return rx.el.a(each["label"].to(str), href=rooted(each["href"].to(str)), class_name="button")


def page() -> rx.Component:
    """Return the page."""
    named = rx.cond(SignIn.server, rx.fragment(" ", rx.el.strong(SignIn.server)))
    others = rx.el.nav(
        rx.el.span("Or sign in on", class_name="dim"),
        rx.foreach(SignIn.others, _other),
        class_name="row",
        custom_attrs={"aria-label": "Other servers"},
    )
    return rx.el.div(
        rx.el.div(*brand(), class_name="brand"),
        rx.el.h1("Sign in"),
        rx.el.p("With your account of the Ratchet server", named, ".", class_name="dim"),
        SignInForm.create(_fields(), server=SignIn.server, class_name="stack"),
        rx.cond(SignIn.others.length() > 0, others),
        class_name="card pad sign-in stack",
    )
