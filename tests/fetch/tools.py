# SPDX-License-Identifier: Apache-2.0
"""Fetchers whose tools are asked by name: a script of the test stands in for the tool, notes how it was called and does
what the tool would do."""

import hashlib
import os
import socket
import socketserver
import threading

import bb
import server
from registries import Registry
from repositories import old
from support import Place, fails, logged, needs, same, test

DATA = b"the file\n"
SUM = ";sha256sum=" + hashlib.sha256(DATA).hexdigest()


def tool(place, name, body):
    """A command on PATH that notes its words in called and then does something."""
    path = place.write("tools/" + name, '#!/bin/bash\necho "%s $*" >> %s\n%s\n' % (name, place.path("called"), body))
    os.chmod(path, 0o755)
    place.d.setVar("PATH", place.path("tools") + ":" + os.environ["PATH"])


def called(place):
    return place.read("called").decode().splitlines()


LAST = 'for last; do :; done; echo "the file" > "$last"'


@test("s3: a file comes by aws s3 cp, and is there by aws s3 ls")
def _():
    with Place() as place:
        tool(place, "aws", 'if [ $2 = cp ]; then %s; else echo "2024-01-01 9 it.txt"; fi' % LAST)
        fetcher = place.fetch("s3://bucket/some/it.txt" + SUM)
        same(place.read("downloads/it.txt"), DATA)
        fetcher.checkstatus()
        same([line.split()[:4] for line in called(place)], [["aws", "s3", "cp", "s3://bucket/some/it.txt"], ["aws", "s3", "ls", "s3://bucket/some/it.txt"]])


@test("s3: a copy that brings nothing leaves nothing")
def _():
    with Place() as place, logged():
        tool(place, "aws", 'for last; do :; done; : > "$last"')
        fails(lambda: place.fetch("s3://bucket/it.txt" + SUM), bb.fetch2.FetchError)
        assert "it.txt" not in place.downloads()


@test("ssh: a file comes by scp from the path of the URL, ~ being the home there")
def _():
    with Place() as place:
        tool(place, "scp", LAST)
        place.fetch("ssh://me@host.example:2222/dir/it.txt", "ssh://host.example/~/other.txt")
        same([line.rsplit(" ", 1)[0] for line in called(place)], ["scp -B -r -P 2222 me@host.example:/dir/it.txt", "scp -B -r host.example:~/other.txt"])
        same(place.read("downloads/it.txt"), DATA)


@test("sftp: a file comes by sftp, held against its checksum")
def _():
    with Place() as place:
        tool(place, "sftp", LAST)
        place.fetch("sftp://me@host.example:2222/dir/it.txt" + SUM)
        same(called(place)[0].rsplit(" ", 1)[0], "sftp -oBatchMode=yes -P 2222 me@host.example:/dir/it.txt")
        with logged():
            fails(lambda: place.fetch("sftp://host.example/b.txt;sha256sum=00"), bb.fetch2.FetchError)


@test("p4: the files that the depot lists are printed and packed, those that are deleted are not")
def _():
    with Place(P4PORT="p4.example:1666", SRCREV="17") as place:
        tool(place, "p4", 'case "$*" in *" files "*) echo "//depot/it/a.c#3 - edit change 9 (text)"; echo "//depot/it/b.c#2 - delete change 9 (text)";;\n'
             '*" print "*) mkdir -p p4; echo "$*" > p4/a.c;; esac')
        place.unpack("p4://me:secret@depot/it/...")
        same(os.listdir(place.path("work/p4")), ["a.c"])
        same(called(place)[0], "p4 -u me -P secret -p p4.example:1666 files //depot/it/...@17")
        assert any(name.endswith("_17.tar.gz") for name in place.downloads()), place.downloads()


@test("p4: AUTOREV is the newest change")
def _():
    with Place(P4PORT="p4.example:1666", SRCREV="${AUTOREV}") as place:
        tool(place, "p4", 'echo "Change 42 on 2024/01/01 by me@x"')
        same(bb.fetch2.FetchData("p4://depot/it/...", place.d).revision, "42")


@test("repo: what a manifest names is synced and packed without what repo and git keep")
def _():
    with Place() as place:
        tool(place, "repo", 'if [ $1 = init ]; then mkdir -p .repo; else mkdir -p sub/.git; echo x > sub/f; fi')
        place.unpack("repo://host.example/manifests;protocol=https;branch=main;manifest=board")
        same(called(place), ["repo init -m board.xml -b main -u https://host.example/manifests", "repo sync"])
        same(place.downloads()[-1], "repo_host.example.manifests_board.xml_main.tar.gz")
        assert os.path.exists(place.path("work/repo/sub/f")) and not os.path.exists(place.path("work/repo/sub/.git"))


@test("ccrc: a view is made, loaded by its configuration, packed and removed")
def _():
    with Place(SRCREV="/main/REL1", DATETIME="20240101") as place:
        tool(place, "cleartool", 'case $1 in mkview) for last; do :; done; mkdir -p "$last/vob"; echo x > "$last/vob/f";; rmview) for last; do :; done; rm -r "$last";; esac')
        fetcher = place.unpack("ccrc://cc.example/ccrc;vob=/vob;module=/it")
        same([line.split()[1] for line in called(place)], ["mkview", "setcs", "rmview"])
        assert os.path.exists(place.path("work/vob/f"))
        same(os.path.basename(fetcher.localpaths()[0]), "clearcase-vob.it-.main.REL1.tar.gz")


@old
def osc():
    with Place() as place:
        tool(place, "osc", 'for word; do case $word in */it) mkdir -p $word; echo x > $word/f;; esac; done')
        place.unpack("osc://api.example/project;module=it;rev=3;user=me;pswd=secret")
        assert "co project/it -r 3" in called(place)[0], called(place)
        same(os.stat(place.path("downloads/osc/oscrc")).st_mode & 0o777, 0o600)
        assert os.path.exists(place.path("work/it/f"))


test("osc (2.8): a package of a project, packed; the password is for nobody else to read")(osc)


@needs("openssl")
def az():
    with Place(AZ_SAS="?sig=key") as place, Registry(place) as web:
        web.at("/box/it.txt?sig=key", server.whole(DATA))
        place.fetch("az://localhost:%d/box/it.txt%s" % (web.port, SUM))
        same(place.read("downloads/it.txt"), DATA)


test("az: a file comes by https with the key that AZ_SAS gives")(az)


@needs("openssl")
def certificates():
    with Place() as place, Registry(place) as web, logged():
        web.at("/it.txt", server.whole(DATA))
        place.d.setVar("SSL_CERT_FILE", "")
        error = fails(lambda: place.fetch(web.url("/it.txt") + SUM), bb.fetch2.FetchError)
        assert not error.of_environment, error
        same(place.downloads(), [])
        place.d.setVar("BB_CHECK_SSL_CERTS", "0")
        place.fetch(web.url("/it.txt") + SUM)


test("https: a certificate that nobody vouches for is refused, unless BB_CHECK_SSL_CERTS = 0")(certificates)


class Ftp(socketserver.ThreadingTCPServer):
    """An ftp server that holds one file, gives parts of it, and may break off the first time."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, data, break_after=None):
        self.data, self.break_after, self.commands = data, break_after, []
        super().__init__(("127.0.0.1", 0), FtpSession)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class FtpSession(socketserver.StreamRequestHandler):
    start, listener = 0, None

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 ready")
        for line in self.rfile:
            word, _, rest = line.decode().strip().partition(" ")
            self.server.commands.append(word)
            answer = getattr(self, "do_" + word.lower(), None)
            if answer is None:
                self.say("502 no")
            elif answer(rest) == "end":
                return

    def do_user(self, _):
        self.say("331 password")

    def do_pass(self, _):
        self.say("230 in")

    def do_pwd(self, _):
        self.say('257 "/"')

    def do_cwd(self, _):
        self.say("250 there")

    def do_type(self, _):
        self.say("200 so")

    def do_size(self, _):
        self.say("213 %d" % len(self.server.data))

    def do_mdtm(self, _):
        self.say("213 20200101000000")

    def do_rest(self, rest):
        self.start = int(rest)
        self.say("350 from there")

    def do_epsv(self, _):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.say("229 here (|||%d|)" % self.listener.getsockname()[1])

    def do_retr(self, name):
        if name != "it.bin":
            self.say("550 no such file")
            return None
        self.say("150 it comes")
        data, stop = self.server.data[self.start:], self.server.break_after
        with self.listener, self.listener.accept()[0] as pipe:
            pipe.sendall(data if stop is None else data[:stop])
        if stop is not None:
            self.server.break_after = None
            return "end"
        self.say("226 all")
        return None

    def do_quit(self, _):
        self.say("221 bye")
        return "end"


def ftp_fetch(place, ftp, name="it.bin"):
    data = bytes(range(256)) * 400
    place.expect(data)
    place.fetch("ftp://127.0.0.1:%d/dir/%s" % (ftp.server_address[1], name))
    same(place.read("downloads/it.bin"), data)


@test("ftp: a file comes, and one that breaks off is continued")
def _():
    with Place() as place, Ftp(bytes(range(256)) * 400) as ftp:
        ftp_fetch(place, ftp)
    with Place() as place, Ftp(bytes(range(256)) * 400, break_after=5000) as ftp:
        ftp_fetch(place, ftp)
        assert "REST" in ftp.commands, ftp.commands


@test("ftp: a file that is not there is the recipe's fault")
def _():
    with Place() as place, Ftp(b"x") as ftp, logged():
        error = fails(lambda: ftp_fetch(place, ftp, "none"), bb.fetch2.FetchError)
        assert not error.of_environment, error
