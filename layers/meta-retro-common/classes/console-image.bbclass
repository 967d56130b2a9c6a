# SPDX-License-Identifier: Apache-2.0
# A linked program packed in the forms of IMAGE_FSTYPES, as OE-core's image_types.bbclass does it for root file systems.
#
# A type is brought by a class in IMAGE_CLASSES that says:
#   IMAGE_CMD:TYPE       shell, run in IMGDEPLOYDIR; makes ${IMAGE_NAME}.TYPE from ${CONSOLE_EXE} or from another type's file
#   IMAGE_TYPEDEP:TYPE   types to be made before
#   IMAGE_DEPENDS:TYPE   recipes whose tools it takes
#   IMAGE_OUTPUTS:TYPE   endings of the files that it makes after ${IMAGE_NAME}, where that is not ".TYPE" alone
#   IMAGE_USER_FILES:TYPE    variables that name files of the user's that go in, where they are not empty: the contents enter the signature
#   IMAGE_MAKERS_FILES:TYPE  those of them that name what belongs to the console's maker: a recipe that has one of these files in an
#                            image has the licence flag console-proprietary, which LICENSE_FLAGS_ACCEPTED must name

inherit ${@d.getVar('IMAGE_CLASSES') or ''}

IMAGE_NAME ?= "${PN}-${MACHINE}"
IMGDEPLOYDIR = "${WORKDIR}/deploy-${PN}-image-complete"

def image_types(d):
    """IMAGE_FSTYPES and what they are made of, each after those that it is made of."""
    order = []
    def visit(kind, trail):
        if kind in trail:
            bb.fatal('IMAGE_TYPEDEP goes round in a circle: %s' % ' '.join(trail + [kind]))
        for before in (d.getVar('IMAGE_TYPEDEP:' + kind) or '').split():
            visit(before, trail + [kind])
        if kind not in order:
            order.append(kind)
    for kind in (d.getVar('IMAGE_FSTYPES') or '').split():
        visit(kind, [])
    return order

def image_files(d):
    """The files that the types of IMAGE_FSTYPES leave, and the report on the budget."""
    endings = ['.budget.txt']
    for kind in image_types(d):
        endings += (d.getVar('IMAGE_OUTPUTS:' + kind) or '.' + kind).split()
    return [d.getVar('IMAGE_NAME') + ending for ending in dict.fromkeys(endings)]

def image_variables(d, kind, names):
    """Of the variables that IMAGE_USER_FILES or IMAGE_MAKERS_FILES of a type names those that name a file."""
    return [name for name in (d.getVar(names + ':' + kind) or '').split() if d.getVar(name)]

def image_makers_files(d):
    return list(dict.fromkeys(name for kind in image_types(d) for name in image_variables(d, kind, 'IMAGE_MAKERS_FILES')))

LICENSE_FLAGS:append = "${@' console-proprietary' if image_makers_files(d) else ''}"
LICENSE_FLAGS_DETAILS[console-proprietary] = "${@' and '.join(image_makers_files(d))} would put a file into the images that belongs to the console's maker, \
so they may not be passed on as they are; LICENSE_FLAGS_ACCEPTED += 'console-proprietary' in conf/local.conf builds them"

DEPENDS:append = " ${@' '.join(d.getVar('IMAGE_DEPENDS:' + kind) or '' for kind in image_types(d))}"

addtask image after do_compile
do_image[noexec] = "1"
do_image () {
    :
}

python () {
    for kind in image_types(d):
        command = d.getVar('IMAGE_CMD:' + kind, False)
        if command is None:
            raise bb.parse.SkipRecipe("IMAGE_FSTYPES has %s, and no class in IMAGE_CLASSES has an IMAGE_CMD:%s" % (kind, kind))
        task = 'do_image_' + kind.replace('-', '_').replace('.', '_')
        d.setVar(task, command)
        d.setVarFlag(task, 'func', '1')
        d.setVarFlag(task, 'dirs', d.getVar('IMGDEPLOYDIR'))
        d.setVarFlag(task, 'doc', "Makes the program's %s" % kind)
        d.setVarFlag(task, 'file-checksums', ' '.join(d.getVar(name) + ':True' for name in image_variables(d, kind, 'IMAGE_USER_FILES')))
        after = ['do_image'] + ['do_image_' + before.replace('-', '_').replace('.', '_') for before in (d.getVar('IMAGE_TYPEDEP:' + kind) or '').split()]
        bb.build.addtask(task, 'do_image_complete', ' '.join(after), d)
}

addtask image_complete after do_image do_console_qa before do_build
do_image_complete[dirs] = "${DEPLOY_DIR_IMAGE} ${IMGDEPLOYDIR}"
do_image_complete[outputs] = "${@' '.join('${DEPLOY_DIR_IMAGE}/' + name for name in image_files(d))}"
do_image_complete[doc] = "Puts the images where people look for them"
IMAGE_FILES = "${@' '.join(image_files(d))}"
do_image_complete () {
    cp ${CONSOLE_BUDGET_REPORT} ${IMGDEPLOYDIR}/${IMAGE_NAME}.budget.txt
    for file in ${IMAGE_FILES}; do
        cp ${IMGDEPLOYDIR}/$file ${DEPLOY_DIR_IMAGE}/.$file.new
        mv ${DEPLOY_DIR_IMAGE}/.$file.new ${DEPLOY_DIR_IMAGE}/$file
    done
}
