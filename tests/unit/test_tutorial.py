"""What the tutorial lets somebody type fits together."""

import csv
import json
import re

from jsonschema import Draft202012Validator

from ratchet_web.cli.places import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()


def typed(language: str) -> str:
    """Return the one block of the tutorial in this language."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", TUTORIAL, re.DOTALL)
    return block


def test_its_rows_are_inputs_of_its_task():
    schema = json.loads(typed("json"))
    properties = schema["properties"]
    rows = list(csv.DictReader(typed("csv").splitlines()))
    assert set(rows[0]) == set(properties)
    for row in rows:
        Draft202012Validator(schema).validate(row)
    assert all(re.search(rf"main\(\{{ .*\b{name}\b", typed("js")) for name in properties)
