"""Browsers that are slower than what there is to tell."""

from ratchet_web.live.behind import Telling
from tests.doubles.rooms import MemoryRooms

TOPIC = "tasks"


async def test_one_who_cannot_be_let_in_again_costs_no_other(rooms: MemoryRooms) -> None:
    let_in: list[str] = []

    async def greet(sid: str) -> None:
        let_in.append(sid)
        if sid == "ann":
            raise OSError("the socket is gone")

    telling = Telling(TOPIC, rooms, {"ann", "bob"}, greet)
    for sid in ("ann", "bob"):
        await rooms.enter(sid, TOPIC)
        rooms.slow = {sid}
        await telling.publish({"topic": TOPIC, "version": 1, "rows": []})
        rooms.slow = set()
        await rooms.until(lambda sid=sid: sid in let_in)
    telling.stop()
