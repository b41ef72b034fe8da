"""The page's address in Python: see assets/address.jsx."""

from typing import Any

from reflex.utils.imports import ImportVar
from reflex.vars import FunctionVar, Var, VarData

_LIBRARY = "$/public/address.jsx"


def _hooked(name: str, call: str, tag: str) -> Var[Any]:
    data = VarData(hooks={f"const {name} = {call}": None}, imports={_LIBRARY: ImportVar(tag=tag)})
    return Var(name, _var_data=data)


def path() -> Var[str]:
    """Return the path of the page that is open."""
    return _hooked("addressPath", "usePath()", "usePath").to(str)


def param(name: str) -> Var[str]:
    """Return a query parameter of the page's address; null where it is absent."""
    return _hooked(f"param_{name}", f'useParam("{name}")', "useParam").to(str)


def set_param(name: str) -> FunctionVar[Any]:
    """Return the browser's function that sets a query parameter, or removes it with null."""
    return _hooked(f"setParam_{name}", f'useSetParam("{name}")', "useSetParam").to(FunctionVar)
