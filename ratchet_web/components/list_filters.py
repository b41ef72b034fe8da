"""The filters of a list that need more than a press (assets/list_filters.jsx)."""

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/list_filters.jsx"


class FindByName(rx.Component):
    """The rows whose name holds a text of at most `limit` characters; found while it is typed."""

    library = _LIBRARY
    tag = "FindByName"
    limit: Var[int]


class TimeFilter(rx.Component):
    """When rows were queued: a range that ends now, or exact times."""

    library = _LIBRARY
    tag = "TimeFilter"


class MoreFilters(rx.Component):
    """Run time, error, progress and, with `payloads`, texts in inputs and outputs."""

    library = _LIBRARY
    tag = "MoreFilters"
    payloads: Var[bool]


class JobFilters(rx.Component):
    """Priority, time for which they are set, retries and error (assets/jobs_filters.jsx)."""

    library = "$/public/jobs_filters.jsx"
    tag = "JobFilters"
