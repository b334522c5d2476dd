"""The queue of those who wait for a thread that judges passwords: fair by address, guessers behind desktops.

Turns go to the best rank first and, inside of a rank, to one address after the other, so that many who wait at one
address hold up nobody elsewhere. Every fourth turn is of the worst rank that waits: nobody waits for ever. Of those at
doubtful addresses one has a turn at a time, with a rest behind it: guessers leave the cores to everybody else.
"""

import asyncio
from collections import OrderedDict, deque
from enum import IntEnum
from typing import Final

from gateway.wire.addresses import network

LOWLY_TURN: Final = 4
RECENT_S: Final = 300.0
"""For how long what was judged at an address counts, after the last time."""
WORKDAY_S: Final = 43_200.0
"""For how long an agent is known at an address where it signed in."""
DOUBTFUL_FROM: Final = 5
"""So many more wrong passwords than right ones make an address doubtful."""
MOST_KEPT: Final = 20_000
"""Pairs, and addresses: about 4 MiB of each."""


class Rank(IntEnum):
    """Whose turn comes first; the lower the sooner."""

    KNOWN = 0
    """This agent gave the right password from this address lately."""
    FRESH = 1
    DOUBTFUL = 2
    """From this address came mostly wrong passwords."""


class PasswordVerdicts:
    """What was judged lately, by pair of agent and address and by address: the newest MOST_KEPT. Times in s."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._right: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._balance: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        """How much is kept."""
        return len(self._right) + len(self._balance)

    def judged(self, who: str, address: str, now_s: float, *, right: bool) -> None:
        """Takes note of one."""
        sender = network(address)
        balance, at_s = self._balance.get(sender, (0, now_s))
        if at_s < now_s - RECENT_S:
            balance = 0
        change = -1 if right else 1
        self._balance[sender] = max(-DOUBTFUL_FROM, balance + change), now_s
        self._balance.move_to_end(sender)
        if right:
            self._right[who, address] = now_s
            self._right.move_to_end((who, address))
        for kept in (self._right, self._balance):
            if len(kept) > self._most:
                kept.popitem(last=False)

    def rank(self, who: str, address: str, now_s: float) -> Rank:
        """How somebody who says to be `who` waits."""
        if self._right.get((who, address), now_s - WORKDAY_S) > now_s - WORKDAY_S:
            return Rank.KNOWN
        balance, at_s = self._balance.get(network(address), (0, now_s))
        return Rank.DOUBTFUL if balance >= DOUBTFUL_FROM and at_s > now_s - RECENT_S else Rank.FRESH


class FairQueue:
    """`turns` may be taken at a time, one of them by somebody at a doubtful address; `longest` wait at most.

    While a turn is free, nobody waits who may take it.
    """

    def __init__(self, turns: int, longest: int) -> None:
        self._free = turns
        self._free_to_doubtful = True
        self._longest = longest
        self._since_lowly = 0
        self._waiting: dict[Rank, OrderedDict[str, deque[asyncio.Future[bool]]]] = {
            rank: OrderedDict() for rank in Rank
        }
        self.waiting = 0

    async def acquire(self, rank: Rank, address: str) -> bool:
        """Waits for a turn; `release` ends it. False where too many wait, at once or when somebody better came."""
        if self.take(rank):
            return True
        sender = network(address)
        if self.waiting >= self._longest and not self._make_room(rank, sender):
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[rank].setdefault(sender, deque()).append(turn)
        self.waiting += 1
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.done() and turn.result():
                self.release(rank)
            elif turn.cancelled():
                self._forget(rank, sender, turn)
            raise

    def take(self, rank: Rank) -> bool:
        """Takes a turn where one is free at once; `release` ends it. False where somebody of this rank has to wait."""
        if not self._may_go(rank):
            return False
        self._take(rank)
        return True

    def release(self, rank: Rank, rest_s: float = 0.0) -> None:
        """A turn of somebody of this rank is over: it passes on. The next doubtful one comes after `rest_s`."""
        self._free += 1
        if rank is Rank.DOUBTFUL:
            asyncio.get_running_loop().call_later(rest_s, self._rested)
        self._pass_on()

    def _rested(self) -> None:
        self._free_to_doubtful = True
        self._pass_on()

    def _pass_on(self) -> None:
        while ranks := [rank for rank in Rank if self._waiting[rank] and self._may_go(rank)]:
            turn, rank = self._next(ranks)
            if not turn.done():
                self._take(rank)
                turn.set_result(True)

    def _may_go(self, rank: Rank) -> bool:
        return self._free > 0 and (rank is not Rank.DOUBTFUL or self._free_to_doubtful)

    def _take(self, rank: Rank) -> None:
        self._free -= 1
        if rank is Rank.DOUBTFUL:
            self._free_to_doubtful = False

    def _next(self, ranks: list[Rank]) -> "tuple[asyncio.Future[bool], Rank]":
        lowly = len(ranks) > 1 and self._since_lowly >= LOWLY_TURN - 1
        self._since_lowly = 0 if lowly or len(ranks) == 1 else self._since_lowly + 1
        rank = ranks[-1] if lowly else ranks[0]
        by_address = self._waiting[rank]
        sender, turns = by_address.popitem(last=False)
        turn = turns.popleft()
        if turns:
            by_address[sender] = turns
        self.waiting -= 1
        return turn, rank

    def _make_room(self, rank: Rank, sender: str) -> bool:
        """Sends away the last of the address that has most waiting, in the worst rank; False where that is ours."""
        worst = max(rank for rank in Rank if self._waiting[rank])
        by_address = self._waiting[worst]
        crowd = max(by_address, key=lambda each: len(by_address[each]))
        ours = len(by_address.get(sender, ())) if rank == worst else 0
        if worst < rank or (worst == rank and len(by_address[crowd]) <= ours + 1):
            return False
        turn = by_address[crowd][-1]
        self._forget(worst, crowd, turn)
        if not turn.done():
            turn.set_result(False)
        return True

    def _forget(self, rank: Rank, sender: str, turn: "asyncio.Future[bool]") -> None:
        turns = self._waiting[rank].get(sender)
        if turns is not None and turn in turns:
            turns.remove(turn)
            self.waiting -= 1
            if not turns:
                del self._waiting[rank][sender]
