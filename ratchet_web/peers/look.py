"""Whether Redis can be used: asked once, before anything starts."""

import re
from typing import Final

from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from ratchet_web.peers.bus import MISTAKES

LOOK_S: Final = 3.0


def redis_fault(url: str) -> str:
    """Return why Redis cannot be used at an address, without its password; empty where it can."""
    where = url.rpartition("@")[2].partition("?")[0].removeprefix("redis://").removeprefix("rediss://")
    try:
        asked = Redis.from_url(url, socket_timeout=LOOK_S, socket_connect_timeout=LOOK_S)
    except ValueError:
        # What is wrong with it may be a part of its password.
        return "its address makes no sense"
    try:
        with asked as redis:
            redis.ping()
            redis.publish("ratchet-web:look", "")
    except (AuthenticationError, NoPermissionError) as error:
        return f"{where} refuses its user, password or rights ({error})"
    except ResponseError as error:
        return f"{where} answers {error}"
    except (RedisError, OSError) as error:
        return f"nothing answers at {where} ({_why(error)})"
    except MISTAKES:
        return f"what answers at {where} is no Redis"
    return ""


def _why(error: Exception) -> str:
    return re.sub(r"^Error -?\d+ connecting to \S+ ", "", str(error)).strip(". ") or type(error).__name__
