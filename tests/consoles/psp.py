# SPDX-License-Identifier: Apache-2.0
"""A PSP as far as the SDK asks for one: loads an EBOOT.PBP as the system does, and runs it on Unicorn's MIPS processor.

    /usr/bin/python3 psp.py EBOOT.PBP FOLDER '[[frames, [keys]], ...]'

What the program writes goes to stdout; FOLDER gets N.rgb after each stretch of frames ("width height", then RGB) and `heard` when
there was sound. The loader is stricter than some: DATA.PSP must be aligned, every import known. Threads take turns where they
wait, by a clock of their own, so a run is the same each time. Written from public descriptions of the formats; holds nothing of
the system's."""

import hashlib
import json
import os
import struct
import sys

try:
    import unicorn
    from unicorn import mips_const as mips
except ImportError:
    unicorn = None

BASE, MEMORY, VRAM, VRAM_SIZE = 0x08804000, (0x08800000, 0x01800000), 0x04000000, 0x200000
PARTS = ("PARAM.SFO", "ICON0.PNG", "ICON1.PMF", "PIC0.PNG", "PIC1.PNG", "SND0.AT3", "DATA.PSP", "DATA.PSAR")
RELOCATIONS, MODULE_START = 0x700000A0, 0xD632ACDB
THREAD_ENDED = 0x08800000
FRAME = 1.001 / 60
KEYS = {"SELECT": 1, "START": 8, "UP": 0x10, "RIGHT": 0x20, "DOWN": 0x40, "LEFT": 0x80, "B": 0x2000, "A": 0x4000}
LONGEST_TURN = 60 * 1000000  # microseconds


class Refused(Exception):
    """A system would not load this, or would stop it."""


def need(right, what):
    if not right:
        raise Refused(what)


def number(name):
    return int.from_bytes(hashlib.sha1(name.encode()).digest()[:4], "little")


def parts_of(data):
    """{name: content} of a PBP."""
    need(data[:4] == b"\0PBP", "is no PBP")
    offsets = list(struct.unpack_from("<8I", data, 8)) + [len(data)]
    need(offsets[0] == 0x28 and offsets == sorted(offsets), "the PBP's offsets do not rise")
    need(offsets[6] % 16 == 0, "DATA.PSP is at %x, not at a multiple of 16" % offsets[6])
    return {name: data[start:end] for name, start, end in zip(PARTS, offsets, offsets[1:])}


def title_of(sfo):
    """TITLE of a PARAM.SFO."""
    need(sfo[:4] == b"\0PSF", "PARAM.SFO is none")
    names, values, count = struct.unpack_from("<III", sfo, 8)
    for index in range(count):
        name, kind, length, room, value = struct.unpack_from("<HHIII", sfo, 20 + 16 * index)
        need(length <= room and values + value + room <= len(sfo), "an entry of PARAM.SFO is longer than its room")
        if sfo[names + name:sfo.index(b"\0", names + name)] == b"TITLE":
            return sfo[values + value:values + value + length].rstrip(b"\0").decode()
    raise Refused("PARAM.SFO has no TITLE")


class Module:
    """A PRX laid out at BASE: memory, entry, imports {address of the stub: name's number}."""

    def __init__(self, prx):
        need(prx[:7] == b"\x7fELF\1\1\1", "DATA.PSP is no ELF file")
        kind, machine, _, self.entry, at, sections_at, flags, _, size, count, section_size, section_count, _ = struct.unpack_from("<HHIIIIIHHHHHH", prx, 16)
        need(kind == 0xFFA0 and machine == 8, "DATA.PSP is no PRX")
        need(flags == 0x10A23001, "the PRX's e_flags are %08x" % flags)
        need(count == 1 and size == 32, "the PRX has %d segments" % count)
        _, self.offset, vaddr, info, in_file, in_memory, _, align = struct.unpack_from("<8I", prx, at)
        need(vaddr == 0 and self.offset % 16 == 0 and BASE + in_memory <= sum(MEMORY), "the PRX's segment cannot be loaded")
        self.memory = bytearray(prx[self.offset:self.offset + in_file].ljust(in_memory, b"\0"))
        self.relocate(prx, [struct.unpack_from("<10I", prx, sections_at + i * section_size) for i in range(section_count)])
        self.link(info - self.offset)

    def word(self, address):
        return struct.unpack_from("<I", self.memory, address)[0]

    def relocate(self, prx, sections):
        done = 0
        for _, kind, _, _, offset, size, *_ in sections:
            if kind != RELOCATIONS:
                continue
            table = list(struct.iter_unpack("<II", prx[offset:offset + size]))
            for index, (place, info) in enumerate(table):
                need(info >> 8 == 0 and place + 4 <= len(self.memory), "a relocation is for another segment")
                self.relocate_one(place, info & 0xFF, table[index + 1:])
                done += 1
        need(done, "the PRX has no relocations: it would run at address 0 alone")

    def relocate_one(self, place, kind, later):
        word = self.word(place)
        if kind == 2:
            word += BASE
        elif kind == 4:
            word = word & 0xFC000000 | (word + (BASE >> 2)) & 0x03FFFFFF
        elif kind == 6:
            word = word & 0xFFFF0000 | (word + BASE) & 0xFFFF
        elif kind == 5:
            # Its other half, which is not relocated yet, is in the next LO16.
            low = next((p for p, k in later if k == 6), None)
            need(low is not None, "a HI16 has no LO16")
            low = self.word(low) & 0xFFFF
            value = ((word & 0xFFFF) << 16) + (low - 0x10000 if low & 0x8000 else low) + BASE
            word = word & 0xFFFF0000 | (value + 0x8000) >> 16 & 0xFFFF
        else:
            raise Refused("relocations of type %d are not the system's" % kind)
        struct.pack_into("<I", self.memory, place, word & 0xFFFFFFFF)

    def text(self, address):
        start = address - BASE
        return self.memory[start:self.memory.index(b"\0", start)].decode()

    def link(self, info):
        need(0 <= info <= len(self.memory) - 52, "the module's information is not in the segment")
        self.name = self.memory[info + 4:info + 32].rstrip(b"\0").decode()
        self.gp, exports, exports_end, imports, imports_end = struct.unpack_from("<5I", self.memory, info + 32)
        self.imports, self.start = {}, None
        while imports < imports_end:
            name, _, words, variables, functions, numbers, stubs = struct.unpack_from("<IIBBHII", self.memory, imports - BASE)
            need(words == 5 and variables == 0 and functions, "an import of %s has %d words" % (self.text(name), words))
            for index in range(functions):
                need(self.memory[stubs - BASE + 8 * index:][:4] == b"\x08\0\xe0\x03", "a stub is no jr $ra")
                self.imports[stubs + 8 * index] = self.text(name), self.word(numbers - BASE + 4 * index)
            imports += words * 4
        while exports < exports_end:
            _, _, _, words, variables, functions, table = struct.unpack_from("<IHHBBHI", self.memory, exports - BASE)
            for index in range(functions):
                if self.word(table - BASE + 4 * index) == MODULE_START:
                    self.start = self.word(table - BASE + 4 * (index + functions + variables))
            exports += words * 4
        need(self.start is not None, "the module exports no module_start")


class Thread:
    def __init__(self, entry, stack):
        self.entry, self.stack, self.context, self.pc, self.wakes = entry, stack, None, entry, None


class Console:
    """The processor, memory, and those functions of the system that the SDK calls."""

    def __init__(self, module, stretches, out, finished):
        self.stretches, self.out, self.finished = stretches, out, finished
        self.module, self.threads, self.current, self.clock, self.frames = module, [], None, 0.0, 0
        self.display, self.heard, self.over, self.fault = (0, 0, 0), False, False, None
        self.free = sum(MEMORY)
        self.uc = unicorn.Uc(unicorn.UC_ARCH_MIPS, unicorn.UC_MODE_MIPS32 | unicorn.UC_MODE_LITTLE_ENDIAN)
        self.uc.mem_map(*MEMORY)
        self.uc.mem_map(VRAM, VRAM_SIZE)
        self.uc.mem_map(VRAM | 0x40000000, VRAM_SIZE)
        self.uc.mem_write(BASE, bytes(module.memory))
        self.uc.reg_write(mips.UC_MIPS_REG_CP0_STATUS, self.uc.reg_read(mips.UC_MIPS_REG_CP0_STATUS) | 1 << 29)
        known = {number(name[4:]): getattr(self, name) for name in dir(self) if name.startswith("sys_")}
        self.calls = {}
        for stub, (library, nid) in module.imports.items():
            need(nid in known, "%s has no function %08x here" % (library, nid))
            self.calls[stub] = known[nid]
        self.uc.hook_add(unicorn.UC_HOOK_CODE, self.call, None, min(self.calls), max(self.calls) + 4)
        self.blank = self.uc.context_save()

    def register(self, index):
        return self.uc.reg_read(mips.UC_MIPS_REG_0 + index) & 0xFFFFFFFF

    def call(self, uc, address, size, data):
        function = self.calls.get(address)
        if function is None:
            return
        try:
            result = function(*(self.register(4 + i) for i in range(4)))
        except Exception as error:  # an exception must not cross Unicorn
            self.fault, result = error, None
        if result is None:
            self.current.pc = self.register(31)
            uc.emu_stop()
        uc.reg_write(mips.UC_MIPS_REG_V0, (result or 0) & 0xFFFFFFFF)

    def begin(self, entry, size, a0=0, a1=0):
        self.free -= size + 15 & ~15
        thread = Thread(entry, self.free)
        thread.arguments = a0, a1
        self.threads.append(thread)
        return thread

    def turn(self, thread):
        """Runs a thread until it waits or ends."""
        self.current = thread
        self.uc.context_restore(thread.context or self.blank)
        if thread.context is None:
            for register, value in ((mips.UC_MIPS_REG_SP, thread.stack - 64), (mips.UC_MIPS_REG_RA, THREAD_ENDED), (mips.UC_MIPS_REG_GP, self.module.gp),
                                    (mips.UC_MIPS_REG_A0, thread.arguments[0]), (mips.UC_MIPS_REG_A1, thread.arguments[1])):
                self.uc.reg_write(register, value)
        thread.wakes, thread.pc = None, thread.pc
        self.uc.emu_start(thread.pc, THREAD_ENDED, timeout=LONGEST_TURN)
        if self.fault:
            raise self.fault
        if thread.wakes is None:
            need(self.over or self.uc.reg_read(mips.UC_MIPS_REG_PC) == THREAD_ENDED, "a thread runs for a minute without waiting")
            self.threads.remove(thread)
        thread.context = self.uc.context_save()

    def run(self):
        starter = self.begin(self.module.start, 0x4000)
        starter.wakes = 0.0
        while not self.over:
            ready = [thread for thread in self.threads if thread.wakes is not None]
            need(ready, "every thread waits for ever")
            thread = min(ready, key=lambda t: t.wakes)
            self.clock = max(self.clock, thread.wakes)
            while self.frames < int(self.clock / FRAME + 1e-9) and not self.over:
                self.next_frame()
            if not self.over:
                self.turn(thread)

    def next_frame(self):
        self.frames += 1
        if self.frames == sum(frames for frames, _ in self.stretches[:len(self.finished) + 1]):
            self.finished.append(self.picture())
            self.over = len(self.finished) == len(self.stretches)

    def picture(self):
        """What the screen shows: RGB of 480 by 272."""
        address, stride, form = self.display
        if not address:
            return bytes(480 * 272 * 3)
        need(form == 1 and stride >= 480, "the frame buffer's format is %d" % form)
        out = bytearray()
        for y in range(272):
            for (value,) in struct.iter_unpack("<H", self.uc.mem_read(address + y * stride * 2, 960)):
                for shift in (0, 5, 10):
                    five = value >> shift & 31
                    out.append(five << 3 | five >> 2)
        return bytes(out)

    def wait(self, seconds):
        self.current.wakes = self.clock + seconds

    # The system's functions: the name after sys_ is the one whose hash is the number. None ends the thread's turn.

    def sys_sceKernelCreateThread(self, name, entry, priority, stack):
        thread = Thread(entry, 0)
        thread.size = stack
        self.created = getattr(self, "created", []) + [thread]
        return len(self.created)

    def sys_sceKernelStartThread(self, thread, size, argument, _):
        made = self.created[thread - 1]
        self.begin(made.entry, made.size, size, argument).wakes = self.clock
        return 0

    def sys_sceKernelSleepThreadCB(self, *_):
        self.current.wakes = float("inf")

    def sys_sceKernelExitDeleteThread(self, *_):
        self.current.pc = THREAD_ENDED

    def sys_sceKernelCreateCallback(self, *_):
        return 1

    def sys_sceKernelRegisterExitCallback(self, *_):
        return 0

    def sys_sceKernelExitGame(self, *_):
        self.over = True

    def sys_sceKernelStdout(self, *_):
        return 1

    def sys_sceIoWrite(self, file, data, size, _):
        need(file == 1, "a file is written that is not stdout")
        self.out(bytes(self.uc.mem_read(data, size)))
        return size

    def sys_sceDisplaySetMode(self, mode, width, height, _):
        need((mode, width, height) == (0, 480, 272), "the display has no mode %d of %d by %d" % (mode, width, height))
        return 0

    def sys_sceDisplaySetFrameBuf(self, address, stride, form, _):
        self.display = address, stride, form
        return 0

    def sys_sceDisplayWaitVblankStart(self, *_):
        self.wait((self.frames + 1) * FRAME - self.clock)

    def sys_sceCtrlSetSamplingMode(self, *_):
        return 0

    def sys_sceCtrlPeekBufferPositive(self, pad, count, *_):
        keys = sum(KEYS[name] for name in self.stretches[min(len(self.finished), len(self.stretches) - 1)][1])
        self.uc.mem_write(pad, struct.pack("<IIBB6x", int(self.clock * 1e6), keys, 128, 128))
        return 1

    def sys_sceAudioChReserve(self, channel, samples, form, _):
        need(samples % 64 == 0, "a sound channel has no %d samples" % samples)
        self.samples = samples
        return 0

    def sys_sceAudioOutputBlocking(self, channel, volume, samples, _):
        self.heard = self.heard or any(self.uc.mem_read(samples, self.samples * 2))
        self.wait(self.samples / 44100)


def main(path, folder, keys):
    try:
        with open(path, "rb") as file:
            parts = parts_of(file.read())
        title_of(parts["PARAM.SFO"])
        pictures = []

        def out(data):
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        console = Console(Module(parts["DATA.PSP"]), json.loads(keys), out, pictures)
        console.run()
    except (Refused, unicorn.UcError, struct.error) as error:
        where = " at %08x" % console.uc.reg_read(mips.UC_MIPS_REG_PC) if isinstance(error, unicorn.UcError) and "console" in locals() else ""
        sys.exit("%s: %s%s" % (os.path.basename(path), error, where))
    for index, picture in enumerate(pictures):
        with open(os.path.join(folder, "%d.rgb" % index), "wb") as file:
            file.write(b"480 272\n" + picture)
    if console.heard:
        with open(os.path.join(folder, "heard"), "w"):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
