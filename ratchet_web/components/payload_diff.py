"""What differs between what two executions were given, gave, or printed."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.diff import DIFF


class PayloadDiff(rx.Component):
    """The browser's comparison of two payloads, `assets/payload_diff.jsx`."""

    library = "$/public/payload_diff.jsx"
    tag = "PayloadDiff"
    lib_dependencies: list[str] = DIFF
    before: Var[dict[str, Any]]
    after: Var[dict[str, Any]]
    kind: Var[str]
    version: Var[Any]
    before_label: Var[str]
    after_label: Var[str]
    label: Var[str]


payload_diff = PayloadDiff.create
