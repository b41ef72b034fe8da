"""Looks at everything that Ratchet Web needs, and says what to do about what is missing."""

import json
from collections.abc import Iterator
from dataclasses import replace

from pydantic import SecretStr

from ratchet_web.cli.doctor import local
from ratchet_web.cli.doctor.report import Report, document, is_well, lines
from ratchet_web.cli.doctor.server import examine
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.settings import Settings

HERE = "this machine"


async def doctor(settings: Settings, url: str | None = None, as_json: bool = False) -> bool:
    """Print what is found about a server, or about this machine and its server; return whether all is well.

    Raises:
        ValueError: `url` is no http(s) address.
    """
    reports = [] if url else [Report(HERE, tuple(local.findings(settings)))]
    reports += [await examine(subject) for subject in subjects(settings, url)]
    if as_json:
        print(json.dumps(document(reports), indent=2, ensure_ascii=False))
    else:
        print(*lines(reports), sep="\n")
    return is_well(reports)


def subjects(settings: Settings, url: str | None = None) -> Iterator[Subject]:
    """Yield the servers to look at: the given one, else those of the settings.

    A token goes only to the server that the settings give it to; where they name no server, to any.
    """
    named = () if settings.embedded else settings.known_servers
    sign_in = settings.web_auth == "ratchet"
    known = [
        Subject(each.url, _text(each.token), settings.api_timeout_s, name=each.name, people_sign_in=sign_in)
        for each in named
    ]
    if url is None:
        yield from known
    elif settings.embedded:
        yield Subject(url, _text(settings.api_token), settings.api_timeout_s)
    else:
        same = next((subject for subject in known if subject.is_at(url)), None)
        yield replace(same, url=url) if same else Subject(url, timeout_s=settings.api_timeout_s)


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
