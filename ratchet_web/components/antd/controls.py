"""Buttons, fields and overlays."""

from typing import Any, Self

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import Var, VarData

from ratchet_web.components.antd.base import Antd

SPINNER_DELAY_MS = 200


def _text_of(event: Var[Any]) -> tuple[Var[str]]:
    return (Var(f"{event}.target.value", _var_type=str),)


def _chosen(value: Var[Any], _option: Var[Any]) -> tuple[Var[str]]:
    return (Var(f"({value} ?? '')", _var_type=str),)


class Button(Antd):
    """A button that calls an event handler."""

    tag = "Button"
    alias = "AntdButton"
    type: Var[str]
    size: Var[str]
    html_type: Var[str]
    danger: Var[bool]
    loading: Var[Any]
    disabled: Var[bool]
    on_click: rx.EventHandler[rx.event.no_args_event_spec]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> Self:
        """Return a button; while `loading` it shows a spinner, but not for an answer that comes at once."""
        # A spinner that leaves before it was painted never ends its leaving, and still names the button.
        if "loading" in props:
            props["loading"] = rx.cond(props["loading"], {"delay": SPINNER_DELAY_MS}, False)
        return super().create(*children, **props)


class Input(Antd):
    """One line of text."""

    tag = "Input"
    alias = "AntdInput"
    default_value: Var[str]
    placeholder: Var[str]
    allow_clear: Var[bool]
    max_length: Var[int]
    on_press_enter: rx.EventHandler[_text_of]
    on_blur: rx.EventHandler[_text_of]


class Select(Antd):
    """A choice of one; clearing it gives the empty text."""

    tag = "Select"
    alias = "AntdSelect"
    value: Var[Any]
    options: Var[list[dict[str, Any]]]
    field_names: Var[dict[str, str]]
    placeholder: Var[str]
    allow_clear: Var[bool]
    show_search: Var[Any]
    option_filter_prop: Var[str]
    not_found_content: Var[str]
    popup_match_select_width: Var[bool]
    on_change: rx.EventHandler[_chosen]


class Switch(Antd):
    """On or off."""

    tag = "Switch"
    alias = "AntdSwitch"
    checked: Var[bool]
    size: Var[str]
    loading: Var[bool]
    disabled: Var[bool]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class Modal(Antd):
    """A dialog; it needs a title, which names it to a screen reader."""

    tag = "Modal"
    alias = "AntdModal"
    open: Var[bool]
    title: Var[Any]
    width: Var[Any]
    footer: Var[Any]
    destroy_on_hidden: Var[bool]


class Drawer(Antd):
    """A panel that slides over the page."""

    tag = "Drawer"
    alias = "AntdDrawer"
    open: Var[bool]
    title: Var[Any]
    placement: Var[str]
    size: Var[Any]
    styles: Var[dict[str, Any]]
    mask: Var[bool]
    destroy_on_hidden: Var[bool]


class Popconfirm(Antd):
    """Asks beside the button whether it is meant."""

    tag = "Popconfirm"
    alias = "AntdPopconfirm"
    after_open_change: Var[Any] = Var(
        "focusQuestion", _var_data=VarData(imports={"$/public/questions.js": ImportVar(tag="focusQuestion")})
    )
    title: Var[Any]
    description: Var[Any]
    ok_text: Var[str]
    cancel_text: Var[str]
    ok_button_props: Var[dict[str, Any]]
    placement: Var[str]
    on_confirm: rx.EventHandler[rx.event.no_args_event_spec]
