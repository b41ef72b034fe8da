"""What random requests are changed into, so that they come further: to rows that exist, sources that run.

Requests that are wrong on purpose keep what is wrong with them.
"""

import schemathesis

# The account that the run itself uses: without it, all that follows would be 401.
OWN_USER_ID = "1"
OWN_PASSWORD = "long enough for a run"
NEWEST_ROW = 20
# Counted anew in each row: most have a first one only.
FIRST = ("revision", "position")
SOURCES = (
    "function main(input) { console.log('seen', input); return input; }",
    "function main(input) { throw new DataError('refused'); }",
    "async function main(input) { await new Promise(done => setTimeout(done, 300)); return 1; }",
)
ACTIONS = {
    "tasks": ("enable", "disable"),
    "executions": ("cancel", "retry"),
    "jobs": ("cancel", "retry"),
    "schedules": ("enable", "disable", "trigger"),
}
DESTINATIONS = [{"destinationType": "FILESYSTEM", "filesystem": {"path": "{executionId}.json"}}]
PAYLOADS = ("input", "output", "errorDetails", "httpRequests")
FAR = "2099-01-01T00:00:00Z"
SHORT = 40


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Lead most ids to rows that the run has made by now, most names of payloads to those that there are."""
    for name, value in (path_parameters or {}).items():
        if name == "name" and short(value) and sum(map(ord, value)) % 4:
            path_parameters[name] = PAYLOADS[sum(map(ord, value)) % len(PAYLOADS)]
        if isinstance(value, str) and value.isascii() and value.isdecimal() and int(value) % 4:
            path_parameters[name] = "1" if name in FIRST else str(1 + int(value) % NEWEST_ROW)
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Let most tasks have a source that does something, and most work name a task that exists."""
    if isinstance(body, dict):
        if short(source := body.get("sourceCode")) and (len(source) + 1) % 5:
            body["sourceCode"] = SOURCES[len(source) % len(SOURCES)]
        if short(task := body.get("taskId")):
            _more_of_work(body, sum(map(ord, task)))
        if short(action := body.get("action")):
            _more_of_bulk(body, context.operation.path.split("/")[3], sum(map(ord, action)))
        if short(body.get("currentPassword")):
            # To the same one: the next request finds the account as it was.
            body["currentPassword"] = OWN_PASSWORD
            if short(again := body.get("newPassword")) and len(again) >= 12:
                body["newPassword"] = OWN_PASSWORD
    return body


def short(value):
    """Whether this is a text that is not too long on purpose."""
    return isinstance(value, str) and len(value) <= SHORT


def _more_of_work(body, number):
    body["taskId"] = str(1 + number % NEWEST_ROW)
    if "cronExpression" not in body and number % 2:
        # Waits until somebody cancels it.
        body.setdefault("scheduledFor", FAR)
    if "maxRetries" in body and number % 4 == 0 and body.get("outputDestinations") in (None, []):
        body["outputDestinations"] = DESTINATIONS


def _more_of_bulk(body, resource, number):
    actions = ACTIONS.get(resource, ())
    if not actions:
        return
    body["action"] = actions[number % len(actions)]
    if body.get("arguments") == {} or number % 2:
        body.pop("arguments", None)
    if number % 3 and isinstance(body.get("filter"), dict) and fine(body.get("ids")):
        # Cancelling everything would leave nothing for the other requests; slow operations can be aborted.
        body["filter"] = {"id_in": "1,2,3"} if body["action"] == "cancel" else {}
        body.pop("ids", None)
        body.setdefault("ratePerSecond", 2)


def fine(ids):
    """Whether nothing is wrong with these ids on purpose."""
    if ids is None:
        return True
    return isinstance(ids, list) and bool(ids) and all(short(each) and each.isdecimal() for each in ids)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keep off the own account, and off streams: one that waits for its execution ends with it only."""
    parameters = case.path_parameters or {}
    if str(parameters.get("user_id", "")).lstrip("0") == OWN_USER_ID:
        parameters["user_id"] = "2"
    if "follow" in (case.query or {}):
        del case.query["follow"]
