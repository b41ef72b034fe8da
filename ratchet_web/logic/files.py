"""Rows as the text of a file, piece after piece: pure."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
# A spreadsheet takes a cell that begins with one of these for a formula; some take the wide ones as well.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Csv:
    """CSV as RFC 4180 has it; no cell is a formula to a spreadsheet. What is not known is empty."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self.begin = _line(columns)
        self.end = ""

    def piece(self, rows: Iterable[Row]) -> str:
        """Return the next rows."""
        return "".join(_line(map(_cell, (row[name] for name in self._columns))) for row in rows)


class Json:
    """A JSON array with an object on each line."""

    begin, end = "[", "\n]\n"

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._separator = "\n"

    def piece(self, rows: Iterable[Row]) -> str:
        """Return the next rows."""
        text = ""
        for row in rows:
            told = {name: row[name] for name in self._columns}
            text += self._separator + json.dumps(told, ensure_ascii=False)
            self._separator = ",\n"
        return text


class JsonLines:
    """A JSON object on each line."""

    begin = end = ""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def piece(self, rows: Iterable[Row]) -> str:
        """Return the next rows."""
        told = ({name: row[name] for name in self._columns} for row in rows)
        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in told)


FORMS: Mapping[str, type[Csv] | type[Json] | type[JsonLines]] = {
    "csv": Csv,
    "json": Json,
    "jsonl": JsonLines,
}


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else str(value)
