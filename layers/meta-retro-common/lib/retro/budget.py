# SPDX-License-Identifier: Apache-2.0
"""Which section of a program takes how much of which region of a console's memory."""

import os
import re
from typing import NamedTuple

from retro.elf import Elf, Section


class Region(NamedTuple):
    """A stretch of a console's memory, in bytes; what is reserved is not for sections."""
    name: str
    origin: int
    size: int
    reserved: int


def size_of(text):
    """"32K", "2M", "0x800" or "512" in bytes."""
    match = re.fullmatch(r"(0x[0-9a-fA-F]+|[0-9]+)([KM]?)", text)
    if not match:
        raise ValueError("%r is no size: digits, then K or M or nothing" % text)
    return int(match.group(1), 0) * {"": 1, "K": 1024, "M": 1024 * 1024}[match.group(2)]


def regions_of(text, limits):
    """CONSOLE_MEMORY, with CONSOLE_BUDGET's flags for sizes where these are smaller."""
    out = []
    for item in text.split():
        parts = item.split(":")
        if len(parts) not in (3, 4):
            raise ValueError("CONSOLE_MEMORY has %r; it takes name:origin:size[:reserved]" % item)
        size = size_of(parts[2])
        if parts[0] in limits:
            size = min(size, size_of(limits[parts[0]]))
        out.append(Region(parts[0], int(parts[1], 0), size, size_of(parts[3]) if len(parts) == 4 else 0))
    for name in limits:
        if name not in [region.name for region in out]:
            raise ValueError("CONSOLE_BUDGET[%s]: the machine has no such region; it has %s" % (name, " ".join(region.name for region in out)))
    return sorted(out, key=lambda region: region.origin)


def sections_of(program):
    """A program's sections, from the ELF file or from the map that the linker wrote beside it."""
    if program.endswith(".elf"):
        return Elf(program).sections()
    if program.endswith(".ihx"):
        return sdcc_sections(os.path.splitext(program)[0] + ".map")
    return ld65_sections(program + ".map")


def sdcc_sections(path):
    """Areas of a map of sdcc's linker: name, address, size, attributes."""
    out = []
    with open(path, errors="replace") as file:
        for line in file:
            match = re.match(r"(\S+) +([0-9A-F]{8}) +([0-9A-F]{8}) = +\d+\. bytes \((.*)\)", line)
            if match and int(match.group(3), 16) and not match.group(1).startswith("."):
                address, size = int(match.group(2), 16), int(match.group(3), 16)
                out.append(Section(match.group(1), address, size, address, size))
    return out


def ld65_sections(path):
    """The segments of a map of ld65; what is in RAM and has a value at the start (DATA) is loaded from where RODATA ends."""
    out, inside = [], False
    with open(path) as file:
        for line in file:
            inside = inside and bool(line.strip()) or line.startswith("Segment list:")
            match = re.match(r"(\S+) +([0-9A-F]{6}) +([0-9A-F]{6}) +([0-9A-F]{6}) +[0-9A-F]+", line)
            if inside and match:
                address, size = int(match.group(2), 16), int(match.group(4), 16)
                load = 0x8000 if match.group(1) == "DATA" else address
                out.append(Section(match.group(1), address, size, load, size))
    return out


def region_at(address, regions, section):
    """The region that an address belongs to: the last one that begins before it, however far it has been overrun."""
    chosen = None
    for region in regions:
        if region.origin <= address:
            chosen = region
    if chosen is None:
        raise ValueError("section %s is at 0x%08x, and CONSOLE_MEMORY has no region there" % (section, address))
    return chosen


def report(program, memory, limits):
    """(a table of regions and their sections, [one complaint for each region that is overrun])."""
    regions = regions_of(memory, limits)
    used = {region.name: [] for region in regions}
    for section in sections_of(program):
        home = region_at(section.address, regions, section.name)
        used[home.name].append((section.name, section.size))
        source = region_at(section.load_address, regions, section.name)
        if source is not home and section.load_size:
            used[source.name].append((section.name + " (its values)", section.load_size))
    lines, over = [], []
    for region in regions:
        rows = used[region.name] + ([("(reserved)", region.reserved)] if region.reserved else [])
        total = sum(size for _, size in rows)
        lines.append("%-10s %9d of %9d bytes  %5.1f %%" % (region.name, total, region.size, 100.0 * total / region.size))
        lines += ["    %-22s %9d" % row for row in rows]
        if total > region.size:
            name, size = max(used[region.name] or rows, key=lambda row: row[1])
            over.append("region %s is %d bytes over its %d; its largest section is %s with %d bytes" % (region.name, total - region.size, region.size, name, size))
    return "\n".join(lines) + "\n", over
