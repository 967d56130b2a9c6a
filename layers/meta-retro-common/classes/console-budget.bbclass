# SPDX-License-Identifier: Apache-2.0
# What a program takes of the machine's memory, section by section, and whether it may.
#
# CONSOLE_MEMORY lists the machine's regions, name:origin:size[:reserved]; sizes in bytes, K or M; what is reserved is for
# the stack and the like. CONSOLE_BUDGET[name] = "4K" gives a recipe less than the machine has.
# The linker script need not know the limits: a program that is too large is linked, reported on and refused here.

addtask console_qa after do_compile before do_image
do_console_qa[vardeps] += "CONSOLE_MEMORY CONSOLE_BUDGET CONSOLE_ELF_MACHINE CONSOLE_ELF_FLAGS CONSOLE_QA"
do_console_qa[doc] = "Checks what was linked: memory budget, ELF flags, and what CONSOLE_QA names"
CONSOLE_BUDGET_REPORT = "${WORKDIR}/budget.txt"

# Functions of the machine's own, such as a check of load delays; each is called with d and fails by bb.fatal().
CONSOLE_QA ?= ""

python do_console_qa() {
    import retro.budget
    import retro.elf
    program = d.getVar('CONSOLE_EXE')
    if program.endswith('.elf'):
        wrong = retro.elf.wrong_flags(program, d.getVar('CONSOLE_ELF_MACHINE'), d.getVar('CONSOLE_ELF_FLAGS'))
        if wrong:
            bb.fatal('%s: %s' % (os.path.basename(program), wrong))
    limits = d.getVarFlags('CONSOLE_BUDGET') or {}
    try:
        report, over = retro.budget.report(program, d.getVar('CONSOLE_MEMORY'), {name: limits[name] for name in limits if name not in ('doc', '_content')})
    except ValueError as error:
        bb.fatal(str(error))
    with open(d.getVar('CONSOLE_BUDGET_REPORT'), 'w') as out:
        out.write(report)
    bb.note(report)
    if over:
        bb.fatal('%s does not fit into %s:\n%s\n\n%s' % (d.getVar('PN'), d.getVar('MACHINE'), '\n'.join(over), report))
    for function in (d.getVar('CONSOLE_QA') or '').split():
        bb.utils.better_eval('%s(d)' % function, {'d': d})
}
