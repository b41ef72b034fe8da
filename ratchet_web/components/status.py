"""Statuses and priorities: always colour, icon and word. This module alone decides them."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.icons import icon

# status -> (css class, icon, word)
LOOKS = {
    "PENDING": ("wait", "clock", "Pending"),
    "QUEUED": ("wait", "clock", "Queued"),
    "RUNNING": ("run", "spinner", "Running"),
    "PROCESSING": ("run", "spinner", "Running"),
    "COMPLETED": ("ok", "check", "Completed"),
    "FAILED": ("bad", "cross", "Failed"),
    "CANCELLED": ("wait", "slash", "Cancelled"),
    "RETRYING": ("warn", "retry", "Retrying"),
}
# The health of a server or of a part of it.
HEALTH = {
    "healthy": ("ok", "check", "Healthy"),
    "degraded": ("warn", "warning", "Degraded"),
    "unhealthy": ("bad", "cross", "Unhealthy"),
    "unknown": ("wait", "clock", "Not known"),
}
# What became of an output on its way to a destination.
DELIVERIES = {
    "PENDING": ("run", "spinner", "On its way"),
    "DELIVERED": ("ok", "check", "Delivered"),
    "FAILED": ("bad", "cross", "Not delivered"),
}
# What became of a row of a bulk run.
OUTCOMES = {
    "done": ("ok", "check", "Done"),
    "skipped": ("wait", "slash", "Skipped"),
    "refused": ("warn", "warning", "Refused"),
    "failed": ("bad", "cross", "Failed"),
    "left": ("wait", "clock", "Left"),
}
PRIORITIES = {"CRITICAL": "bad", "HIGH": "warn", "LOW": "wait"}


def _look(kind: str, picture: str, word: Any) -> rx.Component:
    return rx.el.span(icon(picture), word, class_name=f"status {kind}")


def status(value: Var[str]) -> rx.Component:
    """Return the status as a pill; one that we do not know shows its own text."""
    cases = [(name, _look(*look)) for name, look in LOOKS.items()]
    return rx.match(value, *cases, rx.el.span(value, class_name="status"))


def health_status(value: Var[str]) -> rx.Component:
    """Return the health as a pill; a word that we do not know shows its own text."""
    cases = [(name, _look(*look)) for name, look in HEALTH.items()]
    return rx.match(value, *cases, rx.el.span(value, class_name="status"))


def delivery_status(value: Var[str]) -> rx.Component:
    """Return what became of a delivery as a pill; a word that we do not know shows its own text."""
    cases = [(name, _look(*look)) for name, look in DELIVERIES.items()]
    return rx.match(value, *cases, rx.el.span(value, class_name="status"))


def outcome(value: Var[str], left: Any) -> rx.Component:
    """Return what became of a row as a pill; `left` is the word for one that was not acted on."""
    looks = OUTCOMES | {"left": (*OUTCOMES["left"][:2], left)}
    cases = [(name, _look(*look)) for name, look in looks.items()]
    return rx.match(value, *cases, rx.el.span(value, class_name="status"))


def offered(value: Var[bool]) -> rx.Component:
    """Return whether a server offers something."""
    return rx.cond(value, _look("ok", "check", "Yes"), _look("wait", "slash", "No"))


def enabled(value: Var[bool]) -> rx.Component:
    """Return whether a task or schedule is switched on."""
    return rx.cond(value, _look("ok", "check", "Enabled"), _look("wait", "slash", "Disabled"))


def priority(value: Var[str]) -> rx.Component:
    """Return the priority; the normal one is not worth a colour."""
    cases = [
        (name, rx.el.span(name.capitalize(), class_name=f"status {kind}"))
        for name, kind in PRIORITIES.items()
    ]
    return rx.match(value, *cases, ("NORMAL", rx.el.span("Normal")), rx.el.span(value))
