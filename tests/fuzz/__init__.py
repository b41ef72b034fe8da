"""Random requests, made from the server's own description, against the real process."""
