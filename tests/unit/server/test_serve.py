"""How the server process is started."""

import socket

import pytest

from ratchet_web.server.serve import PortTakenError, check_port, environment, options
from ratchet_web.settings import Settings


def test_another_process_reads_the_same_settings(monkeypatch, tmp_path):
    chosen = Settings(
        data_dir=tmp_path, workers=3, server_port=18_080, api_token="secret", fetch_allow="10.0.0.0/8"
    )
    for name, value in environment(chosen).items():
        monkeypatch.setenv(name, value)
    assert Settings() == chosen


def test_granian_is_told_the_address_and_to_start_one_process():
    told = options(Settings(server_host="127.0.0.2", server_port=18_080, stop_grace_s=1.5))
    assert (told["address"], told["port"], told["workers"]) == ("127.0.0.2", 18_080, 1)
    assert told["workers_kill_timeout"] == 7


def test_a_used_port_is_refused_and_a_free_one_is_not():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)
