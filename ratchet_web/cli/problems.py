"""What a command says when it cannot do its work."""


class ProblemError(Exception):
    """A command cannot go on; `str(error)` says what happened and what to do, and is all that is shown."""
