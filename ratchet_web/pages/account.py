"""Who the viewer is where a reverse proxy names them, and the way out that it offers."""

import reflex as rx

from ratchet_web.components.shell import account_button
from ratchet_web.state.servers import Servers


@rx.memo
def account_menu() -> rx.Component:
    """Name and role; nothing where no proxy tells them."""
    account = Servers.account
    # Past the router: the proxy answers there.
    out = rx.cond(account["sign_out"], rx.el.a("Sign out", href=account["sign_out"], class_name="button"))
    return rx.cond(account["name"], account_button("account-menu", account, out=out))
