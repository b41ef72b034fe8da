"""`python -m tests.doubles.native PORT SETTINGS`; the settings are JSON."""

import json
import sys

from tests.doubles.native.process import serve

serve(int(sys.argv[1]), **json.loads(sys.argv[2]))
