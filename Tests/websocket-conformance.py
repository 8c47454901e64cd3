#!/usr/bin/env python3
"""Follows a watch with the `websockets` library, which knows nothing of us: what RFC 6455 asks of a server.

Usage: websocket-conformance.py PORT. Ends with status 0 when everything is as it should be."""

import asyncio
import json
import sys

import websockets

URL = f"ws://127.0.0.1:{sys.argv[1]}/mainstem/v1/watch"
MASK = b"\x00\x00\x00\x00"


def connect(**options):
    return websockets.connect(URL, ping_interval=None, open_timeout=60, close_timeout=60, **options)


async def ends_with(code, ws):
    """The server ends the connection with this code."""
    try:
        while True:
            await asyncio.wait_for(ws.recv(), 60)
    except websockets.ConnectionClosed:
        pass
    assert ws.close_code == code, f"close code {ws.close_code} instead of {code}"


async def alive(ws):
    await asyncio.wait_for(await ws.ping(b"still there?"), 60)


async def messages():
    # The library offers permessage-deflate; the server may leave it out.
    async with connect() as ws:
        assert json.loads(await ws.recv())["action"] == "SYNCED"
        await alive(ws)
        await ws.send("short")
        await ws.send(["in ", "three ", "parts"])
        await ws.send(b"bytes")
        await alive(ws)
        await ws.ping(b"")
        await asyncio.wait_for(await ws.ping(b"x" * 125), 60)
        await ws.pong(b"nobody asked")
        await alive(ws)


async def dribble():
    async with connect(compression=None) as ws:
        for byte in b"\x89\x83" + MASK + b"abc":
            ws.transport.write(bytes([byte]))
            await asyncio.sleep(0.01)
        await alive(ws)


async def closes():
    for code in (1000, 1001, 3000, 4999):
        async with connect() as ws:
            await ws.close(code)
            assert ws.close_code == code, f"{ws.close_code} for {code}"


async def breaches():
    cases = [
        ("unmasked", 1002, b"\x81\x01a"),
        ("a reserved bit", 1002, b"\xc1\x81" + MASK + b"a"),
        ("a reserved opcode", 1002, b"\x83\x81" + MASK + b"a"),
        ("a reserved control opcode", 1002, b"\x8b\x80" + MASK),
        ("a fragment without a start", 1002, b"\x80\x81" + MASK + b"a"),
        ("a message inside a fragmented one", 1002, b"\x01\x81" + MASK + b"a" + b"\x81\x81" + MASK + b"b"),
        ("a fragmented ping", 1002, b"\x09\x80" + MASK),
        ("a close code that may not be sent", 1002, b"\x88\x82" + MASK + b"\x03\xed"),
        ("a close of one byte", 1002, b"\x88\x81" + MASK + b"a"),
        ("a ping of 126 bytes", 1002, b"\x89\xfe\x00\x7e" + MASK + b"a" * 126),
        ("a text that is no UTF-8", 1007, b"\x81\x82" + MASK + b"a\xff"),
        ("a text that is cut off in a character", 1007, b"\x01\x81" + MASK + b"\xc3" + b"\x80\x80" + MASK),
        ("a close with a reason that is no UTF-8", 1007, b"\x88\x83" + MASK + b"\x03\xe8\xff"),
        ("a long message", 1009, b"\x81\xc1" + MASK + b"a" * 65),
        ("a long message in parts", 1009, b"\x01\xa8" + MASK + b"a" * 40 + b"\x80\xa8" + MASK + b"a" * 40),
        ("a length in a longer form", 1002, b"\x81\xfe\x00\x01" + MASK + b"a"),
        ("a length with its top bit", 1002, b"\x81\xff\x80" + b"\x00" * 7 + MASK),
        ("a message of 64 KiB", 1009, b"\x81\xfe\xff\xff" + MASK + b"a" * 65535),
    ]
    for name, code, data in cases:
        async with connect(compression=None) as ws:
            ws.transport.write(data)
            try:
                await ends_with(code, ws)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error


async def handshakes():
    for headers, status in (({"Sec-WebSocket-Version": "12"}, 426),):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
        lines = ["GET /mainstem/v1/watch HTTP/1.1", "Host: test", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] + [f"{k}: {v}" for k, v in headers.items()]
        writer.write("\r\n".join(lines + ["", ""]).encode())
        answer = await reader.readline()
        assert answer.split()[1] == str(status).encode(), answer
        writer.close()


async def main():
    for part in (messages, dribble, closes, breaches, handshakes):
        await part()
        print(f"{part.__name__}: ok", flush=True)


asyncio.run(main())
