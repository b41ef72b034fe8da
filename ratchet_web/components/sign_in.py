"""Signing in and out (assets/session.jsx)."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import FunctionVar, Var, VarData

_LIBRARY = "$/public/session.jsx"


class SignInForm(rx.Component):
    """The form; what goes wrong is said below its fields."""

    library = _LIBRARY
    tag = "SignInForm"
    server: Var[str]


def sign_out() -> FunctionVar:
    """Return the browser's function that ends the session."""
    data = VarData(imports={_LIBRARY: ImportVar(tag="signOut")})
    return Var("signOut", _var_data=data).to(FunctionVar)
