BB_DEFAULT_TASK ?= "build"
inherit patch staging
inherit_defer ${@'meson' if d.getVar('USE_MESON') else 'autotools'}
OE_IMPORTS += "os sys time"
THISDIR = "${@os.path.dirname(d.getVar('FILE'))}"
addhandler base_eventhandler
base_eventhandler[eventmask] = "bb.event.ConfigParsed bb.event.RecipeParsed"
python base_eventhandler () {
    if isinstance(e, bb.event.ConfigParsed):
        e.data.setVar("NATIVELSBSTRING", "universal")
}
CLEANFUNCS = ""
T[vardepsexclude] += "PID"
do_unpack[vardeps] = "${@' '.join(['a', 'b'])}"
base_do_compile() {
	if [ -e Makefile -o -e makefile -o -e GNUmakefile ]; then
		oe_runmake || die "make failed"
	else
		bbnote "nothing to compile"
	fi
}
base_do_compile[cleandirs] = "${B}"
EXPORT_FUNCTIONS do_compile do_install
addtask compile after do_configure
deltask do_nothing
unset T[vardepsexclude]
A ??= "weak"
A:append:class-native = " n"
A:remove = "${B}"
${A}_x .= "key"
