"""A fresh V8 isolate with the prelude in it, for one task."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from py_mini_racer import (
    DEFAULT_V8_FLAGS,
    JSEvalException,
    JSFunction,
    JSOOMException,
    MiniRacer,
    init_mini_racer,
    mini_racer,
)

from ratchet_web.server.engine.errors import NO_MAIN, SOURCE_NAME, TaskError, broken_source
from ratchet_web.server.engine.limits import MB, PARALLEL_FETCHES, REQUEST_CHARS
from ratchet_web.server.engine.ring import Ring

PRELUDE = (Path(__file__).parent / "prelude.js").read_text(encoding="utf-8")
# V8's own limit of a heap, at which it ends the process, stays above every limit that a setting can name.
V8_FLAGS = (*DEFAULT_V8_FLAGS, "--max-old-space-size=8192")


@dataclass(frozen=True)
class Limits:
    """What one execution may use and say."""

    memory_mb: int
    log_lines: int
    log_line_chars: int
    log_bytes: int
    output_bytes: int


class SourceError(Exception):
    """The source cannot be used; `error` says why and where."""

    def __init__(self, error: TaskError) -> None:
        super().__init__(error.message)
        self.error = error


class Isolate:
    """One task's JavaScript. Its output is read from `ring`, also while it is busy."""

    def __init__(self, js: MiniRacer, limits: Limits) -> None:
        js.set_hard_memory_limit(limits.memory_mb * MB)
        told = {
            "lines": limits.log_lines,
            "lineChars": limits.log_line_chars,
            "logBytes": limits.log_bytes,
            "outputBytes": limits.output_bytes,
            "fetches": PARALLEL_FETCHES,
            "requestChars": REQUEST_CHARS,
        }
        memory = js.eval(f"({PRELUDE.strip()})({json.dumps(told)})\n//# sourceURL=ratchet.js")
        if not isinstance(memory, memoryview):
            raise TypeError(f"The prelude returned {type(memory).__name__}, not shared memory")
        self.ring = Ring(memory)
        self._js = js

    @property
    def out_of_memory(self) -> bool:
        """Whether the heap reached its limit; inside async code V8 tells it in no other way."""
        return self._js.was_hard_memory_limit_reached()

    async def load(self, source: str) -> JSFunction | None:
        """Evaluate the source; return the function it ends with, when it defines no `main`.

        Raises:
            SourceError: it does not parse, throws, or has no function to run.
            JSOOMException: it used too much memory.
        """
        text = source.encode("utf-8", "replace").decode()
        evaluated = asyncio.ensure_future(self._js.eval_cancelable(f"{text}\n//# sourceURL={SOURCE_NAME}"))
        await asyncio.sleep(0)
        try:
            # Queued behind the source. A value that Python cannot hold (a Date without a time) ends its
            # evaluation without an answer, so this one's answer is what tells that the source was run.
            defined = await self._js.eval_cancelable("__ratchet.defined()")
            value = await evaluated if evaluated.done() else None
        except JSOOMException:
            raise
        except JSEvalException as error:
            raise SourceError(broken_source(str(error), source)) from error
        finally:
            evaluated.cancel()
        if defined:
            return None
        if not isinstance(value, JSFunction):
            raise SourceError(TaskError("ReferenceError", NO_MAIN))
        return value

    async def start(self, input_json: str, context_json: str, anonymous: JSFunction | None) -> None:
        """Call the task's function; returns when it first waits, or has ended."""
        if anonymous is None:
            arguments = f"{json.dumps(input_json)},{json.dumps(context_json)}"
            await self._js.eval_cancelable(f"void __ratchet.run({arguments})")
            return
        run = self._js.eval("__ratchet.run")
        if isinstance(run, JSFunction):
            await run.cancelable()(input_json, context_json, anonymous)

    async def answer(self, fetch_id: int, ok: bool, said: str, body: str) -> None:
        """Settle one fetch. The body is written unescaped: it may be large and counts as memory used."""
        values = (json.dumps(value, ensure_ascii=False) for value in (fetch_id, ok, said, body))
        call = f"__ratchet.answer({','.join(values)})"
        await self._js.eval_cancelable(call.encode("utf-8", "replace").decode())


@contextmanager
def fresh_isolate(limits: Limits) -> Iterator[Isolate]:
    """Yield an isolate that nobody used before; it is torn down afterwards."""
    with mini_racer() as js:
        yield Isolate(js, limits)


class _Made(NamedTuple):
    isolate: Isolate
    limits: Limits
    stack: ExitStack


class Isolates:
    """Fresh isolates, one at a time; the next may be made in advance: that takes as long as a small task."""

    def __init__(self) -> None:
        self._made: _Made | None = None

    def prepare(self, limits: Limits) -> None:
        """Make the next one now."""
        if self._made is None:
            stack = ExitStack()
            self._made = _Made(stack.enter_context(fresh_isolate(limits)), limits, stack)

    @contextmanager
    def fresh(self, limits: Limits) -> Iterator[Isolate]:
        """Yield an isolate that nobody used before, with these limits; it is torn down afterwards."""
        made, self._made = self._made, None
        if made is not None and made.limits == limits:
            with made.stack:
                yield made.isolate
            return
        if made is not None:
            made.stack.close()
        with fresh_isolate(limits) as isolate:
            yield isolate


def preload() -> None:
    """Initialise V8, once a process; a fork of it shares what was loaded."""
    init_mini_racer(flags=V8_FLAGS, ignore_duplicate_init=True)


def warm_up() -> None:
    """Let V8 reserve its address range, which it does with the first isolate."""
    preload()
    with mini_racer() as js:
        js.eval("1")
