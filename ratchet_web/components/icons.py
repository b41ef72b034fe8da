"""Our icons: 16 by 16, drawn with the current colour."""

import reflex as rx

# Path data, all of it stroked.
PATHS = {
    "dashboard": "M2.5 2.5h4.5v6h-4.5zM9 2.5h4.5v3.5h-4.5zM9 8h4.5v5.5h-4.5zM2.5 10.5h4.5v3h-4.5z",
    "tasks": "M5.5 4.5l-3 3.5 3 3.5M10.5 4.5l3 3.5-3 3.5",
    "executions": "M4.5 3l8 5-8 5z",
    "jobs": "M2.5 4h11M2.5 8h11M2.5 12h7",
    "schedules": "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5v3M10.5 2.5v3",
    "failures": "M5.4 2.2h5.2l3.2 3.2v5.2l-3.2 3.2h-5.2l-3.2-3.2v-5.2zM8 5v3.5M8 11h.01",
    "system": "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
    "menu": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "fold": "M10 3.5l-4.5 4.5 4.5 4.5",
    "unfold": "M6 3.5l4.5 4.5-4.5 4.5",
    "sun": "M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M8 1.5v1.5M8 13v1.5M1.5 8h1.5M13 8h1.5"
    "M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
    "moon": "M13 9.5a5.5 5.5 0 1 1-6.5-6.5a4.5 4.5 0 0 0 6.5 6.5z",
    "play": "M5 3.5l7 4.5-7 4.5z",
    "cancel": "M4.5 4.5h7v7h-7z",
    "pause": "M5.5 3.5v9M10.5 3.5v9",
    "retry": "M3 8a5 5 0 1 0 1.8-3.8M3 2.5v3h3",
    "copy": "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
    "check": "M3 8.5l3 3 7-7",
    "cross": "M4 4l8 8M12 4l-8 8",
    "clock": "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M8 5v3l2 2",
    "spinner": "M8 2a6 6 0 1 1-6 6",
    "slash": "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M4 12l8-8",
    "warning": "M8 2.5l6 11h-12zM8 7v3M8 12h.01",
    "down": "M4 6.5l4 4 4-4",
    "up": "M4 9.5l4-4 4 4",
    "user": "M8 2.5a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M2.5 13.5c.6-2.6 2.8-3.6 5.5-3.6s4.9 1 5.5 3.6",
    "tasks_done": "M2.5 4.5l1.5 1.5 2.5-3M2.5 11l1.5 1.5 2.5-3M9 5h4.5M9 11.5h4.5",
    "form": "M2.5 3h11v10h-11zM5 6.5h6M5 9.5h3.5",
    "audit": "M4 2.5h8v11h-8zM6 5.5h4M6 8h4M6 10.5h2.5",
    "trigger": "M9 1.5l-5.5 8h4l-.5 5 5.5-8h-4z",
}


def icon(name: str) -> rx.Component:
    """Return an icon; it is decoration, the word beside it or the label of its button speaks."""
    path = rx.el.path(d=PATHS[name])
    return rx.el.svg(path, view_box="0 0 16 16", class_name="icon", custom_attrs={"aria-hidden": "true"})
