/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of the PSP's system that the SDK calls; imports.txt names their libraries. */
#ifndef PSP_H
#define PSP_H

#include <stdint.h>

typedef int (*psp_thread)(uint32_t bytes, void *argument);
typedef int (*psp_callback)(int one, int two, void *argument);

struct psp_pad {
    uint32_t time, keys;
    uint8_t x, y, unused[6];
};

int sceKernelCreateThread(const char *name, psp_thread entry, int priority, int stack, uint32_t attributes, void *options);
int sceKernelStartThread(int thread, uint32_t bytes, void *argument);
int sceKernelSleepThreadCB(void);
int sceKernelExitDeleteThread(int status);
int sceKernelCreateCallback(const char *name, psp_callback function, void *argument);
int sceKernelRegisterExitCallback(int callback);
void sceKernelExitGame(void);
int sceIoWrite(int file, const void *data, uint32_t bytes);
int sceKernelStdout(void);
int sceDisplaySetMode(int mode, int width, int height);
int sceDisplaySetFrameBuf(void *frame, int stride, int format, int when);
int sceDisplayWaitVblankStart(void);
int sceCtrlSetSamplingMode(int mode);
int sceCtrlPeekBufferPositive(struct psp_pad *pad, int count);
int sceAudioChReserve(int channel, int samples, int format);
int sceAudioOutputBlocking(int channel, int volume, const void *samples);

#endif
