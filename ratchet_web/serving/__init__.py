"""Serves an ASGI application from processes forked of one that has imported everything."""
