# SPDX-License-Identifier: Apache-2.0
"""Files of web servers, good and bad ones."""

import hashlib
import os
import time

import bb
import server
from server import Server
from support import Place, events, fails, logged, same, test

DATA = bytes(range(256)) * 2000  # 512000 bytes
NAME = "it-1.bin"


def sure(place, data=DATA, name=NAME):
    """The download is the file, complete, and said to be."""
    same(place.downloads(), [name])
    assert place.read("downloads/" + name) == data, "another content"
    assert place.is_done(name), "there is no stamp"


def nothing_that_looks_complete(place, name=NAME):
    assert not os.path.exists(place.path("downloads", name)) and not place.is_done(name), place.downloads()


def one(answer, data=DATA, **variables):
    """(place, server, URL) of a recipe that wants a file which a server gives like this. The caller begins and ends both."""
    place, web = Place(**variables), Server()
    web.at("/" + NAME, answer)
    place.expect(data)
    return place, web, web.url("/" + NAME)


def gets(answer, **variables):
    """Fetches, and looks whether all went well; the server, to ask what it was asked."""
    place, web, url = one(answer, **variables)
    with place, web:
        place.fetch(url)
        sure(place)
        return web


def refuses(answer, kind=bb.fetch2.FetchError, **variables):
    """Fetches what cannot be had; (exception, server, texts)."""
    place, web, url = one(answer, **variables)
    with place, web, logged() as texts:
        error = fails(lambda: place.fetch(url), kind)
        nothing_that_looks_complete(place)
        return error, web, "\n".join(texts)


@test("a file comes, is stamped as done, and is not asked for again")
def _():
    place, web, url = one(server.in_parts(DATA))
    with place, web:
        place.fetch(url)
        place.fetch(url)
        sure(place)
        same(len(web.asked), 1)


@test("a download that breaks is taken up where it broke")
def _():
    web = gets(server.breaks_after(DATA, 100000))
    same([headers.get("range") for headers in web.gets("/" + NAME)], [None, "bytes=100000-"])


@test("a download that breaks again and again comes whole as long as something comes each time")
def _():
    web = gets(server.breaks_after(DATA, 60000, times=8))
    same(len(web.asked), 9)


@test("a download that the last run left is taken up")
def _():
    place, web, url = one(server.in_parts(DATA))
    with place, web:
        place.write("downloads/%s.tmp" % NAME, DATA[:1000])
        place.fetch(url)
        sure(place)
        same(web.gets("/" + NAME)[0].get("range"), "bytes=1000-")


@test("a server that ignores what part is asked for sends the whole file, and it is taken as that")
def _():
    place, web, url = one(server.whole(DATA))
    with place, web:
        place.write("downloads/%s.tmp" % NAME, DATA[:1000])
        place.fetch(url)
        sure(place)


@test("a server that sends another part than was asked for is not believed")
def _():
    place, web, url = one(server.said(206, DATA, Content_Range="bytes 0-%d/%d" % (len(DATA) - 1, len(DATA))))
    with place, web:
        place.write("downloads/%s.tmp" % NAME, DATA[:1000])
        place.fetch(url)
        sure(place)


@test("a left part that is longer than the file (416) is fetched anew")
def _():
    place, web, url = one(server.in_parts(DATA))
    with place, web:
        place.write("downloads/%s.tmp" % NAME, DATA + b"more")
        place.fetch(url)
        sure(place)


@test("a left part that is the whole file already (416) is taken")
def _():
    place, web, url = one(server.in_parts(DATA))
    with place, web:
        place.write("downloads/%s.tmp" % NAME, DATA)
        place.fetch(url)
        sure(place)
        same(len(web.asked), 1)


@test("a left part of another file, continued, fails its checksum and is fetched anew")
def _():
    place, web, url = one(server.in_parts(DATA))
    with place, web:
        place.write("downloads/%s.tmp" % NAME, b"x" * 1000)
        place.fetch(url)
        sure(place)
        same(len(web.asked), 2)


@test("wrong content leaves nothing, and the message has the line to paste")
def _():
    _, web, texts = refuses(server.whole(b"another file"))
    same(len(web.asked), 1)
    assert 'SRC_URI[sha256sum] = "%s"' % hashlib.sha256(b"another file").hexdigest() in texts, texts


@test("a length that is more than comes leaves nothing, and is the network's fault")
def _():
    error, web, _ = refuses(server.with_length(DATA, len(DATA) + 10))
    assert error.of_environment, error
    assert len(web.asked) > 1, "it was not tried again"


@test("a length that is less than the file leaves nothing")
def _():
    refuses(server.with_length(DATA, len(DATA) - 10))


@test("an empty file leaves nothing")
def _():
    _, _, texts = refuses(server.whole(b""))
    assert "zero size" in texts, texts


@test("404 is the recipe's fault: no second try, nothing left")
def _():
    error, web, texts = refuses(server.said(404))
    assert not error.of_environment
    same(len(web.asked), 1)
    assert "404" in texts, texts


@test("403 is the recipe's fault too")
def _():
    error, web, texts = refuses(server.said(403))
    assert not error.of_environment and "403" in texts, texts
    same(len(web.asked), 1)


@test("503 is tried again, and comes when the server has recovered")
def _():
    web = gets(server.first(server.said(503), server.whole(DATA), times=2))
    same(len(web.asked), 3)


@test("503 for good is the environment's fault")
def _():
    error, web, _ = refuses(server.said(503))
    assert error.of_environment
    same(len(web.asked), 3)


@test("a server that is not there is the environment's fault")
def _():
    with Place() as place, Server() as web:
        url = web.url("/" + NAME)
    with Place() as place:
        place.expect(DATA)
        error = fails(lambda: place.fetch(url), bb.fetch2.FetchError)
        assert error.of_environment, error
        nothing_that_looks_complete(place)


@test("a name that nobody knows is the environment's fault")
def _():
    with Place() as place:
        error = fails(lambda: place.fetch("http://nobody.invalid/it.bin;sha256sum=00"), bb.fetch2.FetchError)
        assert error.of_environment, error


@test("a server that falls silent is given up after HITZ_FETCH_TIMEOUT, and what came is continued")
def _():
    start = time.time()
    gets(server.first(server.silent_after(DATA, 1000), server.in_parts(DATA)), HITZ_FETCH_TIMEOUT="1")
    assert time.time() - start < 4, "it took too long"


@test("redirects are followed")
def _():
    place, web, url = one(server.to("/there"))
    with place, web:
        web.at("/there", server.whole(DATA))
        place.fetch(url)
        sure(place)


@test("a redirect that leads to itself ends")
def _():
    error, web, texts = refuses(server.to("/" + NAME))
    assert not error.of_environment and len(web.asked) < 30 and "redirects" in texts, texts


@test("a redirect to a file of this machine is not followed")
def _():
    refuses(server.to("file:///etc/passwd"))


@test("name and password go to the server that they are for, not to where it redirects")
def _():
    place, web, url = one(server.to("/"))
    with place, web, Server() as other:
        web.at("/" + NAME, server.to(other.url("/x")))
        other.at("/x", server.whole(DATA))
        place.fetch(url + ";user=me;pswd=secret")
        assert "authorization" in web.asked[0][2] and "authorization" not in other.asked[0][2]


@test("redirectauth=1 lets name and password go along")
def _():
    place, web, url = one(server.to("/"))
    with place, web, Server() as other:
        web.at("/" + NAME, server.to(other.url("/x")))
        other.at("/x", server.whole(DATA))
        place.fetch(url + ";user=me;pswd=secret;redirectauth=1")
        assert "authorization" in other.asked[0][2]


@test("name and password come from ~/.netrc too")
def _():
    place, web, url = one(server.whole(DATA))
    with place, web:
        place.write(".netrc", "machine 127.0.0.1 login me password secret\n")
        place.fetch(url)
        assert web.asked[0][2]["authorization"].startswith("Basic ")


@test("what is asked for has no parameters, and its query stays")
def _():
    place, web, url = one(server.missing)
    with place, web:
        web.at("/get.php?file=x", server.whole(DATA))
        place.fetch(web.url("/get.php?file=x") + ";downloadfilename=" + NAME)
        sure(place)


@test("a blank in a name is asked for as %20")
def _():
    place, web, _ = one(server.missing)
    with place, web:
        web.at("/a%20b.bin", server.whole(DATA))
        place.fetch(web.url("/a%20b.bin"))
        sure(place, name="a b.bin")


@test("several files come at once, and not more than HITZ_FETCHES")
def _():
    with Place(HITZ_FETCHES="3") as place, Server() as web:
        urls = []
        for i in range(6):
            data = b"%d" % i * 1000
            web.at("/%d.bin" % i, server.slow(data, 0.3))
            place.expect(data, "n%d" % i)
            urls.append(web.url("/%d.bin" % i) + ";name=n%d" % i)
        start = time.time()
        place.fetch(*urls)
        same(place.downloads(), ["%d.bin" % i for i in range(6)])
        assert all(place.is_done("%d.bin" % i) for i in range(6))
        same(web.most_at_once, 3)
        assert time.time() - start < 1.5, time.time() - start


@test("of several files one that cannot be had fails the fetch, and the others are there")
def _():
    with Place() as place, Server() as web:
        for name in "abc":
            web.at("/" + name, server.missing if name == "b" else server.whole(name.encode()))
            place.expect(name.encode(), name)
        error = fails(lambda: place.fetch(*(web.url("/%s;name=%s" % (name, name)) for name in "abc")), bb.fetch2.FetchError)
        assert "/b;" in str(error), error
        same(place.downloads(), ["a", "c"])


@test("the same file under two names of a recipe's URLs is fetched once")
def _():
    place, web, url = one(server.slow(DATA, 0.2))
    with place, web:
        place.expect(DATA, "other")
        place.fetch(url, url + ";name=other")
        sure(place)
        same(len(web.asked), 1)


@test("two processes that want the same file at once get it, and it is fetched once")
def _():
    place, web, url = one(server.slow(DATA, 0.4))
    with place, web:
        children = []
        for _ in range(2):
            pid = os.fork()
            if pid == 0:
                try:
                    place.fetch(url)
                    sure(place)
                    os._exit(0)
                finally:
                    os._exit(1)
            children.append(pid)
        same([os.waitpid(pid, 0)[1] for pid in children], [0, 0])
        sure(place)
        same(len(web.asked), 1)


@test("a fetch that is killed leaves a part, which the next one continues")
def _():
    place, web, url = one(server.slow(DATA, 2, pieces=20))
    with place, web:
        pid = os.fork()
        if pid == 0:
            place.fetch(url)
            os._exit(0)
        time.sleep(0.6)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        nothing_that_looks_complete(place)
        assert place.downloads() == [NAME + ".tmp"], place.downloads()
        web.at("/" + NAME, server.in_parts(DATA))
        place.fetch(url)
        sure(place)
        assert web.gets("/" + NAME)[-1].get("range"), "it began anew"


@test("how far a download is, and how fast, is told on the way")
def _():
    place, web, url = one(server.slow(DATA, 1.5, pieces=15))
    with place, web, events() as seen:
        place.fetch(url)
        told = [event for event in seen if isinstance(event, bb.build.TaskProgress)]
        assert told and 0 < told[-1].progress <= 100 and "/s" in told[-1].rate and "left" in told[-1].rate, [(e.progress, e.rate) for e in told]


@test("FETCHCMD_wget is run instead, with wget's options")
def _():
    with Place() as place:
        place.expect(b"by hand\n")
        place.write("fetch", "#!/bin/sh\necho \"$@\" > %s\nfor word; do case $word in --output-document=*) echo by hand > ${word#*=};; esac; done\n"
                    % place.path("words"))
        os.chmod(place.path("fetch"), 0o755)
        place.d.setVar("FETCHCMD_wget", place.path("fetch") + " --mine")
        place.fetch("http://127.0.0.1:1/it.txt")
        sure(place, b"by hand\n", "it.txt")
        words = place.read("words").decode()
        assert words.startswith("--mine --output-document=") and "--continue" in words and "http://127.0.0.1:1/it.txt" in words, words


@test("proxies are used, and not for what no_proxy names")
def _():
    place, web, url = one(server.missing)
    with place, web:
        web.at("http://far.example/it-1.bin", server.whole(DATA))
        place.d.setVar("http_proxy", web.url(""))
        place.d.setVar("no_proxy", "127.0.0.1")
        place.fetch("http://far.example/" + NAME)
        sure(place)
        web.at("/near", server.whole(DATA))
        place.fetch(web.url("/near"))
        same(web.asked[-1][1], "/near")


@test("BB_NO_NETWORK refuses before anything is asked")
def _():
    place, web, url = one(server.whole(DATA), BB_NO_NETWORK="1")
    with place, web:
        fails(lambda: place.fetch(url), bb.fetch2.NetworkAccess)
        same(web.asked, [])


@test("BB_ALLOWED_NETWORKS refuses hosts that it does not name")
def _():
    place, web, url = one(server.whole(DATA), BB_ALLOWED_NETWORKS="*.example.org")
    with place, web:
        fails(lambda: place.fetch(url), bb.fetch2.FetchError)
        same(web.asked, [])
        place.d.setVar("BB_ALLOWED_NETWORKS", "127.0.0.1")
        place.fetch(url)
        sure(place)


@test("a disk that cannot be written is the environment's fault")
def _():
    if os.geteuid() == 0:
        import resource
        place, web, url = one(server.whole(DATA))
        with place, web:
            pid = os.fork()
            if pid == 0:
                import signal
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
                error = fails(lambda: place.fetch(url), bb.fetch2.FetchError)
                os._exit(0 if error.of_environment else 3)
            same(os.waitpid(pid, 0)[1], 0)
            nothing_that_looks_complete(place)


@test("checkstatus asks without fetching, and says what is not there")
def _():
    place, web, url = one(server.whole(DATA))
    with place, web:
        bb.fetch2.Fetch([url], place.d).checkstatus()
        same([method for method, _, _ in web.asked], ["HEAD"])
        fails(lambda: bb.fetch2.Fetch([web.url("/none")], place.d).checkstatus(), bb.fetch2.FetchError)
        same(place.downloads(), [])


@test("checkstatus asks by GET a server that has no answer to HEAD")
def _():
    def only_get(request):
        (server.said(405) if request.command == "HEAD" else server.whole(DATA))(request)
    place, web, url = one(only_get)
    with place, web:
        bb.fetch2.Fetch([url], place.d).checkstatus()


@test("checkstatus keeps its connections for the next question")
def _():
    place, web, url = one(server.whole(DATA))
    with place, web:
        ports = set()

        def note(request):
            ports.add(request.client_address[1])
            server.whole(DATA)(request)
        web.at("/" + NAME, note)
        kept = bb.fetch2.FetchConnectionCache()
        for _ in range(4):
            bb.fetch2.Fetch([url], place.d, connection_cache=kept).checkstatus()
        kept.close_connections()
        same(len(ports), 1)


@test("the newest release is read from the page that links to it")
def _():
    with Place(PN="it", PV="1.0") as place, Server() as web:
        page = b'<a href="it-1.0.tar.gz">1.0</a> <a href="it-1.10.tar.gz">x</a> <a href="it-1.9.tar.gz">x</a> <a href="other-3.tar.gz">x</a>'
        web.at("/files/", server.whole(page))
        ud = bb.fetch2.FetchData(web.url("/files/it-1.0.tar.gz"), place.d)
        same(ud.method.latest_versionstring(ud, place.d), ("1.10", ""))
