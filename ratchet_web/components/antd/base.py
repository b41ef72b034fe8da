"""What every antd binding shares."""

import reflex as rx

ANTD = "antd@6.6.8"


class Antd(rx.Component):
    """An antd component. Each needs an alias of its own: names like `Button` collide in generated code."""

    library = ANTD
