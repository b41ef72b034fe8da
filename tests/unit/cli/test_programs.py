"""What `up` hands to the console and the embedded server."""

from ratchet_web.cli.programs import programs
from ratchet_web.settings import Settings

SERVERS, CONSOLES = "RATCHET_SERVER_CONSOLE_TOKEN", "RATCHET_API_TOKEN"


def test_a_server_that_wants_a_login_shares_a_token_with_its_console():
    server, console = programs(Settings(server_host="0.0.0.0"))
    token = server.environment[SERVERS]
    assert len(token) >= 32
    assert console.environment[CONSOLES] == token
    assert console.environment["RATCHET_API_URL"].startswith("http://127.0.0.1:")
    for program in (server, console):
        assert token not in " ".join(program.command)
        assert token not in repr(program)
    again, _ = programs(Settings(server_host="0.0.0.0"))
    assert again.environment[SERVERS] != token


def test_a_server_that_wants_no_login_gets_no_token():
    server, console = programs(Settings())
    assert SERVERS not in server.environment
    assert CONSOLES not in console.environment


def test_a_given_token_is_the_consoles_and_no_other_is_made():
    server, console = programs(Settings(server_auth="on", api_token="rat_given"))
    assert SERVERS not in server.environment
    assert console.environment[CONSOLES] == "rat_given"


def test_of_several_servers_none_is_started_and_the_console_is_told_of_no_single_one():
    (console,) = programs(Settings(servers="a=http://a.test,b=http://b.test", server_tokens="a=hush"))
    assert console.name == "console"
    assert {"RATCHET_API_URL", "RATCHET_API_TOKEN"}.isdisjoint(console.environment)


def test_where_people_sign_in_the_server_wants_it_and_no_token_is_made():
    for settings in (Settings(web_auth="ratchet"), Settings(web_auth="ratchet", server_host="0.0.0.0")):
        for program in programs(settings):
            assert {SERVERS, CONSOLES}.isdisjoint(program.environment)
