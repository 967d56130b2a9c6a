# SPDX-License-Identifier: Apache-2.0
import math
import struct
import wave

from retrotools import samples
from tests.support import ToolTest

SOUND = [int(12000 * math.sin(i / 5) + 6000 * math.sin(i / 2.3)) for i in range(1000)]


def loudness(values):
    return math.sqrt(sum(value * value for value in values) / len(values))


class Wav2sample(ToolTest):
    def wav(self, name, values, width=2, channels=1):
        with wave.open(self.path(name), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(width)
            file.setframerate(8000)
            file.writeframes(struct.pack("<%dh" % len(values), *values) if width == 2 else bytes(values))
        return self.path(name)

    def raw(self, form, path):
        self.runs(samples, path, "-r", "-f", form, "-o", self.path("out"))
        return self.read("out")

    def test_pcm_is_what_the_wav_has(self):
        data = self.raw("pcm16", self.wav("a.wav", SOUND))
        self.assertEqual(data, struct.pack("<HH1000h", 1000, 8000, *SOUND))

    def test_eight_bits_become_sixteen(self):
        self.assertEqual(self.raw("pcm16", self.wav("a.wav", [0, 128, 255], width=1)), struct.pack("<HHhhh", 3, 8000, -32768, 0, 32512))

    def test_ima_adpcm_sounds_like_the_wav_in_a_quarter_of_the_space(self):
        data = self.raw("ima-adpcm", self.wav("a.wav", SOUND))
        self.assertEqual((len(data), struct.unpack_from("<HH", data)), (504, (1000, 8000)))
        heard = samples.ima_decode(data[4:], 1000)
        # Its steps start small: it is some samples late at first.
        self.assertLess(loudness([a - b for a, b in zip(heard[50:], SOUND[50:])]), 0.06 * loudness(SOUND))

    def test_a_vag_sounds_like_the_wav_and_ends(self):
        data = self.raw("vag", self.wav("beep.wav", SOUND))
        self.assertEqual(data[:4] + data[32:48], b"VAGp" + b"beep".ljust(16, b"\0"))
        self.assertEqual(struct.unpack_from(">IIII", data, 4), (0x20, 0, len(data) - 48, 8000))
        body = data[48:]
        self.assertEqual([body[at + 1] for at in range(0, len(body), 16)], [0] * (len(body) // 16 - 1) + [1])
        heard = samples.vag_decode(body)[28:]
        self.assertLess(loudness([a - b for a, b in zip(heard, SOUND)]), 0.06 * loudness(SOUND))

    def test_several_sounds_become_one_c_file(self):
        self.runs(samples, self.wav("one.wav", SOUND[:8]), self.wav("two.wav", SOUND[:4]), "-f", "pcm16", "-o", self.path("sounds"))
        self.assertIn(b"#define ONE_BYTES 20\n#define TWO_BYTES 12\n", self.read("sounds.h"))
        self.assertIn(b"const uint8_t two[12] = {", self.read("sounds.c"))

    def test_what_is_no_mono_wav_is_refused(self):
        out = ("-f", "vag", "-r", "-o", self.path("out"))
        self.fails("2 channels of 16 bits", samples, self.wav("a.wav", SOUND, channels=2), *out)
        self.fails("a.wav: ", samples, self.write("a.wav", b"RIFF"), *out)
        self.fails("No such file", samples, self.path("none.wav"), *out)
