"""The record of acts as a topic: its names come from outside, as all names do."""

import pytest

from ratchet_web.audit.journal import Journal
from ratchet_web.live.audit import AuditList, audit_topics
from ratchet_web.live.person import Person
from ratchet_web.models.audit import AuditQuery, Result

MANY = "&".join(f"who{n}=1" for n in range(25))


def test_a_page_of_the_record_is_known_by_its_querys_address() -> None:
    query = AuditQuery(who="a&b=c", result=Result.REFUSED, range="24h", page=2)
    topic = audit_topics(Journal(), "prod", Person())(query.address().lstrip("/"))
    assert isinstance(topic, AuditList)
    assert topic.query == query


@pytest.mark.parametrize(
    "name",
    [
        *(f"audit?{MANY}", f"bulk/x?{MANY}", "audit?strange=1", "audit?who=a&who=b", "audit?page=0"),
        *("audits", "audit/1", "tasks", f"audit?who={'a' * 1_000}"),
    ],
)
def test_names_that_make_no_sense_are_no_topics(name: str) -> None:
    assert audit_topics(Journal(), "prod", Person())(name) is None
