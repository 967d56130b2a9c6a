/* SPDX-License-Identifier: Apache-2.0 */
/* Tones by the first square wave. */
#include "console.h"

#define IO(address) (*(volatile uint8_t *)(address))
#define VOLUME IO(0x4000)
#define SWEEP IO(0x4001)
#define PITCH_LOW IO(0x4002)
#define PITCH_HIGH IO(0x4003)
#define CHANNELS IO(0x4015)

enum { SILENT = 0x30, LOUD = 0xba };

static uint8_t tone_frames;

void con_sound_init(void)
{
    VOLUME = SILENT;
    SWEEP = 0x08;
    CHANNELS = 1;
}

void con_tone(uint8_t pitch, uint8_t length)
{
    /* An octave from 110 Hz: 1789773 / 16 / Hz - 1. */
    static const uint16_t octave[12] = {1016, 959, 905, 854, 806, 761, 718, 677, 639, 603, 569, 537};
    uint16_t period = octave[pitch % 12] >> (pitch / 12);

    VOLUME = LOUD;
    PITCH_LOW = (uint8_t)period;
    PITCH_HIGH = (uint8_t)(period >> 8);
    tone_frames = length;
}

void con_sample(const uint8_t *data, uint16_t bytes)
{
    (void)data;
    (void)bytes;
}

/* Called once in a frame: ends what has been heard. */
void con_sound_frame(void)
{
    if (tone_frames && !--tone_frames)
        VOLUME = SILENT;
}
