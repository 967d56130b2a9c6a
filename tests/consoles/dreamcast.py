# SPDX-License-Identifier: Apache-2.0
"""A Dreamcast in MAME that boots discs by a boot ROM of our own (dreamcast_boot), for MAME brings none of the console's.

    dreamcast.py DISC FOLDER SECONDS [KEYS-JSON]

DISC is a .gdi or .chd, or a .cdi, which is laid out as one track list first: MAME reads none, but the sectors are where the console
finds them. FOLDER gets 0.rgb ("width height", then RGB), `memory` (RAM around con_messages) and `boot` (how far the ROM came)."""

import os
import shutil
import struct
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = os.environ.get("PATH", "") + ":/usr/games:/usr/lib/mame"
ROM_SIZE, FLASH_SIZE = 2 * 1024 * 1024, 128 * 1024
CC = "sh4-linux-gnu-gcc"
TOOLS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "layers/meta-retro-common/recipes-devtools/retro-tools/files")


def lacks():
    return " ".join(name for name in ("mame", CC) if shutil.which(name, path=PATH) is None)


def boot_rom(folder):
    """Compiles the boot ROM and lays it out where MAME looks for the console's."""
    roms = os.path.join(folder, "roms", "dc")
    os.makedirs(roms, exist_ok=True)
    elf, rom = os.path.join(folder, "boot.elf"), os.path.join(roms, "mpr-21931.ic501")
    source = os.path.join(HERE, "dreamcast_boot")
    subprocess.run([CC, "-ml", "-m4", "-mno-ieee", "-fno-pic", "-Wa,-isa=sh4", "-O1", "-ffreestanding", "-fno-stack-protector", "-fno-tree-loop-distribute-patterns",
                    "-nostdlib", "-static", "-Wl,--build-id=none,--no-warn-rwx-segments", "-Wa,--noexecstack", "-T", source + "/boot.ld", "-o", elf,
                    source + "/start.S", source + "/boot.c"], check=True)
    subprocess.run([CC.replace("gcc", "objcopy"), "-O", "binary", elf, rom], check=True)
    with open(rom, "r+b") as file:
        file.truncate(ROM_SIZE)
    for name in ("dcus_ntsc.bin", "dcus_ntsc.ic504"):
        with open(os.path.join(roms, name), "wb") as file:
            file.write(b"\xff" * FLASH_SIZE)
    return os.path.dirname(roms)


def laid_out(cdi, folder):
    """A CDI as BIN and CUE: the same sectors at the same places, and silence between the sessions."""
    sys.path.insert(0, TOOLS)
    from retrotools import cdi as reader
    with open(cdi, "rb") as file:
        data = file.read()
    track = reader.parse(data, cdi)[-1][-1]
    iso = reader.data_track(data, cdi)
    audio, cue = os.path.join(folder, "first.raw"), os.path.join(folder, "disc.cue")
    with open(audio, "wb") as file:
        file.truncate(track.lba * 2352)
    with open(os.path.join(folder, "second.iso"), "wb") as file:
        file.write(iso)
    with open(cue, "w") as file:
        file.write('FILE "first.raw" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\nFILE "second.iso" BINARY\n  TRACK 02 MODE1/2048\n    INDEX 01 00:00:00\n')
    return cue


def pixels_of(png):
    """(width, height, RGB) of a PNG of 8 bits a channel, as MAME writes its snapshots."""
    at, packed, head = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8:at + 8 + length]
        head = struct.unpack(">IIBBBBB", body) if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colour = head[:4]
    assert (depth, colour) in ((8, 2), (8, 6)), "a PNG of %d bits, kind %d" % (depth, colour)
    unit = 3 if colour == 2 else 4
    raw, out, before = zlib.decompress(packed), b"", bytearray(width * unit)
    for y in range(height):
        kind, row = raw[y * (width * unit + 1)], bytearray(raw[y * (width * unit + 1) + 1:(y + 1) * (width * unit + 1)])
        for x in range(len(row)):
            left, up, corner = (row[x - unit] if x >= unit else 0), before[x], (before[x - unit] if x >= unit else 0)
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            elif kind == 4:
                guess = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
            else:
                guess = 0
            row[x] = (row[x] + guess) & 255
        out += bytes(row) if unit == 3 else b"".join(bytes(row[i:i + 3]) for i in range(0, len(row), 4))
        before = row
    return width, height, out


PROBE = """
-- Tells at the end how far the boot ROM came; holds keys down from a second on.
local machine = manager.machine
local space = machine.devices[":maincpu"].spaces["program"]
emu.register_stop(function()
    local out = io.open("%(folder)s/boot", "w")
    out:write(string.format("%%08x %%d\\n", space:read_u32(0x0c007f00), space:read_u32(0x0c007f04)))
    out:close()
end)
"""


def run(disc, folder, seconds):
    """Runs a disc for so many seconds of the console's; how far the boot ROM came (5: it started the program)."""
    if disc.endswith(".cdi"):
        disc = laid_out(disc, folder)
    probe = os.path.join(folder, "probe.lua")
    with open(probe, "w") as file:
        file.write(PROBE % {"folder": folder})
    shot = os.path.join(folder, "shots", "dc", "0000.png")
    done = subprocess.run(["mame", "dc", "-bios", "101d", "-rompath", boot_rom(folder), "-cdrom", disc, "-video", "none", "-sound", "none", "-nothrottle",
                           "-seconds_to_run", str(seconds), "-skip_gameinfo", "-snapshot_directory", os.path.join(folder, "shots"), "-cfg_directory", folder,
                           "-nvram_directory", os.path.join(folder, "nvram"), "-autoboot_script", probe, "-autoboot_delay", "0"],
                          env={**os.environ, "PATH": PATH, "HOME": folder}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    assert os.path.exists(shot), "MAME left no picture:\n" + done.stdout.decode(errors="replace")[-3000:]
    with open(shot, "rb") as file:
        width, height, rgb = pixels_of(file.read())
    with open(os.path.join(folder, "0.rgb"), "wb") as file:
        file.write(b"%d %d\n" % (width, height) + rgb)
    with open(os.path.join(folder, "boot")) as file:
        mark, step = file.read().split()
    return int(step) if mark == "544f4f42" else 0


if __name__ == "__main__":
    print("boot step %d" % run(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]))
