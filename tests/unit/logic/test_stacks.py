from ratchet_web.logic.stacks import Frame, SourceLine, excerpt, frames, line_text

STACK = """TypeError: no
    at totalOf (task.js:5:26)
    at async main (task.js:13:17)
    at task.js:20:1
    at <anonymous>
Caused by: Error: at home
    at inner (task.js:2:3)"""


def test_frames_with_their_places():
    assert frames(STACK) == (
        Frame("at totalOf (task.js:5:26)", "totalOf", 5, 26),
        Frame("at async main (task.js:13:17)", "async main", 13, 17),
        Frame("at task.js:20:1", "", 20, 1),
        Frame("at <anonymous>"),
        Frame("at inner (task.js:2:3)", "inner", 2, 3),
    )
    assert frames("") == frames("Error: at last") == ()


def test_an_excerpt_has_the_lines_around_and_marks_the_one():
    source = "\n".join("abcdefg")
    assert excerpt(source, 2, around=2) == (
        SourceLine(1, "a", False),
        SourceLine(2, "b", True),
        SourceLine(3, "c", False),
        SourceLine(4, "d", False),
    )
    assert [line.number for line in excerpt(source, 7, around=1)] == [6, 7]
    assert excerpt(source, 8) == excerpt(source, 0) == ()


def test_long_lines_are_cut():
    (only,) = excerpt("x" * 1000, 1)
    assert only.text == "x" * 400 + "…"


def test_the_text_of_a_line_has_no_indentation():
    assert line_text(["a", "  b  "], 2) == "b"
    assert line_text(["a"], 2) == line_text(["a"], None) == ""
