# SPDX-License-Identifier: Apache-2.0
"""PREMIRRORS and MIRRORS."""

import hashlib
import os

import bb
import server
from server import Server
from support import Place, fails, logged, same, test

DATA = b"from somewhere\n"
SUM = ";sha256sum=" + hashlib.sha256(DATA).hexdigest()
URL = "https://upstream.invalid/some/it-1.tar.gz"


def made(pair, url=URL, **variables):
    with Place(**variables) as place:
        uris, _ = bb.fetch2.build_mirroruris(bb.fetch2.FetchData(url, place.d), bb.fetch2.mirror_from_string(pair), place.d)
        return uris


@test("the parts of a mirror's URL are regular expressions, each for its own part")
def _():
    same(made("https://.*/.* http://m.example/"), ["http://m.example/it-1.tar.gz"])
    same(made("http://.*/.* http://m.example/"), [])
    same(made("https?://upstream.*/some/.* http://m.example/x"), ["http://m.example/x/it-1.tar.gz"])


@test("a replacement may name TYPE, HOST, PATH, BASENAME and MIRRORNAME")
def _():
    same(made("https://.*/.* http://m.example/HOST/TYPE/"), ["http://m.example/upstream.invalid/https/it-1.tar.gz"])
    same(made("https://.*/.* http://m.example/MIRRORNAME;x=BASENAME"),
         ["http://m.example/upstream.invalid.some.it-1.tar.gz/it-1.tar.gz;x=it-1.tar.gz"])


@test("what a mirror makes is looked for in the other mirrors")
def _():
    same(made("https://.*/.* http://a.example/ http://a.example/.* http://b.example/"), ["http://a.example/it-1.tar.gz", "http://b.example/it-1.tar.gz"])


@test("mirrors that lead to each other end")
def _():
    same(made("https://.*/.* http://a.example/ http://a.example/.* http://b.example/ http://b.example/.* http://a.example/ "),
         ["http://a.example/it-1.tar.gz", "http://b.example/it-1.tar.gz"])


@test("a mirror that is not in BB_ALLOWED_NETWORKS is left out")
def _():
    same(made("https://.*/.* http://a.example/ https://.*/.* http://b.example/", BB_ALLOWED_NETWORKS="b.example"), ["http://b.example/it-1.tar.gz"])


@test("a premirror in the file system is linked to, not copied, and stamped")
def _():
    with Place(BB_NO_NETWORK="1") as place:
        place.write("mirror/it-1.tar.gz", DATA)
        place.d.setVar("PREMIRRORS", "https://.*/.* file://%s/" % place.path("mirror"))
        place.fetch(URL + SUM)
        same(os.readlink(place.path("downloads/it-1.tar.gz")), place.path("mirror/it-1.tar.gz"))
        assert place.is_done("it-1.tar.gz")


@test("a premirror with the wrong content is told of, and upstream is asked")
def _():
    with Place() as place, Server() as web, logged() as texts:
        web.at("/it.txt", server.whole(DATA))
        place.write("mirror/it.txt", "wrong")
        place.d.setVar("PREMIRRORS", "http://.*/.* file://%s/" % place.path("mirror"))
        place.fetch(web.url("/it.txt") + SUM)
        same(place.read("downloads/it.txt"), DATA)
        same(place.read("mirror/it.txt"), b"wrong")
        assert any("Mirror checksum failure" in text for text in texts), texts


@test("BB_FETCH_PREMIRRORONLY asks premirrors on the network, and nobody else")
def _():
    with Place(BB_FETCH_PREMIRRORONLY="1") as place, Server() as web:
        place.d.setVar("PREMIRRORS", "https://.*/.* " + web.url("/"))
        fails(lambda: place.fetch(URL + SUM), bb.fetch2.NetworkAccess)
        web.at("/it-1.tar.gz", server.whole(DATA))
        place.fetch(URL + SUM)
        same(place.read("downloads/it-1.tar.gz"), DATA)


@test("mirrors are asked in their order when upstream has nothing, past those that are broken")
def _():
    with Place() as place, Server() as web, logged():
        web.at("/a/it.txt", server.said(404))
        web.at("/b/it.txt", server.whole(b"wrong"))
        web.at("/c/it.txt", server.whole(DATA))
        place.d.setVar("MIRRORS", " ".join("http://.*/up/.* " + web.url("/%s/" % name) for name in "abc"))
        place.fetch(web.url("/up/it.txt") + SUM)
        same(place.read("downloads/it.txt"), DATA)
        same([path for _, path, _ in web.asked], ["/up/it.txt", "/a/it.txt", "/b/it.txt", "/c/it.txt"])


@test("an unreachable mirror does not stop the next one")
def _():
    with Place() as place, Server() as web, logged():
        web.at("/c/it.txt", server.whole(DATA))
        place.d.setVar("PREMIRRORS", "https://.*/.* http://127.0.0.1:1/ https://.*/.* %s" % web.url("/c/"))
        place.fetch("https://upstream.invalid/it.txt" + SUM)
        same(place.read("downloads/it.txt"), DATA)


@test("SOURCE_MIRROR_URL as own-mirrors.bbclass uses it finds tarballs of repositories")
def _():
    with Place(BB_NO_NETWORK="1") as place:
        place.run("git init -q -b main; echo x > x; git add x; git commit -qm x")
        rev = place.run("git rev-parse HEAD")
        place.run("git clone -q --bare --mirror . ../bare; cd ../bare; tar -czf ../mirror/git2_far.invalid.some.git.tar.gz .")
        place.d.setVar("PREMIRRORS", "git://.*/.* file://%s/" % place.path("mirror"))
        place.unpack("git://far.invalid/some.git;branch=main;rev=%s" % rev)
        same(place.read("work/git/x"), b"x\n")


@test("SRC_URI's own server and its mirrors are asked for several files at once")
def _():
    with Place() as place, Server() as web, logged():
        urls = []
        for i in range(4):
            data = b"%d" % i
            web.at("/m/%d" % i, server.slow(data, 0.2))
            urls.append(web.url("/up/%d" % i) + ";sha256sum=" + hashlib.sha256(data).hexdigest())
        place.d.setVar("MIRRORS", "http://.*/up/.* " + web.url("/m/"))
        place.fetch(*urls)
        same(place.downloads(), ["0", "1", "2", "3"])
        assert web.most_at_once > 1
