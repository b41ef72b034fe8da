"""The parts that pages are made of."""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.address import PageLink
from ratchet_web.components.icons import icon
from ratchet_web.components.times import ago


def to(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Return a link to another page of the console, of the same server, which it opens without a reload."""
    return PageLink.create(*children, to=href, **props)


def link_button(label: Any, href: Any, *, primary: bool = False, **props: Any) -> rx.Component:
    """Return a link that looks like a button: it goes somewhere and does nothing else."""
    return to(label, href=href, class_name="button primary" if primary else "button", **props)


def number(value: Var[Any]) -> Var[str]:
    """Return a number with its thousands separated; nothing known is a dash, never a zero."""
    text = f"({value!s} == null ? '–' : Number({value!s}).toLocaleString('en'))"
    return Var(text, _var_type=str, _var_data=value._get_all_var_data()).to(str)


def current(is_open: Var[Any]) -> Var[Any]:
    """Return `aria-current` for a link; where it is not open, undefined, which React leaves out."""
    return Var(f"({is_open!s} ? 'page' : undefined)", _var_data=is_open._get_all_var_data())


def brand() -> tuple[rx.Component, rx.Component]:
    """Return the sign and the name of the console."""
    logo = rx.el.span("R", class_name="logo", custom_attrs={"aria-hidden": "true"})
    return logo, rx.el.span("Ratchet", class_name="label")


def title_bar(title: Any, *beside: rx.Component, actions: tuple[rx.Component, ...] = ()) -> rx.Component:
    """Return a page's title with what stands beside it, and its actions at the right."""
    right = (rx.el.div(*actions, class_name="title-actions"),) if actions else ()
    return rx.el.div(rx.el.h1(title), *beside, rx.el.span(class_name="grow"), *right, class_name="title")


def facts(*pairs: tuple[str, Any]) -> rx.Component:
    """Return a row of named facts."""
    return rx.el.dl(
        *[rx.el.div(rx.el.dt(name), rx.el.dd(value)) for name, value in pairs], class_name="facts"
    )


def card(title: str, *children: Any, beside: Any = None, invalid: Var[bool] | bool = False) -> rx.Component:
    """Return a titled card; `invalid`: what is typed in it is not accepted."""
    head = rx.el.div(rx.el.h2(title), rx.el.span(class_name="grow"), beside, class_name="card-head")
    attrs = {"aria-label": title, "data-invalid": rx.cond(invalid, "", None)}
    return rx.el.section(head, *children, class_name="card", custom_attrs=attrs)


def json_card(title: str, text: Var[str], *, empty: str, size: Var[int] | None = None) -> rx.Component:
    """Return a card with a JSON text and its copy button; `size` is set where it was too long to send."""
    body = rx.el.pre(text, class_name="json", tab_index=0, custom_attrs={"aria-label": title})
    nothing = rx.el.p(empty, class_name="pad dim")
    if size is not None:
        too_long = rx.el.p("Too large to show here: ", number(size), " characters.", class_name="pad dim")
        nothing = rx.cond(size, too_long, nothing)
    return card(title, rx.cond(text, body, nothing), beside=rx.cond(text, copy_button(text, title)))


def copy_button(text: Var[str], what: str) -> rx.Component:
    """Return a button that copies `text`."""
    return icon_button("copy", f"Copy {what.lower()}", on_click=rx.set_clipboard(text))


def icon_button(
    picture: str | rx.Component,
    label: Any,
    *,
    kind: str = "",
    press: Var[Any] | None = None,
    why: Var[str] | None = None,
    keys: Mapping[str, str] | None = None,
    **props: Any,
) -> rx.Component:
    """Return a button that shows an icon and is named by `label`; `press` is a browser function.

    `keys` are the attributes of `shortcuts.by_row_key`. `why` says, where it is not empty, why the button
    cannot be pressed.
    """
    attrs = {"aria-label": label, **(keys or {}), **props.pop("custom_attrs", {})}
    attrs |= {"onClick": press} if press is not None else {}
    return rx.el.button(
        icon(picture) if isinstance(picture, str) else picture,
        type="button",
        class_name=f"plain icon-button {kind}",
        title=label if why is None else rx.cond(why, why, label),
        custom_attrs=attrs,
        **props,
    )


def tab_links(*tabs: tuple[str, Any, Any]) -> rx.Component:
    """Return the tabs of a page as links `(label, address, is open)`: the address is the state."""
    links = [
        to(label, href=href, replace=True, custom_attrs={"aria-current": current(is_open)})
        for label, href, is_open in tabs
    ]
    return rx.el.nav(*links, class_name="tab-bar", custom_attrs={"aria-label": "Sections"})


def segments(
    choices: Var[list[dict[str, Any]]], counts: Var[dict[str, int]] | None, label: str
) -> rx.Component:
    """Return one-of-several links `{label, href, active, key}`, each with its count where one is known."""

    def segment(choice: Var[dict[str, Any]]) -> rx.Component:
        count: Any = rx.fragment()
        if counts is not None:
            known = counts[choice["key"].to(str)]
            # Room for a count that is still to come: the controls beside it must not move to another line.
            awaited = rx.cond(counts, rx.fragment(), rx.el.span(class_name="count awaited"))
            count = rx.cond(known.is_not_none(), rx.el.span(number(known), class_name="count"), awaited)
        attrs = {"aria-current": current(choice["active"].bool())}
        return to(choice["label"], count, href=choice["href"].to(str), custom_attrs=attrs)

    return rx.el.nav(rx.foreach(choices, segment), class_name="segments", custom_attrs={"aria-label": label})


def failure_notice(
    error: Var[dict[str, str]], since: Var[Any] | None = None, again: Any = None
) -> rx.Component:
    """Return what went wrong, the id by which the server's log knows it, and how old the rest is.

    `again` does it once more, where nothing else does.
    """
    request = rx.cond(
        error["request_id"], rx.el.p("Request ", rx.el.code(error["request_id"]), class_name="dim")
    )
    age: Any = rx.fragment()
    if since is not None:
        age = rx.cond(since, rx.el.p("What you see is what was known ", ago(at=since), "."))
    retry = rx.el.button("Try again", type="button", class_name="button", on_click=again) if again else None
    parts = [rx.el.h2(error["title"]), rx.el.p(error["message"]), age, request, retry]
    text = rx.el.div(*[part for part in parts if part is not None])
    return rx.el.div(text, class_name="notice", role="alert", custom_attrs={"data-kind": "error"})


def empty_state(title: Any, text: Any, *actions: rx.Component, heading: Any = rx.el.h2) -> rx.Component:
    """Return what stands in place of nothing; `heading` is `rx.el.h1` where that is the whole page."""
    return rx.el.div(
        heading(title),
        rx.el.p(text),
        rx.el.div(*actions, class_name="row") if actions else rx.fragment(),
        class_name="empty",
    )


def unknown_state(error: Var[dict[str, str]], silent: Var[Any]) -> rx.Component:
    """Return what stands in place of what the server has not told, which is not the same as nothing.

    `error` says why, where there is one; `silent`: the server answers nobody. Else it is awaited.
    """
    bar = rx.el.span(class_name="skeleton")
    awaited = rx.el.div(bar, bar, bar, class_name="pad stack", custom_attrs={"aria-busy": "true"})
    why = rx.cond(error, error["title"], "The server does not answer")
    nothing = rx.el.div(rx.el.h2("Not known"), rx.el.p(why, "."), class_name="empty")
    return rx.cond(error.bool() | silent.bool(), nothing, awaited)


def progress(value: Var[Any], note: Var[Any] | None = None, *, wide: bool = False) -> rx.Component:
    """Return a bar for a progress of 0 to 1; nothing where there is none."""
    percent = Var(
        f"Math.round(100 * Math.min(1, Math.max(0, {value!s})))",
        _var_type=int,
        _var_data=value._get_all_var_data(),
    ).to(int)
    bar = rx.el.span(
        rx.el.i(style={"width": percent.to_string() + "%"}),
        class_name="bar",
        role="progressbar",
        custom_attrs={
            "aria-label": "Progress",
            "aria-valuenow": percent,
            "aria-valuemin": 0,
            "aria-valuemax": 100,
        },
    )
    words = [percent, " %"] + ([" · ", note] if note is not None else [])
    return rx.el.span(bar, rx.el.span(*words), class_name="progress wide" if wide else "progress")
