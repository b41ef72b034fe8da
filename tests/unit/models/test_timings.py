from ratchet_web.models.timings import Timings


def test_durations_are_counted_by_what_they_took_at_most():
    timings = Timings()
    for took_s in (0.005, 0.3, 0.3, 60.0):
        timings.note(took_s)
    buckets = dict(timings.buckets())
    assert (buckets["0.005"], buckets["0.25"], buckets["0.5"]) == (1, 1, 3)
    assert (buckets["10.0"], buckets["+Inf"]) == (3, 4)
    assert timings.sum_s == 60.605
