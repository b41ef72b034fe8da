"""`python -m ratchet_web.server`: the embedded server alone."""

import sys

from ratchet_web.server.access.exposure import ExposedError
from ratchet_web.server.serve import PortTakenError, serve
from ratchet_web.server.store.errors import Unusable
from ratchet_web.settings import settings


def main() -> None:
    """Run the server with the settings of the environment."""
    try:
        serve(settings())
    except (ExposedError, PortTakenError, Unusable) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
