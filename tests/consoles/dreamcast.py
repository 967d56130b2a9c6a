# SPDX-License-Identifier: Apache-2.0
"""A Dreamcast in MAME that boots discs by a boot ROM of our own (dreamcast_boot), for MAME brings none of the console's.

    dreamcast.py DISC FOLDER '[[frames, [keys]], ...]' [exact]

DISC is a .gdi or .chd, or a .cdi, which is laid out as one track list first: MAME reads none, but the sectors are where the console
finds them. Frames count from when the ROM has started the program. FOLDER gets N.rgb after each stretch of frames ("width height",
then RGB: 320 by 240, every second pixel, for the SDK doubles them) and `heard` when there was sound. MAME 0.251's recompiler does
sums of doubles in single precision; with `exact` its interpreter runs, which is some eight times slower."""

import glob
import json
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
    subprocess.run([CC, "-ml", "-m4", "-fno-pic", "-Wa,-isa=sh4", "-O0", "-ffreestanding", "-fno-stack-protector",
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


SCRIPT = """
-- Presses keys by the frame once the boot ROM has started the program, and takes a picture after each stretch.
local machine = manager.machine
local space = machine.devices[":maincpu"].spaces["program"]
local stretches = { %(stretches)s }
local at, left, begun = 1, 0, false
local function press(names)
    for tag, port in pairs(machine.ioport.ports) do
        for name, field in pairs(port.fields) do
            if name:sub(1, 3) == "P1 " and tag:match("P1:[01]$") then field:set_value(names[name:sub(4)] and 1 or 0) end
        end
    end
end
emu.register_frame_done(function()
    if not begun then
        begun = space:read_u32(0x0c007f00) == 0x544f4f42 and space:read_u32(0x0c007f04) == 5
        if begun then
            left = stretches[1].frames
            press(stretches[1].keys)
        end
        return
    end
    left = left - 1
    if left > 0 then return end
    machine.video:snapshot()
    at = at + 1
    if at > #stretches then
        machine:exit()
        return
    end
    left = stretches[at].frames
    press(stretches[at].keys)
end)
"""
# A program that never starts ends the run too.
BOOT_SECONDS = 6


# MAME's screen has this much border left of the 640 pixels.
BORDER = 42


def halved(png):
    """A snapshot's 640 by 480 pixels, every second one: (width, height, RGB)."""
    width, height, rgb = pixels_of(png)
    first = BORDER if width >= 640 + BORDER else 0
    rows = []
    for y in range(0, min(height, 480), 2):
        row = rgb[(y * width + first) * 3:(y * width + first + min(width, 640)) * 3]
        rows.append(b"".join(row[x:x + 3] for x in range(0, len(row), 6)))
    return len(rows[0]) // 3, len(rows), b"".join(rows)


def has_sound(path):
    """Whether a WAV file is more than silence."""
    if not os.path.exists(path):
        return False
    with open(path, "rb") as file:
        return any(file.read()[64:])


def run(disc, folder, stretches, exact=False):
    """Runs a disc; how many pictures it left: all of them, or none when the program never started."""
    if disc.endswith(".cdi"):
        disc = laid_out(disc, folder)
    script, shots, wav = (os.path.join(folder, name) for name in ("keys.lua", "shots", "sound.wav"))
    with open(script, "w") as file:
        file.write(SCRIPT % {"stretches": ", ".join("{ frames = %d, keys = { %s } }" % (frames, ", ".join('["%s"] = true' % key for key in keys)) for frames, keys in stretches)})
    seconds = BOOT_SECONDS + sum(frames for frames, _ in stretches) // 50
    done = subprocess.run(["mame", "dc"] + ["-nodrc"] * exact + ["-bios", "101d", "-rompath", boot_rom(folder), "-cdrom", disc, "-video", "none", "-sound", "none",
                           "-wavwrite", wav, "-nothrottle", "-seconds_to_run", str(seconds), "-skip_gameinfo", "-snapshot_directory", shots, "-cfg_directory", folder,
                           "-nvram_directory", os.path.join(folder, "nvram"), "-autoboot_script", script, "-autoboot_delay", "0"],
                          env={**os.environ, "PATH": PATH, "HOME": folder}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    taken = sorted(glob.glob(os.path.join(shots, "dc", "*.png")))
    assert taken or done.returncode == 0, "MAME failed:\n" + done.stdout.decode(errors="replace")[-3000:]
    if len(taken) < len(stretches):
        return 0  # the one that MAME takes when time is over is of no use
    for index in range(len(stretches)):
        with open(taken[index], "rb") as file:
            width, height, rgb = halved(file.read())
        with open(os.path.join(folder, "%d.rgb" % index), "wb") as file:
            file.write(b"%d %d\n" % (width, height) + rgb)
    if has_sound(wav):
        with open(os.path.join(folder, "heard"), "w"):
            pass
    return len(stretches)


if __name__ == "__main__":
    print("%d pictures" % run(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:] == ["exact"]))
