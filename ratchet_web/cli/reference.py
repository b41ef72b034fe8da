"""Writes docs/reference.md: every command and every setting, as the code has them (`make docs`)."""

import argparse
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from ratchet_web.cli import parser
from ratchet_web.cli.environment import variables
from ratchet_web.cli.places import ROOT

PAGE = ROOT / "docs" / "reference.md"
HEAD = """
# Reference

Written by `make docs` from the code. A test fails where it is stale: change the code, not this page.
"""
ABOUT_SETTINGS = """
## Settings

Environment variables, read and checked at the start; a value that cannot be is refused in one line that names
it, and a misspelt name is told. Those in force stand on the page *System*, under *Settings*, without secrets.

| variable | default | meaning |
|---|---|---|
"""
ABOUT_COMMANDS = """
## Commands

Inside the environment, or as `python -m ratchet_web`. Each understands `--help`. The exit status is 0, or 1
with a message that says what to do, or 2 where the command was not understood.
"""
Parser = argparse.ArgumentParser


def reference() -> str:
    """Return the page."""
    settings = "\n".join(_row(f"`{each.name}`", _code(each.default), each.help) for each in variables())
    commands = "\n".join(_commands(parser()))
    return f"{HEAD.lstrip()}{ABOUT_COMMANDS}\n{commands}{ABOUT_SETTINGS}{settings}\n"


def _commands(of: Parser) -> Iterator[str]:
    for command in _subcommands(of):
        # A group such as `server user` does nothing itself.
        if command.get_default("run") or command.get_default("act"):
            yield f"### `{command.prog}`\n\n{cleandoc(command.description or '')}\n"
            if rows := [*_arguments(command)]:
                yield "| argument | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"
        yield from _commands(command)


def _subcommands(of: Parser) -> list[Parser]:
    groups = [each for each in of._actions if isinstance(each, argparse._SubParsersAction)]
    return [command for group in groups for command in group.choices.values()]


def _arguments(of: Parser) -> Iterator[str]:
    for each in of._actions:
        if isinstance(each, argparse._HelpAction | argparse._SubParsersAction):
            continue
        value = each.metavar or ("|".join(map(str, each.choices)) if each.choices else each.dest.upper())
        named = (
            each.option_strings[0] + ("" if each.nargs == 0 else f" {value}")
            if each.option_strings
            else value
        )
        default = "" if each.default in (None, False, argparse.SUPPRESS) else str(each.default)
        yield _row(f"`{named}`", _code(default), (each.help or "").replace(" (default: %(default)s)", ""))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def write(page: Path = PAGE) -> None:
    """Write the page."""
    page.parent.mkdir(exist_ok=True)
    page.write_text(reference(), encoding="utf-8")
    print(page.relative_to(ROOT) if page.is_relative_to(ROOT) else page)


if __name__ == "__main__":
    write()
