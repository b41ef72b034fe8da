"""Cells lose at most a known share; percentiles of cells are close to the true ones."""

import random
from itertools import pairwise

import pytest

from ratchet_web.logic.histograms import (
    LARGEST,
    LAST_CELL,
    RELATIVE_ERROR,
    Histogram,
    Summary,
    cell_of,
    cell_range,
    middle,
    summarise,
)

SAMPLES = [*range(5_000), *(2**power + step for power in range(13, 40) for step in (-1, 0, 1))]


def test_each_number_lies_in_its_cell_and_near_its_middle():
    for value in SAMPLES:
        least, greatest = cell_range(cell_of(value))
        assert least <= value <= greatest
        assert abs(middle(cell_of(value)) - value) <= RELATIVE_ERROR * value
    assert RELATIVE_ERROR <= 0.05


def test_cells_follow_each_other_without_a_gap():
    ends = [cell_range(cell) for cell in range(LAST_CELL + 1)]
    assert all(greatest + 1 == least for (_, greatest), (least, _) in pairwise(ends))
    assert ends[-1][1] == LARGEST
    assert (cell_of(-7), cell_of(LARGEST + 1)) == (0, LAST_CELL)


@pytest.mark.parametrize("seed", range(5))
def test_percentiles_of_cells_are_within_the_error_of_the_true_ones(seed):
    chosen = random.Random(seed)
    values = [int(chosen.lognormvariate(5, 2)) for _ in range(2_000)]
    histogram = Histogram()
    for value in values:
        histogram.put(value)
    exact = summarise({value: values.count(value) for value in set(values)}, sum(values))
    found = histogram.summary()
    ordered = sorted(values)
    assert (exact.p50, exact.p95, exact.p99) == (ordered[999], ordered[1_899], ordered[1_979])
    for one, other in ((exact.p50, found.p50), (exact.p95, found.p95), (exact.p99, found.p99)):
        assert abs(one - other) <= RELATIVE_ERROR * one
    assert found.mean == exact.mean == sum(values) / len(values)


def test_counts_at_most_a_power_of_two_are_exact():
    histogram = Histogram()
    for value in SAMPLES:
        histogram.put(value)
    limits = [2**power for power in range(0, 40, 3)]
    assert histogram.at_most(limits) == [sum(value <= limit for value in SAMPLES) for limit in limits]


def test_of_nothing_nothing_is_told():
    assert Histogram().summary() == Summary(None, None, None, None)


def test_histograms_add_up():
    one, other = Histogram({1: 2}, 2), Histogram({1: 1, 2: 1}, 3)
    one.add(other)
    assert one == Histogram({1: 3, 2: 1}, 5)
    assert one.count == 4
