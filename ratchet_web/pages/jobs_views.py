"""The two ways to look at jobs, which lead to each other: their list, and the queue."""

import reflex as rx

from ratchet_web.components.parts import to

VIEWS = {"List": "/jobs", "Queue": "/jobs/queue"}


def job_views(open_one: str, task: rx.Var[str]) -> rx.Component:
    """Return the choice of the view; the other one is of the same task."""

    def view(name: str, path: str) -> rx.Component:
        attrs = {"aria-current": "page"} if name == open_one else {}
        return to(name, href=rx.cond(task, f"{path}?task=" + task, path), custom_attrs=attrs)

    links = [view(name, path) for name, path in VIEWS.items()]
    return rx.el.nav(*links, class_name="segments", custom_attrs={"aria-label": "View"})
