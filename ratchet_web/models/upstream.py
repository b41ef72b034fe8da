"""What became of the requests that this process sent to servers."""

from collections import Counter
from typing import Final

# By class of status (`2xx`), or by the name of the error where there was no answer.
ASKED: Final[Counter[str]] = Counter()
