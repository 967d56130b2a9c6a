/* SPDX-License-Identifier: Apache-2.0 */
/* Tones by the first square wave; samples by direct sound A: IMA ADPCM is decoded into RAM, and DMA 1 feeds the FIFO.
 *
 * A sample, as wav2sample writes it: u16 number of samples, u16 samples in a second, then nibbles, the low one first. */
#include "console.h"

#define IO16(address) (*(volatile uint16_t *)(address))
#define IO32(address) (*(volatile uint32_t *)(address))
#define SOUND1_SWEEP IO16(0x04000060)
#define SOUND1_DUTY IO16(0x04000062)
#define SOUND1_PITCH IO16(0x04000064)
#define SOUND_MIX IO16(0x04000080)
#define SOUND_DIRECT IO16(0x04000082)
#define SOUND_ON IO16(0x04000084)
#define FIFO_A 0x040000a0
#define DMA1_FROM IO32(0x040000bc)
#define DMA1_TO IO32(0x040000c0)
#define DMA1_CONTROL IO16(0x040000c6)
#define TIMER0_RELOAD IO16(0x04000100)
#define TIMER0_CONTROL IO16(0x04000102)

enum { CLOCK = 16777216, LONGEST = 16384, DMA_FIFO = 0xb640, TIMER_ON = 0x80 };

static int8_t decoded[LONGEST + 16] CON_EWRAM;
static uint16_t sample_frames, tone_frames;

/* The step widths of IMA ADPCM: each is a tenth larger than the one before. */
static const uint16_t steps[89] = {
    7,    8,    9,    10,   11,   12,   13,   14,   16,   17,   19,    21,    23,    25,    28,    31,    34,    37,
    41,   45,   50,   55,   60,   66,   73,   80,   88,   97,   107,   118,   130,   143,   157,   173,   190,   209,
    230,  253,  279,  307,  337,  371,  408,  449,  494,  544,  598,   658,   724,   796,   876,   963,   1060,  1166,
    1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327,  3660,  4026,  4428,  4871,  5358,  5894,  6484,
    7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767};
static const int8_t moves[8] = {-1, -1, -1, -1, 2, 4, 6, 8};

void con_sound_init(void)
{
    SOUND_ON = 0x80;
    SOUND_MIX = 0x1177;     /* square wave 1 on both sides, loudest */
    SOUND_DIRECT = 0x0b04;  /* direct sound A full on both sides, by timer 0, FIFO emptied */
    sample_frames = tone_frames = 0;
}

void con_tone(uint8_t pitch, uint8_t length)
{
    /* An octave from 110 Hz: 2048 - 131072 / Hz. */
    static const uint16_t octave[12] = {1191, 1125, 1062, 1003, 947, 894, 844, 797, 752, 710, 670, 632};
    uint16_t period = octave[pitch % 12] >> pitch / 12;

    SOUND1_SWEEP = 0;
    SOUND1_DUTY = 0xa080;
    SOUND1_PITCH = 0x8000 | (2048 - period);
    tone_frames = length;
}

static void decode(const uint8_t *data, uint16_t samples)
{
    int32_t value = 0;
    int8_t index = 0;
    uint16_t i;

    for (i = 0; i < samples; i++) {
        uint8_t code = i & 1 ? data[i / 2] >> 4 : data[i / 2] & 15;
        uint16_t step = steps[index];
        int32_t change = step >> 3;

        change += (code & 4 ? step : 0) + (code & 2 ? step >> 1 : 0) + (code & 1 ? step >> 2 : 0);
        value += code & 8 ? -change : change;
        value = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
        index += moves[code & 7];
        index = index < 0 ? 0 : index > 88 ? 88 : index;
        decoded[i] = value >> 8;
    }
    for (i = samples; i < samples + 16; i++)
        decoded[i] = 0;
}

void con_sample(const uint8_t *data, uint16_t bytes)
{
    uint16_t samples = data[0] | data[1] << 8, rate = data[2] | data[3] << 8;

    if (bytes < 4 || samples > LONGEST || rate == 0)
        return;
    DMA1_CONTROL = 0;
    TIMER0_CONTROL = 0;
    decode(data + 4, samples);
    DMA1_FROM = (uint32_t)decoded;
    DMA1_TO = FIFO_A;
    DMA1_CONTROL = DMA_FIFO;
    TIMER0_RELOAD = 65536 - CLOCK / rate;
    TIMER0_CONTROL = TIMER_ON;
    sample_frames = samples * 60u / rate + 1;
}

/* Called once in a frame: ends what has been heard. */
void con_sound_frame(void)
{
    if (sample_frames && !--sample_frames) {
        DMA1_CONTROL = 0;
        TIMER0_CONTROL = 0;
    }
    if (tone_frames && !--tone_frames) {
        SOUND1_DUTY = 0;
        SOUND1_PITCH = 0x8000;
    }
}
