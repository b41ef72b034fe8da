"""What the doctor found, as lines for people and as JSON for programs. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from ratchet_web.cli.doctor.findings import Finding, Level

# Only in capitals what makes the exit status 1.
SHOWN = {Level.OK: "ok", Level.NOTE: "note", Level.WARNING: "warning", Level.BAD: "BAD"}
PLURAL = {Level.OK: "ok", Level.NOTE: "notes", Level.WARNING: "warnings", Level.BAD: "bad"}
# A shorter one would be found in words that are none.
SECRET_LEAST = 4


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about one subject: `this machine`, or the address of a server."""

    about: str
    findings: tuple[Finding, ...]


def plain(report: Report, secrets: Collection[str]) -> Report:
    """Return a report in which every text is one line that can be printed, and holds none of the secrets."""
    return replace(
        report,
        findings=tuple(
            replace(finding, text=_line(finding.text, secrets), advice=_line(finding.advice, secrets))
            for finding in report.findings
        ),
    )


def lines(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the lines for people: one for each finding, below its subject where there are several."""
    findings = _all(reports)
    levels = max(len(SHOWN[finding.level]) for finding in findings)
    topics = max(len(finding.topic) for finding in findings)
    for report in reports:
        if len(reports) > 1:
            yield f"{report.about}:"
        for finding in report.findings:
            yield f"{SHOWN[finding.level]:<{levels}}  {finding.topic:<{topics}}  {_sentences(finding)}"
    yield summary(findings)


def summary(findings: Sequence[Finding]) -> str:
    """Return how many there are of each level, the worst first."""
    counts = Counter(finding.level for finding in findings)
    told = [
        f"{counts[level]} {PLURAL[level] if counts[level] != 1 else SHOWN[level].lower()}"
        for level in reversed(Level)
        if counts[level]
    ]
    return ", ".join(told)


def document(reports: Sequence[Report]) -> dict[str, JsonValue]:
    """Return the same as one JSON value; the README describes it."""
    counts = Counter(finding.level for finding in _all(reports))
    return {
        "ok": is_well(reports),
        "counts": {level.value: counts[level] for level in Level},
        "findings": [
            {
                "about": report.about,
                "topic": finding.topic,
                "level": finding.level.value,
                "text": finding.text,
                "advice": finding.advice,
            }
            for report in reports
            for finding in report.findings
        ],
    }


def is_well(reports: Sequence[Report]) -> bool:
    """Return whether nothing is bad."""
    return all(finding.level is not Level.BAD for finding in _all(reports))


def _all(reports: Sequence[Report]) -> list[Finding]:
    return [finding for report in reports for finding in report.findings]


def _sentences(finding: Finding) -> str:
    return f"{finding.text.rstrip('.')}. {finding.advice}" if finding.advice else finding.text


def _line(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SECRET_LEAST:
            text = text.replace(secret, "…")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
