"""What the doctor says of the machine."""

import asyncio

from ratchet_web.cli.doctor import doctor
from ratchet_web.settings import Settings


def said_of_the_tasks_directory(tmp_path, capsys, tasks_dir):
    asyncio.run(doctor(Settings(data_dir=tmp_path / "data", tasks_dir=tasks_dir)))
    return [line for line in capsys.readouterr().out.splitlines() if " tasks directory: " in line]


def test_a_tasks_directory_that_cannot_be_read_is_found_before_the_first_synchronisation(tmp_path, capsys):
    missing = tmp_path / "missing"
    assert said_of_the_tasks_directory(tmp_path, capsys, missing) == [
        f"BAD  tasks directory: The tasks directory {missing} cannot be read (No such file or directory):"
        " set RATCHET_TASKS_DIR to one that can."
    ]


def test_a_tasks_directory_is_looked_at_only_where_there_is_one(tmp_path, capsys):
    assert said_of_the_tasks_directory(tmp_path, capsys, None) == []
    assert said_of_the_tasks_directory(tmp_path, capsys, tmp_path)[0].startswith("ok ")


def test_each_of_several_servers_is_looked_at(capsys):
    servers = "prod=http://127.0.0.1:1,staging=http://user:hush@127.0.0.1:2"
    assert asyncio.run(doctor(Settings(servers=servers))) is False
    said = capsys.readouterr().out
    assert "BAD  server prod: http://127.0.0.1:1: " in said
    assert "BAD  server staging: http://…@127.0.0.1:2: " in said
    assert "RATCHET_SERVERS names it" in said
    assert "hush" not in said
    assert "data directory" not in said
