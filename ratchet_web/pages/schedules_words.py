"""The rules of a schedule in words: each choice with what it means."""

from typing import Final

import reflex as rx

Choices = list[dict[str, str]]

ENABLED: Final[Choices] = [
    {"value": "true", "label": "Enabled", "meaning": "It fires whenever its time comes."},
    {"value": "false", "label": "Disabled", "meaning": "It fires only when somebody runs it."},
]
MISFIRE: Final[Choices] = [
    {
        "value": "SKIP",
        "label": "Skip",
        "meaning": "A time that passed by more than a minute, because no server ran, is left out.",
    },
    {
        "value": "RUN_ONCE",
        "label": "Run once",
        "meaning": "One run makes up for all times that passed while no server ran.",
    },
]
OVERLAP: Final[Choices] = [
    {
        "value": "false",
        "label": "Leave it out",
        "meaning": "A time is left out while the job of an earlier one has not ended.",
    },
    {
        "value": "true",
        "label": "Run beside it",
        "meaning": "Each time queues its job, also while earlier ones have not ended.",
    },
]
PRIORITIES: Final[Choices] = [
    {"value": "NORMAL", "label": "Normal"},
    {"value": "CRITICAL", "label": "Critical"},
    {"value": "HIGH", "label": "High"},
    {"value": "LOW", "label": "Low"},
]


def meant(choices: Choices, value: rx.Var[str]) -> rx.Component:
    """Return a choice in words, as it is written; one that is not known shows itself."""
    cases = [(each["value"], f"{each['label']}: {each['meaning']}") for each in choices]
    return rx.fragment(rx.match(value, *cases, value))
