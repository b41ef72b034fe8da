"""Rows as the text of a file."""

import csv
import io
import json

from ratchet_web.logic.files import Csv, Json

ROWS = [
    {"id": "1", "text": 'a "b",\nc', "n": None, "ok": True},
    {"id": "2", "text": "=HYPERLINK(0)", "n": -5, "ok": False},
]
COLUMNS = ("id", "text", "n", "ok")


def test_csv_is_read_back_as_it_was_meant() -> None:
    file = Csv(COLUMNS)
    text = file.begin + file.piece(ROWS[:1]) + file.piece(ROWS[1:]) + file.end
    assert text.startswith("id,text,n,ok\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["id", "text", "n", "ok"],
        ["1", 'a "b",\nc', "", "true"],
        ["2", "'=HYPERLINK(0)", "-5", "false"],
    ]


def test_no_text_is_a_formula_to_a_spreadsheet() -> None:
    for text in ("=1", "+1", "-1", "@a", "\tx", "\rx", "\n=1", "＝1", "＋1", "－1", "＠a"):
        assert f"'{text.strip()[:1]}" in Csv(("t",)).piece([{"t": text}]) or text[0] in "\t\r\n"
        assert Csv(("t",)).piece([{"t": text}]).lstrip('"').startswith("'")


def test_json_is_an_array_however_many_pieces_it_comes_in() -> None:
    file = Json(("id", "text"))
    text = file.begin + file.piece(ROWS[:1]) + file.piece([]) + file.piece(ROWS[1:]) + file.end
    assert json.loads(text) == [{"id": row["id"], "text": row["text"]} for row in ROWS]
    assert json.loads(Json(("id",)).begin + Json(("id",)).end) == []
