"""Who speaks for a server: asked once which dialect it has, then the same for every call."""

import asyncio
from typing import NamedTuple

from ratchet_web.api import reading
from ratchet_web.api.bulk import Bulk
from ratchet_web.api.contract.bulk import ContractBulk
from ratchet_web.api.contract.executions import ContractExecutions
from ratchet_web.api.contract.failures import ContractFailures
from ratchet_web.api.contract.jobs import ContractJobs
from ratchet_web.api.contract.pauses import ContractPauses
from ratchet_web.api.contract.schedules import ContractSchedules
from ratchet_web.api.contract.tasks import ContractTasks
from ratchet_web.api.errors import Forbidden, Limited, RatchetError
from ratchet_web.api.executions import Executions
from ratchet_web.api.failures import Failures
from ratchet_web.api.failures_found import MOST, MOST_LIMITED, FoundFailures
from ratchet_web.api.http import Http
from ratchet_web.api.jobs import Jobs
from ratchet_web.api.monitoring import Monitoring
from ratchet_web.api.native.bulk import NativeBulk
from ratchet_web.api.native.dialect import ALLOWANCE, native
from ratchet_web.api.native.executions import NativeExecutions
from ratchet_web.api.native.jobs import NativeJobs
from ratchet_web.api.native.metrics import true_part
from ratchet_web.api.native.pauses import NativePauses
from ratchet_web.api.native.schedules import NativeSchedules
from ratchet_web.api.native.server import Server
from ratchet_web.api.native.tasks import NativeTasks
from ratchet_web.api.pauses import Pauses
from ratchet_web.api.retry import passing
from ratchet_web.api.schedules import Schedules
from ratchet_web.api.tasks import Tasks
from ratchet_web.models.dialect import Ability, Dialect, Tongue
from ratchet_web.models.monitoring import Capabilities
from ratchet_web.models.tasks import TaskQuery

# Answered by the native server alone: its lists are read like this.
PROBE = "{ tasks(limit: 1) { meta { total } } }"
# What only the native server tells of a task.
NATIVE_KEYS = {"syncStatus", "needsPush"}
# Asked more often, its health and its metrics would cost of a budget, and say nearly nothing.
MONITORING_KEEP_S = 300.0
SILENT = "This server does not say that it offers this."
BY_CONSOLE = "This server does not say that it offers this: the console acts on the rows itself."
KEEPS_NONE = "This server does not say that it keeps failures: nobody can ignore or resolve them."


class Speaker(NamedTuple):
    """One dialect's verbs."""

    dialect: Dialect
    tasks: Tasks
    executions: Executions
    jobs: Jobs
    schedules: Schedules
    bulk: Bulk
    pauses: Pauses
    failures: Failures


class Speakers:
    """Finds out who speaks for a server, at the first call; `settled` says what is already known."""

    def __init__(self, http: Http, monitoring: Monitoring, settled: Dialect | None = None) -> None:
        self._http, self._monitoring = http, monitoring
        self._speaker = self._made(settled) if settled else None
        self._turn = asyncio.Lock()

    async def now(self) -> Speaker:
        """Return who speaks.

        Raises:
            RatchetError: the server does not answer.
        """
        async with self._turn:
            if self._speaker is None:
                self._speaker = self._made(await self._probed())
            return self._speaker

    async def again(self) -> Speaker:
        """Return who speaks now, asked anew: another server may have taken the address since.

        Raises:
            RatchetError: the server does not answer.
        """
        async with self._turn:
            found = await self._probed()
            if self._speaker is None or self._speaker.dialect != found:
                self._speaker = self._made(found)
            return self._speaker

    def _made(self, dialect: Dialect) -> Speaker:
        limited = dialect.tongue is Tongue.NATIVE
        self._http.budget.allowance = ALLOWANCE if limited else None
        self._monitoring.settle(MONITORING_KEEP_S if limited else 0.0, true_part if limited else None)
        return _native(self._http, dialect) if limited else _contract(self._http, dialect)

    async def _probed(self) -> Dialect:
        told = await self._announced()
        if told is not None:
            return contract(told)
        if await self._has_graphql():
            return native(await self._version(), graphql=True)
        if await self._shows_native_tasks():
            return native(await self._version(), graphql=False)
        return contract(Capabilities())

    async def _announced(self) -> Capabilities | None:
        try:
            return await self._monitoring.announced()
        except Limited:
            if self._speaker is None or not self._speaker.dialect.graphql:
                raise
            # No limit counts GraphQL: it tells who is there as well.
            return None

    async def _has_graphql(self) -> bool:
        try:
            return "tasks" in await self._http.graphql(PROBE)
        except RatchetError as error:
            if passing(error):
                raise
            return False

    async def _shows_native_tasks(self) -> bool:
        try:
            payload = (await self._http.get("/tasks", TaskQuery(limit=1).params())).payload()
        except (Forbidden, Limited):
            raise
        except RatchetError as error:
            if passing(error):
                raise
            return False
        values = reading.data_of(payload)
        first = values[0] if isinstance(values, list) and values else None
        return isinstance(first, dict) and first.keys() >= NATIVE_KEYS

    async def _version(self) -> str:
        self._monitoring.at_root = True
        try:
            return (await self._monitoring.health()).version
        except RatchetError:
            return self._speaker.dialect.version if self._speaker else ""


def contract(told: Capabilities) -> Dialect:
    """Return the dialect of a server that keeps the contract, and what of our additions it lacks."""
    offered = {
        Ability.EVENTS: told.events,
        Ability.LOG_SEARCH: told.log_search,
        Ability.SOURCE: told.source_code,
        Ability.CHECK: told.task_check,
        Ability.SCHEDULE_OPTIONS: told.schedule_options,
        Ability.BULK: told.bulk,
        Ability.BULK_PACE: told.bulk_pace or not told.bulk,
        Ability.VERSIONS: told.source_code,
        Ability.ACTIVITY: told.activity,
        Ability.SERIES: told.series,
        Ability.DENSITY: told.execution_counts,
        Ability.DELIVERIES: told.deliveries,
        Ability.TEST_DELIVERY: told.delivery_test,
        Ability.JOB_DELIVERY: told.job_delivery,
        Ability.SCHEDULE_DELIVERY: told.schedule_delivery,
        Ability.QUEUE: told.job_queue,
        Ability.SCHEDULE_RUNS: told.schedule_runs,
        Ability.SCHEDULE_ACTIVITY: told.schedule_activity,
        Ability.SCHEDULE_CHANGES: told.schedule_changes,
        Ability.PAYLOAD_SEARCH: told.payload_search,
        Ability.TRY: told.task_try,
        Ability.PAUSE: told.pauses,
        Ability.FAILURES: told.failures,
    }
    silent = {Ability.BULK: BY_CONSOLE, Ability.FAILURES: KEEPS_NONE}
    cannot = {ability: silent.get(ability, SILENT) for ability, there in offered.items() if not there}
    return Dialect(server=told.server, version=told.version, capabilities=told, cannot=cannot)


def _contract(http: Http, dialect: Dialect) -> Speaker:
    executions = ContractExecutions(
        http,
        payloads=dialect.capabilities.payloads,
        counts=dialect.capabilities.execution_counts,
        searches=dialect.capabilities.payload_search,
        conditions=dialect.capabilities.retry_condition,
    )
    keeps = dialect.capabilities.failures
    return Speaker(
        dialect,
        ContractTasks(http),
        executions,
        ContractJobs(
            http,
            counts=dialect.capabilities.job_counts,
            deliveries=dialect.capabilities.deliveries,
            queue=dialect.capabilities.job_queue,
        ),
        ContractSchedules(http, runs=dialect.capabilities.schedule_runs),
        ContractBulk(http),
        ContractPauses(http, offered=dialect.capabilities.pauses),
        ContractFailures(http) if keeps else FoundFailures(executions),
    )


def _native(http: Http, dialect: Dialect) -> Speaker:
    server = Server.at(http, dialect.graphql)
    jobs = NativeJobs(server)
    executions = NativeExecutions(server, jobs)
    schedules = NativeSchedules(server)
    failures = FoundFailures(executions, MOST if dialect.graphql else MOST_LIMITED)
    rest = (NativeBulk(), NativePauses(), failures)
    return Speaker(dialect, NativeTasks(server), executions, jobs, schedules, *rest)
