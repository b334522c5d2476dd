"""What a play has in hand."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tests.verify.history import Recorder
from tests.verify.place import GRACE_S

Tell = Callable[[str], None]


@dataclass
class Scene:
    """What a play has in hand. `rounds` is how often it does its harm, `seconds` how long the steady one works.

    `values` are measurements by promise.
    """

    folder: Path
    file: TextIO
    kind: str
    tell: Tell
    rounds: int = 3
    seconds: float = 30.0
    seed: int = 1
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def recorder(self, play: str, lenient: Sequence[int] = ()) -> Recorder:
        """Begins the history of a play; `lenient` agents never take a new GUID, and need not."""
        return Recorder(self.file, play, GRACE_S, lenient)


Play = Callable[[Scene], Awaitable[Recorder]]
