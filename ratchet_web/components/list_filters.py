"""The filters of a list that need more than a press (assets/list_filters.jsx)."""

import reflex as rx

_LIBRARY = "$/public/list_filters.jsx"


class TimeFilter(rx.Component):
    """When rows were queued: a range that ends now, or exact times."""

    library = _LIBRARY
    tag = "TimeFilter"


class MoreFilters(rx.Component):
    """Run time, error and progress."""

    library = _LIBRARY
    tag = "MoreFilters"
