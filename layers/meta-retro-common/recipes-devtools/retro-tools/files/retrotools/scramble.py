# SPDX-License-Identifier: Apache-2.0
"""scramble: the order in which a Dreamcast reads the boot file of a CD (of a GD-ROM it reads it as it is).

The seed is the file's size & FFFF; a random number is seed = seed * 2109 + 9273 & 7FFF, (seed + C000) & FFFF. In chunks of 2 MB,
1 MB ... 32 bytes, while that much is left: the numbers of the chunk's slices of 32 bytes are shuffled from the last to the first
(with random * i >> 16), and slice after slice of the file is the one that order names, the last place being drawn first. What is
left of less than 32 bytes stays as it is."""

import sys
from typing import List

from retrotools import tool
from retrotools.tool import ToolError

SLICE = 32
LARGEST = 2048 * 1024
LIMIT = 16 * 1024 * 1024 - 0x10000  # of RAM, from where the boot file is loaded


def order(size: int) -> List[int]:
    """For every slice of the scrambled file, in its order, which slice of the plain file it is."""
    seed, out, chunk = size & 0xFFFF, [], LARGEST
    left = size
    while chunk >= SLICE:
        while left >= chunk:
            first = len(out)
            slices = list(range(chunk // SLICE))
            for i in range(len(slices) - 1, -1, -1):
                seed = (seed * 2109 + 9273) & 0x7FFF
                x = ((seed + 0xC000 & 0xFFFF) * i) >> 16
                slices[i], slices[x] = slices[x], slices[i]
                out.append(first + slices[i])
            left -= chunk
        chunk //= 2
    return out


def scramble(data: bytes) -> bytes:
    places = order(len(data))
    return b"".join(data[p * SLICE:p * SLICE + SLICE] for p in places) + data[len(places) * SLICE:]


def descramble(data: bytes) -> bytes:
    places = order(len(data))
    out = bytearray(data)
    for index, p in enumerate(places):
        out[p * SLICE:p * SLICE + SLICE] = data[index * SLICE:index * SLICE + SLICE]
    return bytes(out)


def main(argv) -> None:
    cli = tool.parser("Scrambles a Dreamcast program for a CD, or descrambles it.")
    cli.add_argument("-d", "--descramble", action="store_true")
    cli.add_argument("input")
    cli.add_argument("output")
    args = cli.parse_args(argv)
    data = tool.read_file(args.input)
    if not data:
        raise ToolError("%s: is empty" % args.input)
    if len(data) > LIMIT:
        raise ToolError("%s: %d bytes do not fit into the console's RAM" % (args.input, len(data)))
    tool.write_file(args.output, descramble(data) if args.descramble else scramble(data))


if __name__ == "__main__":
    sys.exit(tool.run(main))
