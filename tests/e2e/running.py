# SPDX-License-Identifier: Apache-2.0
"""How builds go: what fails, what is interrupted, what is damaged."""

import glob
import os
import re
import shutil
import signal
import subprocess

from support import HITZ, PLAIN, WORK, Place, has, test, toy_layer


@test
def keep_going_builds_what_does_not_depend_on_a_failure():
    layer = toy_layer("going", {"bad_1.0.bb": PLAIN + "do_compile () {\n    exit 1\n}\n", "good_1.0.bb": PLAIN})
    out = Place("going", layer).hitz("build", "-k", "bad", "good", status=1)
    has(out, "and 1 failed")
    has(Place("going", layer).hitz("build", "-n", "good"), "0 tasks would run")


FLAKY = PLAIN + """
do_fetch[network] = "1"
do_fetch () {
    echo x >> ${TOPDIR}/tries
    [ $(wc -l < ${TOPDIR}/tries) -gt %d ] || { echo "%s"; exit 1; }
}
"""


def tries(place):
    with open(os.path.join(place.build, "tries")) as file:
        return len(file.readlines())


@test
def a_task_that_the_network_lets_down_runs_again():
    layer = toy_layer("flaky", {"flaky_1.0.bb": FLAKY % (2, "curl: (7) Connection refused")})
    place = Place("flaky", layer, 'HITZ_RETRY_DELAY = "0"\n')
    has(place.hitz("build", "flaky"), "the network does not answer; it runs again in 0 s (2 of 2)")
    assert tries(place) == 3, tries(place)


@test
def a_task_is_given_up_after_so_many_retries_and_one_that_fails_of_itself_at_once():
    layer = toy_layer("given-up", {"down_1.0.bb": FLAKY % (9, "curl: (7) Connection refused"),
                                   "wrong_1.0.bb": FLAKY % (9, "main.c:1:1: error: no such thing")})
    place = Place("given-up", layer, 'HITZ_RETRY_DELAY = "0"\nHITZ_RETRIES = "1"\n')
    place.hitz("build", "down", status=1)
    assert tries(place) == 2, tries(place)
    place.hitz("build", "wrong", status=1)
    assert tries(place) == 3, tries(place)


WHERE = PLAIN + """
python do_compile () {
    records = d.getVar("BB_TASKDEPDATA", False)
    bb.plain("after %s" % " ".join(sorted({records[one].taskname for one in records})))
    bb.plain("network %s of compile" % os.readlink("/proc/self/ns/net"))
}
do_install () {
    bbplain "network $(readlink /proc/self/ns/net) of install"
}
addtask ask after do_install before do_build
do_ask[network] = "1"
do_ask () {
    bbplain "network $(readlink /proc/self/ns/net) of ask"
}
"""


@test
def tasks_that_may_not_use_the_network_have_an_empty_one_and_know_what_they_depend_on():
    out = Place("where", toy_layer("where", {"where_1.0.bb": WHERE})).hitz("build", "where")
    networks = dict((task, name) for name, task in re.findall(r"network (\S+) of (\w+)", out))
    ours = os.readlink("/proc/self/ns/net")
    assert networks["ask"] == ours, out
    can_leave = subprocess.run(["unshare", "--user", "--net", "true"], stderr=subprocess.DEVNULL).returncode == 0
    assert (networks["compile"] != ours) == can_leave and (networks["install"] != ours) == can_leave, out
    has(out, "after do_compile do_configure do_fetch")


ASKING = PLAIN + """
python do_compile () {
    import multiprocessing, time
    sleeper = multiprocessing.Process(target=time.sleep, args=(0.5,))
    sleeper.start()
    asked = 0
    while sleeper.is_alive():
        asked += 1
    bb.plain("asked %d times, ended with %d" % (asked, sleeper.exitcode))
}
"""


@test
def a_task_that_asks_without_a_rest_whether_its_processes_have_ended_leaves_them_the_processor():
    out = Place("asking", toy_layer("asking", {"asking_1.0.bb": ASKING})).hitz("build", "asking")
    asked = re.search("asked ([0-9]+) times, ended with 0", out)
    assert asked and 0 < int(asked[1]) <= 5000, out  # some 100,000 times without a rest


@test
def a_disk_that_runs_low_stops_the_build_as_the_configuration_says():
    layer = toy_layer("low", {"low_1.0.bb": PLAIN + "do_compile () {\n    sleep 3\n}\n"})
    place = Place("low", layer, 'BB_DISKMON_DIRS = "STOPTASKS,${TOPDIR},9999999G,"\n')
    out = place.hitz("build", "low", status=2)
    has(out, "is running low", 'the disk space monitor action is "STOPTASKS"!')


KEPT = PLAIN + """
do_keep () {
    echo made >> ${TOPDIR}/kept
}
addtask keep before do_build
do_keep_setscene () {
    echo begun >> ${TOPDIR}/kept
    sleep 3
    echo restored >> ${TOPDIR}/kept
}
addtask keep_setscene
"""
ALL_KEPT = "def all_kept(sq_data, d, siginfo=False, currentcount=0, summary=True):\n    return set(sq_data['hash'])\n"


def watched_while_restoring(action):
    """What one and two told of themselves: their results are restored one after the other, and the disk runs low at once."""
    name = "restored-" + action.lower()
    layer = toy_layer(name, {"one_1.0.bb": KEPT, "two_1.0.bb": KEPT, "classes/kept.bbclass": ALL_KEPT})
    place = Place(name, layer, 'INHERIT += "kept"\nBB_HASHCHECK_FUNCTION = "all_kept"\nBB_NUMBER_THREADS = "1"\n'
                               'BB_DISKMON_DIRS = "%s,${TOPDIR},9999999G,"\n' % action)
    out = place.hitz("build", "-c", "keep", "one", "two", status=1)
    has(out, "is running low", 'the disk space monitor action is "%s"!' % action)
    told = os.path.join(place.build, "kept")
    if not os.path.exists(told):  # stopped before it said anything
        return []
    with open(told) as file:
        return file.read().split()


@test
def a_disk_that_runs_low_while_results_are_restored_lets_the_one_at_hand_end_or_stops_it_at_once():
    assert watched_while_restoring("STOPTASKS") == ["begun", "restored"]
    assert watched_while_restoring("HALT") in ([], ["begun"])


def damage_blobs(cache):
    for root, _, files in os.walk(os.path.join(cache, "blobs")):
        for name in files:
            with open(os.path.join(root, name), "r+b") as file:
                file.seek(8)
                file.write(b"damage!")


@test
def a_damaged_blob_is_found_and_built_again():
    layer = toy_layer("damaged", {"thing_1.0.bb": PLAIN + "do_install () {\n    seq 10000 > ${D}/thing\n}\n"})
    place = Place("damaged", layer, 'HITZ_CACHE_DIR = "%s/damaged-cache"\n' % WORK)
    place.hitz("build", "thing")
    damage_blobs(os.path.join(WORK, "damaged-cache"))
    place.forget()
    has(place.hitz("build", "thing"), "thing-1.0-r0 do_compile: started")
    damage_blobs(os.path.join(WORK, "damaged-cache"))
    has(place.hitz("cache", "verify", status=2), "damaged")
    place.forget()
    has(place.hitz("build", "thing"), "thing-1.0-r0 do_compile: started")
    has(place.hitz("cache", "verify"), "0 damaged")
    has(place.hitz("cache", "stats"), "results")
    has(place.hitz("cache", "gc", "--limit", "0"), "took out")


@test
def an_interrupt_finishes_what_runs_and_the_next_build_goes_on():
    layer = toy_layer("slow", {"slow_1.0.bb": PLAIN + "do_compile () {\n    sleep 3\n    touch done\n}\n"})
    place = Place("slow", layer)
    process = subprocess.Popen([HITZ, "build", "slow"], cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if "do_compile: started" in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stdout.read()
    process.wait(timeout=30)
    assert process.returncode == 130, (process.returncode, rest)
    has(rest, "slow-1.0-r0 do_compile: done")
    out = place.hitz("build", "slow")
    assert "do_compile: started" not in out, out


FAKEROOT = PLAIN + """
fakeroot do_own () {
    install -m 4711 -d ${WORKDIR}/out
    install -m 0640 /dev/null ${WORKDIR}/out/file
    chown 3:4 ${WORKDIR}/out/file
    mknod ${WORKDIR}/out/node c 1 3
}
addtask own after do_configure before do_see

fakeroot python do_see () {
    import os, stat
    out = d.getVar("WORKDIR") + "/out/"
    facts = [os.stat(out + name) for name in ("", "file", "node")]
    bb.plain("owned: " + " ".join("%d:%d:%o" % (fact.st_uid, fact.st_gid, fact.st_mode) for fact in facts))
}
addtask see before do_build

do_outside () {
    echo "user $(id -u)" > ${WORKDIR}/outside
    stat -c %u ${WORKDIR}/out/file >> ${WORKDIR}/outside
}
addtask outside after do_see before do_build
"""


@test
def fakeroot_tasks_see_their_files_as_root_s_under_pseudo_and_other_tasks_do_not():
    pseudo, libraries = shutil.which("pseudo"), glob.glob("/usr/lib/*/pseudo/libpseudo.so")
    if not pseudo or not libraries:
        print("not run: no pseudo here", flush=True)
        return
    prefix = os.path.join(WORK, "pseudo")
    os.makedirs(prefix + "/lib/pseudo")
    for link in ("lib", "lib64"):
        os.symlink(os.path.dirname(libraries[0]), prefix + "/lib/pseudo/" + link)
    where = "PSEUDO_PREFIX=%s PSEUDO_BINDIR=%s PSEUDO_LIBDIR=%s/lib/pseudo/lib" % (prefix, os.path.dirname(pseudo), prefix)
    place = Place("fakeroot", toy_layer("fakeroot", {"owner_1.0.bb": FAKEROOT}),
                  'FAKEROOTCMD = "%s"\nFAKEROOTBASEENV = "%s PSEUDO_DISABLED=1"\n'
                  'FAKEROOTENV = "PSEUDO_LOCALSTATEDIR=${WORKDIR}/pseudo PSEUDO_NOSYMLINKEXP=1 PSEUDO_DISABLED=0"\n'
                  'FAKEROOTNOENV = "PSEUDO_UNLOAD=1"\nFAKEROOTDIRS = "${WORKDIR}/pseudo"\n' % (pseudo, where))
    has(place.hitz("build", "owner"), "owned: 0:0:44711 3:4:100640 0:0:20644")
    [outside] = glob.glob(place.build + "/tmp/work/**/owner/**/outside", recursive=True)
    with open(outside) as file:
        assert file.read() == "user %d\n%d\n" % (os.getuid(), os.getuid())


HALF = PLAIN + """
do_compile () {
    echo work >> ${B}/half
    [ -e ${B}/fixed ] || { [ ! -e ${B}/kill ] || kill -9 $$; exit 1; }
}
"""


@test
def what_a_task_left_that_failed_of_itself_is_still_there_and_what_one_that_was_killed_left_is_put_aside():
    place = Place("half", toy_layer("half", {"half_1.0.bb": HALF}))
    place.hitz("build", "half", status=1)
    [half] = [path for path in glob.glob(place.build + "/tmp/work/**/half", recursive=True) if os.path.isfile(path)]
    folder = os.path.dirname(half)
    open(folder + "/fixed", "w").close()
    assert "cut off" not in place.hitz("build", "half")
    with open(half) as file:
        assert file.read() == "work\nwork\n"
    os.rename(folder + "/fixed", folder + "/kill")
    place.hitz("build", "-f", "-c", "compile", "half", status=1)
    has(place.hitz("build", "half"), "half-1.0-r0 do_compile was cut off when it ran last")
    assert not os.path.exists(half)
    assert glob.glob(place.build + "/tmp/work/**/interrupted/**/half", recursive=True)
