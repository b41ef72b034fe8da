"""What can be done to a row: asked for one by a route, or for many by a bulk."""
