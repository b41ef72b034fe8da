"""The choice of a server (assets/server_switch.jsx)."""

from ratchet_web.components.antd import ANTD, Select


class ServerSwitch(Select):
    """A `Select` whose file comes when it is shown; until then the name of the server stands there."""

    library = "$/public/server_switch.jsx"
    tag = "ServerSwitch"
    alias = "ServerSwitch"
    lib_dependencies: list[str] = [ANTD]
