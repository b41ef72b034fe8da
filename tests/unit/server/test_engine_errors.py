import pytest

from ratchet_web.server.engine.errors import TaskError, at_function, broken_source, thrown
from ratchet_web.server.engine.fields import only_whole_characters, valid_fields

UNEXPECTED_TOKEN = """<anonymous>:2: SyntaxError: Unexpected token ';'
  const a = ;
            ^

SyntaxError: Unexpected token ';'
"""
UNEXPECTED_END = """task.js:3: SyntaxError: Unexpected end of input
//# sourceURL=task.js
                     ^

SyntaxError: Unexpected end of input
"""
THROWN_WHILE_LOADED = """task.js:2: TypeError: Cannot read properties of null (reading 'x')
function a(){ null.x }
                   ^

TypeError: Cannot read properties of null (reading 'x')
    at a (task.js:2:20)
    at task.js:3:1
"""


def test_a_syntax_error_has_line_and_column():
    error = broken_source(UNEXPECTED_TOKEN, "function main() {\n  const a = ;\n}")
    assert error == TaskError("SyntaxError", "Unexpected token ';'", "", 2, 13)


def test_an_unexpected_end_is_placed_at_the_end_of_the_source_not_after_it():
    error = broken_source(UNEXPECTED_END, "function main({\n oops")
    assert (error.line, error.column) == (2, 6)


def test_an_error_while_loading_keeps_its_stack():
    error = broken_source(THROWN_WHILE_LOADED, "\nfunction a(){ null.x }\na()")
    assert (error.name, error.line, error.column) == ("TypeError", 2, 20)
    assert error.stack.endswith("at a (task.js:2:20)\n    at task.js:3:1")


def test_a_thrown_text_is_the_message():
    error = broken_source("task.js:1: no luck\nthrow 'no luck'\n^\n", "throw 'no luck'")
    assert error == TaskError("Error", "no luck", "", 1, 1)


def test_a_stack_has_only_the_tasks_own_frames_and_those_of_its_cause():
    stack = (
        "HttpError: bad gateway\n    at main (task.js:4:12)\n    at Object.run (ratchet.js:9:1)\n"
        "Caused by: TypeError: x\n    at JSON.parse (<anonymous>)\n    at read (task.js:2:3)"
    )
    error = thrown("HttpError", "bad gateway", stack)
    assert error.stack == (
        "HttpError: bad gateway\n    at main (task.js:4:12)\n"
        "Caused by: TypeError: x\n    at read (task.js:2:3)"
    )
    assert (error.line, error.column) == (4, 12)


def test_an_empty_message_is_replaced_by_what_the_stack_says():
    assert thrown("Error", "", "Error: x\n    at main (task.js:1:1)").message == "Error: x"


def test_an_error_can_be_placed_at_a_function_of_the_source():
    source = "const x = 1;\n  function main() {\n return x }"
    placed = at_function(TaskError("OutputError", "no"), "function main() {\n return x }", source)
    assert (placed.line, placed.column) == (2, 3)


def test_a_function_that_the_source_does_not_have_places_nothing():
    error = TaskError("OutputError", "no")
    assert at_function(error, "function () { [native code] }", "const main = f.bind(null)") == error


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('"plain"', '"plain"'),
        ('"\\ud800"', '"\ufffd"'),
        ('"\\udfff\\udfff"', '"\ufffd\ufffd"'),
        ('"a backslash \\\\ud800"', '"a backslash \\\\ud800"'),
        ('"\\n\\u0001\\ud83d"', '"\\n\\u0001\ufffd"'),
    ],
)
def test_halves_of_characters_are_replaced_and_nothing_else(text, whole):
    assert only_whole_characters(text) == whole


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('{"a":\n"\\n\u2028",\r\n\r"b": 2}\n', '{"a": "\\n\u2028",   "b": 2} '),
        ('{"a": "\n"}', None),
        ("[1]", None),
        ("{", None),
        (None, None),
    ],
)
def test_fields_are_an_object_on_one_line(text, fields):
    assert valid_fields(text) == fields
