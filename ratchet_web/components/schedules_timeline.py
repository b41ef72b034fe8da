"""Past and coming runs of all schedules on one axis: see assets/timeline.jsx."""

import reflex as rx


class Timeline(rx.Component):
    """The timeline, and the month; the address says which, and of what time."""

    library = "$/public/timeline.jsx"
    tag = "Timeline"
