"""Requests of the last minute."""

from ratchet_web.logic.histograms import Summary
from ratchet_web.server.telemetry.requests import Kind, Requests


class Hand:
    """A clock that stands still until it is moved."""

    now_s = 100.0

    def __call__(self):
        return self.now_s


def test_only_the_last_minute_counts():
    clock = Hand()
    requests = Requests(clock)
    clock.now_s += 10
    for took_s, status in ((0.001, 200), (0.002, 404), (0.016, 503), (0.004, 200)):
        requests.take("GET", "/a", status, took_s)
    minute = requests.minute()
    assert (minute.per_second, minute.error_share) == (0.4, 0.25)
    assert minute.times.mean == 5.75
    assert abs(minute.times.p99 - 16) < 0.5
    clock.now_s += 61
    assert requests.minute() == (0.0, Summary(), None)
    assert requests.since_start[Kind("GET", "/a", "2xx")].count == 2


def test_labels_are_bounded():
    requests = Requests()
    for number in range(50):
        requests.take(f"VERB{number}", None, 404, 0.001)
    assert set(requests.since_start) == {Kind("OTHER", "none", "4xx")}
