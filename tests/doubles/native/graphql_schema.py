"""The types of the server's GraphQL schema, as far as reading goes, and `executeTask`."""

import re
from dataclasses import dataclass

# Scalars that accept any literal when a query is checked, and complain only when it is run.
LENIENT = ("ApiId", "GraphQLApiId", "UUID", "DateTime", "JSON")
SCALARS = ("Int", "Float", "Boolean", "String", "ID", *LENIENT)

ENUMS = {
    "ExecutionStatus": "PENDING RUNNING COMPLETED FAILED CANCELLED",
    "JobStatus": "QUEUED PROCESSING COMPLETED FAILED CANCELLED RETRYING",
    "JobPriority": "LOW NORMAL HIGH CRITICAL",
    "SortDirection": "ASC DESC",
    "OutputFormat": "JSON YAML CSV XML",
    "CompressionType": "GZIP ZSTD",
    "HttpMethod": "GET POST PUT PATCH DELETE",
    "OutputDestinationType": "WEBHOOK FILE DATABASE",
    "WorkerStatusGraphQL": "IDLE RUNNING STOPPING ERROR",
}

INPUTS = {
    "SortInput": "field: String!, direction: SortDirection",
    "TaskFiltersInput": (
        "nameContains: String, nameExact: String, nameStartsWith: String, nameEndsWith: String, "
        "version: String, versionIn: [String!], enabled: Boolean, registrySource: Boolean, "
        "createdAfter: DateTime, createdBefore: DateTime, updatedAfter: DateTime, updatedBefore: DateTime, "
        "validatedAfter: DateTime, validatedBefore: DateTime, uuid: String, uuidIn: [String!], "
        "idIn: [Int!], hasValidation: Boolean, inSync: Boolean"
    ),
    "ExecutionFiltersInput": (
        "taskId: GraphQLApiId, taskIdIn: [GraphQLApiId!], idIn: [GraphQLApiId!], status: ExecutionStatus, "
        "statusIn: [ExecutionStatus!], statusNot: ExecutionStatus, queuedAfter: DateTime, "
        "queuedBefore: DateTime, startedAfter: DateTime, startedBefore: DateTime, completedAfter: DateTime, "
        "completedBefore: DateTime, durationMinMs: Int, durationMaxMs: Int, progressMin: Float, "
        "progressMax: Float, hasProgress: Boolean, hasError: Boolean, errorMessageContains: String, "
        "canRetry: Boolean, canCancel: Boolean"
    ),
    "JobFiltersInput": (
        "taskId: GraphQLApiId, taskIdIn: [GraphQLApiId!], idIn: [GraphQLApiId!], status: JobStatus, "
        "statusIn: [JobStatus!], statusNot: JobStatus, priority: JobPriority, priorityIn: [JobPriority!], "
        "priorityMin: JobPriority, queuedAfter: DateTime, queuedBefore: DateTime, scheduledAfter: DateTime, "
        "scheduledBefore: DateTime, retryCountMin: Int, retryCountMax: Int, maxRetriesMin: Int, "
        "maxRetriesMax: Int, hasRetriesRemaining: Boolean, hasError: Boolean, "
        "errorMessageContains: String, isScheduled: Boolean, dueNow: Boolean"
    ),
    "ScheduleFiltersInput": (
        "taskId: GraphQLApiId, taskIdIn: [GraphQLApiId!], idIn: [GraphQLApiId!], nameContains: String, "
        "nameExact: String, nameStartsWith: String, nameEndsWith: String, enabled: Boolean, "
        "cronExpressionContains: String, cronExpressionExact: String, nextRunAfter: DateTime, "
        "nextRunBefore: DateTime, lastRunAfter: DateTime, lastRunBefore: DateTime, createdAfter: DateTime, "
        "createdBefore: DateTime, updatedAfter: DateTime, updatedBefore: DateTime, hasNextRun: Boolean, "
        "hasLastRun: Boolean, isDue: Boolean, overdue: Boolean"
    ),
    "WorkerFiltersInput": "status: WorkerStatusGraphQL, lastHeartbeatAfter: DateTime",
    "RetryPolicyInput": (
        "maxAttempts: Int!, initialDelayMs: Int!, maxDelayMs: Int!, backoffMultiplier: Float!"
    ),
    "WebhookDestinationInput": (
        "url: String!, method: String!, contentType: String!, retryPolicy: RetryPolicyInput"
    ),
    "OutputDestinationInput": "destinationType: OutputDestinationType!, webhook: WebhookDestinationInput",
    "ExecuteTaskInput": (
        "taskId: GraphQLApiId!, inputData: JSON!, priority: JobPriority, "
        "outputDestinations: [OutputDestinationInput!], maxRetries: Int"
    ),
}

_LIST = "limit: Int, offset: Int"
OBJECTS = {
    "Query": f"""
        tasks(filters: TaskFiltersInput, sort: SortInput, {_LIST}): TaskList!;
        task(id: GraphQLApiId!): UnifiedTask; taskStats: TaskStats!;
        executions(filters: ExecutionFiltersInput, {_LIST}): ExecutionList!;
        execution(id: GraphQLApiId!): UnifiedExecution; jobs(filters: JobFiltersInput, {_LIST}): JobList!;
        job(id: GraphQLApiId!): Job; schedules(filters: ScheduleFiltersInput, {_LIST}): ScheduleList!;
        schedule(id: GraphQLApiId!): UnifiedSchedule;
        workers(filters: WorkerFiltersInput, {_LIST}): WorkerList!;
        workerStats: WorkerStats!; health: HealthStatus!""",
    "Mutation": "executeTask(input: ExecuteTaskInput!): Job!",
    "TaskList": "items: [UnifiedTask!]!; meta: PaginationMeta!",
    "ExecutionList": "items: [UnifiedExecution!]!; meta: PaginationMeta!",
    "JobList": "items: [Job!]!; meta: PaginationMeta!",
    "ScheduleList": "items: [UnifiedSchedule!]!; meta: PaginationMeta!",
    "WorkerList": "items: [Worker!]!; meta: PaginationMeta!",
    "PaginationMeta": """
        page: Int!; limit: Int!; total: Int!; totalPages: Int!; hasNext: Boolean!; hasPrevious: Boolean!;
        offset: Int!""",
    "UnifiedTask": """
        id: ApiId!; uuid: UUID!; name: String!; description: String; version: String!; enabled: Boolean!;
        registrySource: Boolean!; availableVersions: [String!]!; createdAt: DateTime!; updatedAt: DateTime!;
        validatedAt: DateTime; inSync: Boolean!; sourceCode: String!; sourceType: String!;
        repositoryInfo: TaskRepositoryInfo!; isEditable: Boolean!; syncStatus: String!; needsPush: Boolean!;
        lastSyncedAt: DateTime; inputSchema: JSON; outputSchema: JSON; metadata: JSON""",
    "TaskRepositoryInfo": """
        repositoryId: ApiId!; repositoryName: String!; repositoryType: String!; repositoryPath: String!;
        branch: String; commit: String; canPush: Boolean!; autoPush: Boolean!""",
    "UnifiedExecution": """
        id: ApiId!; uuid: UUID!; taskId: ApiId!; input: JSON!; output: JSON; status: ExecutionStatus!;
        errorMessage: String; errorDetails: JSON; queuedAt: DateTime!; startedAt: DateTime;
        completedAt: DateTime; durationMs: Int; httpRequests: JSON; recordingPath: String;
        canRetry: Boolean!; canCancel: Boolean!; progress: Float""",
    "Job": """
        id: GraphQLApiId!; taskId: GraphQLApiId!; priority: JobPriority!; status: JobStatus!;
        retryCount: Int!; maxRetries: Int!; queuedAt: DateTime!; scheduledFor: DateTime;
        errorMessage: String; outputDestinations: [OutputDestination!]""",
    "OutputDestination": "destinationType: OutputDestinationType!",
    "UnifiedSchedule": """
        id: ApiId!; taskId: ApiId!; name: String!; description: String; cronExpression: String!;
        enabled: Boolean!; nextRun: DateTime; lastRun: DateTime; createdAt: DateTime!; updatedAt: DateTime!;
        outputDestinations: [UnifiedOutputDestination!]""",
    "UnifiedOutputDestination": """
        destinationType: String!; template: String; filesystem: UnifiedFilesystemConfig;
        webhook: UnifiedWebhookConfig; stdio: UnifiedStdioConfig""",
    "UnifiedFilesystemConfig": """
        path: String!; format: OutputFormat!; compression: CompressionType; permissions: String""",
    "UnifiedWebhookConfig": """
        url: String!; method: HttpMethod!; timeoutSeconds: Int!; contentType: String;
        retryPolicy: UnifiedRetryPolicy; authentication: UnifiedWebhookAuth""",
    "UnifiedRetryPolicy": """
        maxAttempts: Int!; initialDelaySeconds: Int!; maxDelaySeconds: Int!; backoffMultiplier: Float!""",
    "UnifiedWebhookAuth": """
        authType: String!; bearer: UnifiedBearerAuth; basic: UnifiedBasicAuth; apiKey: UnifiedApiKeyAuth""",
    "UnifiedBearerAuth": "token: String!",
    "UnifiedBasicAuth": "username: String!; password: String!",
    "UnifiedApiKeyAuth": "key: String!; headerName: String!",
    "UnifiedStdioConfig": """
        stream: String!; format: OutputFormat!; includeMetadata: Boolean!; lineBuffered: Boolean!;
        prefix: String""",
    "Worker": """
        id: String!; status: WorkerStatusGraphQL!; taskCount: Int!; currentTask: String; uptimeSeconds: Int!;
        memoryUsageMb: Int; cpuUsagePercent: Float; lastHeartbeat: DateTime!""",
    "WorkerStats": """
        totalWorkers: Int!; activeWorkers: Int!; idleWorkers: Int!; runningWorkers: Int!;
        stoppingWorkers: Int!; errorWorkers: Int!; totalTasks: Int!; averageUptimeSeconds: Float;
        totalMemoryUsageMb: Int""",
    "TaskStats": """
        totalTasks: Int!; enabledTasks: Int!; disabledTasks: Int!; totalExecutions: Int!;
        successfulExecutions: Int!; failedExecutions: Int!; averageExecutionTimeMs: Float""",
    "HealthStatus": "database: Boolean!; message: String!",
}
FIELD = re.compile(r"(\w+)(?:\((.*?)\))?:\s*(\S+)", re.DOTALL)


@dataclass(frozen=True)
class FieldType:
    """A field of an object: what it is, and what it may be given."""

    kind: str
    arguments: dict[str, str]


def bare(kind: str) -> str:
    """Return the name within a type: `[Job!]!` is made of `Job`."""
    return kind.strip("[]!")


def _fields(text: str) -> dict[str, FieldType]:
    found = (FIELD.fullmatch(part.strip()) for part in text.split(";"))
    return {one[1]: FieldType(one[3], _pairs(one[2] or "")) for one in found if one}


def _pairs(text: str) -> dict[str, str]:
    return dict(part.strip().split(": ") for part in text.split(",") if part.strip())


OBJECT_TYPES = {name: _fields(text) for name, text in OBJECTS.items()}
INPUT_TYPES = {name: _pairs(text) for name, text in INPUTS.items()}
ENUM_TYPES = {name: tuple(text.split()) for name, text in ENUMS.items()}
NAMES = {*SCALARS, *OBJECT_TYPES, *INPUT_TYPES, *ENUM_TYPES}
