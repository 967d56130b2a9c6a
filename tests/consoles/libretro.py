# SPDX-License-Identifier: Apache-2.0
"""A libretro core in this process, without a screen: frames as fast as they go, keys as told, memory and picture to look at.

The interface is that of libretro.h, version 1, as far as the cores of mGBA, Gambatte and Nestopia ask for it."""

import ctypes
import os
import tempfile

FOLDERS = ("/usr/lib/x86_64-linux-gnu/libretro", "/usr/lib/aarch64-linux-gnu/libretro", "/usr/lib/libretro")
SYSTEM_RAM = 2
KEYS = {"B": 0, "SELECT": 2, "START": 3, "UP": 4, "DOWN": 5, "LEFT": 6, "RIGHT": 7, "A": 8}
GET_CAN_DUPE, GET_SYSTEM_DIRECTORY, SET_PIXEL_FORMAT, GET_VARIABLE, GET_VARIABLE_UPDATE, GET_SAVE_DIRECTORY, SET_MEMORY_MAPS = 3, 9, 10, 15, 17, 31, 36 | 0x10000
XRGB1555, XRGB8888, RGB565 = 0, 1, 2
# Settings that a core asks for; it takes its default for any other.
SETTINGS = {b"gambatte_gb_colorization": b"disabled", b"gambatte_gbc_color_correction": b"disabled", b"mgba_skip_bios": b"ON", b"mgba_use_bios": b"OFF"}

ENVIRONMENT = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_uint, ctypes.c_void_p)
VIDEO = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_size_t)
AUDIO = ctypes.CFUNCTYPE(None, ctypes.c_int16, ctypes.c_int16)
AUDIO_BATCH = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t)
INPUT_POLL = ctypes.CFUNCTYPE(None)
INPUT_STATE = ctypes.CFUNCTYPE(ctypes.c_int16, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint)


class GameInfo(ctypes.Structure):
    _fields_ = [("path", ctypes.c_char_p), ("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("meta", ctypes.c_char_p)]


class Variable(ctypes.Structure):
    _fields_ = [("key", ctypes.c_char_p), ("value", ctypes.c_char_p)]


class Stretch(ctypes.Structure):
    """Memory of the machine, as a core that has several kinds describes it; flag 1: it is never written."""
    _fields_ = [("flags", ctypes.c_uint64), ("at", ctypes.c_void_p), ("offset", ctypes.c_size_t), ("start", ctypes.c_size_t), ("select", ctypes.c_size_t),
                ("disconnect", ctypes.c_size_t), ("size", ctypes.c_size_t), ("space", ctypes.c_char_p)]


class Map(ctypes.Structure):
    _fields_ = [("stretches", ctypes.POINTER(Stretch)), ("count", ctypes.c_uint)]


def find(name):
    """The path of a core, or None."""
    for folder in FOLDERS:
        path = os.path.join(folder, name + "_libretro.so")
        if os.path.exists(path):
            return path
    return None


class Core:
    """A core with a game. A core is a whole process's: one at a time."""

    def __init__(self, path, rom):
        self.library = ctypes.CDLL(path)
        self.format, self.pixels, self.size, self.heard = XRGB1555, b"", (0, 0), 0
        self.keys, self.map = set(), []
        self.home = tempfile.TemporaryDirectory(prefix="libretro.")  # gone with the process
        self.folder = self.home.name.encode()
        # The callbacks must live as long as the core.
        self.calls = [ENVIRONMENT(self.environment), VIDEO(self.video), AUDIO(lambda left, right: self.listen(bytes([left & 255, right & 255]))),
                      AUDIO_BATCH(self.audio), INPUT_POLL(lambda: None), INPUT_STATE(self.key)]
        for name, call in zip(("environment", "video_refresh", "audio_sample", "audio_sample_batch", "input_poll", "input_state"), self.calls):
            getattr(self.library, "retro_set_" + name)(call)
        self.library.retro_init()
        with open(rom, "rb") as file:
            self.rom = file.read()
        self.library.retro_load_game.restype = ctypes.c_bool
        if not self.library.retro_load_game(ctypes.byref(GameInfo(rom.encode(), ctypes.cast(ctypes.c_char_p(self.rom), ctypes.c_void_p), len(self.rom), None))):
            raise ValueError("the core %s does not take %s" % (path, rom))
        self.library.retro_get_system_av_info(ctypes.create_string_buffer(256))
        self.library.retro_set_controller_port_device(0, 1)

    def environment(self, command, data):
        if command == SET_PIXEL_FORMAT:
            self.format = ctypes.cast(data, ctypes.POINTER(ctypes.c_int))[0]
            return True
        if command == SET_MEMORY_MAPS:
            told = ctypes.cast(data, ctypes.POINTER(Map))[0]
            self.map = [(one.at + one.offset, one.size) for one in told.stretches[:told.count] if one.at and not one.flags & 1]
            return True
        if command == GET_CAN_DUPE:
            ctypes.cast(data, ctypes.POINTER(ctypes.c_bool))[0] = True
            return True
        if command in (GET_SYSTEM_DIRECTORY, GET_SAVE_DIRECTORY):
            ctypes.cast(data, ctypes.POINTER(ctypes.c_char_p))[0] = self.folder
            return True
        if command == GET_VARIABLE:
            variable = ctypes.cast(data, ctypes.POINTER(Variable))
            variable[0].value = SETTINGS.get(variable[0].key)
            return variable[0].value is not None
        if command == GET_VARIABLE_UPDATE:
            ctypes.cast(data, ctypes.POINTER(ctypes.c_bool))[0] = False
            return True
        return False

    def video(self, data, width, height, pitch):
        if not data:
            return  # the same picture as before
        wide = 4 if self.format == XRGB8888 else 2
        self.pixels = b"".join(ctypes.string_at(data + y * pitch, width * wide) for y in range(height))
        self.size = (width, height)

    def listen(self, data):
        # Sound is there when something moves; the value itself depends on the mixer.
        if len(set(data)) > 2:
            self.heard += 1

    def audio(self, data, frames):
        self.listen(ctypes.string_at(data, 4 * frames))
        return frames

    def key(self, port, device, index, name):
        return 1 if port == 0 and any(KEYS[key] == name for key in self.keys) else 0

    def run(self, frames, keys=()):
        self.keys = set(keys)
        for _ in range(frames):
            self.library.retro_run()

    def memory(self):
        """The machine's RAM as it is now."""
        self.library.retro_get_memory_data.restype = ctypes.c_void_p
        self.library.retro_get_memory_size.restype = ctypes.c_size_t
        size = self.library.retro_get_memory_size(SYSTEM_RAM)
        data = self.library.retro_get_memory_data(SYSTEM_RAM)
        if data and size:
            return ctypes.string_at(data, size)
        return b"".join(ctypes.string_at(at, length) for at, length in self.map)

    def picture(self):
        """(width, height, RGB bytes) of the last frame."""
        return self.size[0], self.size[1], rgb(self.pixels, self.format)


def rgb(pixels, form):
    out = bytearray()
    if form == XRGB8888:
        for at in range(0, len(pixels), 4):
            out += bytes((pixels[at + 2], pixels[at + 1], pixels[at]))
        return bytes(out)
    for at in range(0, len(pixels), 2):
        value = pixels[at] | pixels[at + 1] << 8
        if form == RGB565:
            red, green, blue = value >> 11, value >> 6 & 31, value & 31
        else:
            red, green, blue = value >> 10 & 31, value >> 5 & 31, value & 31
        out += bytes((red << 3 | red >> 2, green << 3 | green >> 2, blue << 3 | blue >> 2))
    return bytes(out)


def main(path, rom, folder, keys):
    """Runs a game; leaves N.rgb for each stretch of keys, `memory`, and `heard` when there was sound."""
    core = Core(path, rom)
    for index, (frames, names) in enumerate(keys):
        core.run(frames, names)
        width, height, pixels = core.picture()
        with open(os.path.join(folder, "%d.rgb" % index), "wb") as file:
            file.write(b"%d %d\n" % (width, height) + pixels)
    with open(os.path.join(folder, "memory"), "wb") as file:
        file.write(core.memory())
    if core.heard:
        open(os.path.join(folder, "heard"), "w").close()


if __name__ == "__main__":
    import json
    import sys
    main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
