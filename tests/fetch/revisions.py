# SPDX-License-Identifier: Apache-2.0
"""SRCREV and what PV and hashes have of it."""

import os

import bb
from repositories import commit, repository, url
from support import Place, fails, same, test

A, B = "a" * 40, "b" * 40


def pv(**variables):
    with Place(**variables) as place:
        return bb.fetch2.get_srcrev(place.d)


@test("SRCREV is looked for by name and recipe, by name, by recipe, and as it is; INVALID is none")
def _():
    one = {"SRC_URI": "git://x.example/y;branch=m;name=n"}
    same(pv(**one, SRCREV=A), "AUTOINC+" + "a" * 10)
    same(pv(**one, **{"SRCREV": A, "SRCREV:pn-it": B}), "AUTOINC+" + "b" * 10)
    same(pv(**one, **{"SRCREV:pn-it": A, "SRCREV_n": B}), "AUTOINC+" + "b" * 10)
    same(pv(**one, **{"SRCREV_n": A, "SRCREV_n:pn-it": B}), "AUTOINC+" + "b" * 10)
    same(pv(**one, **{"SRCREV": A, "SRCREV_n": "INVALID"}), "AUTOINC+" + "a" * 10)


@test("a revision in the URL has to agree with SRCREV")
def _():
    same(pv(SRC_URI="git://x.example/y;branch=m;rev=" + A, SRCREV="INVALID"), "AUTOINC+" + "a" * 10)
    fails(lambda: pv(SRC_URI="git://x.example/y;branch=m;rev=" + A, SRCREV=B), bb.fetch2.FetchError)


@test("no revision at all is told with the names that were looked for")
def _():
    error = fails(lambda: pv(SRC_URI="git://x.example/y;branch=m;name=n"), bb.fetch2.FetchError)
    assert "SRCREV_n:pn-it" in str(error) and "rev=X" in str(error), error


@test("several repositories need SRCREV_FORMAT, in which their names are replaced, longest first")
def _():
    two = {"SRC_URI": "git://x.example/y;branch=m;name=a git://x.example/z;branch=m;name=ab", "SRCREV_a": A, "SRCREV_ab": B}
    fails(lambda: pv(**two), bb.fetch2.FetchError)
    same(pv(**two, SRCREV_FORMAT="a_ab"), "AUTOINC+%s_%s" % ("a" * 10, "b" * 10))


@test("SRC_URI that asks for its own revision is told of")
def _():
    error = fails(lambda: pv(SRC_URI="git://x.example/y;branch=${@bb.fetch2.get_srcrev(d)}", SRCREV=A), Exception)
    assert "recursive" in str(error), error


@test("hashes have the whole revisions")
def _():
    with Place(SRC_URI="git://x.example/y;branch=m", SRCREV=A) as place:
        same(bb.fetch2.get_hashvalue(place.d), A)


@test("a recipe that follows its source is not kept for the next run, unless BB_SRCREV_POLICY says so")
def _():
    for policy, kept in (("", "1"), ("cache", None)):
        with Place(SRCREV="${AUTOREV}", BB_SRCREV_POLICY=policy) as place:
            bb.fetch2.get_autorev(place.d)
            same(place.d.getVar("BB_DONT_CACHE"), kept)


def asked_in_a_child(place):
    """What AUTOREV is for a process that has not asked yet."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        from bb.fetch2 import revision
        revision.forget()
        os.write(write, bb.fetch2.get_srcrev(place.d).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    return os.read(read, 100).decode()


@test("what a repository said counts for all processes of a run, however it goes on meanwhile")
def _():
    with Place(SRCREV="${AUTOREV}") as place:
        revs = repository(place, 1)
        place.d.setVar("SRC_URI", url(place))
        same(bb.fetch2.get_srcrev(place.d), "AUTOINC+" + revs[0][:10])
        commit(place, "new", "new")
        same(asked_in_a_child(place), "AUTOINC+" + revs[0][:10])


@test("the next run asks again, and with BB_SRCREV_POLICY = cache does not")
def _():
    from bb.fetch2 import revision
    run = revision._RUN
    for policy in ("clear", "cache"):
        with Place(SRCREV="${AUTOREV}", BB_SRCREV_POLICY=policy) as place:
            revs = repository(place, 1)
            place.d.setVar("SRC_URI", url(place))
            bb.fetch2.get_srcrev(place.d)
            new = commit(place, "new", "new")
            revision._RUN = "another"
            same(asked_in_a_child(place), "AUTOINC+" + (new if policy == "clear" else revs[0])[:10])
            revision._RUN = run
