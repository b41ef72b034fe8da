"""A lane as it is drawn: what is not known of it is not none."""

from datetime import UTC, datetime

import pytest

from ratchet_web.live.jobs_queue import lane_row
from ratchet_web.logic.jobs_queue import FREE
from ratchet_web.models.jobs_queue import Queue, QueueLane

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scheduled", "retrying", "none"),
    [(0, 0, True), (0, 2, False), (1, 0, False), (None, 0, False), (None, 2, False), (None, None, False)],
)
def test_that_nothing_comes_later_is_said_only_where_all_of_it_is_known(scheduled, retrying, none):
    lane = QueueLane(priority="HIGH", waiting=3, scheduled=scheduled, retrying=retrying)
    assert lane_row(lane, Queue(lanes=(lane,)), NOW, FREE)["none_later"] is none
