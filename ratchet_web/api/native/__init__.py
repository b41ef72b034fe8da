"""The dialect of the Ratchet server written in Rust, as it was seen to behave (0.4.11).

It ignores most filters and every sort, answers 200 to changes that it does not make, and shares a small
budget of requests among all callers; GraphQL is outside of that. So: read by GraphQL, narrow and sort here,
read back after every write.
"""
