"""What the system page knows of what a server can tell."""

from pydantic import BaseModel

from ratchet_web.models.dialect import Ability
from ratchet_web.models.metrics import SystemMetrics
from ratchet_web.pages.system_metrics import GROUPS
from ratchet_web.pages.system_server import ABILITIES


def paths(model: type[BaseModel], before: str = "") -> list[str]:
    """Return the path of every figure of a model."""
    found: list[str] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        inner = isinstance(kind, type) and issubclass(kind, BaseModel)
        found += paths(kind, f"{before}{name}.") if inner else [f"{before}{name}"]
    return found


def test_every_figure_of_the_contract_stands_in_one_group() -> None:
    shown = [figure.path for group in GROUPS for figure in group.figures]
    assert sorted(shown) == sorted(paths(SystemMetrics))


def test_every_ability_has_words() -> None:
    assert set(ABILITIES) == set(Ability)
