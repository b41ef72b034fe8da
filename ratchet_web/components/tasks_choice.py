"""The choice of a task, found while its name is typed (assets/task_select.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.antd import ANTD


def _chosen(value: Var[Any], _option: Var[Any]) -> tuple[Var[str]]:
    return (Var(f"({value} ?? '')", _var_type=str),)


class TaskSelect(rx.Component):
    """`tasks` are the first ones by name, of `total`, or of more where it is `beyond`; `value` is the id."""

    library = "$/public/task_select.jsx"
    tag = "TaskSelect"
    lib_dependencies: list[str] = [ANTD]
    value: Var[Any]
    tasks: Var[Any]
    total: Var[Any]
    beyond: Var[bool]
    empty: Var[str]
    placeholder: Var[str]
    allow_clear: Var[bool]
    popup_match_select_width: Var[bool]
    on_change: rx.EventHandler[_chosen]


class RunDialogTask(TaskSelect):
    """A `TaskSelect` whose file comes when it is shown (assets/run_dialog.jsx)."""

    library = "$/public/run_dialog.jsx"
    tag = "RunDialogTask"
