"""Effects on the wire: answers that end too early, too late, never, or never fit into memory.

Cutting off the gzip trailer is the mean one: urllib3, requests, httpx and aiohttp take such a body
for complete, because the decompressor never learns that more should have come.
"""

import asyncio
import zlib
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec

from crmsnap.sandbox.api.answer import Answer, Wire
from crmsnap.sandbox.api.faults.effect import Effect
from crmsnap.sandbox.api.route import Call

GZIP_TRAILER_BYTES = 8  # CRC-32 and length of the contents, RFC 1952 section 2.3.1
MEGABYTE = 1_000_000


class Reset(Effect, frozen=True):
    """Resets the connection after a part of the body; `at` is that part, from 0 to 1."""

    at: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5

    async def send(self, wire: Wire, answer: Answer) -> None:
        """Headers, a part of the body, RST."""
        await wire.start(answer, len(answer.body))
        await wire.write(answer.body[: int(len(answer.body) * self.at)], last=False)
        await wire.reset()


class Truncate(Effect, frozen=True):
    """Ends the body early: at the level of HTTP, of gzip or of JSON.

    `length` closes before Content-Length is reached, `chunk` before the last chunk; `gzip` and
    `gzip_trailer` send too little of a gzip stream in a complete HTTP body, `crc` a wrong checksum
    in it; `json` cuts the text, `garbage` goes on behind it.
    """

    mode: Literal["length", "chunk", "gzip", "gzip_trailer", "crc", "json", "garbage"] = "length"

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes:
        """Another text, for the two modes that are about JSON."""
        if self.mode == "json":
            return body[: len(body) // 2]
        if self.mode == "garbage":
            return body + b'}{"results":'
        return body

    async def send(self, wire: Wire, answer: Answer) -> None:
        """Too little, for the modes that are about HTTP or gzip."""
        if self.mode in ("length", "chunk"):
            await wire.start(answer, len(answer.body) if self.mode == "length" else None)
            await wire.write(answer.body[: len(answer.body) // 2], last=False)
            await wire.hang_up()
        else:
            await wire.send_whole(self._damaged(answer))

    def _damaged(self, answer: Answer) -> Answer:
        if self.mode not in ("gzip", "gzip_trailer", "crc"):
            return answer
        whole = answer.gzip()
        if self.mode == "gzip":
            return replace(whole, body=whole.body[: len(whole.body) // 2])
        if self.mode == "gzip_trailer":
            return replace(whole, body=whole.body[:-GZIP_TRAILER_BYTES])
        body = bytearray(whole.body)
        body[-GZIP_TRAILER_BYTES] ^= 1
        return replace(whole, body=bytes(body))


class Slow(Effect, frozen=True):
    """Sends so many bytes a second, evenly: no read timeout of a client ever fires."""

    bytes_per_second: Annotated[float, msgspec.Meta(gt=0)]

    async def send(self, wire: Wire, answer: Answer) -> None:
        """The whole answer, in pieces, as long as somebody listens."""
        piece = max(1, int(self.bytes_per_second / 10))
        await wire.start(answer, len(answer.body))
        for start in range(0, len(answer.body), piece):
            if wire.transport.is_closing():
                return
            await asyncio.sleep(piece / self.bytes_per_second)
            await wire.write(
                answer.body[start : start + piece], last=start + piece >= len(answer.body)
            )


class Hang(Effect, frozen=True):
    """Never answers; the connection stays open until the client gives up."""

    @property
    def is_silent(self) -> bool:
        """No status is ever sent."""
        return True

    async def send(self, wire: Wire, answer: Answer) -> None:
        """Nothing."""
        await wire.client_gone()


class Bomb(Effect, frozen=True):
    """Sends a small gzip body that grows to so many megabytes of white space."""

    megabytes: Annotated[int, msgspec.Meta(ge=1)] = 1000

    async def send(self, wire: Wire, answer: Answer) -> None:
        """A thousandth of what it will be."""
        squeeze = zlib.compressobj(level=1, wbits=31)
        spaces = b" " * MEGABYTE
        await wire.start(replace(answer, gzipped=True), None)
        for _ in range(self.megabytes):
            await wire.write(squeeze.compress(spaces), last=False)
        await wire.write(squeeze.flush(), last=True)
