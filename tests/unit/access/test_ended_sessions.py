"""Which sessions are over, and which of them Redis may not know of."""

import pytest

from ratchet_web.access.ended_sessions import MOST, EndedSessions

ONE, TWO, LATE = b"one", b"two", b"late"


@pytest.fixture
def over():
    """Two sessions are over, and of the first Redis is known to know."""
    sessions = EndedSessions()
    for key in (ONE, TWO):
        sessions.add(key)
    sessions.prove([ONE], b"proof")
    return sessions


def fill(sessions):
    """Let so many more be over that one is forgotten of two that were."""
    for n in range(MOST - 1):
        sessions.add(b"%d" % n)


def test_none_is_proven_before_redis_was_seen_to_know_it():
    sessions = EndedSessions()
    assert ONE not in sessions
    sessions.add(ONE)
    assert ONE in sessions
    assert sessions.unproven == {ONE}


def test_those_alone_are_proven_that_redis_knew(over):
    assert over.unproven == {TWO}
    assert ONE in over
    over.prove([TWO, LATE], b"next")
    assert over.unproven == set()
    assert LATE not in over


def test_one_that_ends_once_more_has_to_be_proven_again(over):
    over.add(ONE)
    assert over.unproven == {ONE, TWO}


@pytest.mark.parametrize(
    ("found", "unproven"), [(b"proof", {TWO}), (b"another", {ONE, TWO}), (None, {ONE, TWO})]
)
def test_all_are_in_doubt_unless_redis_holds_the_proof(over, found, unproven):
    over.doubt(found)
    assert over.unproven == unproven


def test_the_latest_proof_alone_counts(over):
    over.prove([TWO], b"next")
    over.doubt(b"next")
    assert over.unproven == set()
    over.doubt(b"proof")
    assert over.unproven == {ONE, TWO}


def test_beyond_so_many_the_oldest_is_forgotten():
    sessions = EndedSessions()
    for key in (ONE, TWO):
        sessions.add(key)
    fill(sessions)
    assert (ONE in sessions, TWO in sessions) == (False, True)
    assert ONE not in sessions.unproven
    assert len(sessions.unproven) == MOST


def test_what_was_forgotten_is_in_doubt_no_more(over):
    fill(over)
    over.doubt(None)
    assert ONE not in over.unproven


def test_one_that_ends_once_more_is_the_latest(over):
    over.add(ONE)
    fill(over)
    assert (ONE in over, TWO in over) == (True, False)


def test_each_worker_has_a_proof_of_its_own():
    assert EndedSessions().proof_key != EndedSessions().proof_key
