"""How people come into the console: one way for each `RATCHET_WEB_AUTH`, and what every request passes."""
