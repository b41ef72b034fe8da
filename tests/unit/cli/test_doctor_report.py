"""The doctor's findings as lines and as JSON."""

import json

import pytest

from ratchet_web.cli.doctor.findings import bad, note, ok, warning
from ratchet_web.cli.doctor.report import Report, document, is_well, lines, plain, summary
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.cli.places import ROOT

FINE, ODD = ok("TLS", "none"), warning("clock", "behind.", "Set it")


def test_lines_are_aligned_and_end_with_a_summary():
    report = Report("http://x", (FINE, note("Dashboard", "works in part"), ODD, bad("jobs", "no", "Mend it")))
    assert list(lines([report])) == [
        "ok       TLS        none",
        "note     Dashboard  works in part",
        "warning  clock      behind. Set it",
        "BAD      jobs       no. Mend it",
        "1 bad, 1 warning, 1 note, 1 ok",
    ]


def test_several_subjects_have_a_heading_each():
    told = list(lines([Report("this machine", (FINE,)), Report("http://x", (FINE,))]))
    assert told == ["this machine:", "ok  TLS  none", "http://x:", "ok  TLS  none", "2 ok"]


@pytest.mark.parametrize(
    ("findings", "told", "well"),
    [
        ([FINE], "1 ok", True),
        ([ODD, ODD, FINE], "2 warnings, 1 ok", True),
        ([note("a", "b"), note("a", "b")], "2 notes", True),
        ([FINE, bad("a", "b")], "1 bad, 1 ok", False),
    ],
)
def test_only_what_is_bad_makes_it_bad(findings, told, well):
    assert summary(findings) == told
    assert is_well([Report("x", (FINE,)), Report("y", tuple(findings))]) is well


def test_the_document_is_as_the_documents_describe_it():
    told = document([Report("http://x", (FINE, ODD))])
    assert told == {
        "ok": True,
        "counts": {"ok": 1, "note": 0, "warning": 1, "bad": 0},
        "findings": [
            {"about": "http://x", "topic": "TLS", "level": "ok", "text": "none", "advice": ""},
            {
                "about": "http://x",
                "topic": "clock",
                "level": "warning",
                "text": "behind.",
                "advice": "Set it",
            },
        ],
    }
    page = (ROOT / "docs" / "how-to" / "own-server.md").read_text()
    example = page[page.index('{"ok": ') :].split("\n```")[0]
    assert json.loads(example).keys() == told.keys()
    assert all(finding.keys() == told["findings"][0].keys() for finding in json.loads(example)["findings"])


def test_no_text_holds_a_secret_or_more_than_one_line_or_what_moves_a_cursor():
    subject = Subject("https://ann:p%40ss-word@host/api/v1", token="rat_secret")
    told = "bad\ttoken rat_secret\n\x1b[31mp%40ss-word\x07 p@ss-word"
    shown = plain(Report("x", (bad("a", told, told),)), subject.secrets).findings[0]
    assert shown.text == shown.advice == "bad token … [31m… …"


def test_an_address_is_shown_without_its_password():
    subject = Subject("https://ann:secret@host", token="rat_secret")
    assert subject.shown == "https://host/api/v1"
    assert "rat_secret" not in repr(subject)
