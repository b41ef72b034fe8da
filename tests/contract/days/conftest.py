"""Here time jumps: a day passes in seconds."""

from collections.abc import Mapping

import pytest

from tests.doubles.clock import LOOPS, JumpingLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, type[JumpingLoop]]:
    return LOOPS
