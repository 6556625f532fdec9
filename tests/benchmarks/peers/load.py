"""Ask a server from many connections for some seconds, where wrk is not installed: PORT CLIENTS SECONDS CALLS."""

import asyncio
import json
import os
import random
import sys
import time


async def client(port: int, calls: int, until: float, taken: list[float]) -> None:
    """Make asks on one connection, each in a session of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = os.environ["NEGOTIATOR_API_KEY"]
    while time.perf_counter() < until:
        session = f"sess_{random.getrandbits(64):016x}"
        body = json.dumps({"call_id": "1", "carrier_offer": 2300, "session_id": session})
        call = random.randint(1, calls)  # noqa: S311 - as above
        head = f"POST /api/calls/{call}/negotiate HTTP/1.1\r\nHost: desk\r\nX-API-Key: {key}\r\n"
        began = time.perf_counter()
        writer.write(
            f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        if not answer.startswith(b"http/1.1 200 "):
            raise RuntimeError(answer.decode())
        taken.append(time.perf_counter() - began)
    writer.close()


async def main() -> None:
    """Print how many asks were answered, in how many seconds, and what 99 of 100 took at most."""
    port, clients, seconds, calls = map(int, sys.argv[1:])
    taken: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(client(port, calls, began + seconds, taken) for _ in range(clients)))
    taken.sort()
    told = {
        "asks": len(taken),
        "seconds": time.perf_counter() - began,
        "p99": taken[len(taken) * 99 // 100],
        "failed": 0,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
