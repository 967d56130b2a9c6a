/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, the pad and messages, by the system's own functions. */
#include "console.h"
#include "psp.h"

enum { LCD = 0, WIDTH = 480, HEIGHT = 272, PIXELS_5551 = 1, AT_NEXT_FRAME = 1 };

static uint16_t frames;

void con_frame_init(void);
void con_sound_init(void);
void con_sound_frame(void);

void con_init(void)
{
    sceDisplaySetMode(LCD, WIDTH, HEIGHT);
    sceCtrlSetSamplingMode(0);
    con_frame_init();
    con_sound_init();
    frames = 0;
}

/* framebuffer.c asks for this when what is in video memory may be seen, or may not. */
void con_place_show(uint8_t shown)
{
    sceDisplaySetFrameBuf(shown ? (void *)CON_FRAME : 0, shown ? CON_FRAME_STRIDE : 0, PIXELS_5551, AT_NEXT_FRAME);
}

uint8_t con_pad(void)
{
    static const struct {
        uint16_t bit;
        uint8_t key;
    } keys[] = {{0x0001, CON_SELECT}, {0x0008, CON_START}, {0x0010, CON_UP},  {0x0020, CON_RIGHT}, {0x0040, CON_DOWN},
                {0x0080, CON_LEFT},   {0x2000, CON_B},     {0x4000, CON_A}};
    struct psp_pad pad;
    uint8_t i, out = 0;

    if (sceCtrlPeekBufferPositive(&pad, 1) < 0)
        return 0;
    for (i = 0; i < sizeof keys / sizeof *keys; i++)
        if (pad.keys & keys[i].bit)
            out |= keys[i].key;
    return out;
}

void con_wait(void)
{
    sceDisplayWaitVblankStart();
    frames++;
    con_sound_frame();
}

uint16_t con_frames(void)
{
    return frames;
}

void con_print(const char *text)
{
    uint32_t length = 0;

    while (text[length])
        length++;
    sceIoWrite(sceKernelStdout(), text, length);
}
