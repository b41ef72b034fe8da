"""What the list pages share: how a list's state becomes the variables of its table."""

from functools import reduce
from operator import or_
from typing import Any

import reflex as rx

from ratchet_web.components.live import Fresh, Live
from ratchet_web.components.parts import to
from ratchet_web.components.tables import ListVars, total_of
from ratchet_web.components.tasks_choice import TaskSelect
from ratchet_web.state.viewing import TASK_CHOICES

NOT_APPLIED = "The server does not do this, and the list is too long to do it here."
UNAPPLIED = {
    "sort": "The order is not the one you chose: the newest rows come first.",
    "q": "The search is not applied.",
    "page": "Pages this far back cannot be read.",
    "limit": "The server sent more rows than a page takes; what is left over is not shown.",
    "hidden": "The server hides disabled schedules, and some of them could not be found.",
    "rows": "Some rows make no sense and are left out.",
    "since": "The beginning of the time is not applied.",
    "until": "The end of the time is not applied.",
    "ended_since": "The beginning of the time in which they ended is not applied.",
    "ended_until": "The end of the time in which they ended is not applied.",
    "min_ms": "The least run time is not applied.",
    "max_ms": "The greatest run time is not applied.",
    "text": "The text of the error is not applied.",
    "input": "The text of the input is not applied.",
    "output": "The text of the output is not applied.",
    "min_progress": "The least progress is not applied.",
    "max_progress": "The greatest progress is not applied.",
    "due": "Whether they are due is not applied.",
    "scheduled": "Whether they have a set time is not applied.",
    "due_since": "The beginning of the time for which they are set is not applied.",
    "due_until": "The end of the time for which they are set is not applied.",
    "retries_left": "Whether they have retries left is not applied.",
    "fingerprint": "Which failure it is is not applied: this server does not keep it.",
    "retried": "Whether they were retried is not applied.",
    "state": "The state is not applied: this server keeps none.",
    "min_retries": "The least number of retries is not applied.",
}


def list_vars(state: type[Any]) -> ListVars:
    """Return what the table needs of a state that is a `ListState`."""
    return ListVars(
        Live(state.topic),
        state.sort_links,
        state.sorted_by,
        state.page,
        state.limit,
        state.previous_link,
        state.next_link,
        state.sizes,
        state.unfiltered,
    )


def beside_title(live: Live) -> tuple[rx.Component, ...]:
    """Return what stands beside a list's title: how many rows match, and how many new ones wait."""
    total = rx.el.span(total_of(live), class_name="total")
    return total, Fresh.create(topic=live.topic)


def ignored_notice(state: type[Any]) -> rx.Component:
    """Return a warning where the address asked for something that makes no sense."""
    text = rx.fragment(
        "The address asks for something this list does not know: ", state.ignored, ". It is left out."
    )
    return rx.cond(state.ignored, rx.el.div(text, class_name="notice", custom_attrs={"data-kind": "warn"}))


def unapplied_notice(live: Live) -> rx.Component:
    """Return a warning where neither the server nor the console could do all that was asked."""
    names = live.several("ignored").to(list[str])
    words = rx.foreach(
        names,
        lambda name: rx.el.li(rx.match(name, *UNAPPLIED.items(), "The filter " + name + " is not applied.")),
    )
    text = rx.fragment("This list is not all of what was asked for:", rx.el.ul(words))
    return rx.cond(
        names.length() > 0, rx.el.div(text, class_name="notice", custom_attrs={"data-kind": "warn"})
    )


def marked(control: rx.Component, live: Live, *filters: rx.Var[str] | str) -> rx.Component:
    """Return the control of some filters, and beside it whether one of them could not be applied."""
    names = live.several("ignored").to(list[str])
    mark = rx.el.span("not applied", class_name="unapplied", title=NOT_APPLIED)
    missed = reduce(or_, [names.contains(name) for name in filters])
    return rx.fragment(control, rx.cond(missed, mark))


def filter_chips(state: type[Any], live: Live) -> rx.Component:
    """Return what the address narrows the list by, each to be taken away, and all at once.

    An order of which no column tells is among them.
    """

    def chip(each: rx.Var[dict[str, str]]) -> rx.Component:
        what = rx.cond(each["name"] == "sort", "Remove the order ", "Remove the filter ")
        cross = to("✕", href=each["href"], custom_attrs={"aria-label": what + each["label"]})
        return marked(rx.el.span(each["label"], cross, class_name="chip"), live, each["name"])

    every = to("Clear all", href=state.unfiltered, class_name="clear-all")
    return rx.fragment(rx.foreach(state.filters, chip), rx.cond(state.unfiltered, every))


def task_link(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return a link to a row's task, by its name where it is known."""
    id = row["task_id"].to(str)
    return to(rx.cond(row["task_name"], row["task_name"].to(str), "task " + id), href="/tasks/" + id)


def no_choice(live: Live) -> rx.Var[str]:
    """Return what a choice among the rows of a topic says where it offers none."""
    unknown = "Not known: " + live.error["title"].to(str)
    return rx.cond(live.error, unknown, rx.cond(live.ready, "None", "Loading…")).to(str)


def task_choice(
    task: rx.Var[Any], choose: rx.Var[Any], select: type[TaskSelect] = TaskSelect
) -> rx.Component:
    """Return the choice of the task that something is for; `choose` is the browser's function for its id."""
    return select.create(
        value=task,
        **_known_tasks(),
        placeholder="Choose a task",
        custom_attrs={"onChange": choose},
        style={"width": "100%"},
    )


def task_picker(task: rx.Var[str], pick: Any, nothing: str = "Any task") -> rx.Component:
    """Return a choice of a task: `task` is the id that is on, or empty; then it says `nothing`."""
    return TaskSelect.create(
        value=rx.cond(task, task, None),
        **_known_tasks(),
        placeholder=nothing,
        allow_clear=True,
        popup_match_select_width=False,
        style={"minWidth": "150px"},
        on_change=pick,
    )


def _known_tasks() -> dict[str, Any]:
    tasks = Live(TASK_CHOICES)
    total = tasks.about["total"]
    return {"tasks": tasks.rows, "total": total, "beyond": tasks.beyond, "empty": no_choice(tasks)}
