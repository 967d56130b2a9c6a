# SPDX-License-Identifier: Apache-2.0
# Tasks that every recipe has, and how its sources, its sysroot and its packages come about.

inherit logging staging package

DEPENDS:prepend = "${BASEDEPENDS} "
BASEDEPENDS ??= ""
BASEDEPENDS:class-target = "${@'virtual/libc' if not d.getVar('INHIBIT_DEFAULT_DEPS') else ''}"

# LICENSE_FLAGS says what must be allowed besides the licence; LICENSE_FLAGS_ACCEPTED names what is: a flag, its beginning up to a _,
# or flag_PN for one recipe. LICENSE_FLAGS_DETAILS[flag] tells more of it.
python () {
    accepted = set((d.getVar('LICENSE_FLAGS_ACCEPTED') or '').split())
    for flag in (d.getVar('LICENSE_FLAGS') or '').split():
        words = ('%s_%s' % (flag, d.getVar('PN'))).split('_')
        if not accepted.intersection('_'.join(words[:count + 1]) for count in range(len(words))):
            details = d.getVarFlag('LICENSE_FLAGS_DETAILS', flag)
            raise bb.parse.SkipRecipe("its licence flag '%s' is not in LICENSE_FLAGS_ACCEPTED%s" % (flag, ': ' + details if details else ''))
}

def hosttools_setup(d):
    """Links to the host's tools, so that tasks see these and no others."""
    folder = d.getVar('HOSTTOOLS_DIR')
    path = os.environ.get('PATH', '') + ':/usr/sbin:/sbin:/usr/bin:/bin'
    missing = []
    bb.utils.mkdirhier(folder)
    for name in (d.getVar('HOSTTOOLS') + ' ' + d.getVar('HOSTTOOLS_NONFATAL')).split():
        link = os.path.join(folder, name)
        if os.path.exists(link):
            continue
        found = bb.utils.which(path, name, executable=True)
        if found:
            bb.utils.remove(link)
            os.symlink(found, link)
        elif name not in d.getVar('HOSTTOOLS_NONFATAL').split():
            missing.append(name)
    if missing:
        bb.fatal("The following required tools (as specified by HOSTTOOLS) appear to be unavailable in PATH, please install them in order to proceed:\n  %s" % " ".join(missing))

def toolchain_id(d, prefixes):
    """What the compilers that tasks use say that they are: name, packaging and version."""
    import subprocess
    out = []
    for name in [prefix + 'gcc' for prefix in prefixes]:
        link = os.path.join(d.getVar('HOSTTOOLS_DIR'), name)
        if os.path.exists(link):
            done = subprocess.run([link, '--version'], capture_output=True, text=True, env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'})
            # The first word is the name that it was called by.
            out.append(done.stdout.split('\n')[0].split(' ', 1)[-1])
    return ' '.join(dict.fromkeys(out)) or 'none'

addhandler base_eventhandler
base_eventhandler[eventmask] = "bb.event.ConfigParsed"
python base_eventhandler() {
    hosttools_setup(d)
    d.setVar('BUILD_TOOLCHAIN_ID', toolchain_id(d, ['']))
    d.setVar('TARGET_TOOLCHAIN_ID', toolchain_id(d, ['', d.getVar('TARGET_PREFIX')]))
}

addtask fetch
do_fetch[dirs] = "${DL_DIR}"
do_fetch[file-checksums] = "${@bb.fetch.get_checksum_file_list(d)}"
do_fetch[vardeps] += "SRC_URI"
do_fetch[network] = "1"
python base_do_fetch() {
    uris = (d.getVar('SRC_URI') or '').split()
    if uris:
        try:
            bb.fetch2.Fetch(uris, d).download()
        except bb.fetch2.BBFetchException as exc:
            bb.fatal("Bitbake Fetcher Error: %s" % exc)
}

addtask unpack after do_fetch
do_unpack[cleandirs] = "${UNPACKDIR}"
do_unpack[vardeps] += "SRC_URI"
python base_do_unpack() {
    uris = (d.getVar('SRC_URI') or '').split()
    if uris:
        try:
            bb.fetch2.Fetch(uris, d).unpack(d.getVar('UNPACKDIR'))
        except bb.fetch2.BBFetchException as exc:
            bb.fatal("Bitbake Fetcher Error: %s" % exc)
}

addtask patch after do_unpack
do_patch[dirs] = "${UNPACKDIR}"
python base_do_patch() {
    import subprocess
    for url in (d.getVar('SRC_URI') or '').split():
        kind, host, path, user, password, params = bb.fetch2.decodeurl(d.expand(url))
        if not path.endswith(('.patch', '.diff')) or params.get('apply') == 'no':
            continue
        name = os.path.join(d.getVar('UNPACKDIR'), path)
        done = subprocess.run(['patch', '-p' + params.get('striplevel', '1'), '-i', name], cwd=d.getVar('S'), capture_output=True, text=True)
        bb.note(done.stdout)
        if done.returncode:
            bb.fatal("Applying patch '%s' on target directory '%s' failed:\n%s%s" % (path, d.getVar('S'), done.stdout, done.stderr))
}

# The text that a recipe names as its licence must still be the text that it was written for.
do_patch[postfuncs] += "base_check_licence"
do_patch[vardeps] += "LIC_FILES_CHKSUM base_check_licence"
python base_check_licence() {
    import hashlib
    for url in (d.getVar('LIC_FILES_CHKSUM') or '').split():
        kind, host, path, user, password, params = bb.fetch2.decodeurl(url)
        file = os.path.join(d.getVar('S'), path)
        if not os.path.exists(file):
            bb.fatal("LIC_FILES_CHKSUM names %s, which is not in the source" % path)
        with open(file, 'rb') as text:
            lines = text.read().splitlines(keepends=True)
        chosen = lines[int(params.get('beginline', 1)) - 1:int(params.get('endline', len(lines)))]
        actual = hashlib.md5(b''.join(chosen)).hexdigest()
        if actual != params.get('md5'):
            bb.fatal("the licence text in %s has the md5 %s, not %s as LIC_FILES_CHKSUM says" % (path, actual, params.get('md5')))
}

addtask configure after do_patch do_prepare_recipe_sysroot
do_configure[dirs] = "${B}"
do_configure[vardeps] += "TOOLCHAIN_ID"
base_do_configure () {
    :
}

addtask compile after do_configure
do_compile[dirs] = "${B}"
base_do_compile () {
    if [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; then
        oe_runmake
    else
        bbnote "nothing to compile"
    fi
}

addtask install after do_compile
do_install[dirs] = "${B}"
do_install[cleandirs] = "${D}"
base_do_install () {
    :
}

oe_runmake () {
    bbnote make ${PARALLEL_MAKE} ${EXTRA_OEMAKE} "$@"
    make ${PARALLEL_MAKE} ${EXTRA_OEMAKE} "$@"
}

addtask build after do_populate_sysroot do_package
do_build[noexec] = "1"
do_build[recrdeptask] += "do_deploy"
do_build () {
    :
}

addtask clean
do_clean[nostamp] = "1"
python base_do_clean() {
    import glob
    for path in glob.glob(d.getVar('STAMP') + '.*') + [d.getVar('WORKDIR'), d.getVar('COMPONENT_DIR'), d.getVar('PKGTREE_DIR')]:
        bb.utils.remove(path, True)
    staging_forget_needs(d)
}

addtask cleanall after do_clean
do_cleanall[nostamp] = "1"
python base_do_cleanall() {
    bb.fetch2.Fetch((d.getVar('SRC_URI') or '').split(), d).clean()
}

addtask listtasks
do_listtasks[nostamp] = "1"
python do_listtasks() {
    for name in sorted(d.getVar('__BBTASKS', False) or []):
        bb.plain("%-32s %s" % (name, d.getVarFlag(name, 'doc') or ''))
}

do_fetch[doc] = "Fetches the source code"
do_unpack[doc] = "Unpacks the source code into the work folder"
do_patch[doc] = "Applies patches to the source code"
do_configure[doc] = "Configures the source"
do_compile[doc] = "Compiles the source"
do_install[doc] = "Copies files from the build into a holding area"
do_build[doc] = "Default task for a recipe: depends on all other normal tasks required to build it"
do_clean[doc] = "Removes all output files for a recipe"
do_cleanall[doc] = "Removes all output files and downloaded sources for a recipe"
do_listtasks[doc] = "Lists all defined tasks for a recipe"

EXPORT_FUNCTIONS do_fetch do_unpack do_patch do_configure do_compile do_install do_clean do_cleanall
