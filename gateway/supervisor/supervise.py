"""The supervisor: owns the sockets and keeps the workers that accept from them (design section 11)."""

import asyncio
import logging
import signal

from gateway.listeners.errors import ListenError
from gateway.ops import logs
from gateway.ops.jobs import Job
from gateway.settings.load import Loaded
from gateway.supervisor import systemd
from gateway.supervisor.crew import Crew
from gateway.supervisor.doors import Doors
from gateway.supervisor.post import Post, StartRefusedError

_LOG = logging.getLogger(__name__)


class Supervisor:
    """Workers on `doors`, `count` at the start; a rolling restart follows WORKERS. `run` is called once."""

    def __init__(self, loaded: Loaded, doors: Doors, count: int) -> None:
        self._crew = Crew(loaded, doors, count)
        self._posts = [Post(number, self._crew.start) for number in range(count)]
        self._stop = asyncio.Event()
        self._roll = asyncio.Event()
        self._serves = False
        self._handlers = {
            signal.SIGTERM: self._stop.set,
            signal.SIGINT: self._stop.set,
            signal.SIGHUP: self._reload,
            signal.SIGUSR2: self._roll.set,
        }

    async def run(self) -> int:
        """Serves until SIGTERM or SIGINT; the exit code of a worker that cannot serve at the start, else 0."""
        loop = asyncio.get_running_loop()
        for what, handler in self._handlers.items():
            loop.add_signal_handler(what, handler)
        work = asyncio.create_task(self._work())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        systemd.stopping()
        for task in (work, stopped):
            task.cancel()
        await asyncio.wait({work, stopped})
        self._crew.doors.close()
        await self._crew.end_all()
        return 0 if work.cancelled() else work.result()

    async def _work(self) -> int:
        """Keeps the posts filled; returns the exit code of a worker that cannot serve at the start."""
        try:
            await self._fill()
        except StartRefusedError as refused:
            return refused.code
        logs.say_ready(self._crew.doors.urls)
        self._tell_who()
        async with asyncio.TaskGroup() as group:
            for post in self._posts:
                self._keep(group, post)
            group.create_task(Job("rolling-restart").keep(lambda: self._rolls(group)))
        return 0

    async def _fill(self) -> None:
        """The first alone at first: what hinders one hinders all, and is to be said once. Raises StartRefusedError."""
        await self._posts[0].fill()
        try:
            async with asyncio.TaskGroup() as group:
                for post in self._posts[1:]:
                    group.create_task(post.fill())
        except* StartRefusedError as refused:
            raise refused.exceptions[0] from None

    def _tell_who(self) -> None:
        who = (f"{post.number} is process {post.worker.pid}" for post in self._posts if post.worker)
        _LOG.info("workers: %s", ", ".join(who))
        self._tell_ready()

    def _tell_ready(self) -> None:
        self._serves = True
        systemd.ready(f"{len(self._posts)} workers on {' '.join(self._crew.doors.urls)}")

    def _reload(self) -> None:
        if not self._serves:
            return  # The workers are about to read the settings anyway.
        systemd.reloading()
        for post in self._posts:
            if post.worker is not None:
                post.worker.send(signal.SIGHUP)
        self._tell_ready()

    async def _rolls(self, group: asyncio.TaskGroup) -> None:
        """Rolling restarts, one after the other; one that is asked for during another follows it."""
        while True:
            await self._roll.wait()
            self._roll.clear()
            _LOG.info("rolling restart: begins")
            hindered = await self._rolled(group)
            self._crew.settle(len(self._posts))
            self._tell_who()
            if hindered:
                _LOG.error("rolling restart: given up%s", hindered)
            else:
                _LOG.info("rolling restart: done")

    async def _rolled(self, group: asyncio.TaskGroup) -> str:
        """Each worker has a successor, and there are as many as WORKERS says now; otherwise what hinders it.

        Those that are too many go last, when the settings have shown that they serve.
        """
        count = self._crew.wanted()
        try:
            self._crew.plan(count)
        except ListenError as wrong:
            return f": {wrong}"
        for post in self._posts[:count]:
            if not await post.roll(self._crew.leave):
                return f" at worker {post.number}"
        while len(self._posts) > count:
            await self._posts.pop().give_up(self._crew.leave)
        for number in range(len(self._posts), count):
            post = Post(number, self._crew.start)
            if not await post.try_fill():
                return f" at worker {number}"
            self._posts.append(post)
            self._keep(group, post)
        return ""

    def _keep(self, group: asyncio.TaskGroup, post: Post) -> None:
        group.create_task(Job("worker", f"number {post.number}").keep(post.keep))


def supervise(loaded: Loaded, doors: Doors, count: int) -> int:
    """Runs `count` workers until the end; the exit code."""

    async def run() -> int:
        return await Supervisor(loaded, doors, count).run()

    return asyncio.run(run())
