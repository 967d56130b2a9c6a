/* SPDX-License-Identifier: Apache-2.0 */
/* Tones by the first square wave. */
#include "console.h"

#define IO(address) (*(volatile uint8_t *)(address))
#define SWEEP IO(0xff10)
#define DUTY IO(0xff11)
#define VOLUME IO(0xff12)
#define PITCH_LOW IO(0xff13)
#define PITCH_HIGH IO(0xff14)
#define LOUDNESS IO(0xff24)
#define SIDES IO(0xff25)
#define SOUND_ON IO(0xff26)

static uint8_t tone_frames;

void con_sound_init(void)
{
    SOUND_ON = 0x80;
    LOUDNESS = 0x77;
    SIDES = 0x11;
}

void con_tone(uint8_t pitch, uint8_t length)
{
    /* An octave from 110 Hz: 131072 / Hz. */
    static const uint16_t octave[12] = {1191, 1125, 1062, 1003, 947, 894, 844, 797, 752, 710, 670, 632};
    uint16_t period = octave[pitch % 12];
    uint8_t up;

    for (up = pitch / 12; up; up--)
        period >>= 1;
    period = 2048 - period;
    SWEEP = 0;
    DUTY = 0x80;
    VOLUME = 0xa0;
    PITCH_LOW = (uint8_t)period;
    PITCH_HIGH = (uint8_t)(0x80 | period >> 8);
    tone_frames = length;
}

void con_sample(const uint8_t *data, uint16_t bytes)
{
    (void)data, (void)bytes;
}

/* Called once in a frame: ends what has been heard. */
void con_sound_frame(void)
{
    if (tone_frames && !--tone_frames) {
        VOLUME = 0;
        PITCH_HIGH = 0x80;
    }
}
