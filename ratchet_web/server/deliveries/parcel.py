"""One delivery: what is to be brought where, and how it can go wrong."""

from dataclasses import dataclass
from typing import Final

import orjson
from pydantic import JsonValue

from ratchet_web.logic.templates import TooLongError, rendered
from ratchet_web.models.destinations import OutputDestination, WebhookRetries
from ratchet_web.server.store.lists.base import Row

# What a template may make beyond twice its output: one that names it a thousand times would fill the memory.
TEMPLATE_CHARS: Final = 10_000_000
OUTPUT_IS_GONE = "Its execution was deleted, and the output with it"


class DeliveryError(Exception):
    """It did not arrive; the message says why, without any secret. `status`: what a webhook answered."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message[:500])
        self.status = status


class FinalError(DeliveryError):
    """Trying again would not help."""


@dataclass(frozen=True)
class Parcel:
    """An output on its way to one destination; `output` is JSON, `attempt` counts from 1."""

    delivery_id: int
    job_id: int
    execution_id: int
    task_name: str
    attempt: int
    output: str
    destination: OutputDestination

    @property
    def retries(self) -> WebhookRetries:
        """How often and how soon it is tried again."""
        webhook = self.destination.webhook
        return (webhook and webhook.retry_policy) or WebhookRetries()

    def delay_ms(self) -> int | None:
        """Return how long to wait after this attempt failed, None if it was the last."""
        policy = self.retries
        if self.attempt >= policy.max_attempts:
            return None
        growth = policy.backoff_multiplier ** min(self.attempt - 1, 60)
        return int(min(policy.initial_delay_seconds * growth, policy.max_delay_seconds) * 1000)

    def text(self) -> str:
        """Return what is brought: the output, or the destination's template with the output in it.

        Raises:
            FinalError: the template makes too much of it.
        """
        template = self.destination.template
        if template is None:
            return self.output
        try:
            return rendered(template, self.values(), 2 * len(self.output) + TEMPLATE_CHARS)
        except TooLongError as error:
            raise FinalError(f"Its template {error}") from None

    def values(self) -> dict[str, JsonValue]:
        """Return what a template can name."""
        return {
            "output": orjson.loads(self.output),
            "jobId": str(self.job_id),
            "executionId": str(self.execution_id),
            "deliveryId": str(self.delivery_id),
            "taskName": self.task_name,
        }


NAMES = ["output", "jobId", "executionId", "deliveryId", "taskName"]


def parcel(row: Row) -> Parcel:
    """Return what a stored delivery brings.

    Raises:
        FinalError: there is nothing to bring any more.
    """
    if row.output is None:
        raise FinalError(OUTPUT_IS_GONE)
    destination = orjson.loads(row.destinations)[row.position - 1]
    return Parcel(
        row.id,
        row.job_id,
        row.execution_id,
        row.task_name or "",
        row.attempts + 1,
        row.output,
        OutputDestination.model_validate(destination),
    )
