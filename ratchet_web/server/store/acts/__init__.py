"""What a bulk operation can do to the rows of each resource."""
