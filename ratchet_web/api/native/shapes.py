"""The resources as the native server shows them: their names, and the fields that its GraphQL knows."""

from dataclasses import dataclass
from typing import Final

TASK_FIELDS = (
    "id uuid name description version enabled registrySource availableVersions createdAt updatedAt"
    " validatedAt inSync inputSchema outputSchema metadata"
)
EXECUTION_FIELDS = (
    "id uuid taskId input output status errorMessage errorDetails queuedAt startedAt completedAt durationMs"
    " httpRequests recordingPath progress"
)
JOB_FIELDS = "id taskId priority status retryCount maxRetries queuedAt scheduledFor errorMessage"
SCHEDULE_FIELDS = "id taskId name description cronExpression enabled nextRun lastRun createdAt updatedAt"


@dataclass(frozen=True, slots=True)
class Shape:
    """A resource: `many` and `one` are its names, `fields` what GraphQL is asked for."""

    many: str
    one: str
    fields: str

    @property
    def cost(self) -> int:
        """Return the complexity that the server counts for one row or list."""
        return len(self.fields.split()) + 4


TASKS: Final = Shape("tasks", "task", TASK_FIELDS)
TASK_NAMES: Final = Shape("tasks", "task", "id name")
EXECUTIONS: Final = Shape("executions", "execution", EXECUTION_FIELDS)
JOBS: Final = Shape("jobs", "job", JOB_FIELDS)
SCHEDULES: Final = Shape("schedules", "schedule", SCHEDULE_FIELDS)
