/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader looks for: the module's information, its exports, and module_start, which begins the main thread. */
#include "psp.h"

struct library {
    const char *name;
    uint16_t version, attributes;
    uint8_t words, variables;
    uint16_t functions;
    const void *table;
};

struct module {
    uint16_t attributes;
    uint8_t version[2];
    char name[28];
    void *gp;
    const void *exports, *exports_end, *imports, *imports_end;
};

extern char _gp[], __lib_ent_top[], __lib_ent_end[], __lib_stub_top[], __lib_stub_end[];

enum { USER = 0, PRIORITY = 32, STACK = 256 * 1024, EXIT_PRIORITY = 17, EXIT_STACK = 4096, EXPORT_OF_THE_SYSTEM = 0x8000 };
#define USER_THREAD 0x80000000
#define NID_MODULE_START 0xd632acdb
#define NID_MODULE_INFO 0xf01d73a7

int main(void);
int module_start(uint32_t bytes, void *argument);

const struct module module_info __attribute__((section(".rodata.sceModuleInfo"))) = {
    USER, {0, 1}, "console", _gp, __lib_ent_top, __lib_ent_end, __lib_stub_top, __lib_stub_end};

static const void *const exported[4] __attribute__((section(".rodata.sceResident"), used)) = {
    (const void *)NID_MODULE_START, (const void *)NID_MODULE_INFO, module_start, &module_info};

static const struct library exports __attribute__((section(".lib.ent"), used)) = {0, 0, EXPORT_OF_THE_SYSTEM, 4, 1, 1, exported};

static int leave(int one, int two, void *argument)
{
    (void)one, (void)two, (void)argument;
    sceKernelExitGame();
    return 0;
}

/* Waits for the HOME key. */
static int exit_thread(uint32_t bytes, void *argument)
{
    (void)bytes, (void)argument;
    sceKernelRegisterExitCallback(sceKernelCreateCallback("exit", leave, 0));
    sceKernelSleepThreadCB();
    return 0;
}

static int main_thread(uint32_t bytes, void *argument)
{
    int thread = sceKernelCreateThread("exit", exit_thread, EXIT_PRIORITY, EXIT_STACK, 0, 0);

    (void)bytes, (void)argument;
    if (thread >= 0)
        sceKernelStartThread(thread, 0, 0);
    main();
    sceKernelExitGame();
    return 0;
}

int module_start(uint32_t bytes, void *argument)
{
    int thread = sceKernelCreateThread("main", main_thread, PRIORITY, STACK, USER_THREAD, 0);

    if (thread >= 0)
        sceKernelStartThread(thread, bytes, argument);
    return 0;
}
