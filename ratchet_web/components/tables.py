"""Lists of rows: a real table that becomes cards on a phone, with sort links, a pager and an empty state."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.icons import icon
from ratchet_web.components.list_tools import Columns, ListLinks
from ratchet_web.components.live import Live, LiveHold
from ratchet_web.components.parts import current, empty_state, failure_notice, number, to
from ratchet_web.models.pages import PAGE_SIZES


class Column(NamedTuple):
    """A column's heading; with `sort`, a link that sorts by it.

    `head` stands in place of the title, where `shown` holds. `fold`: 1, it is left out of a window that is
    narrower than 1440 px, 2, of one below 1280 px (`assets/list.css`); its cells say the same. A viewer can
    hide all but those that are `fixed` (the first where none is) or have no title.
    """

    title: str
    sort: str = ""
    numeric: bool = False
    hidden_title: bool = False
    head: rx.Component | None = None
    shown: Var[bool] | bool = True
    fixed: bool = False
    fold: int = 0

    @property
    def titled(self) -> bool:
        """Whether its title is shown."""
        return self.head is None and not self.hidden_title


class ListVars(NamedTuple):
    """What a list's state tells its table."""

    live: Live
    sort_links: Var[dict[str, str]]
    sorted_by: Var[dict[str, str]]
    page: Var[int]
    limit: Var[int]
    previous_link: Var[str]
    next_link: Var[str]
    sizes: Var[list[dict[str, Any]]]
    unfiltered: Var[str]


def _heading(column: Column, view: ListVars, beside: rx.Component) -> rx.Component:
    kind = "num" if column.numeric else ""
    if column.head is not None:
        return rx.cond(column.shown, rx.el.th(column.head, scope="col", class_name="ticks"))
    if column.hidden_title:
        return rx.el.th(rx.el.span(column.title, class_name="visually-hidden"), beside, scope="col")
    folds = _folding(column.fold)
    if not column.sort:
        return rx.el.th(column.title, scope="col", class_name=kind, custom_attrs=folds)
    order = view.sorted_by[column.sort]
    arrow = rx.match(order, ("ascending", icon("up")), ("descending", icon("down")), rx.fragment())
    link = to(column.title, arrow, href=view.sort_links[column.sort])
    # An absent aria-sort is undefined, which React leaves out.
    sort = Var(f"{order!s} || undefined", _var_data=order._get_all_var_data())
    return rx.el.th(link, scope="col", class_name=kind, custom_attrs={"aria-sort": sort} | folds)


def _choosable(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Return the titles, and where those that can be hidden stand, counted from the last column."""
    titled = [(column, len(columns) - at) for at, column in enumerate(columns) if column.titled]
    fixed = [column for column, _ in titled if column.fixed] or [titled[0][0]]
    return [
        {"title": column.title, "place": None if column in fixed else place, "fold": column.fold or None}
        for column, place in titled
    ]


def _folding(fold: int) -> dict[str, str]:
    return {"data-fold": str(fold)} if fold else {}


def _skeleton(columns: Sequence[Column]) -> rx.Component:
    cells = [rx.el.td(rx.el.span(class_name="skeleton")) for _ in columns]
    return rx.fragment(*[rx.el.tr(*cells, custom_attrs={"aria-hidden": "true"}) for _ in range(8)])


def data_table(
    view: ListVars,
    columns: Sequence[Column],
    row: Callable[..., rx.Component],
    *,
    label: str,
    empty: rx.Component,
) -> rx.Component:
    """Return the table of a list; `row` draws one `<tr>` and is redrawn only when that row changed."""
    chooser = Columns.create(list=label.lower(), columns=_choosable(columns))
    head = rx.el.thead(rx.el.tr(*[_heading(column, view, chooser) for column in columns]))
    rows = rx.foreach(view.live.rows, lambda each: rx.fragment(row(row=each), key=each["id"].to(str)))
    body = rx.el.tbody(rx.cond(view.live.ready, rows, _skeleton(columns)))
    table = rx.el.table(head, body, class_name="table", custom_attrs={"aria-label": label})
    failed = view.live.error
    return rx.fragment(
        ListLinks.create(topic=view.live.topic),
        rx.cond(failed, failure_notice(failed, view.live.about["stale_since"])),
        rx.cond(
            view.live.empty & ~failed.bool(),
            rx.el.div(_nothing(view, empty), class_name="card table-card"),
            rx.cond(
                failed & (view.live.rows.length() == 0),
                rx.fragment(),
                LiveHold.create(
                    rx.el.div(table, class_name=rx.cond(failed, "card table-card stale", "card table-card")),
                    topic=view.live.topic,
                ),
            ),
        ),
        _foot(view),
    )


def _nothing(view: ListVars, empty: rx.Component) -> rx.Component:
    beyond = empty_state(
        "There is no such page",
        "The list ends before it.",
        to("First page", href=view.sizes[0]["href"].to(str)),
    )
    unlooked = view.live.several("ignored").length() > 0
    no_match = rx.cond(unlooked, _none_here(view.unfiltered), _no_match(view.unfiltered))
    otherwise = rx.cond(view.unfiltered, no_match, empty)
    return rx.cond((view.page > 1) & (view.live.about["total"].to(int) > 0), beyond, otherwise)


def _no_match(unfiltered: Var[str]) -> rx.Component:
    return empty_state(
        "Nothing matches", "The filters leave nothing over.", to("Clear the filters", href=unfiltered)
    )


def _none_here(unfiltered: Var[str]) -> rx.Component:
    return empty_state(
        "Nothing on this page matches",
        "The server did not apply all filters: others may match.",
        to("Clear the filters", href=unfiltered),
    )


def total_of(live: Live) -> rx.Component:
    """Return how many rows match: `12,345`, or `10,000+` where nobody counted on."""
    return rx.fragment(number(live.about["total"]), rx.cond(live.beyond, "+", ""))


def _foot(view: ListVars) -> rx.Component:
    total = view.live.about["total"].to(int)
    first = (view.page - 1) * view.limit + 1
    shown = first + view.live.rows.length() - 1
    known = total.is_not_none()
    some = view.live.rows.length() > 0
    reach = rx.cond(
        known, rx.fragment(number(first), "–", number(shown), " of ", total_of(view.live)),
        rx.fragment(number(first), "–", number(shown)),
    )  # fmt: skip
    counted = known & ~view.live.beyond
    more = rx.cond(counted, view.page * view.limit < total, view.live.rows.length() >= view.limit)
    pager = rx.el.nav(
        rx.cond(view.page > 1, to("‹ Previous", href=view.previous_link, rel="prev")),
        rx.el.span("Page ", number(view.page), custom_attrs={"aria-current": "page"}),
        rx.cond(more, to("Next ›", href=view.next_link, rel="next")),
        class_name="pager grow",
        custom_attrs={"aria-label": "Pages"},
    )
    sizes = rx.el.nav(
        rx.foreach(view.sizes, _size), class_name="pager", custom_attrs={"aria-label": "Rows on a page"}
    )
    several = (view.page > 1) | more | (view.limit > PAGE_SIZES[0])
    return rx.el.div(
        rx.cond(some, rx.el.span(reach)), rx.cond(several, rx.fragment(sizes, pager)), class_name="foot"
    )


def _size(choice: Var[dict[str, Any]]) -> rx.Component:
    attrs = {"aria-current": current(choice["active"].bool())}
    return to(choice["label"], href=choice["href"].to(str), custom_attrs=attrs)


def cell(*children: Any, phone: str = "", numeric: bool = False, fold: int = 0, **props: Any) -> rx.Component:
    """Return a table cell; on a phone it goes to the `corner`, `line`, `foot` or `end` of a card.

    `fold` as its column has it.
    """
    attrs = ({"data-phone": phone} if phone else {}) | _folding(fold)
    return rx.el.td(*children, class_name="num" if numeric else "", custom_attrs=attrs, **props)
