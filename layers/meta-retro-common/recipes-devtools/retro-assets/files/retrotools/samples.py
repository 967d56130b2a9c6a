# SPDX-License-Identifier: Apache-2.0
"""wav2sample: a WAV (mono, 16 or 8 bits) as a console plays it.

    pcm16      u16 samples, u16 rate, then signed 16-bit samples (PSP, Dreamcast)
    ima-adpcm  u16 samples, u16 rate, then four bits a sample by IMA's table, the low half first; starts at value 0, index 0 (GBA)
    vag        a PlayStation VAG: `VAGp`, u32 20, 0, bytes, rate (big-endian), 12 zero, name 16; then blocks of 16 bytes for 28
               samples: filter<<4 | shift, flags (1: the last), 14 bytes of nibbles, the low one first. The first block is silent."""

import struct
import sys
import wave
from typing import List, Tuple

from retrotools import tool
from retrotools.tiles import c_files
from retrotools.tool import ToolError

IMA_STEPS = [7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130,
             143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282,
             1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630,
             9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767]
IMA_MOVES = [-1, -1, -1, -1, 2, 4, 6, 8]
VAG_FILTERS = [(0, 0), (60, 0), (115, -52), (98, -55), (122, -60)]
VAG_BLOCK = 28


def clamp(value: int) -> int:
    return max(-32768, min(32767, value))


def read_wav(path: str) -> Tuple[List[int], int]:
    """(samples of 16 bits, samples in a second)."""
    try:
        with wave.open(path, "rb") as file:
            channels, width, rate, count = file.getparams()[:4]
            data = file.readframes(count)
    except (wave.Error, EOFError) as exc:
        raise ToolError("%s: %s" % (path, exc)) from exc
    except OSError as exc:
        raise ToolError("%s: %s" % (path, exc.strerror)) from exc
    if channels != 1 or width not in (1, 2):
        raise ToolError("%s: %d channels of %d bits; mono of 8 or 16 bits is needed" % (path, channels, 8 * width))
    if width == 1:
        return [(byte - 128) << 8 for byte in data], rate
    return list(struct.unpack("<%dh" % (len(data) // 2), data)), rate


def ima_step(value: int, index: int, code: int) -> Tuple[int, int]:
    step = IMA_STEPS[index]
    change = (step >> 3) + (step if code & 4 else 0) + (step >> 1 if code & 2 else 0) + (step >> 2 if code & 1 else 0)
    return clamp(value - change if code & 8 else value + change), max(0, min(88, index + IMA_MOVES[code & 7]))


def ima_encode(samples: List[int]) -> bytes:
    value = index = 0
    codes = []
    for sample in samples:
        code = min(range(16), key=lambda choice: abs(sample - ima_step(value, index, choice)[0]))
        value, index = ima_step(value, index, code)
        codes.append(code)
    codes += [0] * (len(codes) % 2)
    return bytes(codes[i] | codes[i + 1] << 4 for i in range(0, len(codes), 2))


def ima_decode(data: bytes, count: int) -> List[int]:
    value, index, out = 0, 0, []
    for i in range(count):
        value, index = ima_step(value, index, data[i // 2] >> 4 * (i % 2) & 15)
        out.append(value)
    return out


def vag_sample(code: int, shift: int, weights: Tuple[int, int], past: Tuple[int, int]) -> int:
    signed = (code ^ 8) - 8
    return clamp((signed << 12 >> shift) + (past[0] * weights[0] + past[1] * weights[1] + 32 >> 6))


def vag_try(block: List[int], shift: int, weights: Tuple[int, int], past: Tuple[int, int]):
    """(squared error, codes, what the decoder remembers after them) of one way to encode a block."""
    error, codes = 0, []
    for sample in block:
        guess = past[0] * weights[0] + past[1] * weights[1] + 32 >> 6
        code = max(-8, min(7, (sample - guess + (1 << 11 >> shift) >> 12 - shift))) & 15
        value = vag_sample(code, shift, weights, past)
        error += (value - sample) ** 2
        codes.append(code)
        past = (value, past[0])
    return error, codes, past


def vag_encode(samples: List[int]) -> bytes:
    samples = samples + [0] * (-len(samples) % VAG_BLOCK)
    out, past = bytes(16), (0, 0)
    for at in range(0, len(samples), VAG_BLOCK):
        block = samples[at:at + VAG_BLOCK]
        tries = [(vag_try(block, shift, weights, past), number, shift) for number, weights in enumerate(VAG_FILTERS) for shift in range(13)]
        (_, codes, past), number, shift = min(tries, key=lambda one: (one[0][0], one[1], one[2]))
        last = at + VAG_BLOCK >= len(samples)
        out += bytes([number << 4 | shift, 1 if last else 0]) + bytes(codes[i] | codes[i + 1] << 4 for i in range(0, VAG_BLOCK, 2))
    return out


def vag_decode(data: bytes) -> List[int]:
    out, past = [], (0, 0)
    for at in range(0, len(data), 16):
        weights, shift = VAG_FILTERS[data[at] >> 4], data[at] & 15
        for i in range(VAG_BLOCK):
            value = vag_sample(data[at + 2 + i // 2] >> 4 * (i % 2) & 15, shift, weights, past)
            past = (value, past[0])
            out.append(value)
    return out


def vag(samples: List[int], rate: int, name: str) -> bytes:
    body = vag_encode(samples)
    return b"VAGp" + struct.pack(">IIII", 0x20, 0, len(body), rate) + bytes(12) + tool.ascii_field(name[:15], 16, "name") + body


def convert(samples: List[int], rate: int, form: str, name: str) -> bytes:
    if form == "vag":
        return vag(samples, rate, name)
    if len(samples) > 65535 or rate > 65535:
        raise ToolError("%s: %d samples at %d a second; %s takes 65535 of each" % (name, len(samples), rate, form))
    body = ima_encode(samples) if form == "ima-adpcm" else struct.pack("<%dh" % len(samples), *samples)
    return struct.pack("<HH", len(samples), rate) + body


def main(argv) -> None:
    cli = tool.parser("Converts WAV files to a console's samples, as C, or one of them to a file.")
    cli.add_argument("sounds", nargs="+", help="NAME.wav; NAME is the C array's")
    cli.add_argument("-f", "--form", choices=("pcm16", "ima-adpcm", "vag"), required=True)
    cli.add_argument("-r", "--raw", action="store_true", help="writes the one sound's bytes, no C")
    cli.add_argument("-o", "--output", required=True, help="a file (--raw), or NAME for NAME.h and NAME.c")
    args = cli.parse_args(argv)
    names = [path.rsplit("/", 1)[-1].rsplit(".", 1)[0] for path in args.sounds]
    arrays = [(name, convert(*read_wav(path), args.form, name)) for name, path in zip(names, args.sounds)]
    if args.raw:
        if len(arrays) != 1:
            raise ToolError("--raw writes one sound, not %d" % len(arrays))
        tool.write_file(args.output, arrays[0][1])
        return
    header, source = c_files(args.output.rsplit("/", 1)[-1], arrays, [(name.upper() + "_BYTES", len(data)) for name, data in arrays])
    tool.write_file(args.output + ".h", header.encode())
    tool.write_file(args.output + ".c", source.encode())


if __name__ == "__main__":
    sys.exit(tool.run(main))
