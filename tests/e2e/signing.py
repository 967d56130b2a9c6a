# SPDX-License-Identifier: Apache-2.0
"""Hashes, and what generators that metadata brings along make of them."""

import glob
import os

from support import PLAIN, Place, has, test, toy_layer

GENERATORS = '''
BBIMPORTS = []
import bb.siggen

class SignatureGeneratorSame(bb.siggen.SignatureGeneratorBasicHash):
    """Has a method of its own, so that all is asked of it, and it does what the others do."""
    name = "same"
    def get_taskhash(self, tid, deps, dataCaches):
        return super().get_taskhash(tid, deps, dataCaches)

class SignatureGeneratorApart(bb.siggen.SignatureGeneratorBasicHash):
    """Recipes do not count for each other."""
    name = "apart"
    def rundep_check(self, fn, recipename, task, dep, depname, dataCaches):
        return recipename == depname

bb.siggen.SignatureGeneratorSame = SignatureGeneratorSame
bb.siggen.SignatureGeneratorApart = SignatureGeneratorApart
'''
TASKS = 'addtask do_two after do_one\naddtask do_one\ndo_one () {\n\techo one ${X}\n}\ndo_two () {\n\techo two\n}\n'
LAYER = 'BBPATH .= ":${LAYERDIR}"\nBBFILES += "${LAYERDIR}/*.bb"\nBBFILE_COLLECTIONS += "signing"\nBBFILE_PATTERN_signing = "^${LAYERDIR}/"\n' \
        'BBFILE_PRIORITY_signing = "6"\nLAYERSERIES_COMPAT_signing = "wrynose"\naddpylib ${LAYERDIR}/lib generators\n'


def place(name, handler, local=""):
    layer = toy_layer("signing", {
        "conf/layer.conf": LAYER, "lib/generators/__init__.py": GENERATORS, "files/a b.txt": "text\n",
        "under_1.0.bb": PLAIN + TASKS,
        "over_1.0.bb": PLAIN + TASKS + 'do_one[depends] = "under:do_two"\ndo_one[file-checksums] = "${FILE_DIRNAME}/files/a b.txt:True"\n'})
    return Place(name, layer, 'BB_SIGNATURE_HANDLER = "%s"\n%s\n' % (handler, local))


def hashes(where):
    rows = [line.split(" ") for line in where.hitz("signatures", "over:do_two").splitlines()]
    assert all(len(row) == 3 and row[1] == row[2] for row in rows), rows
    return {row[0]: row[1] for row in rows}


@test
def a_generator_of_metadata_hashes_as_hitz_does():
    own, same = hashes(place("sign-own", "basichash")), hashes(place("sign-same", "same"))
    assert own == same and len(own) >= 4, (own, same)


@test
def a_generators_rule_decides_which_tasks_count():
    before, after = (hashes(place("sign-apart" + n, "apart", local)) for n, local in (("1", ""), ("2", 'X:pn-under = "x"')))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"under:do_one", "under:do_two"}, changed
    every, other = (hashes(place("sign-all" + n, "basichash", local)) for n, local in (("1", ""), ("2", 'X:pn-under = "x"')))
    assert {name for name in every if every[name] != other[name]} >= {"under:do_one", "over:do_one", "over:do_two"}


@test
def signature_files_are_written_shown_and_compared():
    where = place("sign-files", "basichash")
    where.hitz("signatures", "-S", "none", "over:do_two")
    with open(os.path.join(where.build, "conf", "local.conf"), "a") as file:
        file.write('X:pn-under = "some words"\n')
    where.hitz("signatures", "-S", "none", "over:do_two")
    files = sorted(glob.glob(os.path.join(where.build, "tmp/stamps/**/*do_one.sigdata.*"), recursive=True), key=os.path.getmtime)
    assert len(files) == 4, files
    shown = where.hitz("dumpsig", next(path for path in files if "over" in path))
    has(shown, "Tasks this task depends on: ['under:do_two']", "checksums of files: [['a b.txt', '", "Computed task hash is ")
    told = where.hitz("diffsigs", "-t", "under", "one")
    has(told, "basehash changed from ", "Variable X value changed from '' to 'some words'")
    has(where.hitz("dumpsig", "-t", "under", "nothing", status=1), "No sigdata files found matching under do_nothing")
    has(where.hitz("diffsigs", "-s", "a", "b", status=1), "-s/--signature can only be used together with -t/--task")
    where.hitz("diffsigs", "--nonsense", status=2)
