"""What each request may carry."""

from tests.doubles.native.json_text import any_value
from tests.doubles.native.shapes import (
    flag,
    int32,
    list_of,
    moment,
    number32,
    number64,
    one_of,
    struct,
    text_value,
)

EXECUTION_STATUS = one_of("PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED")
JOB_STATUS = one_of("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "RETRYING")
PRIORITY = one_of("LOW", "NORMAL", "HIGH", "CRITICAL")
FORMAT = one_of("JSON", "YAML", "CSV", "XML")


FILESYSTEM = struct(
    "UnifiedFilesystemConfig",
    {"path": text_value, "format": FORMAT},
    {"compression": one_of("GZIP", "ZSTD"), "permissions": text_value},
)
RETRY_POLICY = struct(
    "UnifiedRetryPolicy",
    {
        "maxAttempts": int32,
        "initialDelaySeconds": int32,
        "maxDelaySeconds": int32,
        "backoffMultiplier": number64,
    },
    {},
)
AUTHENTICATION = struct(
    "UnifiedWebhookAuth",
    {"authType": text_value},
    {
        "bearer": struct("UnifiedBearerAuth", {"token": text_value}, {}),
        "basic": struct("UnifiedBasicAuth", {"username": text_value, "password": text_value}, {}),
        "apiKey": struct("UnifiedApiKeyAuth", {"key": text_value, "headerName": text_value}, {}),
    },
)
WEBHOOK = struct(
    "UnifiedWebhookConfig",
    {"url": text_value, "method": one_of("GET", "POST", "PUT", "PATCH", "DELETE"), "timeoutSeconds": int32},
    {"contentType": text_value, "retryPolicy": RETRY_POLICY, "authentication": AUTHENTICATION},
)
STDIO = struct(
    "UnifiedStdioConfig",
    {"stream": text_value, "format": FORMAT, "includeMetadata": flag, "lineBuffered": flag},
    {"prefix": text_value},
)
DESTINATIONS = list_of(
    struct(
        "UnifiedOutputDestination",
        {"destinationType": text_value},
        {"template": text_value, "filesystem": FILESYSTEM, "webhook": WEBHOOK, "stdio": STDIO},
    )
)

_TASK_REST = {
    "description": text_value,
    "enabled": flag,
    "inputSchema": any_value,
    "outputSchema": any_value,
    "metadata": any_value,
}
CREATE_TASK = struct("CreateTaskRequest", {"name": text_value, "version": text_value}, _TASK_REST)
UPDATE_TASK = struct("UpdateTaskRequest", {}, {"name": text_value, "version": text_value, **_TASK_REST})
CREATE_EXECUTION = struct(
    "CreateExecutionRequest",
    {"taskId": text_value, "input": any_value},
    {"priority": text_value, "scheduledFor": moment},
)
UPDATE_EXECUTION = struct(
    "UpdateExecutionRequest",
    {},
    {
        "status": EXECUTION_STATUS,
        "output": any_value,
        "errorMessage": text_value,
        "errorDetails": any_value,
        "progress": number32,
    },
)
RETRY_EXECUTION = struct("RetryExecutionRequest", {}, {"input": any_value})
CREATE_JOB = struct(
    "CreateJobRequest",
    {"taskId": text_value, "input": any_value},
    {
        "priority": PRIORITY,
        "maxRetries": int32,
        "scheduledFor": moment,
        "outputDestinations": DESTINATIONS,
    },
)
UPDATE_JOB = struct(
    "UpdateJobRequest",
    {},
    {
        "status": JOB_STATUS,
        "priority": PRIORITY,
        "maxRetries": int32,
        "scheduledFor": moment,
        "errorMessage": text_value,
    },
)
_SCHEDULE_REST = {"description": text_value, "enabled": flag, "outputDestinations": DESTINATIONS}
CREATE_SCHEDULE = struct(
    "CreateScheduleRequest",
    {"taskId": text_value, "name": text_value, "cronExpression": text_value},
    _SCHEDULE_REST,
)
UPDATE_SCHEDULE = struct(
    "UpdateScheduleRequest", {}, {"name": text_value, "cronExpression": text_value, **_SCHEDULE_REST}
)
LOGIN = struct("LoginRequest", {"username": text_value, "password": text_value}, {"rememberMe": flag})
REGISTER = struct(
    "RegisterRequest",
    {"username": text_value, "email": text_value, "password": text_value},
    {"displayName": text_value},
)
