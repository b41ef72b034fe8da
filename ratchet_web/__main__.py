"""`python -m ratchet_web`: the same as `ratchet-web`."""

import sys

from ratchet_web.cli import main

if __name__ == "__main__":
    sys.exit(main())
