#!/usr/bin/env python3
"""Serves WebSockets with the `websockets` library, which knows nothing of us: what RFC 6455 asks of a client.

Usage: websocket-conformance-server.py. Says on standard error where it listens, and ends when it is killed. The path
says what happens on a connection; `/report` tells what was wrong with all that went before."""

import asyncio
import sys

import websockets

MASK = b"\x00\x00\x00\x00"
BREACHES = {
    "masked": b"\x81\x81" + MASK + b"a",
    "reserved-bit": b"\xc1\x01a",
    "reserved-opcode": b"\x83\x01a",
    "reserved-control-opcode": b"\x8b\x00",
    "fragment-without-start": b"\x80\x01a",
    "message-inside-fragments": b"\x01\x01a" + b"\x81\x01b",
    "fragmented-ping": b"\x09\x00",
    "long-ping": b"\x89\x7e\x00\x7e" + b"a" * 126,
    "close-of-one-byte": b"\x88\x01a",
    "long-message": b"\x81\x7f\x00\x00\x00\x00\x02\x00\x00\x00",
}
faults = []


def check(name, is_good):
    if not is_good:
        faults.append(name)


async def texts(ws):
    await ws.send("one")
    await ws.send(["in ", "three ", "parts"])
    await ws.send("ü" * (1 << 19))
    for byte in b"\x81\x04slow":
        ws.transport.write(bytes([byte]))
        await asyncio.sleep(0.01)
    ws.transport.write(b"\x01\x02be")
    pong = await ws.ping(b"between parts")
    await asyncio.wait_for(pong, 60)
    ws.transport.write(b"\x80\x05tween")


async def pings(ws):
    for payload in (b"", b"a", b"b" * 125):
        await asyncio.wait_for(await ws.ping(payload), 60)
    await ws.pong(b"nobody asked")
    await asyncio.sleep(0.5)
    await ws.send("still here")


async def serve(ws, path):
    kind, _, name = path.strip("/").partition("/")
    if kind == "texts":
        await texts(ws)
    elif kind == "pings":
        await pings(ws)
    elif kind == "close":
        await ws.close(int(name), "because")
        check(f"{path} is not echoed", ws.close_rcvd is not None and ws.close_rcvd.code == int(name))
    elif kind == "breach":
        await ws.send("before")
        ws.transport.write(BREACHES[name])
        ws.transport.write(b"\x81\x05after")
        # A client that takes it all goes on until it is sent away.
        await asyncio.wait([asyncio.ensure_future(ws.wait_closed())], timeout=10)
        await ws.close(4999)
        if name in ("masked", "reserved-bit", "reserved-opcode", "reserved-control-opcode"):
            check(f"{name} is not told", ws.close_rcvd is not None and ws.close_rcvd.code == 1002)
    elif kind == "report":
        await ws.send("; ".join(faults) or "nothing is wrong")


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, close_timeout=10, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on 127.0.0.1:{port}", file=sys.stderr, flush=True)
        await asyncio.Future()


asyncio.run(main())
