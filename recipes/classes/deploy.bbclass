# SPDX-License-Identifier: Apache-2.0
# Files for people and machines, in DEPLOY_DIR_IMAGE. do_deploy puts them into DEPLOYDIR; DEPLOY_FILES names them.

DEPLOYDIR = "${WORKDIR}/deploy-${PN}"
DEPLOY_FILES ??= ""
addtask deploy after do_compile before do_build
do_deploy[dirs] = "${DEPLOYDIR} ${B}"
do_deploy[cleandirs] = "${DEPLOYDIR}"
do_deploy[outputs] = "${@' '.join(d.getVar('DEPLOY_DIR_IMAGE') + '/' + f for f in d.getVar('DEPLOY_FILES').split())}"
do_deploy[postfuncs] += "deploy_publish"
do_deploy[vardeps] += "deploy_publish"

# A file under its name is a whole file, whenever this is cut off.
deploy_publish () {
    install -d ${DEPLOY_DIR_IMAGE}
    for file in ${DEPLOY_FILES}; do
        cp --sparse=always ${DEPLOYDIR}/$file ${DEPLOY_DIR_IMAGE}/.$file.new
        mv ${DEPLOY_DIR_IMAGE}/.$file.new ${DEPLOY_DIR_IMAGE}/$file
    done
}
