"""Our tokens as an antd theme, light and dark; every text colour reaches 4.5:1 on its ground."""

from typing import Any

import reflex as rx
from reflex.style import resolved_color_mode
from reflex.utils.imports import ImportVar
from reflex.vars import Var, VarData

from ratchet_web.components.antd.base import ANTD, Antd

SHARED: dict[str, Any] = {
    "borderRadius": 6,
    "fontSize": 14,
    "fontFamily": "var(--sans)",
    "fontFamilyCode": "var(--mono)",
    # A question that still opens moves away under the pointer: the press lands on its answer, the release
    # beside it, and nothing happens.
    "motion": False,
}
LIGHT: dict[str, Any] = {
    **SHARED,
    "colorPrimary": "#5b5bd6",
    "colorInfo": "#0b63c5",
    "colorLink": "#5b5bd6",
    "colorLinkHover": "#4646b8",
    "colorSuccess": "#18794e",
    "colorWarning": "#8a5a00",
    "colorError": "#c4292f",
    "colorErrorHover": "#a81f25",
    "colorText": "#18181b",
    "colorTextSecondary": "#55555f",
    "colorTextTertiary": "#6c6c78",
    "colorTextDescription": "#6c6c78",
    "colorTextPlaceholder": "#6c6c78",
    "colorBorder": "#d5d5dc",
    "colorBorderSecondary": "#e7e7eb",
    "colorBgLayout": "#f7f7f8",
}
DARK: dict[str, Any] = {
    **SHARED,
    "colorPrimary": "#7c7cf0",
    "colorInfo": "#70b8ff",
    "colorLink": "#9a9aff",
    "colorLinkHover": "#b9b9ff",
    "colorSuccess": "#4cc38a",
    "colorWarning": "#f1c15b",
    "colorError": "#ff8a8c",
    "colorText": "#ecedef",
    "colorTextSecondary": "#b2b6bf",
    "colorTextTertiary": "#8f94a0",
    "colorTextDescription": "#8f94a0",
    "colorTextPlaceholder": "#8f94a0",
    "colorBorder": "#3a3d44",
    "colorBorderSecondary": "#292b30",
    "colorBgBase": "#101113",
    "colorBgContainer": "#18191c",
    "colorBgElevated": "#1f2024",
    "colorBgLayout": "#101113",
}
DARK_BUTTON = {
    "colorPrimary": "#8f8ff5",
    "colorPrimaryHover": "#a5a5f8",
    "colorPrimaryActive": "#7c7cf0",
    "primaryColor": "#0d0d1f",
    "dangerColor": "#1f0000",
    "primaryShadow": "none",
    "defaultShadow": "none",
}
LIGHT_BUTTON = {"primaryShadow": "none", "defaultShadow": "none", "dangerShadow": "none"}

_algorithms = Var(
    "antdTheme", _var_data=VarData(imports={ANTD: ImportVar(tag="theme", alias="antdTheme")})
).to(dict[str, Any])


class ConfigProvider(Antd):
    """Hands the theme down to every antd component."""

    tag = "ConfigProvider"
    alias = "AntdConfigProvider"
    theme: Var[dict[str, Any]]
    wave: Var[dict[str, bool]]


def themed(*children: rx.Component) -> rx.Component:
    """Return `children` under our theme, in the colour mode that the viewer sees."""
    light = {
        "token": LIGHT,
        "algorithm": _algorithms["defaultAlgorithm"],
        "cssVar": {"key": "rw"},
        "components": {"Button": LIGHT_BUTTON},
    }
    dark = {
        "token": DARK,
        "algorithm": _algorithms["darkAlgorithm"],
        "cssVar": {"key": "rw"},
        "components": {"Button": DARK_BUTTON},
    }
    theme = rx.cond(resolved_color_mode == "dark", dark, light)
    return ConfigProvider.create(*children, theme=theme, wave={"disabled": True})
