"""Short answers to what a person did, shown until they are dismissed or have been there for a while."""

from itertools import count

import reflex as rx

_numbers = count(1)


class Notices(rx.State):
    """The notices of one viewer, newest last; each is shown where its server is."""

    items: list[dict[str, str]] = []

    @rx.event
    def dismiss(self, key: str) -> None:
        """Take a notice away."""
        self.items = [item for item in self.items if item["key"] != key]

    def _tell(self, server: str, kind: str, text: str, href: str = "", link: str = "") -> None:
        item = {"key": str(next(_numbers)), "kind": kind, "text": text, "href": href, "link": link}
        self.items = [*self.items[-3:], item | {"server": server}]
