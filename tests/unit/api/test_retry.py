import pytest

from ratchet_web.api.errors import Broken, Cause, Limited, NotFound, RatchetError, Unreachable
from ratchet_web.api.retry import RetryPolicy


@pytest.mark.parametrize(
    ("error", "tried", "chance", "wait_s"),
    [
        (Unreachable("x"), 1, 1.0, 0.2),
        (Unreachable("x"), 1, 0.0, 0.1),
        (Unreachable("x"), 2, 1.0, 0.4),
        (Unreachable("x"), 3, 1.0, None),
        (Unreachable("x", cause=Cause.LATE), 1, 1.0, None),
        (Broken("x", status=503), 1, 1.0, 0.2),
        (Broken("x", status=503, retry_after_s=2), 1, 1.0, 2),
        (Broken("x", status=503, retry_after_s=900), 1, 1.0, 5),
        (Broken("x", status=502), 2, 1.0, 0.4),
        (Broken("x", status=500), 1, 1.0, None),
        (Limited("x", status=429, retry_after_s=1), 1, 1.0, None),
        (NotFound("x", status=404), 1, 1.0, None),
    ],
)
def test_what_is_tried_again_and_when(
    error: RatchetError, tried: int, chance: float, wait_s: float | None
) -> None:
    assert RetryPolicy().wait_s(error, tried, chance) == wait_s
