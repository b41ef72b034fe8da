"""What the store can meet."""


class StoreError(Exception):
    """Root: `Unavailable` (passes), `Duplicate` (a name is taken), `Unusable` (cannot be opened at all)."""


class Unavailable(StoreError):
    """The database cannot be used just now; nothing was changed. The message says why."""


class Duplicate(StoreError):
    """Another row has this name already; nothing was changed."""


class Unusable(StoreError):
    """The data directory cannot be used by this server; the message says what to do."""
