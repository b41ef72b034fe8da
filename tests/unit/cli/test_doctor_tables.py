"""What the doctor thinks of a figure."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.api import Forbidden, Limited, NotFound, Unreachable
from ratchet_web.api.looks import Tls
from ratchet_web.api.native.dialect import native
from ratchet_web.api.speakers import contract
from ratchet_web.cli.doctor import access, pages, server, timing, tls
from ratchet_web.cli.doctor.findings import Level
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.models.dialect import Ability, Dialect, Spent
from ratchet_web.models.monitoring import Capabilities
from ratchet_web.models.users import Account

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OK, NOTE, WARNING, BAD = Level
AWAY, HERE, SAFE = "http://ratchet.test", "http://127.0.0.1:8080", "https://ratchet.test"
NATIVE = native("0.4.11", graphql=True)
BARE = contract(Capabilities())


def certificate(**left):
    return Tls("TLSv1.3", "R3, Let's Encrypt", NOW + timedelta(**left))


@pytest.mark.parametrize(
    ("url", "token", "shown", "level", "told"),
    [
        (
            SAFE,
            None,
            certificate(days=63, hours=1),
            OK,
            "TLSv1.3, issued by R3, Let's Encrypt, expires in 63",
        ),
        (SAFE, None, certificate(days=12, hours=1), WARNING, "expires in 12 days (2026-03-13)"),
        (SAFE, None, certificate(days=1, hours=1), WARNING, "expires in 1 day ("),
        (SAFE, None, Tls("TLSv1.2", "", None), OK, "TLSv1.2"),
        (SAFE, None, None, OK, "https"),
        (HERE, "t", None, OK, "none is needed"),
        ("http://[::1]:8080", None, None, OK, "none is needed"),
        (AWAY, None, None, WARNING, "everything can be read"),
        (AWAY, "t", None, WARNING, "the token and all else can be read"),
        ("http://ann:secret@ratchet.test", None, None, WARNING, "the token and all else can be read"),
    ],
)
def test_tls(url, token, shown, level, told):
    finding = tls.of(Subject(url, token), shown, NOW)
    assert (finding.level, told in finding.text) == (level, True), finding
    assert bool(finding.advice) is (level is WARNING)


@pytest.mark.parametrize("code", [9, 10, 18, 20, 62, 64, 77])
def test_a_certificate_that_is_not_trusted_comes_with_advice(code):
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code, error.verify_message = code, "this is why"
    finding = tls.distrusted(error)
    assert (finding.level, "this is why" in finding.text, finding.advice != "") == (BAD, True, True)


@pytest.mark.parametrize(
    ("ahead_s", "level", "told"),
    [
        (None, NOTE, "does not tell"),
        (0.0, OK, "agrees with ours to 0.1 s"),
        (-1.9, OK, "to 1.9 s"),
        (2.1, WARNING, "2.1 s ahead of ours"),
        (-90.0, WARNING, "90.0 s behind ours"),
        (7_200.0, WARNING, "2.0 hours ahead of ours"),
        (-7_199.9, WARNING, "2.0 hours behind ours"),
        (-400_000.0, WARNING, "4.6 days behind ours"),
    ],
)
def test_the_clock(ahead_s, level, told):
    finding = timing.clock(ahead_s)
    assert (finding.level, told in finding.text) == (level, True), finding


@pytest.mark.parametrize(
    ("took_s", "level", "told"),
    [
        ([0.012, 0.010, 0.2, 0.011, 0.012], OK, "12 ms for a read, 200 ms at most (5 reads)"),
        ([0.1, 0.6, 0.7], WARNING, "600 ms for a read"),
        ([0.5], OK, "500 ms"),
    ],
)
def test_latency(took_s, level, told):
    finding = timing.latency(took_s)
    assert (finding.level, told in finding.text) == (level, True), finding


@pytest.mark.parametrize(
    ("account", "level", "told"),
    [
        ({"role": "admin", "username": "ada"}, OK, "the token of ada works: admin, may do everything"),
        ({"role": "user"}, OK, "the token works: user, may do everything but"),
        ({"role": "service"}, NOTE, "who cancels or changes something is refused"),
        ({"role": "readonly"}, NOTE, "may look only"),
        ({}, NOTE, "may look only"),
        ({"role": "butler"}, NOTE, "a role that is not known here"),
    ],
)
def test_roles(account, level, told):
    finding = access.of_account(Account.model_validate(account))
    assert (finding.level, told in finding.text) == (level, True), finding


@pytest.mark.parametrize(
    ("url", "token", "dialect", "level", "told"),
    [
        (AWAY, None, NATIVE, WARNING, "no authentication: everyone who reaches it can do everything"),
        (AWAY, "t", NATIVE, WARNING, "no authentication, whatever token is sent: everyone"),
        (HERE, None, NATIVE, NOTE, "everyone who reaches it can do everything"),
        (AWAY, None, BARE, WARNING, "it wants no login: everyone"),
        (HERE, "t", BARE, NOTE, "it wants no login, whatever token is sent"),
    ],
)
def test_a_server_that_asks_nobody(url, token, dialect, level, told):
    finding = access.open_to_all(Subject(url, token), dialect)
    assert (finding.level, told in finding.text) == (level, True), finding
    assert access.GUARD.lower() in finding.advice.lower()


def test_where_people_sign_in_the_console_needs_no_token_and_the_server_a_login():
    subject = Subject(AWAY, people_sign_in=True)
    wanted = access.refused(subject, Forbidden("send a token", status=401))
    assert (wanted.level, "people sign in with it" in wanted.text) == (NOTE, True)
    for dialect in (NATIVE, BARE):
        finding = access.open_to_all(subject, dialect)
        assert (finding.level, "it has no login: nobody gets in" in finding.text) == (BAD, True)
        assert "RATCHET_WEB_AUTH=none" in finding.advice


@pytest.mark.parametrize(
    ("token", "error", "told", "advice"),
    [
        (None, Forbidden("send a token", status=401), "it wants a login", "Set RATCHET_API_TOKEN"),
        ("t", Forbidden("revoked", status=401), "the token is refused: revoked", "Check RATCHET_API_TOKEN"),
        ("t", Forbidden("<html><p>", status=401), "the token is refused", "Check RATCHET_API_TOKEN"),
        ("t", Forbidden("no", status=403), "the token is not allowed to look: no", "Give it a role"),
    ],
)
def test_who_is_not_let_in(token, error, told, advice):
    finding = access.refused(Subject(AWAY, token), error)
    assert (finding.level, finding.text) == (BAD, told)
    assert finding.advice.startswith(advice)


@pytest.mark.parametrize(
    ("dialect", "announced", "level", "told"),
    [
        (
            Dialect(server="ratchet-web", version="0.1.0"),
            True,
            OK,
            "ratchet-web 0.1.0: as the contract has it",
        ),
        (BARE, False, NOTE, "does not say that it offers more"),
        (NATIVE, False, OK, "Ratchet 0.4.11: the native server, read by GraphQL"),
        (native("", graphql=False), False, WARNING, "Ratchet: the native server, without GraphQL"),
    ],
)
def test_the_dialect(dialect, announced, level, told):
    finding = server.spoken(dialect, announced)
    assert (finding.level, told in finding.text) == (level, True), finding


@pytest.mark.parametrize(
    ("dialect", "spent", "level", "told"),
    [
        (BARE, Spent(rest=20), OK, "tells of no limit; this examination took 20 requests"),
        (
            NATIVE,
            Spent(rest=8, graphql=16),
            NOTE,
            "leaves 1,000 to others; this examination took 8, and 16 by",
        ),
        (NATIVE, Spent(rest=8, refused=2), WARNING, "refused 2 requests as too many"),
    ],
)
def test_the_budget(dialect, spent, level, told):
    finding = server.budget(dialect, spent)
    assert (finding.level, told in finding.text) == (level, True), finding


def test_every_page_works_where_nothing_is_missing():
    found = list(pages.judged(Dialect(), {}))
    assert [finding.topic for finding in found] == [
        "Dashboard",
        "Tasks",
        "Task editor",
        "Executions",
        "Logs",
        "Jobs",
        "Schedules",
        "Failures",
        "System",
    ]
    assert {(finding.level, finding.text) for finding in found} == {(OK, "works")}


def test_every_ability_has_a_word_and_a_page():
    told = {ability for needs in pages.PAGES for ability in (*needs.offers, needs.vital)}
    # How changes arrive is told apart.
    assert told | {Ability.EVENTS} == {*Ability, None}
    assert pages.WORDS.keys() == {*Ability}


def test_every_caveat_of_the_native_server_is_told():
    told = " ".join(finding.text for finding in pages.judged(NATIVE, {}))
    assert all(caveat in told for caveat in NATIVE.caveats.values())


@pytest.mark.parametrize(
    ("page", "failures", "level", "told", "advice"),
    [
        ("Jobs", {"jobs": NotFound("no", request_id="r-1")}, BAD, "does not work: jobs: no", "request r-1"),
        ("Dashboard", {"health": Limited("much")}, WARNING, "works in part: health: much", "see budget"),
        ("Tasks", {"tasks": Forbidden("no")}, BAD, "does not work", "see permissions"),
        ("System", {"metrics": Unreachable("gone")}, WARNING, "works in part: metrics: gone", "Try again"),
        ("Tasks", {"jobs": NotFound("no")}, OK, "works", ""),
    ],
)
def test_a_page_that_cannot_be_read(page, failures, level, told, advice):
    (finding,) = [finding for finding in pages.judged(Dialect(), failures) if finding.topic == page]
    assert (finding.level, told in finding.text, advice in finding.advice) == (level, True, True), finding


def test_a_page_whose_sense_is_missing_does_not_work_and_the_others_say_what_they_lack():
    found = {finding.topic: finding for finding in pages.judged(NATIVE, {})}
    assert found["Logs"].level is WARNING
    assert found["Logs"].text.startswith("does not work: This server keeps no logs")
    assert found["Schedules"].level is NOTE
    assert "Disable: It goes on firing" in found["Schedules"].text
    assert found["Dashboard"].text == (
        "works in part. Health: This server always says that it is healthy. Figures over time: "
        "This server keeps no figures over time: the console counts what it sees."
    )
