import random

import pytest

from ratchet_web.api.sse import EventParser, ServerEvent

TEXT = (
    "\ufeff: hello\n\n"
    'event: change\nid: a-1\ndata: {"id":"1"}\n\n'
    "data: one\r\ndata:two\r\ndata\r\ndata:  three\r\n\r\n"
    "id: ignored\0here\nretry: 10\nunknown: x\ndata: äöü 🚀\r\r"
    "event: nothing\n\n"
    "id\ndata: end\n\n"
    "data: never finished"
)
EVENTS = [
    ServerEvent("change", '{"id":"1"}', "a-1"),
    ServerEvent("message", "one\ntwo\n\n three", "a-1"),
    ServerEvent("message", "äöü 🚀", "a-1"),
    ServerEvent("message", "end", ""),
]


def test_all_kinds_of_lines_are_read() -> None:
    assert EventParser().feed(TEXT.encode()) == EVENTS


@pytest.mark.parametrize("seed", range(200))
def test_it_does_not_matter_where_the_bytes_are_cut(seed: int) -> None:
    dice, rest, parser = random.Random(seed), TEXT.encode(), EventParser()
    ends = {"\n": dice.choice(["\n", "\r\n", "\r"])}
    if seed % 2:
        rest = TEXT.replace("\r\n", "\n").replace("\r", "\n").replace("\n", ends["\n"]).encode()
    found = []
    while rest:
        size = dice.randint(1, dice.choice([1, 3, 40]))
        found += parser.feed(rest[:size])
        rest = rest[size:]
    assert found == EVENTS


@pytest.mark.parametrize("seed", range(50))
def test_garbage_never_raises(seed: int) -> None:
    dice, parser = random.Random(seed), EventParser()
    for _ in range(50):
        parser.feed(bytes(dice.choice(b"data:id\r\n\0 \xff\xc3event") for _ in range(dice.randint(0, 60))))


def test_an_endless_event_is_refused() -> None:
    parser = EventParser(limit=1000)
    parser.feed((b"data: " + b"x" * 90 + b"\n") * 10)
    with pytest.raises(ValueError, match="longer than 1000"):
        parser.feed(b"data: " + b"x" * 90)


def test_endless_comments_are_fine() -> None:
    parser = EventParser(limit=1000)
    assert [parser.feed(b": ping\n") for _ in range(1000)] == [[]] * 1000
