"""What every table shares."""

import sqlalchemy as sa

metadata = sa.MetaData()


def time_ms(name: str, *, required: bool = False) -> sa.Column[int]:
    """Return a column of milliseconds since 1970, in UTC."""
    return sa.Column(name, sa.BigInteger, nullable=not required)
