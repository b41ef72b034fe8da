"""How words of the vocabulary are kept: as small integers that never change their meaning.

Each member is named like the word it stands for.
"""

from enum import IntEnum


class ExecutionCode(IntEnum):
    """`ExecutionStatus` in the database."""

    PENDING = 0
    RUNNING = 1
    COMPLETED = 2
    FAILED = 3
    CANCELLED = 4


OPEN_EXECUTIONS = (ExecutionCode.PENDING, ExecutionCode.RUNNING)
ENDED_EXECUTIONS = (ExecutionCode.COMPLETED, ExecutionCode.FAILED, ExecutionCode.CANCELLED)


class JobCode(IntEnum):
    """`JobStatus` in the database."""

    QUEUED = 0
    PROCESSING = 1
    COMPLETED = 2
    FAILED = 3
    CANCELLED = 4
    RETRYING = 5


WAITING_JOBS = (JobCode.QUEUED, JobCode.RETRYING)
OPEN_JOBS = (*WAITING_JOBS, JobCode.PROCESSING)
ENDED_JOBS = (JobCode.COMPLETED, JobCode.FAILED, JobCode.CANCELLED)


class PriorityCode(IntEnum):
    """`JobPriority` in the database; the greater goes first."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


class MisfireCode(IntEnum):
    """`MisfirePolicy` in the database."""

    SKIP = 0
    RUN_ONCE = 1


class LevelCode(IntEnum):
    """`LogLevel` in the database."""

    DEBUG = 0
    INFO = 1
    WARN = 2
    ERROR = 3


class DeliveryCode(IntEnum):
    """`DeliveryStatus` in the database."""

    PENDING = 0
    DELIVERED = 1
    FAILED = 2


class FailureCode(IntEnum):
    """`FailureState` in the database."""

    OPEN = 0
    IGNORED = 1
    RESOLVED = 2


class RoleCode(IntEnum):
    """`Role` in the database; the greater may do more."""

    READONLY = 0
    SERVICE = 1
    USER = 2
    ADMIN = 3


class TokenCode(IntEnum):
    """What a token is for: what a login gives, or what programs send."""

    SESSION = 0
    API = 1


class BulkCode(IntEnum):
    """`BulkStatus` in the database."""

    PENDING = 0
    RUNNING = 1
    COMPLETED = 2
    ABORTED = 3
    FAILED = 4


OPEN_BULK = (BulkCode.PENDING, BulkCode.RUNNING)
ENDED_BULK = (BulkCode.COMPLETED, BulkCode.ABORTED, BulkCode.FAILED)


class OutcomeCode(IntEnum):
    """`BulkOutcome` in the database."""

    PENDING = 0
    SUCCEEDED = 1
    REFUSED = 2
    FAILED = 3
