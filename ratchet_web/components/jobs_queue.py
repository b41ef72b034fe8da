"""What the queue's page draws in the browser: see assets/jobs_queue.jsx."""

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/jobs_queue.jsx"


class Depth(rx.Component):
    """A number of jobs and its share of the deepest lane, as a bar."""

    library = _LIBRARY
    tag = "Depth"
    value: Var[int]
    share: Var[float]


class JobField(rx.Component):
    """The field `job` of a form: the number of a job, at first the one that the address names."""

    library = _LIBRARY
    tag = "JobField"
    job: Var[str]


class Delayed(rx.Component):
    """When delayed jobs are due, on an axis and as a table; `narrowed` is added to the links."""

    library = _LIBRARY
    tag = "Delayed"
    topic: Var[str]
    narrowed: Var[str]
