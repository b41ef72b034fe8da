"""The dialect of the contract: what `/api/v1` publishes, and what servers in between make of it."""
