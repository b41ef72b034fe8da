"""Where the API is."""

from typing import Final

PREFIX: Final = "/api/v1"
