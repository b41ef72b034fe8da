"""Destinations as a page shows them: what became of each, and nothing secret."""

from typing import Any

from ratchet_web.logic.jobs_destinations import destination_rows, masked
from ratchet_web.logic.jobs_estimate import QueueAhead, estimated_start, in_words
from ratchet_web.models.destinations import Delivery
from tests.unit.logic.test_jobs_history import NOON

WEBHOOK: dict[str, Any] = {
    "destinationType": "WEBHOOK",
    "template": "{{output}}",
    "webhook": {
        "url": "https://ann:s3cret@hooks.example/in?token=s3cret",
        "method": "PUT",
        "headers": {"X-Kind": "s3cret"},
        "authentication": {"authType": "BEARER", "bearer": {"token": "s3cret"}},
    },
}
FILE = {"destinationType": "FILESYSTEM", "filesystem": {"path": "out/{jobId}.json", "format": "PRETTY"}}


def test_each_destination_is_told_with_its_delivery_and_nothing_secret() -> None:
    sent = Delivery.model_validate(
        {"id": "1", "position": 1, "status": "FAILED", "attempts": 5, "responseStatus": 503, "error": "busy"}
    )
    first, second, third = destination_rows([WEBHOOK, FILE, {"destinationType": "STDIO"}], [sent])
    assert (first["title"], first["target"]) == ("Webhook", "https://hooks.example/in?…")
    assert first["more"] == "PUT, with a hidden bearer token, headers X-Kind, by a template"
    assert (first["status"], first["again"]) == ("FAILED", True)
    assert (first["answer"], first["error"]) == ("HTTP 503", "busy")
    assert (second["target"], second["more"]) == ("out/{jobId}.json", "as pretty")
    assert (second["status"], second["again"]) == ("", False)
    assert (third["title"], third["target"]) == ("Standard output", "stdout")
    assert "s3cret" not in str((first, second, third))


def test_what_no_contract_knows_costs_no_page() -> None:
    odd: list[Any] = [None, {"destinationType": "PIGEON"}, {"destinationType": "WEBHOOK", "webhook": "x"}]
    assert [row["position"] for row in destination_rows(odd, ())] == [2, 3]
    assert destination_rows({"a": 1}, ()) == destination_rows(None, ()) == []


def test_raw_json_keeps_no_secret() -> None:
    text = str(masked({"outputDestinations": [WEBHOOK], "input": [1]}))
    assert "Bearer" not in text
    assert "s3cret" not in text
    assert "'authType': 'BEARER'" in text


def test_an_estimate_names_what_it_assumes_or_says_that_it_is_not_known() -> None:
    ahead = QueueAhead(30, 60)
    start = estimated_start(ahead, NOON)
    assert start is not None
    assert (start - NOON).total_seconds() == 1800
    assert "It assumes that this goes on" in in_words(ahead)
    for unknown in (QueueAhead(), QueueAhead(3, 4), QueueAhead(None, 5)):
        assert estimated_start(unknown, NOON) is None
        assert in_words(unknown).startswith("Not known")
    assert in_words(QueueAhead(0, 5)).startswith("No job is ahead of it")
