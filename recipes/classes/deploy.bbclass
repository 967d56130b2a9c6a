# SPDX-License-Identifier: Apache-2.0
# Files for people and machines, in DEPLOY_DIR_IMAGE. DEPLOY_FILES names them; do_deploy puts them there.

DEPLOY_FILES ??= ""
addtask deploy after do_compile before do_build
do_deploy[dirs] = "${DEPLOY_DIR_IMAGE} ${B}"
do_deploy[outputs] = "${@' '.join(d.getVar('DEPLOY_DIR_IMAGE') + '/' + f for f in d.getVar('DEPLOY_FILES').split())}"
