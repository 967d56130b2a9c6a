# SPDX-License-Identifier: Apache-2.0
"""Raw sectors of a CD, 2352 bytes, as ECMA-130 and the CD-ROM XA specification have them.

    000  sync 00 FF*10 00
    00C  minute, second, frame (BCD) of LBA + 150; 00F mode 2
    010  subheader: file, channel, submode, coding; 014 the same once more
    form 1: 018 data 2048, 818 EDC, 81C P parity 172, 8C8 Q parity 104
    form 2: 018 data 2324, 92C EDC

EDC is the reflected CRC-32 of polynomial D8018001 over subheader and data. P and Q are Reed-Solomon parities over GF(256), polynomial
11D, of 00C..8C7 with the header taken as zero: P in 86 columns of 24, Q in 52 diagonals of 43, both worked out here for all columns
at once, a column being a byte of a long integer."""

from operator import itemgetter
from typing import List

from retrotools.tool import ToolError

RAW, USER, FORM2, XA = 2352, 2048, 2324, 2336
SYNC = b"\0" + b"\xff" * 10 + b"\0"
# Bits of the submode.
EOR, DATA, FORM2_BIT, REAL_TIME, EOF = 0x01, 0x08, 0x20, 0x40, 0x80


def _edc_table() -> List[int]:
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0xD8018001 if i & 1 else 0)
        table.append(i)
    return table


_EDC = _edc_table()
_TIMES_2 = bytes((i << 1 ^ (0x11D if i & 0x80 else 0)) & 0xFF for i in range(256))


def _divide_by_3() -> bytes:
    table = bytearray(256)
    for i in range(256):
        table[i ^ _TIMES_2[i]] = i
    return bytes(table)


_OVER_3 = _divide_by_3()
_P_ROWS = [slice(row * 86, row * 86 + 86) for row in range(24)]
_Q_ROWS = [itemgetter(*[((major >> 1) * 86 + (major & 1) + minor * 88) % (52 * 43) for major in range(52)]) for minor in range(43)]


def edc(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _EDC[(crc ^ byte) & 0xFF]
    return crc


def _parity(rows: List[bytes]) -> bytes:
    """The two parity bytes of every column: all first ones, then all second ones."""
    width = len(rows[0])
    weighted = plain = 0
    for row in rows:
        value = int.from_bytes(row, "little")
        plain ^= value
        weighted = int.from_bytes((weighted ^ value).to_bytes(width, "little").translate(_TIMES_2), "little")
    first = (int.from_bytes(weighted.to_bytes(width, "little").translate(_TIMES_2), "little") ^ plain).to_bytes(width, "little").translate(_OVER_3)
    return first + (int.from_bytes(first, "little") ^ plain).to_bytes(width, "little")


def ecc(block: bytes) -> bytes:
    """P and Q of a form 1 sector's bytes 010..81B."""
    covered = bytes(4) + block
    p = _parity([covered[row] for row in _P_ROWS])
    covered += p
    return p + _parity([bytes(row(covered)) for row in _Q_ROWS])


def bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def msf(frames: int) -> str:
    """Frames as cue sheets write them."""
    return "%02d:%02d:%02d" % (frames // 4500, frames // 75 % 60, frames % 75)


def header(lba: int) -> bytes:
    frames = lba + 150
    if frames >= 100 * 4500:
        raise ToolError("sector %d is beyond the end of a disc" % lba)
    return SYNC + bytes([bcd(frames // 4500), bcd(frames // 75 % 60), bcd(frames % 75), 2])


def form1(lba: int, data: bytes, submode: int = DATA, subheader: bytes = b"") -> bytes:
    """A sector of up to 2048 bytes of data."""
    head = subheader or bytes([0, 0, submode, 0]) * 2
    block = head + data.ljust(USER, b"\0")
    if len(block) != USER + 8:
        raise ToolError("sector %d: %d bytes are more than a form 1 sector holds" % (lba, len(data)))
    block += edc(block).to_bytes(4, "little")
    return header(lba) + block + ecc(block)


def form2(lba: int, data: bytes, subheader: bytes, with_edc: bool = True) -> bytes:
    """A sector of up to 2324 bytes of data, without parity; the EDC may be left zero."""
    block = subheader + data.ljust(FORM2, b"\0")
    if len(block) != FORM2 + 8:
        raise ToolError("sector %d: %d bytes are more than a form 2 sector holds" % (lba, len(data)))
    return header(lba) + block + (edc(block) if with_edc else 0).to_bytes(4, "little")


def from_xa(lba: int, block: bytes, name: str, end: bool = False, with_edc: bool = True) -> bytes:
    """A sector of the 2336 bytes that XA and STR files hold: subheader, data, and room for EDC and parity, which are made anew."""
    head = bytearray(block[:8])
    if block[:4] != block[4:8]:
        raise ToolError("%s: sector %d has not the same subheader twice; this is no file of 2336-byte sectors" % (name, lba))
    if end:
        head[2] |= EOF | EOR
        head[6] |= EOF | EOR
    if head[2] & FORM2_BIT:
        return form2(lba, block[8:8 + FORM2], bytes(head), with_edc)
    return form1(lba, block[8:8 + USER], subheader=bytes(head))


def check(raw: bytes, lba: int, name: str) -> None:
    """A sector as this module writes it: in place, and with the right EDC and parity."""
    if raw[:16] != header(lba):
        raise ToolError("%s: sector %d has no header of its own place" % (name, lba))
    if raw[0x12] & FORM2_BIT:
        found = int.from_bytes(raw[0x92C:], "little")
        if found and found != edc(raw[0x10:0x92C]):
            raise ToolError("%s: sector %d has a wrong EDC" % (name, lba))
        return
    if raw[0x818:0x81C] != edc(raw[0x10:0x818]).to_bytes(4, "little"):
        raise ToolError("%s: sector %d has a wrong EDC" % (name, lba))
    if raw[0x81C:] != ecc(raw[0x10:0x81C]):
        raise ToolError("%s: sector %d has a wrong parity" % (name, lba))
