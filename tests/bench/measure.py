"""What a measurement is: figures, and the limits they are held to."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limit:
    """A figure that must not be above a number."""

    figure: str
    most: float
    value: float

    def __str__(self) -> str:
        return f"{self.figure} is {self.value:g}, the limit is {self.most:g}"


@dataclass
class Measured:
    """The figures of one measurement, by name with their unit at the end."""

    what: str
    figures: dict[str, float]
    limits: dict[str, float] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return what is printed."""
        return {"what": self.what, **self.figures, "limits": self.limits}

    def missed(self) -> list[Limit]:
        """Return the limits that were not kept."""
        held = ((name, most, self.figures[name]) for name, most in self.limits.items())
        return [Limit(f"{self.what}: {name}", most, value) for name, most, value in held if value > most]


def percentiles(values_ms: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and the largest of some values, and how many there were."""
    ordered = sorted(values_ms)
    at = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(at, 1),
        "max_ms": round(ordered[-1], 1),
        "n": len(ordered),
    }
