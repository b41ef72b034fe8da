"""The page that signs in: on which server."""

from typing import Any

import reflex as rx

from ratchet_web.logic.addresses import back_to, sign_in_address
from ratchet_web.state.services import own, server_names, server_of


class SignIn(rx.State):
    """`/login`. What is typed goes to `/console/login`, and never through here."""

    server: str = ""
    others: list[dict[str, str]] = []

    @rx.event
    def load(self) -> Any:
        """See which server the address means, and which others there are; who is signed in is led back."""
        names, asked = [*server_names()], server_of(self)
        self.server = asked if asked in names else names[0]
        self.others = [
            {"label": name, "href": sign_in_address(name, "/")} for name in names if name != self.server
        ]
        if self.server not in own(self):
            return None
        return rx.redirect(back_to(self.router.url.query_parameters.get("next"), self.server), replace=True)
