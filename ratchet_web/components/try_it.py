"""Running what stands in the form around it, without saving it (assets/try_it.jsx)."""

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR
from ratchet_web.components.schema_form import RJSF


class TryIt(rx.Component):
    """The panel; it stands inside an `edit_form`, whose texts it runs.

    `sample` is an input for the schema that `on_sample(schema)` was called with last; `sample_count` grows
    with each answer.
    """

    library = "$/public/try_it.jsx"
    tag = "TryIt"
    lib_dependencies: list[str] = [*RJSF, *CODEMIRROR]
    sample: Var[str]
    sample_count: Var[int]
    on_sample: rx.EventHandler[rx.event.passthrough_event_spec(str)]


try_it = TryIt.create
