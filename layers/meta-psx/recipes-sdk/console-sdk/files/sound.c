/* SPDX-License-Identifier: Apache-2.0 */
/* Voice 0 plays tones, a square wave of one ADPCM block; voice 1 plays samples, which are copied to sound memory when they begin. */
#include "console.h"

#define IO16(address) (*(volatile uint16_t *)(address))
#define VOICE(number, field) IO16(0x1f801c00 + (number) * 16 + (field))
#define MAIN_LEFT IO16(0x1f801d80)
#define MAIN_RIGHT IO16(0x1f801d82)
#define KEY_ON IO16(0x1f801d88)
#define KEY_OFF IO16(0x1f801d8c)
#define TRANSFER_ADDRESS IO16(0x1f801da6)
#define TRANSFER_FIFO IO16(0x1f801da8)
#define CONTROL IO16(0x1f801daa)
#define TRANSFER_MODE IO16(0x1f801dac)
#define STATUS IO16(0x1f801dae)

enum { LEFT = 0, RIGHT = 2, PITCH = 4, START = 6, ADSR_LOW = 8, ADSR_HIGH = 10, REPEAT = 14 };
enum { ON = 0xc000, COPYING = 0x10, BUSY = 0x400, LOUD = 0x3000, PATIENCE = 100000, FIFO_HALVES = 32 };
enum { WAVE_AT = 0x1000, SAMPLE_AT = 0x1100, HEADER = 48, RATE_AT = 16 };

static uint8_t tone_frames;

static void until(uint16_t mask, uint16_t value)
{
    int left = PATIENCE;

    while ((STATUS & mask) != value && --left > 0) {
    }
}

static void copy(uint32_t address, const uint8_t *data, uint32_t bytes)
{
    uint32_t i;

    TRANSFER_MODE = 4;
    CONTROL = ON;
    until(0x30, 0);
    TRANSFER_ADDRESS = address / 8;
    while (bytes) {
        for (i = 0; i < FIFO_HALVES && bytes >= 2; i++, data += 2, bytes -= 2)
            TRANSFER_FIFO = data[0] | data[1] << 8;
        if (bytes < 2)
            bytes = 0;
        CONTROL = ON | COPYING;
        until(BUSY, 0);
        CONTROL = ON;
    }
}

void con_sound_init(void)
{
    /* 14 samples high and 14 low; the flags make the block its own successor. */
    static const uint8_t wave[16] = {0, 7, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99};
    uint8_t voice;

    MAIN_LEFT = MAIN_RIGHT = 0;
    CONTROL = 0;
    KEY_OFF = 0xffff;
    copy(WAVE_AT, wave, sizeof wave);
    for (voice = 0; voice < 2; voice++) {
        VOICE(voice, LEFT) = VOICE(voice, RIGHT) = voice ? LOUD : LOUD / 2;
        VOICE(voice, START) = (voice ? SAMPLE_AT : WAVE_AT) / 8;
        VOICE(voice, ADSR_LOW) = 0x000f;    /* loud at once and for as long as it is held */
        VOICE(voice, ADSR_HIGH) = 0x0000;   /* silent at once */
    }
    MAIN_LEFT = MAIN_RIGHT = 0x3fff;
    tone_frames = 0;
}

void con_tone(uint8_t pitch, uint8_t length)
{
    /* An octave from 110 Hz: 4096 is 44100 / 28 Hz. */
    static const uint16_t octave[12] = {286, 303, 321, 340, 360, 382, 405, 429, 454, 481, 510, 540};

    VOICE(0, PITCH) = octave[pitch % 12] << pitch / 12;
    VOICE(0, REPEAT) = WAVE_AT / 8;
    KEY_ON = 1;
    tone_frames = length;
}

/* A VAG: its header has the rate, big-endian. */
void con_sample(const uint8_t *data, uint16_t bytes)
{
    uint32_t rate;

    if (bytes <= HEADER || data[0] != 'V' || data[1] != 'A' || data[2] != 'G')
        return;
    rate = (uint32_t)data[RATE_AT] << 24 | (uint32_t)data[RATE_AT + 1] << 16 | data[RATE_AT + 2] << 8 | data[RATE_AT + 3];
    KEY_OFF = 2;
    copy(SAMPLE_AT, data + HEADER, bytes - HEADER);
    VOICE(1, PITCH) = (rate << 12) / 44100;
    VOICE(1, START) = SAMPLE_AT / 8;
    KEY_ON = 2;
}

/* Called once in a frame: ends what has been heard. */
void con_sound_frame(void)
{
    if (tone_frames && !--tone_frames)
        KEY_OFF = 1;
}
