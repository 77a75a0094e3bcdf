"""A line between a page and its server that limits the rate and adds a delay.

What a page loads otherwise passes at full speed: the line is to slow the pictures down, not
JupyterLab's own start. (Chromium's own throttling leaves websockets alone.)
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

CHUNK = 16_384
UPGRADE = b"upgrade: websocket"


class SlowLine:
    """A port that leads to another one.

    Parameters
    ----------
    port : int
        Where the server listens.
    bits : float
        Bits a second, each way.
    delay : float
        Seconds that a byte is under way, each way.
    """

    def __init__(self, port: int, *, bits: float, delay: float) -> None:
        self._to, self._bits, self._delay = port, bits, delay
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        own = asyncio.all_tasks() - {asyncio.current_task()}
        for task in own:
            task.cancel()
        await asyncio.gather(*own, return_exceptions=True)

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection("127.0.0.1", self._to)
        slow = False

        def is_slow() -> bool:
            return slow

        async def requests() -> None:
            nonlocal slow
            head = await near.read(CHUNK)
            slow = UPGRADE in head.lower()
            forth.write(head)
            await self._pass(near, forth, is_slow)

        with contextlib.suppress(ConnectionError):
            await asyncio.gather(requests(), self._pass(far, back, is_slow))

    async def _pass(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        is_slow: Callable[[], bool],
    ) -> None:
        """Pass bytes on; on a slow connection each chunk in turn and after its delay."""
        free = 0.0
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, chunk = await under_way.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                sink.write(chunk)
                if not chunk:
                    sink.close()
                    return
                await sink.drain()

        delivering = asyncio.ensure_future(deliver())
        while True:
            chunk = await source.read(CHUNK)
            now = self._loop.time()
            if is_slow():
                free = max(free, now) + 8 * len(chunk) / self._bits
                under_way.put_nowait((free + self._delay, chunk))
            else:
                under_way.put_nowait((now, chunk))
            if not chunk:
                break
        await delivering
