"""Live data in Python: what assets/live.js knows of a topic, as Vars."""

import hashlib
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import Var, VarData

Row = dict[str, Any]
_LIBRARY = "$/public/live.js"


class Live:
    """A topic as the page sees it; it redraws what reads it, and nothing else, when a patch arrives.

    `of`: what was known of one topic of this stands until the next one of it is known.
    """

    def __init__(self, topic: Var[str] | str, of: Var[str] | None = None) -> None:
        self.topic = Var.create(topic)
        call = f"useLive({self.topic!s})" if of is None else f"useSteady({self.topic!s}, {of!s})"
        name = "live_" + hashlib.sha1(call.encode()).hexdigest()[:8]
        hook = VarData(
            hooks={f"const {name} = {call}": None},
            imports={_LIBRARY: ImportVar(tag=call.partition("(")[0])},
        )
        of_data = None if of is None else of._get_all_var_data()
        data = VarData.merge(self.topic._get_all_var_data(), of_data, hook)
        self._view = Var(name, _var_type=dict[str, Any], _var_data=data).to(dict[str, Any])

    @property
    def rows(self) -> Var[list[Row]]:
        """The rows, in the server's order."""
        return self._view["rows"].to(list[Row])

    @property
    def row(self) -> Var[Row]:
        """The one row of a detail topic; empty until it is there."""
        return Var(f"({self._view!s}.rows[0] ?? {{}})", _var_data=self._view._get_all_var_data()).to(Row)

    @property
    def about(self) -> Var[Row]:
        """What is known besides the rows: `total`, `beyond`, `counts`, `error`, …"""
        return self._view["about"].to(Row)

    def several(self, *path: str) -> Var[list[Row]]:
        """Return a list that `about` holds, at a path of names; empty until it is there."""
        keys = "".join(f"?.{name}" for name in path)
        text = f"({self.about!s}{keys} ?? [])"
        return Var(text, _var_type=list[Row], _var_data=self._view._get_all_var_data()).to(list[Row])

    def answered(self, *path: str) -> Var[bool]:
        """Return whether the server has told what `about` holds at a path of names."""
        keys = "".join(f"?.{name}" for name in path)
        text = f"({self.about!s}{keys} != null)"
        return Var(text, _var_type=bool, _var_data=self._view._get_all_var_data()).to(bool)

    @property
    def beyond(self) -> Var[bool]:
        """Whether more rows match than `total` says: nobody counted on."""
        return self.about["beyond"].bool()

    @property
    def error(self) -> Var[dict[str, str]]:
        """What went wrong with the last look, or nothing."""
        return self.about["error"].to(dict[str, str])

    @property
    def ready(self) -> Var[bool]:
        """Whether anything has arrived yet."""
        return self._view["ready"].to(bool)

    @property
    def fresh(self) -> Var[int]:
        """How many new rows wait until the viewer lets them in."""
        return self._view["fresh"].to(int)

    @property
    def empty(self) -> Var[bool]:
        """Whether there is an answer, and it has no rows."""
        return Var(
            f"({self._view!s}.ready && {self._view!s}.rows.length === 0)",
            _var_type=bool,
            _var_data=self._view._get_all_var_data(),
        ).to(bool)


def live_row(topic: Var[str], id: Var[str]) -> Var[Row]:
    """Return one row of a topic, empty where there is none; only its own changes redraw what reads it."""
    name = "row_" + hashlib.sha1(f"{topic!s} {id!s}".encode()).hexdigest()[:8]
    hook = VarData(
        hooks={f"const {name} = useLiveRow({topic!s}, {id!s})": None},
        imports={_LIBRARY: ImportVar(tag="useLiveRow")},
    )
    data = VarData.merge(topic._get_all_var_data(), id._get_all_var_data(), hook)
    return Var(name, _var_type=dict[str, Any], _var_data=data).to(Row)


class LiveProvider(rx.Component):
    """Receives the room messages; mounted once, above the pages."""

    library = _LIBRARY
    tag = "LiveProvider"


class Presence(rx.Component):
    """Says when nobody has looked at the tab for a while, and when somebody does again; mounted once."""

    library = _LIBRARY
    tag = "Presence"
    on_hide: rx.EventHandler[rx.event.no_args_event_spec]
    on_show: rx.EventHandler[rx.event.no_args_event_spec]


class LiveHold(rx.Component):
    """Keeps the rows inside it from moving while they are pointed at."""

    library = _LIBRARY
    tag = "LiveHold"
    topic: Var[str]


class Fresh(rx.Component):
    """The pill that lets waiting rows in."""

    library = _LIBRARY
    tag = "Fresh"
    topic: Var[str]


def anything_shown() -> Var[bool]:
    """Return whether the page shows anything that the server has told, be it old."""
    hook = {"const anyShown = useAnyShown()": None}
    data = VarData(hooks=hook, imports={_LIBRARY: ImportVar(tag="useAnyShown")})
    return Var("anyShown", _var_type=bool, _var_data=data).to(bool)


def console_connected() -> Var[bool]:
    """Return whether this browser is connected to the console."""
    return Var(
        "consoleLink",
        _var_type=bool,
        _var_data=VarData(
            hooks={"const consoleLink = useConsoleLink()": None},
            imports={_LIBRARY: ImportVar(tag="useConsoleLink")},
        ),
    ).to(bool)
