"""The only room that names antd: thin bindings of the components in use, and the theme."""

from ratchet_web.components.antd.base import ANTD, Antd
from ratchet_web.components.antd.controls import (
    Button,
    Drawer,
    Input,
    Modal,
    Popconfirm,
    Select,
    Switch,
)
from ratchet_web.components.antd.theme import themed

__all__ = [
    "ANTD",
    "Antd",
    "Button",
    "Drawer",
    "Input",
    "Modal",
    "Popconfirm",
    "Select",
    "Switch",
    "themed",
]
