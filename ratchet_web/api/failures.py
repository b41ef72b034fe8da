"""`/failures`: what failed in the same way. Judged only where `Ability.FAILURES`."""

from abc import ABC, abstractmethod
from typing import Literal

from ratchet_web.models.failures import Failure, FailurePage, FailureQuery

Verdict = Literal["ignore", "resolve", "reopen"]


class Failures(ABC):
    """`/failures`. Every call may raise any of `api.errors`."""

    @abstractmethod
    async def page(self, query: FailureQuery) -> FailurePage:
        """Return a page of failures that came in the time that is asked for.

        Where the server keeps none, they are grouped from what failed last, as far as that is read
        (`FailurePage.looked_at`); which state they are in is then not known.
        """

    @abstractmethod
    async def get(self, id: str) -> Failure:
        """Return the one with this fingerprint, with all executions that are kept of it.

        Raises:
            NotFound: there is none, or none among those that are read.
        """

    @abstractmethod
    async def judge(self, id: str, verdict: Verdict) -> Failure:
        """Ignore, resolve or reopen it; return it.

        Raises:
            Conflict: it is so already.
            NotFound: there is none, or the server keeps none.
        """
