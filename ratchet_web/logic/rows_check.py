"""Rows of input, each judged by a schema that is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ratchet_web.logic.rows import ReadRow, RowsError, read_rows
from ratchet_web.logic.schemas import Fault, judge_of

if TYPE_CHECKING:
    from pydantic import JsonValue

MOST_ROWS: Final = 50_000
FAULTS_TOLD: Final = 100
FAULTS_OF_ROW: Final = 3
PREVIEWED: Final = 5
ROOT: Final = "input"


@dataclass
class RowsSummary:
    """What is told of rows: how they are written, how many are good, the first faults, the first values.

    `faults`: `{row, field, message}`; `preview`: `{row, value}`. `faulty` counts all rows with a fault.
    """

    form: str = ""
    separator: str = ""
    columns: list[str] = field(default_factory=list)
    good: int = 0
    faulty: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def check_rows(text: str, schema: JsonValue, keep: Callable[[ReadRow], None]) -> RowsSummary:
    """Return what there is to say of the rows of a text; `keep` is called with each good one.

    Raises:
        RowsError: it is no rows, or too many.
    """
    form, rows = read_rows(text, schema)
    summary = RowsSummary(form.name, form.separator, list(form.columns))
    judge = judge_of(schema, ROOT)
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise RowsError(f"There are more than {MOST_ROWS:,} rows: queue one part after the other")
        if faults := list(_faults(row, judge)):
            summary.faulty += 1
            summary.faults += faults[: max(0, FAULTS_TOLD - len(summary.faults))]
            continue
        summary.good += 1
        keep(row)
        if len(summary.preview) < PREVIEWED:
            summary.preview.append({"row": row.number, "value": row.value})
    if not summary.good and not summary.faulty:
        raise RowsError("There are no rows below the first, which names the columns")
    return summary


def _faults(row: ReadRow, judge: Callable[[JsonValue], list[Fault]]) -> Iterator[dict[str, Any]]:
    if row.wrong:
        yield {"row": row.number, "field": row.field, "message": row.wrong}
        return
    for fault in judge(row.value)[:FAULTS_OF_ROW]:
        _, _, name = fault.path.partition(".")
        yield {"row": row.number, "field": name, "message": fault.message}
