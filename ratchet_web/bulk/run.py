"""One run: what was frozen, what is to be confirmed, and how far it is."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ratchet_web.audit.actor import NOBODY, Actor
from ratchet_web.bulk.throttle import Throttle
from ratchet_web.logic.bulk import TYPED_ABOVE, hindrance, narrowing, needed_s
from ratchet_web.logic.run_options import RunOptions
from ratchet_web.models.dialect import Pace
from ratchet_web.models.instants import now_ms
from ratchet_web.models.runs import Choice, Item, Outcome, Phase

EXAMPLES = 5


@dataclass
class Creation:
    """Jobs of a task that are to be queued: an input, as JSON text, for each item that is not done yet.

    `summary` is what was told of the rows that they came from.
    """

    task_id: str
    inputs: dict[str, bytes]
    summary: dict[str, Any] = field(default_factory=dict)
    options: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True)
class Wish:
    """How a person wants a run to begin: why, and how fast, as `Throttle` has it.

    `permitted` says whether they may still do it when it begins.
    """

    reason: str = ""
    per_s: float | None = None
    permitted: Callable[[], bool] = lambda: True


NO_WISH = Wish()
FINAL = (Phase.COMPLETED, Phase.ABORTED)
GOING = (Phase.RUNNING, Phase.ABORTING)


@dataclass
class Run:
    """A run. `changed` is called whenever it looks different.

    `items` are the rows that can be acted on, by id. `seen` counts the rows that were read, `states` and
    `hindered` say how many are in each state and how many cannot be acted on for each reason; `to_be_refused`
    of the items the server says that it would refuse, without saying which. `trouble` says why it cannot
    begin, or why it ended as it did; `waits` why nothing happens now. `operation` is its id on a server that
    carries it out itself. `pace` is None where nothing holds it back, `throttle` is what a person wants;
    `due_at` is when one that can be undone begins, in ms, `asked_at` when its rows were meant. `creation`:
    its items are not rows of the server, but jobs to be queued there. `by`: who began it. `taken`: it was
    another worker's, which died, or is the server's own, so that other workers may have it as well.
    `recorded`: it is written down that it began, and not yet that it ended.
    """

    id: str
    choice: Choice
    changed: Callable[[], None]
    phase: Phase = Phase.COUNTING
    items: dict[str, Item] = field(default_factory=dict)
    seen: int = 0
    states: Counter[str] = field(default_factory=Counter)
    hindered: Counter[str] = field(default_factory=Counter)
    to_be_refused: int = 0
    examples: tuple[Item, ...] = ()
    counts: Counter[Outcome] = field(default_factory=Counter)
    trouble: str = ""
    waits: str = ""
    caveat: str = ""
    reason: str = ""
    by: Actor = NOBODY
    operation: str = ""
    by_server: bool = False
    act_requests: int = 1
    creation: Creation | None = None
    pace: Pace | None = None
    throttle: Throttle = field(default_factory=Throttle)
    due_at: int | None = None
    asked_at: int = field(default_factory=now_ms)
    began_at: int | None = None
    ended_at: int | None = None
    taken: bool = False
    recorded: bool = False
    task: asyncio.Task[None] | None = None
    _began_s: float = 0.0
    _settled_before: int = 0

    def freeze(self, items: Iterable[Item]) -> None:
        """Take the rows that it is about, once; those that cannot be acted on are only counted."""
        possible: dict[str, Item] = {}
        for item in items:
            self.states[item.was] += 1
            if why := hindrance(self.choice.noun, self.choice.verb, item.was):
                self.hindered[why] += 1
            else:
                possible[item.id] = item
        self.items, self.examples = possible, tuple(possible.values())[:EXAMPLES]
        self.counts = Counter({Outcome.LEFT: len(possible)})

    def take(self, creation: Creation) -> None:
        """Take the jobs that it is to queue."""
        self.creation = creation
        self.items = {number: Item(number) for number in creation.inputs}
        self.examples = tuple(self.items.values())[:EXAMPLES]
        self.counts = Counter({Outcome.LEFT: len(self.items)})

    def note(self, item: Item) -> None:
        """Keep what became of a row."""
        self.counts[self.items[item.id].outcome] -= 1
        self.counts[item.outcome] += 1
        self.items[item.id] = item
        self.changed()

    def wait(self, why: str) -> None:
        """Say why nothing happens now; nothing: it goes on."""
        if self.waits != why:
            self.waits = why
            self.changed()

    def turn(self, phase: Phase, trouble: str = "") -> None:
        """Go on to a phase."""
        self.phase, self.trouble, self.waits = phase, trouble, ""
        if phase is not Phase.WAITING:
            self.due_at = None
        if phase is Phase.RUNNING:
            self.began_at = now_ms()
            self.measure()
        if phase in FINAL:
            self.ended_at = now_ms()
        self.changed()

    def wait_for(self, wait_s: float) -> None:
        """Begin in so many seconds, unless that is taken back."""
        self.due_at = now_ms() + round(1000 * wait_s)
        self.turn(Phase.WAITING)

    def stop(self) -> None:
        """Let nothing more begin."""
        self.throttle.stop()

    def heed(self, per_s: float | None) -> None:
        """Go on at another pace."""
        if self.throttle.per_s != per_s:
            self.throttle.turn(per_s)
            self.measure()
            self.changed()

    @property
    def stopping(self) -> asyncio.Event:
        """Set once nothing more is to begin."""
        return self.throttle.stopping

    @property
    def narrowed(self) -> str:
        """What the list was narrowed by whose rows are meant; empty where it was not, or they were ticked."""
        return narrowing(self.choice.query, self.choice.failure) if self.choice.query else ""

    @property
    def is_going(self) -> bool:
        """Whether rows are being acted on."""
        return self.phase in GOING

    @property
    def is_busy(self) -> bool:
        """Whether it costs the server anything now, or is about to."""
        return self.is_going or self.phase in (Phase.COUNTING, Phase.WAITING)

    @property
    def has_begun(self) -> bool:
        """Whether a person confirmed it."""
        return self.phase not in (Phase.COUNTING, Phase.READY)

    def overtaken_by(self, other: "Run") -> int:
        """Return how many of its rows another run does the same to, or did since these were asked for."""
        if other is self or not other.began_at or other.act != self.act:
            return 0
        if not other.is_going and (other.ended_at or 0) <= self.asked_at:
            return 0
        meant = (Outcome.DONE, Outcome.LEFT) if other.is_going else (Outcome.DONE,)
        return sum(each.outcome in meant and each.id in self.items for each in other.items.values())

    @property
    def act(self) -> tuple[str, str]:
        """The noun and the verb of what it does."""
        return self.choice.noun, self.choice.verb

    def queues_of(self, task_id: str) -> bool:
        """Return whether it queues jobs of this task."""
        return self.creation is not None and self.creation.task_id == task_id

    @property
    def size(self) -> int:
        """The bytes of the inputs that it keeps."""
        return sum(map(len, self.creation.inputs.values())) if self.creation is not None else 0

    @property
    def to_type(self) -> int | None:
        """The number to be typed before it begins; None where none is."""
        return self.possible if self.possible > TYPED_ABOVE else None

    @property
    def possible(self) -> int:
        """How many rows can be acted on, as far as is known before it begins."""
        return len(self.items) - self.to_be_refused

    @property
    def requests(self) -> int:
        """The requests of the budget that what is left costs."""
        return self.counts[Outcome.LEFT] * self.act_requests

    @property
    def _settled(self) -> int:
        return len(self.items) - self.counts[Outcome.LEFT]

    def per_second(self) -> float | None:
        """Return the rows per second since it began here; None before the first."""
        done = self._settled - self._settled_before
        elapsed_s = asyncio.get_running_loop().time() - self._began_s
        return done / elapsed_s if self.is_going and done > 0 and elapsed_s > 0 else None

    def remaining_s(self, pace: Pace | None) -> float | None:
        """Return the seconds that what is left takes at this pace, None where nobody knows."""
        left = self.counts[Outcome.LEFT]
        wanted_s = self.throttle.remaining_s(left)
        if wanted_s is None:
            return None
        if pace is not None:
            return max(wanted_s, needed_s(self.requests, pace))
        rate = self.per_second()
        return max(wanted_s, left / rate) if rate else wanted_s or None

    def measure(self) -> None:
        """Begin to measure how fast it goes: one that the server carries out may be met on its way."""
        self._began_s, self._settled_before = asyncio.get_running_loop().time(), self._settled
