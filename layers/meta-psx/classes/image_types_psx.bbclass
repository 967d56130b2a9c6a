# SPDX-License-Identifier: Apache-2.0
# psexe: what the BIOS loads. bincue: a disc with it, by mkpsxiso.
#
# PSX_DISC_XML names a disc project of the recipe (mkpsxiso's XML, relative to S); its paths are relative to a folder that holds
# what S has, MAIN.EXE, and SYSTEM.CNF unless S has one. Without it the disc has these two files.
# PSX_LICENSE_FILE is the user's licence file: 28032 bytes, 12 sectors of 2336. Without it the area is empty: emulators and
# modified consoles start such a disc. None is shipped here.

PSX_DISC_XML ?= ""
PSX_LICENSE_FILE ?= ""
PSX_STACK ?= "0x801ffff0"
# The game's title where it is empty.
PSX_VOLUME ?= ""
PSX_DISC = "${WORKDIR}/psx-disc"

CONSOLE_QA += "psx_load_delay"
def psx_load_delay(d):
    """No instruction may read a register in its load delay: emulators do not notice, the console does."""
    import subprocess
    done = subprocess.run(['elfcheck', '--flags', d.getVar('CONSOLE_ELF_FLAGS'), '--load-delay', d.getVar('CONSOLE_EXE')],
                          env={**os.environ, 'PATH': d.getVar('PATH')}, capture_output=True, text=True)
    if done.returncode:
        bb.fatal(done.stderr.strip())

IMAGE_DEPENDS:psexe = "elf2psexe-native elfcheck-native"
IMAGE_CMD:psexe = "elf2psexe --flags ${CONSOLE_ELF_FLAGS} --stack ${PSX_STACK} ${CONSOLE_EXE} ${IMAGE_NAME}.psexe"

IMAGE_DEPENDS:bincue = "mkpsxiso-native isocheck-native"
IMAGE_TYPEDEP:bincue = "psexe"
IMAGE_OUTPUTS:bincue = ".bin .cue .lba.txt"
IMAGE_USER_FILES:bincue = "PSX_LICENSE_FILE"
IMAGE_MAKERS_FILES:bincue = "PSX_LICENSE_FILE"
IMAGE_CMD:bincue () {
    rm -rf ${PSX_DISC}
    install -d ${PSX_DISC}
    cp -r ${S}/. ${PSX_DISC}/
    cp ${IMAGE_NAME}.psexe ${PSX_DISC}/MAIN.EXE
    if [ ! -e ${PSX_DISC}/SYSTEM.CNF ]; then
        printf 'BOOT = cdrom:\\MAIN.EXE;1\r\nTCB = 4\r\nEVENT = 10\r\nSTACK = 801FFF00\r\n' > ${PSX_DISC}/SYSTEM.CNF
    fi
    xml="${PSX_DISC_XML}"
    if [ -z "$xml" ]; then
        xml=.default-disc.xml
        volume="${PSX_VOLUME}"
        [ -n "$volume" ] || volume=$(printf '%s' '${GAME_TITLE}' | tr a-z A-Z | tr -c 'A-Z0-9' _ | cut -c 1-32)
        cat > ${PSX_DISC}/$xml <<END
<?xml version="1.0" encoding="UTF-8"?>
<iso_project>
  <track type="data">
    <identifiers system="PLAYSTATION" application="PLAYSTATION" volume="$volume" data_preparer="MKPSXISO"/>
    <directory_tree>
      <file name="SYSTEM.CNF" source="SYSTEM.CNF"/>
      <file name="MAIN.EXE" source="MAIN.EXE"/>
    </directory_tree>
  </track>
</iso_project>
END
    fi
    mkpsxiso --license-by-option ${@'--license ' + d.getVar('PSX_LICENSE_FILE') if d.getVar('PSX_LICENSE_FILE') else ''} -lba ${IMAGE_NAME}.lba.txt \
        -o ${IMAGE_NAME}.bin -c ${IMAGE_NAME}.cue ${PSX_DISC}/$xml
    isocheck --psx ${IMAGE_NAME}.bin
}
