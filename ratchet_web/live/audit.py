"""The record of acts, watched while somebody looks at it who may."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from ratchet_web.api import Forbidden, Ratchet
from ratchet_web.audit.journal import Journal
from ratchet_web.live import policy
from ratchet_web.live.person import Person
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic
from ratchet_web.live.topics import NAME_LIMIT, query_of
from ratchet_web.models.acts import Act
from ratchet_web.models.audit import AuditQuery, Entry
from ratchet_web.models.monitoring import Change

NOUN = "audit"
IDS_SHOWN = 5
UNSEEN = "What people did is shown to admins alone."


@dataclass(frozen=True)
class AuditList(Topic):
    """`audit?who=ann&…`: a page of entries. It asks no server, but other processes may write."""

    NOUN: ClassVar = NOUN
    LOOK_S: ClassVar = 2.0

    query: AuditQuery
    journal: Journal
    server: str
    person: Person
    # The record as it was looked at last, and what was found.
    known: dict[tuple[int, int], Snapshot] = field(default_factory=dict, compare=False, repr=False)

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By no change of the server."""
        return False

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Every two seconds."""
        return max(self.LOOK_S, policy.retry_s(failures)) if failures else self.LOOK_S

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the entries; raises `Forbidden` to who may not see them."""
        if not self.person.may(Act.SEE_AUDIT):
            raise Forbidden(UNSEEN, status=403)
        mark = self.journal.mark()
        if mark not in self.known or self.query.range:
            found = await self.journal.find(self.query, self.server)
            before = (self.query.page - 1) * self.query.limit
            total = before + len(found.entries) + found.more if found.entries else 0
            about = {"total": total, "beyond": found.more or found.cut, "cut": found.cut}
            self.known.clear()
            self.known[mark] = Snapshot(tuple(map(shown, found.entries)), about)
        return self.known[mark]


def audit_topics(journal: Journal, server: str, person: Person) -> Callable[[str], Topic | None]:
    """Return what makes a topic of its name, None where it is not about the record."""

    def topic(name: str) -> Topic | None:
        noun, _, params = name.partition("?")
        query = query_of(AuditQuery, params) if noun == NOUN and len(name) <= NAME_LIMIT else None
        return AuditList(name, query, journal, server, person) if query else None

    return topic


def shown(entry: Entry) -> Row:
    """Return an entry as browsers get it: of many rows the first."""
    told = entry.model_dump(mode="json", include=set(entry.model_fields_set) | {"who", "result", "note"})
    more = len(entry.ids) - IDS_SHOWN
    return {
        **Entry(id=entry.id, at=entry.at).model_dump(mode="json"),
        **told,
        "what": entry.what,
        "ids": list(entry.ids[:IDS_SHOWN]),
        "more": max(0, more),
    }
