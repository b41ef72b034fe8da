"""What one connection may take, and how long things may last."""

from typing import Final

# The head of a request may be so late and so large; what came with its end in one piece may be more.
HEAD_S: Final = 30.0
MOST_HEAD_BYTES: Final = 65_536
# Of a message to the socket: more than the longest that is read, should each character be three bytes.
MOST_MESSAGE_BYTES: Final = 2**26
# Of what has not ended yet, of all sockets of a worker: whoever sends much then is cut off, and nobody else.
MOST_BEGUN_BYTES: Final = 2**28
MUCH_BYTES: Final = 2**20
# Longer than nginx keeps a connection that nobody uses (60 s): what it sends must not meet one that closes.
KEEP_ALIVE_S: Final = 75
# Open answers get so long to end when the process does.
GRACE_S: Final = 1
