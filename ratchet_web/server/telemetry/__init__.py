"""What the server tells of itself: metrics and series."""
