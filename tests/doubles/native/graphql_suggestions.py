"""`Did you mean "name"?`"""

from collections.abc import Iterable


def suggestion(known: Iterable[str], name: str) -> str:
    """Return a sentence with the names that are like one, nearest first; empty without any."""
    near = []
    for option in known:
        distance = _distance(name, option)
        if distance < max(len(name) // 2, len(option) // 2, 1):
            near.append((distance, option))
    near.sort(key=lambda pair: pair[0])
    told = ", ".join(f'"{option}"' for _, option in near)
    return f" Did you mean {told}?" if near else ""


def _distance(one: str, other: str) -> int:
    """Return how many letters must be changed (Levenshtein)."""
    row = list(range(len(one) + 1))
    for index, letter in enumerate(other):
        above, row[0] = row[0], index + 1
        for column, mine in enumerate(one):
            above, row[column + 1] = (
                row[column + 1],
                min(row[column + 1] + 1, row[column] + 1, above + (mine != letter)),
            )
    return row[-1]
