"""How each resource is listed."""
