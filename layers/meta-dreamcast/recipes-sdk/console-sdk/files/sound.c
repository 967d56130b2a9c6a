/* SPDX-License-Identifier: Apache-2.0 */
/* Channel 0 of the sound chip plays tones, a square wave of 64 samples; channel 1 plays samples, which are copied to sound memory.
 *
 * A sample, as wav2sample writes it: u16 number of samples, u16 samples in a second, then 16-bit samples. */
#include "console.h"

#define IO32(address) (*(volatile uint32_t *)(address))
#define CHANNEL(number, field) IO32(0xa0700000 + (number) * 0x80 + (field))
#define MASTER IO32(0xa0702800)
#define ARM_RESET IO32(0xa0702c00)
#define SOUND_RAM 0xa0800000
#define BUS_STATUS IO32(0xa05f688c)

enum { PLAY = 0, START = 4, LOOP = 8, END = 12, ATTACK = 16, RELEASE = 20, PITCH = 24, PAN = 36, FILTER = 40 };
enum { KEY_NOW = 0x8000, KEY_ON = 0x4000, LOOPS = 0x200, BUSY = 0x11, PATIENCE = 10000, RATE = 44100 };
enum { WAVE_AT = 0x10000, WAVE_SAMPLES = 64, SAMPLE_AT = 0x20000, LOUDNESS = 6000, TONE_BASE = 110 * WAVE_SAMPLES };

static uint8_t tone_frames;

/* The bus takes eight words at a time. */
static void ready(void)
{
    int left = PATIENCE;

    while (BUS_STATUS & BUSY && --left > 0) {
    }
}

static void set(uint8_t channel, uint8_t field, uint32_t value)
{
    ready();
    CHANNEL(channel, field) = value;
}

/* Octave and fraction of 44100 samples a second. */
static uint32_t pitch_of(uint32_t rate)
{
    int octave = 0;

    for (; rate >= 2 * RATE; rate /= 2)
        octave++;
    for (; rate < RATE; rate *= 2)
        octave--;
    return (octave & 15) << 11 | (rate - RATE) * 1024 / RATE;
}

static void play(uint8_t channel, uint32_t address, uint32_t samples, uint32_t rate, uint32_t loops)
{
    set(channel, PLAY, KEY_NOW);
    set(channel, START, address & 0xffff);
    set(channel, LOOP, 0);
    set(channel, END, samples);
    set(channel, ATTACK, 0x1f);         /* loud at once */
    set(channel, RELEASE, 0x1f);        /* silent at once */
    set(channel, PITCH, pitch_of(rate));
    set(channel, PAN, 0x0f00);
    set(channel, FILTER, 0x24);         /* no filter, loudest */
    set(channel, PLAY, KEY_NOW | KEY_ON | loops | address >> 16);
}

void con_sound_init(void)
{
    uint32_t i, value;

    ready();
    ARM_RESET |= 1;
    ready();
    MASTER = 15;
    for (i = 0; i < WAVE_SAMPLES / 2; i++) {
        value = (uint16_t)(i < WAVE_SAMPLES / 4 ? LOUDNESS : -LOUDNESS);
        if (i % 8 == 0)
            ready();
        IO32(SOUND_RAM + WAVE_AT + i * 4) = value << 16 | value;
    }
    tone_frames = 0;
}

void con_tone(uint8_t pitch, uint8_t length)
{
    /* 2^(n/12) of 4096. */
    static const uint16_t octave[12] = {4096, 4340, 4598, 4871, 5161, 5468, 5793, 6137, 6502, 6889, 7298, 7732};

    play(0, WAVE_AT, WAVE_SAMPLES, (TONE_BASE * octave[pitch % 12] >> 12) << pitch / 12, LOOPS);
    tone_frames = length;
}

void con_sample(const uint8_t *data, uint16_t bytes)
{
    uint32_t samples, rate, i;

    if (bytes < 8)
        return;
    samples = data[0] | data[1] << 8;
    rate = data[2] | data[3] << 8;
    if (samples * 2 + 4 > bytes || rate == 0)
        return;
    set(1, PLAY, KEY_NOW);
    for (i = 0, data += 4; i < samples / 2; i++, data += 4) {
        if (i % 8 == 0)
            ready();
        IO32(SOUND_RAM + SAMPLE_AT + i * 4) = data[0] | data[1] << 8 | data[2] << 16 | (uint32_t)data[3] << 24;
    }
    play(1, SAMPLE_AT, samples, rate, 0);
}

/* Called once in a frame: ends the tone that has been heard. */
void con_sound_frame(void)
{
    if (tone_frames && !--tone_frames)
        set(0, PLAY, KEY_NOW);
}
