"""The pure parts of the benches: figures, limits, options."""

import ast
import json
from pathlib import Path

import pytest

from ratchet_web.logic.cron import normalise
from ratchet_web.logic.fingerprints import fingerprint
from ratchet_web.logic.zones import zone_of
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.schedules import NewSchedule
from ratchet_web.server.parameters.base import ListParameters
from tests.bench import __main__ as bench
from tests.bench import dashboard, failures, json_view, navigation, timeline, typing
from tests.bench.log_viewer import grown
from tests.bench.measure import Measured, percentiles
from tests.bench.million_queries import KINDS, Queries


def test_percentiles_of_a_hundred_values_in_any_order():
    found = percentiles([float(n) for n in range(100, 0, -1)])
    assert found == {"p50_ms": 50.5, "p95_ms": 95.0, "max_ms": 100.0, "n": 100}


def test_percentiles_of_one_value():
    assert percentiles([7.0]) == {"p50_ms": 7.0, "p95_ms": 7.0, "max_ms": 7.0, "n": 1}


def test_a_limit_is_missed_only_above_it():
    measured = Measured("a lag", {"p50_ms": 50.0, "p95_ms": 80.5}, {"p50_ms": 50, "p95_ms": 80})
    assert [str(limit) for limit in measured.missed()] == ["a lag: p95_ms is 80.5, the limit is 80"]


def test_a_limit_for_a_figure_that_was_not_measured_is_an_error():
    with pytest.raises(KeyError):
        Measured("a lag", {}, {"p50_ms": 50}).missed()


@pytest.mark.parametrize(("value", "code"), [(49.0, 0), (51.0, 1)])
def test_a_missed_limit_gives_exit_1(monkeypatch, capsys, value, code):
    async def run(options):
        return [Measured(f"{options.rounds} rounds", {"p50_ms": value}, {"p50_ms": 50})]

    monkeypatch.setitem(bench.BENCHES, "dispatch", run)
    assert bench.main(["dispatch", "--rounds", "3"]) == code
    row, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["bench"], row["what"], row["p50_ms"]) == ("dispatch", "3 rounds", value)
    assert summary["ok"] is (code == 0)
    assert len(summary["missed"]) == code


def test_each_bench_is_registered_and_states_its_limits():
    """A bench is a module with `run`; each but a few that only tell holds something to a number."""
    folder = Path(bench.__file__).parent
    benches = {path.stem: path.read_text("utf-8") for path in folder.glob("*.py") if _has_run(path)}
    assert set(bench.BENCHES) == set(benches)
    assert {name for name, text in benches.items() if not _limits(text)} == set()


def _has_run(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(each, ast.AsyncFunctionDef) and each.name == "run" for each in tree.body)


def _limits(text: str) -> list[ast.expr]:
    """Return what is given as limits: the third argument of `Measured`, if it may hold something."""
    calls = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call)]
    made = [each for each in calls if isinstance(each.func, ast.Name) and each.func.id == "Measured"]
    given = [[*each.args[2:], *(word.value for word in each.keywords)] for each in made]
    return [limits[0] for limits in given if limits and not _is_empty(limits[0])]


def _is_empty(limits: ast.expr) -> bool:
    return isinstance(limits, ast.Dict) and not limits.keys


@pytest.mark.parametrize("name", list(bench.BENCHES))
def test_a_missed_limit_of_any_bench_gives_exit_1(monkeypatch, capsys, name):
    async def run(options):
        return [Measured("kept", {"x": 1.0}, {"x": 1}), Measured("missed", {"x": 1.5}, {"x": 1})]

    monkeypatch.setitem(bench.BENCHES, name, run)
    assert bench.main([name]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "ok": False,
        "missed": ["missed: x is 1.5, the limit is 1"],
    }


def test_no_name_means_every_bench():
    options = bench.parse([])
    every = [name for name in bench.BENCHES if name != "soak"]
    assert (options.names, options.rounds, options.seconds) == (every, 0, 20)
    assert bench.parse(["soak"]).minutes == 10
    assert bench.parse(["idle", "--seconds", "2.5"]).seconds == 2.5


def test_the_bench_of_a_million_rows_asks_for_every_filter_and_every_sort():
    for noun, kind in KINDS.items():
        names = set(kind.model_fields) - set(ListParameters.model_fields)
        queries = Queries(rows=100, now_ms=1_790_000_000_000)
        assert set(queries.filters(noun)) == names
        singles = list(queries.singles(noun))
        assert {query["_sort"] for query in singles} == set(kind.SORTS)
        for query in (*singles, *queries.mixes(noun, 50)):
            given = {name: str(value) for name, value in query.items() if name != "_start"}
            assert kind.model_validate(given).wanted(0).keys() <= names


def test_the_bench_of_failures_has_the_kinds_that_are_met_and_a_long_tail():
    keys = [fingerprint(failures.message(n)).key for n in range(1, 2_001)]
    of_kinds = {key for n, key in enumerate(keys, start=1) if n % failures.LONE}
    lone = [key for n, key in enumerate(keys, start=1) if n % failures.LONE == 0]
    assert (len(set(lone)), set(lone) & of_kinds) == (100, set())
    assert 80 <= len(of_kinds) <= 120


def test_the_bench_of_large_json_has_nearly_as_much_as_a_task_may_give():
    assert 9_500_000 < json_view.size(json_view.ROWS) < 10_000_000


def test_the_bench_of_navigation_goes_round_by_links_that_a_list_shows():
    shown = list(navigation.queries())
    assert shown[-1] == ExecutionQuery()
    assert [query.address() for query in shown[:3]] == [
        "/executions?status=FAILED",
        "/executions?page=2&status=FAILED",
        "/executions?sort=-duration_ms&status=FAILED",
    ]


def test_the_memory_of_a_page_may_not_grow_with_its_log():
    before = {"heap_mb": 20.0, "nodes": 4_000}
    assert not grown(before, {"heap_mb": 24.0, "nodes": 5_000}).missed()
    missed = grown(before, {"heap_mb": 31.0, "nodes": 5_000}).missed()
    assert [str(limit) for limit in missed] == [
        "memory of the page that followed: heap_ratio is 1.55, the limit is 1.5"
    ]


def test_of_each_key_that_is_typed_the_best_round_counts():
    assert typing.best([9.0, 2.0, 7.0, 1.0, 8.0, 3.0, 0.5], 3) == [1.0, 2.0, 3.0]


def test_the_bench_of_typing_holds_every_editor_to_its_limit_beside_what_the_machine_takes():
    bare = Measured("bare", {"max_ms": 27.0})
    measured = typing._measured("an editor", [20.0, 61.0], bare)
    assert measured.limits == {"max_ms": 60.0}
    assert [limit.value for limit in measured.missed()] == [61.0]


def test_the_bench_of_the_timeline_has_200_schedules_that_make_sense_in_several_zones():
    drafts = [NewSchedule.model_validate(draft) for draft in timeline.drafts("1")]
    assert len({draft.name for draft in drafts}) == 200
    assert {normalise(draft.cron_expression) for draft in drafts} == set(timeline.CRONS)
    assert {zone_of(draft.time_zone).key for draft in drafts} == set(timeline.ZONES)


def test_an_update_of_a_chart_is_a_timer_within_which_it_was_drawn():
    timer = {"name": "TimerFire", "ts": 1_000, "dur": 40_000, "tdur": 30_000}
    other = {**timer, "ts": 90_000}
    events = [timer, {"name": "drew", "ts": 40_000}, other, {"name": "Paint", "ts": 95_000}]
    assert dashboard.drawing_ms(events) == ([40], [30])


def test_a_name_that_is_no_bench_is_told_with_those_that_are(capsys):
    with pytest.raises(SystemExit) as ended:
        bench.parse(["idle", "speed"])
    assert ended.value.code == 2
    assert (
        "there is no bench 'speed': choose from first_view, navigation, live_lag" in capsys.readouterr().err
    )
