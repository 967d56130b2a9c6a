# SPDX-License-Identifier: Apache-2.0
# chd: a disc as the compressed file of MAME and other emulators, made by chdman of the machine's own disc.
# Machines require conf/machine/include/chd.inc, which says where chdman comes from.

IMAGE_TYPEDEP:chd = "${@'bincue' if d.getVar('CHD_SOURCE') == 'cue' else d.getVar('CHD_SOURCE')}"
IMAGE_CMD:chd = "chdman createcd -f -np 1 -i ${IMAGE_NAME}.${CHD_SOURCE} -o ${IMAGE_NAME}.chd && chdman verify -i ${IMAGE_NAME}.chd"
