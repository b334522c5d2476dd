"""The table of promises: what is promised, within which bound, and what was measured."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.verify.checker import (
    EVENTS,
    EXPIRED,
    LOST,
    ONE,
    ORDER,
    PROMISES,
    REFUSED,
    REVOKED,
    SIGNED_OUT,
    UNDONE,
    Judgement,
)

BEGIN, END = "<!-- verify: begin -->", "<!-- verify: end -->"
_COUNTED: Final = {
    ONE: "sign-ins",
    EXPIRED: "tries",
    REVOKED: "tries",
    REFUSED: "requests",
    SIGNED_OUT: "requests",
    LOST: "sign-ins",
    UNDONE: "sign-outs",
    EVENTS: "events",
    ORDER: "pairs of events",
}


class Bound(NamedTuple):
    """The most that may be measured."""

    most: float
    unit: str

    def of(self, value: float) -> str:
        """In its unit, to a hundredth."""
        return f"{value:.2f}".rstrip("0").rstrip(".") + f" {self.unit}"


@dataclass(frozen=True)
class Row:
    """One promise. `kept` is False where it was broken, None where nothing put it to the test."""

    promise: str
    bound: str
    measured: str
    kept: bool | None


def rows(judged: Sequence[Judgement], values: Mapping[str, Sequence[float]], bounds: Mapping[str, Bound]) -> list[Row]:
    """All promises: those that a history is judged by, and measured values with their bounds."""
    broken = Counter(violation.promise for each in judged for violation in each.violations)
    tested: Counter[str] = sum((each.tested for each in judged), Counter())
    found = [
        Row(name, "0", f"{broken[name]} of {tested[name]:,} {_COUNTED[name]}", _kept(not broken[name], tested[name]))
        for name in PROMISES
    ]
    for name, bound in bounds.items():
        seen = sorted(values.get(name, ()))
        said = f"{bound.of(seen[len(seen) // 2])} (median), {bound.of(seen[-1])} (worst of {len(seen)})" if seen else ""
        kept = _kept(not seen or seen[-1] <= bound.most, len(seen))
        found.append(Row(name, bound.of(bound.most), said or "nothing", kept))
    return found


def _kept(whole: bool, tests: int) -> bool | None:
    return False if not whole else True if tests else None


def text(found: Sequence[Row]) -> str:
    """For people."""
    marks = {True: "kept", False: "BROKEN", None: "not tested"}
    cells = [("promise", "bound", "measured", ""), *((r.promise, r.bound, r.measured, marks[r.kept]) for r in found)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def markdown(found: Sequence[Row]) -> str:
    """For the page."""
    lines = ["| promise | bound | measured |", "|---|---|---|"]
    return "\n".join(lines + [f"| {row.promise} | {row.bound} | {row.measured} |" for row in found])


def write(page: Path, found: Sequence[Row], said: str) -> None:
    """Puts the table between the marks of the page, and what it was measured on. Raises ValueError without marks."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{page}: {BEGIN} and {END} are missing")
    page.write_text(f"{before}{BEGIN}\n\n{markdown(found)}\n\n{said}\n\n{END}{after}", "utf-8")
