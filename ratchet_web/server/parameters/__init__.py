"""Query parameters: every one is known and checked, none is ignored."""
