# SPDX-License-Identifier: Apache-2.0
"""Checksums that recipes name, and stamps."""

import hashlib
import os
import pickle
import time

import bb
import server
from server import Server
from support import Place, events, fails, logged, same, test

DATA = b"what is fetched\n"
SUMS = {kind: hashlib.new(kind, DATA).hexdigest() for kind in ("md5", "sha1", "sha256", "sha384", "sha512")}


def offered(place, web, name="it.txt", data=DATA):
    web.at("/" + name, server.whole(data))
    return web.url("/" + name)


@test("a checksum may be in SRC_URI, in a flag, or in a flag by name")
def _():
    with Place() as place, Server() as web:
        url = offered(place, web)
        place.d.setVarFlag("SRC_URI", "n.sha256sum", SUMS["sha256"])
        for text in (";md5sum=" + SUMS["md5"], ";name=n", ";name=n;n.sha1sum=" + SUMS["sha1"]):
            place.fetch(url + text)
        for text in (";md5sum=00", ";name=n;sha512sum=00", ";name=n;n.sha1sum=00"):
            fails(lambda: place.fetch(url + text), bb.fetch2.FetchError)


@test("every checksum that is given has to be right")
def _():
    with Place() as place, Server() as web:
        url = offered(place, web)
        fails(lambda: place.fetch("%s;sha256sum=%s;md5sum=00" % (url, SUMS["sha256"])), bb.fetch2.FetchError)


@test("a stamp holds every checksum of the file, in BitBake's form")
def _():
    with Place() as place, Server() as web:
        place.fetch(offered(place, web) + ";sha256sum=" + SUMS["sha256"])
        kept = pickle.loads(place.read("downloads/it.txt.done"))
        same(list(kept), bb.fetch2.CHECKSUM_LIST)
        same({kind: kept[kind] for kind in SUMS}, SUMS)


@test("the stamps of 2.8 have no goh1")
def _():
    version, bb.__version__ = bb.__version__, "2.8.0"
    try:
        with Place() as place, Server() as web:
            place.fetch(offered(place, web) + ";sha256sum=" + SUMS["sha256"])
            same(list(pickle.loads(place.read("downloads/it.txt.done"))), ["md5", "sha256", "sha1", "sha384", "sha512"])
    finally:
        bb.__version__ = version


@test("a stamp that holds more than texts is not believed, and runs nothing")
def _():
    with Place() as place, Server() as web:
        url = offered(place, web) + ";sha256sum=" + SUMS["sha256"]
        place.fetch(url)
        place.write("downloads/it.txt.done", b"cposix\nsystem\n(S'touch %s'\ntR." % place.path("ran").encode())
        with logged() as texts:
            place.fetch(url)
        assert not os.path.exists(place.path("ran")) and any("donestamp" in text for text in texts), texts


@test("a file that was there before the stamp was is looked at again; a wrong one is put aside and fetched")
def _():
    with Place() as place, Server() as web:
        url = offered(place, web) + ";sha256sum=" + SUMS["sha256"]
        place.write("downloads/it.txt", "something else")
        with logged():
            place.fetch(url)
        same(place.read("downloads/it.txt"), DATA)
        aside = "it.txt_bad-checksum_" + hashlib.sha256(b"something else").hexdigest()
        same(place.downloads(), ["it.txt", aside])


@test("a checksum that the recipe changes is held against the file that is there")
def _():
    with Place() as place, Server() as web:
        url = offered(place, web)
        place.fetch(url + ";sha256sum=" + SUMS["sha256"])
        web.at("/it.txt", server.whole(b"new"))
        with logged():
            place.fetch(url + ";sha256sum=" + hashlib.sha256(b"new").hexdigest())
        same(place.read("downloads/it.txt"), b"new")


@test("a stamp without its file is none")
def _():
    with Place() as place, Server() as web:
        url = offered(place, web) + ";sha256sum=" + SUMS["sha256"]
        place.fetch(url)
        os.unlink(place.path("downloads/it.txt"))
        place.fetch(url)
        same(place.read("downloads/it.txt"), DATA)


@test("a recipe without a checksum is warned of with the line to paste, and an event is fired")
def _():
    with Place() as place, Server() as web, logged() as texts, events() as seen:
        place.fetch(offered(place, web))
        assert any('SRC_URI[sha256sum] = "%s"' % SUMS["sha256"] in text for text in texts), texts
        found = [event for event in seen if isinstance(event, bb.fetch2.MissingChecksumEvent)]
        same(found[0].checksums["md5sum"], SUMS["md5"])


@test("with BB_STRICT_CHECKSUM the lines of all files come in one message, and nothing is stamped")
def _():
    with Place(BB_STRICT_CHECKSUM="1") as place, Server() as web, logged() as texts:
        urls = [offered(place, web, name) + ";name=" + name for name in ("a", "b")]
        fails(lambda: place.fetch(*urls), bb.fetch2.BBFetchException)
        said = [text for text in texts if "SRC_URI[a.sha256sum]" in text and "SRC_URI[b.sha256sum]" in text]
        assert said, texts
        assert not place.is_done("a") and not place.is_done("b")


@test("BB_STRICT_CHECKSUM = ignore says nothing")
def _():
    with Place(BB_STRICT_CHECKSUM="ignore") as place, Server() as web, logged() as texts:
        place.fetch(offered(place, web))
        same([text for text in texts if "checksum" in text], [])
        assert place.is_done("it.txt")
