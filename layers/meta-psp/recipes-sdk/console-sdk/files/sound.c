/* SPDX-License-Identifier: Apache-2.0 */
/* A thread mixes the tone and the sample and hands them to the system, 1024 at a time; what the game asks for, it finds in variables.
 *
 * A sample, as wav2sample writes it: u16 number of samples, u16 samples in a second, then 16-bit samples. */
#include "console.h"
#include "psp.h"

enum { RATE = 44100, BLOCK = 1024, MONO = 0x10, ANY_CHANNEL = -1, LOUD = 0x8000, PRIORITY = 16, STACK = 0x4000, LOUDNESS = 6000 };

static volatile uint32_t tone_step;             /* of 2^32 in a sample; 0 is silence */
static const uint8_t *volatile sample_data;     /* the last one asked for */
static volatile uint32_t sample_length, sample_step, sample_turn;
static uint8_t tone_frames;
static int channel;

static int mix(uint32_t bytes, void *argument)
{
    static int16_t block[2][BLOCK];
    const uint8_t *data = 0;
    uint32_t turn = 0, phase = 0, at = 0, length = 0, which = 0, i;
    int32_t value;

    (void)bytes, (void)argument;
    for (;; which ^= 1) {
        if (turn != sample_turn) {
            turn = sample_turn;
            data = sample_data;
            length = sample_length;
            at = 0;
        }
        for (i = 0; i < BLOCK; i++) {
            phase += tone_step;
            value = !tone_step ? 0 : phase >> 31 ? LOUDNESS : -LOUDNESS;
            if (at >> 12 < length) {
                value += (int16_t)(data[(at >> 12) * 2] | data[(at >> 12) * 2 + 1] << 8);
                at += sample_step;
            }
            block[which][i] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
        }
        sceAudioOutputBlocking(channel, LOUD, block[which]);
    }
    return 0;
}

void con_sound_init(void)
{
    int thread;

    channel = sceAudioChReserve(ANY_CHANNEL, BLOCK, MONO);
    if (channel < 0)
        return;
    thread = sceKernelCreateThread("sound", mix, PRIORITY, STACK, 0, 0);
    if (thread >= 0)
        sceKernelStartThread(thread, 0, 0);
}

void con_tone(uint8_t pitch, uint8_t length)
{
    /* An octave from 110 Hz, in 2^32 / 44100. */
    static const uint32_t octave[12] = {10713070, 11350103, 12025015, 12740059, 13497623, 14300233, 15150569, 16051469, 17005939, 18017165, 19088521, 20223584};

    tone_step = octave[pitch % 12] << pitch / 12;
    tone_frames = length;
}

void con_sample(const uint8_t *data, uint16_t bytes)
{
    uint32_t samples, rate;

    if (bytes < 4)
        return;
    samples = data[0] | data[1] << 8;
    rate = data[2] | data[3] << 8;
    if (samples * 2 + 4 > bytes)
        return;
    sample_data = data + 4;
    sample_length = samples;
    sample_step = (rate << 12) / RATE;
    sample_turn++;
}

/* Called once in a frame: ends the tone that has been heard. */
void con_sound_frame(void)
{
    if (tone_frames && !--tone_frames)
        tone_step = 0;
}
