"""Makes a good request of every second one, with a short sound, so that many reach the engine."""

import math
import struct
from itertools import count

import schemathesis
from schemathesis.transport.serialization import Binary


def wav(seconds: float) -> bytes:
    frames = int(16000 * seconds)
    samples = [int(9000 * math.sin(i / 9) * math.sin(i / 1500)) for i in range(frames)]
    data = struct.pack(f"<{frames}h", *samples)
    form = struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + form
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


sound = wav(0.4)
bodies = count()
fields = ("prompt", "response_format")


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("file"), Binary) and next(bodies) % 2 == 0:
        kept = {name: body[name] for name in fields if isinstance(body.get(name), str)}
        return {**kept, "file": Binary(sound), "model": "whisper-1"}
    return body
