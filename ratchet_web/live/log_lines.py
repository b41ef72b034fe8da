"""A line of a log as browsers get it."""

from ratchet_web.live.rows import Row
from ratchet_web.models.logs import LogLine

# A page holds up to 2,000 lines: of longer ones it gets the beginning, and the rest when somebody asks.
MOST_CHARS = 8_000


def sent(line: LogLine, whole: bool = False) -> Row:
    """Return `{seq, time, level, source, text}` of a line; `rest` is how many characters were left out."""
    row: Row = line.model_dump(mode="json", exclude={"fields"})
    rest = len(line.text) - MOST_CHARS
    if whole or rest <= 0:
        return row
    return {**row, "text": line.text[:MOST_CHARS], "rest": rest}
