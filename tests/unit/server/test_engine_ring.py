from ratchet_web.server.engine.ring import HEADER_BYTES, Ring

UNITS = 16


class Writer:
    """The JavaScript side, in Python: writes frames behind their length."""

    def __init__(self) -> None:
        self.memory = memoryview(bytearray(HEADER_BYTES + 2 * UNITS))
        self._head = self.memory[:12].cast("i")
        self._units = self.memory[HEADER_BYTES:].cast("H")

    def put(self, *units: int) -> None:
        for unit in units:
            self._units[self._head[0]] = unit
            self._head[0] = (self._head[0] + 1) % UNITS

    def frame(self, text: str) -> None:
        self.put(len(text), 0, *map(ord, text))


def test_frames_come_out_in_order():
    writer = Writer()
    ring = Ring(writer.memory)
    writer.frame("one")
    writer.frame("two")
    assert list(ring.frames()) == ["one", "two"]
    assert list(ring.frames()) == []


def test_a_frame_may_go_over_the_end_of_the_memory():
    writer = Writer()
    ring = Ring(writer.memory)
    for text in ("first…", "second", "third"):
        writer.frame(text)
        assert list(ring.frames()) == [text]


def test_a_frame_larger_than_the_memory_comes_in_parts():
    writer = Writer()
    ring = Ring(writer.memory)
    text = "abcdefghijklmnopqrstuvwxyz"
    writer.put(len(text), 0)
    for start in range(0, len(text), 10):
        assert list(ring.frames()) == []
        writer.put(*map(ord, text[start : start + 10]))
    assert list(ring.frames()) == [text]


def test_lines_that_were_dropped_are_counted():
    writer = Writer()
    counts = writer.memory[16:HEADER_BYTES].cast("d")
    counts[0], counts[1] = 3e9, 9e12
    assert Ring(writer.memory).dropped == (3_000_000_000, 9_000_000_000_000)
