"""Small facts that belong to the browser alone."""

import hashlib
from typing import Any

from reflex.utils.imports import ImportVar
from reflex.vars import FunctionVar, Var, VarData

_LIBRARY = "$/public/browser.js"


def stored_flag(name: str, *, kept: bool = True) -> tuple[Var[bool], FunctionVar[Any]]:
    """Return a yes-or-no of the browser and the function that turns it; `kept` ones survive a reload."""
    stem = "flag_" + "".join(c if c.isalnum() else "_" for c in name)
    data = VarData(
        hooks={f'const [{stem}, turn_{stem}] = useFlag("{name}", {str(kept).lower()})': None},
        imports={_LIBRARY: ImportVar(tag="useFlag")},
    )
    value = Var(stem, _var_type=bool, _var_data=data).to(bool)
    return value, Var(f"turn_{stem}", _var_data=data).to(FunctionVar)


def pressed(busy: Var[bool], button: str) -> tuple[Var[bool], Var[Any]]:
    """Return whether what a press begins is under way, and what is to hear it first (`onClickCapture`).

    It lets no second one through for a second, or until it is answered: `busy`, which the console says, takes
    a moment to arrive. `button` tells those of one component apart.
    """
    stem = "pressed_" + hashlib.sha1(f"{busy!s} {button}".encode()).hexdigest()[:8]
    hook = VarData(
        hooks={f"const [{stem}, press_{stem}] = usePressed({busy!s})": None},
        imports={_LIBRARY: ImportVar(tag="usePressed")},
    )
    data = VarData.merge(busy._get_all_var_data(), hook)
    return Var(stem, _var_type=bool, _var_data=data).to(bool), Var(f"press_{stem}", _var_data=data)
