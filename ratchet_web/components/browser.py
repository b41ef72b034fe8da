"""Small facts that belong to the browser alone."""

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
