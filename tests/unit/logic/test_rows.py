"""Rows of input: every spelling that people and spreadsheets have for them."""

import json

import pytest

from ratchet_web.logic.rows import RowsError, decoded, read_rows

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "count": {"type": "integer"},
        "price": {"type": ["number", "null"]},
        "paid": {"type": "boolean"},
        "tags": {"type": "array"},
        "level": {"enum": [1, 2, 3]},
        "address": {
            "type": "object",
            "properties": {"zip": {"type": "string"}, "floor": {"type": "integer"}},
        },
        "a.b": {"type": "integer"},
    },
}


def values(text, schema=SCHEMA):
    return [row.value for row in read_rows(text, schema)[1]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_cells_have_the_types_of_the_schema(separator, end):
    table = [
        ["name", "count", "price", "paid", "level"],
        ["007", "7", "1.50", "TRUE", "2"],
        ["12", "-3", "null", "false", "3"],
    ]
    text = end.join(separator.join(row) for row in table) + end
    form, _ = read_rows(text, SCHEMA)
    assert (form.name, form.separator, form.columns[0]) == ("CSV", separator, "name")
    assert values(text) == [
        {"name": "007", "count": 7, "price": 1.5, "paid": True, "level": 2},
        {"name": "12", "count": -3, "price": None, "paid": False, "level": 3},
    ]


def test_quotes_are_those_of_rfc_4180():
    text = 'name,tags\n"a, ""quoted"" name\nover two lines","[1, ""x""]"\n'
    assert values(text) == [{"name": 'a, "quoted" name\nover two lines', "tags": [1, "x"]}]


def test_separators_inside_quotes_do_not_count():
    assert values('"name; or not; at all","count"\nx,3\n', None) == [
        {"name; or not; at all": "x", "count": 3}
    ]


def test_an_empty_cell_is_not_there_and_an_empty_row_is_none():
    text = "name,count\na,\n\n,\n,2\n"
    assert values(text) == [{"name": "a"}, {"count": 2}]
    assert [row.number for row in read_rows(text, SCHEMA)[1]] == [2, 5]


def test_dots_lead_inside_unless_a_member_is_named_so():
    text = "address.zip,address.floor,a.b,x.y\n01234,2,5,z\n"
    assert values(text) == [{"address": {"zip": "01234", "floor": 2}, "a.b": 5, "x": {"y": "z"}}]


def test_without_a_schema_cells_are_what_they_look_like():
    text = "a,b,c,d,e,f\n7,007,true,1e3,{x,[1]\n"
    assert values(text, None) == [{"a": 7, "b": "007", "c": True, "d": 1000.0, "e": "{x", "f": [1]}]


@pytest.mark.parametrize(
    ("text", "number", "field", "said"),
    [
        ("name,count\na,1,2\n", 2, "", "3 cells"),
        ("name,tags\na,[1\n", 2, "tags", "not JSON"),
        ("x,x.y\n3,4\n", 2, "x.y", "no object"),
        ('{"a": 1}\n\n{"a": }\n', 3, "", "not JSON"),
        ('{"a": NaN}', 1, "", "NaN"),
        ('{"a": 1}\n{"a": 1e999}\n{"a": 2}\n', 2, "", "1.8e308"),
        ('[{"a": 1},\n{"a": 1e999},\n{"a": 2}]', 2, "", "1.8e308"),
        ('{"a": 1}\n{"a": "\\ud800"}\n', 2, "", "half of a character"),
        ("tags\n[]\n[1e999]\n", 3, "tags", "1.8e308"),
        ('tags\n[]\n"[""\\ud800""]"\n', 3, "tags", "half of a character"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(text, number, field, said):
    (wrong,) = [row for row in read_rows(text, SCHEMA)[1] if row.wrong]
    assert (wrong.number, wrong.field) == (number, field)
    assert said in wrong.wrong


@pytest.mark.parametrize(
    ("text", "number", "line"),
    [
        ('a,b\n"1,2\n3,4\n', 2, 2),
        ('a,b\n1,2\n3,"4', 3, 3),
        # It is another than the first of its row.
        ('a,b\r\n"1\r\n1","2\r\n""3"",4\r\n5,6\r\n', 2, 3),
        ('a,b\n"x\ny",1\n"""2,3\n4,5""', 3, 4),
    ],
)
def test_a_quote_that_is_never_closed_is_told_with_its_line(text, number, line):
    *_, last = read_rows(text, None)[1]
    assert (last.number, last.value) == (number, None)
    assert f"opened in line {line}, that is never closed" in last.wrong


@pytest.mark.parametrize(
    "text", ['a,b\n1,"2"', 'a,b\n1,"2\n2"', 'a,b\n1,2"', 'a\n""', 'a\n"x"y"z', 'a\nx""\n']
)
def test_quotes_that_are_closed_or_none_are_no_fault(text):
    assert all(not row.wrong for row in read_rows(text, None)[1])


def test_a_thousand_columns_are_read():
    names = [f"c{n}" for n in range(1_000)]
    assert values(",".join(names) + "\n" + ",".join("1" for _ in names), None) == [dict.fromkeys(names, 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_as_what_spreadsheets_write(encoding):
    assert decoded("a,b\n1,é\n".encode(encoding)) == "a,b\n1,é\n"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "utf-16-le"])
def test_what_reads_as_a_text_full_of_nuls_is_refused(encoding):
    with pytest.raises(RowsError, match="save it as UTF-8"):
        decoded("a,b\n1,é\n".encode(encoding))


def test_what_does_not_fit_stays_a_text_for_the_schema_to_judge():
    assert values("count,paid,level\nmany,perhaps,4\n") == [{"count": "many", "paid": "perhaps", "level": 4}]
    assert values("count\n1.5\n") == [{"count": "1.5"}]
    assert values("price\n1e999\n") == [{"price": "1e999"}]
    assert values("x\n[1e999]\n", None) == [{"x": "[1e999]"}]


@pytest.mark.parametrize(
    "text", ['{"n": 1}\n{"n": 2}\n', '\ufeff{"n": 1}\r\n\r\n{"n": 2}', '[{"n": 1},\n {"n": 2}]']
)
def test_json_comes_by_lines_or_as_a_list(text):
    assert read_rows(text, SCHEMA)[0].name == "JSON"
    assert values(text) == [{"n": 1}, {"n": 2}]


def test_lines_may_be_lists():
    assert values("[1]\n[2]\n") == [[1], [2]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows"),
        (" \n", "no rows"),
        ("a,,b\n1,2,3", "Column 2"),
        ("a,a\n1,2", "Two columns"),
        (",".join(f"c{n}" for n in range(200_000)), "200,000 columns, and 1,000"),
        ('a,"b\n1,2\n3,4\n', "line 1 is never closed"),
    ],
)
def test_what_is_no_rows_is_refused_as_a_whole(text, said):
    with pytest.raises(RowsError, match=said):
        read_rows(text, SCHEMA)


def test_a_row_with_odd_line_breaks_in_a_cell_stays_whole():
    assert values('name\n"a\x0bb\u2028c\x85d"\n') == [{"name": "a\x0bb\u2028c\x85d"}]


def test_ten_thousand_rows_are_read():
    text = "name,count\n" + "".join(f"n{i},{i}\n" for i in range(10_000))
    assert values(text)[-1] == {"name": "n9999", "count": 9999}
    lines = "".join(json.dumps({"n": i}) + "\n" for i in range(10_000))
    assert len(values(lines)) == 10_000
