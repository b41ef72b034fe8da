"""What is checked before the processes start."""

import pytest

from ratchet_web.cli.checks import check_clients
from ratchet_web.cli.problems import ProblemError
from ratchet_web.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("SSL_CERT_FILE", "/nowhere/ca.pem"), ("ALL_PROXY", "ftp://proxy.example:1"), ("NO_PROXY", "[::1]")],
)
def test_an_environment_with_which_no_server_can_be_spoken_to_is_told_before_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    settings = Settings(api_url="https://ratchet.example")
    check_clients(settings)
    monkeypatch.setenv(name, value)
    with pytest.raises(ProblemError, match="certificates or proxies"):
        check_clients(settings)
