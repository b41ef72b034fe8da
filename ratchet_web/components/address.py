"""The page's address in Python: see assets/address.jsx, and assets/server.jsx for the server in it."""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import FunctionVar, Var, VarData

_LIBRARY = "$/public/address.jsx"
_SERVER = "$/public/server.jsx"
# Addresses may name anything; ids are shorter.
TITLE_ID_LIMIT = 40


def _hooked(name: str, call: str, tag: str, library: str = _LIBRARY) -> Var[Any]:
    data = VarData(hooks={f"const {name} = {call}": None}, imports={library: ImportVar(tag=tag)})
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


class PageLink(rx.Component):
    """A link to another page of the same server."""

    library = _SERVER
    tag = "PageLink"
    to: Var[str]
    replace: Var[bool]
    rel: Var[str]
    title: Var[str]


class ServerProvider(rx.Component):
    """Knows which server the page is of; mounted once, above the pages."""

    library = _SERVER
    tag = "ServerProvider"


def server() -> Var[str]:
    """Return the name of the server that the page is of, empty where it has none."""
    return _hooked("pageServer", "useServer()", "useServer", _SERVER).to(str)


def under_server(name: Var[str] | str) -> Var[str]:
    """Return a name that is unique among all servers, as `models.servers.under` does."""
    here, text = server(), Var.create(name)
    tell = VarData(imports={"$/public/server_address.js": ImportVar(tag="under")})
    data = VarData.merge(here._get_all_var_data(), text._get_all_var_data(), tell)
    return Var(f"under({here!s}, {text!s})", _var_type=str, _var_data=data).to(str)


def rooted(path: Var[str]) -> Var[str]:
    """Return a path of the console as an address for a link that is not the router's."""
    tell = VarData(imports={"$/public/base.js": ImportVar(tag="rooted")})
    return Var(
        f"rooted({path!s})", _var_type=str, _var_data=VarData.merge(path._get_all_var_data(), tell)
    ).to(str)


def titled(name: str, *, of_one: bool = False) -> Var[str]:
    """Return the title of a page: its server goes before, if it has one.

    `of_one`: the page is of one row, whose id is the second part of the path and follows the name.
    """
    here, there = server(), path()
    id = f"({there!s}.split('/')[2] ?? '').slice(0, {TITLE_ID_LIMIT})"
    called = f"({Var.create(name)!s} + ' ' + {id}).trim()" if of_one else str(Var.create(name))
    text = f"(({here!s} ? {here!s} + ' · ' : '') + {called} + ' · Ratchet')"
    data = VarData.merge(here._get_all_var_data(), there._get_all_var_data() if of_one else None)
    return Var(text, _var_type=str, _var_data=data).to(str)


def switch_server(lost: list[str]) -> FunctionVar[Any]:
    """Return the browser's function that leads to the same list on another server, without these filters."""
    call = f"useSwitchServer({Var.create(lost)!s})"
    return _hooked("switchServer", call, "useSwitchServer", _SERVER).to(FunctionVar)
