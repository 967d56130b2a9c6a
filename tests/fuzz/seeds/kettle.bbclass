STOVE ?= "gas"
inherit pan pot
inherit_defer ${@'gas' if d.getVar('STOVE') else 'wood'}
PLACE = "${@os.path.dirname(d.getVar('FILE'))}"
addhandler kettle_listens
kettle_listens[eventmask] = "bb.event.ConfigParsed bb.event.RecipeParsed"
python kettle_listens () {
    if isinstance(e, bb.event.ConfigParsed):
        e.data.setVar("HEARD", "whistle")
}
EMPTY = ""
T[vardepsexclude] += "PID"
do_unpack[vardeps] = "${@' '.join(['a', 'b'])}"
kettle_do_boil() {
	if [ -e lid -o -e spout ]; then
		pour || die "cold"
	else
		bbnote "nothing to pour"
	fi
}
kettle_do_boil[cleandirs] = "${B}"
EXPORT_FUNCTIONS do_boil do_pour
addtask pour after do_boil
deltask do_nothing
unset T[vardepsexclude]
A ??= "weak"
A:append:class-native = " n"
A:remove = "${B}"
${A}_x .= "key"
