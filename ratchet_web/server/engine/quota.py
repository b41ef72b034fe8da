"""How much of an execution's log is kept, and what is said of the rest."""

from dataclasses import dataclass


@dataclass
class LogQuota:
    """Counts what goes into a log, and what is dropped because it is full.

    The worker drops lines too, by the same limits, and tells how many: `told` is what it said last.
    """

    lines: int
    bytes: int
    told: tuple[int, int] = (0, 0)
    _dropped: tuple[int, int] = (0, 0)
    _full: bool = False

    def admits(self, text: str, fields: str | None) -> bool:
        """Return whether a line is kept, and count it."""
        self.lines -= 1
        self.bytes -= len(text.encode()) + len((fields or "").encode())
        self._full = self._full or self.lines < 0 or self.bytes < 0
        if self._full:
            lines, chars = self._dropped
            self._dropped = lines + 1, chars + len(text)
        return not self._full

    def remark(self, most_lines: int, most_bytes: int) -> str | None:
        """Return what to say of the lines that were dropped, None if none were."""
        lines, chars = (told + own for told, own in zip(self.told, self._dropped, strict=True))
        if not lines:
            return None
        what = "1 more line" if lines == 1 else f"{lines:,} more lines"
        were = "was" if lines == 1 else "were"
        kept = f"only the first {most_lines:,} lines and {most_bytes:,} bytes are kept"
        return f"{what} ({chars:,} characters) {were} dropped: {kept}"
