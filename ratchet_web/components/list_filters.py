"""The filters of a list that need more than a press (assets/list_filters.jsx)."""

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/list_filters.jsx"


class FindByName(rx.Component):
    """The rows whose name holds a text of at most `limit` characters; found while it is typed.

    `words` name the field where it is not the name that is looked at.
    """

    library = _LIBRARY
    tag = "FindByName"
    limit: Var[int]
    words: Var[str]


class TimeFilter(rx.Component):
    """When rows were queued, or `what` (`failed`): a range that ends now, or exact times."""

    library = _LIBRARY
    tag = "TimeFilter"
    what: Var[str]


class MoreFilters(rx.Component):
    """Run time, error, progress and, with `payloads`, texts in inputs and outputs."""

    library = _LIBRARY
    tag = "MoreFilters"
    payloads: Var[bool]


class AuditFilters(rx.Component):
    """Who, what, and the id of a row (assets/audit_filters.jsx)."""

    library = "$/public/audit_filters.jsx"
    tag = "AuditFilters"


class JobFilters(rx.Component):
    """Priority, time for which they are set, retries and error (assets/jobs_filters.jsx)."""

    library = "$/public/jobs_filters.jsx"
    tag = "JobFilters"
