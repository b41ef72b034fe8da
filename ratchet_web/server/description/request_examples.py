"""What a body may look like, by operation: the description shows these, and people begin with them."""

from typing import Any, Final

Json = dict[str, Any]

_SUM = """function main(input) {
  console.log(`adding ${input.numbers.length} numbers`);
  return { sum: input.numbers.reduce((a, b) => a + b, 0) };
}"""
_REFUSING = """function main(input) {
  throw new DataError(`no such order: ${input.order}`);
}"""
# What the task takes that has the id 1 on a new server.
_NUMBERS = {"operation": "add", "a": 1, "b": 2}
_RETRIES = {"backoff": "EXPONENTIAL", "delaySeconds": 5, "maxDelaySeconds": 300, "jitter": 0.2}
_WEBHOOK = {"url": "https://example.com/hooks/sums", "timeoutSeconds": 10}
_DESTINATIONS = [{"destinationType": "WEBHOOK", "webhook": _WEBHOOK}]
_OLD_FAILURES = {"status": "FAILED", "queued_before": "2026-01-01T00:00:00Z"}

# Method and path without the prefix → name → body.
EXAMPLES: Final[dict[tuple[str, str], dict[str, Json]]] = {
    ("post", "/tasks"): {
        "sum": {
            "name": "sum",
            "description": "Adds numbers",
            "sourceCode": _SUM,
            "inputSchema": {
                "type": "object",
                "properties": {"numbers": {"type": "array", "items": {"type": "number"}}},
                "required": ["numbers"],
            },
            "outputSchema": {"type": "object", "properties": {"sum": {"type": "number"}}},
        },
        "fails": {"name": "refuse-order", "version": "0.1.0", "sourceCode": _REFUSING},
    },
    ("patch", "/tasks/{task_id}"): {"describe": {"description": "Adds numbers", "version": "1.1.0"}},
    ("put", "/tasks/{task_id}"): {"source": {"sourceCode": _SUM, "version": "1.2.0"}},
    ("post", "/tasks/check"): {"sum": {"sourceCode": _SUM, "inputSchema": {"type": "object"}}},
    ("post", "/tasks/try"): {"sum": {"sourceCode": _SUM, "input": {"numbers": [1, 2, 3]}}},
    ("post", "/tasks/{task_id}/validate"): {"numbers": {"input": _NUMBERS}},
    ("post", "/executions"): {"now": {"taskId": "1", "input": _NUMBERS}},
    ("patch", "/executions/{execution_id}"): {"cancel": {"status": "CANCELLED"}, "half": {"progress": 0.5}},
    ("post", "/executions/{execution_id}/retry"): {
        "corrected": {"input": _NUMBERS},
        "once": {"ifRetriedBy": None},
    },
    ("post", "/jobs"): {
        "soon": {"taskId": "1", "input": _NUMBERS, "priority": "HIGH"},
        "careful": {
            "taskId": "1",
            "input": _NUMBERS,
            "maxRetries": 5,
            "retryPolicy": _RETRIES,
            "outputDestinations": _DESTINATIONS,
        },
        "later": {"taskId": "1", "input": _NUMBERS, "scheduledFor": "2099-01-31T09:00:00Z"},
    },
    ("patch", "/jobs/{job_id}"): {"sooner": {"priority": "CRITICAL", "scheduledFor": None}},
    ("post", "/deliveries/test"): {
        "webhook": {
            "destination": {"destinationType": "WEBHOOK", "webhook": {"url": "https://hooks.example.com/in"}}
        }
    },
    ("post", "/schedules"): {
        "mornings": {
            "taskId": "1",
            "name": "Every working day at nine",
            "cronExpression": "0 9 * * MON-FRI",
            "timeZone": "Europe/Amsterdam",
            "misfirePolicy": "RUN_ONCE",
            "input": _NUMBERS,
        }
    },
    ("patch", "/schedules/{schedule_id}"): {"hourly": {"cronExpression": "0 0 * * * *"}},
    ("post", "/schedules/{schedule_id}/trigger"): {
        "other input": {"input": {"operation": "multiply", "a": 4, "b": 5}}
    },
    ("put", "/pauses/queue"): {"deploy": {"reason": "The warehouse is being moved until noon"}},
    ("put", "/pauses/tasks/{task_id}"): {"broken": {"reason": "The mail service refuses us"}},
    ("post", "/executions/bulk"): {
        "dry run": {"action": "delete", "filter": _OLD_FAILURES, "dryRun": True},
        "retry": {"action": "retry", "filter": {"status": "FAILED"}, "reason": "The service is back"},
    },
    ("post", "/jobs/bulk"): {
        "dry run": {"action": "cancel", "filter": {"status_in": ["QUEUED", "RETRYING"]}, "dryRun": True},
        "hurry": {"action": "change", "ids": ["1", "2"], "arguments": {"priority": "HIGH"}},
    },
    ("post", "/tasks/bulk"): {"dry run": {"action": "disable", "filter": {}, "dryRun": True}},
    ("post", "/schedules/bulk"): {"dry run": {"action": "trigger", "ids": ["1"], "dryRun": True}},
    ("post", "/bulk/{operation_id}/pace"): {"gently": {"ratePerSecond": 10}, "pause": {"ratePerSecond": 0}},
    ("post", "/auth/login"): {"by name": {"username": "ada", "password": "a long enough password"}},
    ("post", "/auth/change-password"): {
        "another": {"currentPassword": "a long enough password", "newPassword": "quite another password"}
    },
    ("post", "/users"): {
        "reader": {"username": "grace", "password": "a long enough password", "role": "readonly"}
    },
    ("patch", "/users/{user_id}"): {"promote": {"role": "user"}},
    ("post", "/tokens"): {"pipeline": {"name": "deploy pipeline", "role": "service"}},
}


def add_examples(method: str, path: str, operation: Json) -> None:
    """Show examples with an operation's body, if there are any."""
    if (method, path) in EXAMPLES:
        content = operation["requestBody"]["content"]["application/json"]
        content["examples"] = {name: {"value": body} for name, body in EXAMPLES[method, path].items()}
