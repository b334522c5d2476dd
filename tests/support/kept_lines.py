"""Connections that a desk keeps alive to several nodes."""

from tests.support.desk import Answer, Desk, Line


class KeptLines:
    """One connection a port, for one request at a time."""

    def __init__(self) -> None:
        self._open: dict[int, Line] = {}

    async def ask(self, port: int, desk: Desk, method: str, path: str, guid: str, body: object = None) -> Answer:
        """One request. Raises OSError, EOFError and TimeoutError, and then begins with a new connection."""
        line = self._open.pop(port, None) or await Line.open(port)
        try:
            answer = await desk.call(method, path, body, guid=guid, line=line)
        except BaseException:
            line.abort()
            raise
        if "Connection" in answer.headers:
            line.abort()
        else:
            self._open[port] = line
        return answer

    async def close(self) -> None:
        """Ends them."""
        for line in self._open.values():
            await line.close()
