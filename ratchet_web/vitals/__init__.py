"""How the console itself is: its health, its metrics, its log."""
