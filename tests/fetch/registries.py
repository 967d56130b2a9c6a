# SPDX-License-Identifier: Apache-2.0
"""Packages of registries: crates, Go modules, npm."""

import base64
import hashlib
import io
import json
import os
import ssl
import tarfile
import zipfile

import bb
import server
from repositories import old
from server import Server
from support import Place, fails, logged, needs, same, test


def tarball(files):
    """A .tar.gz of {name: content}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()



@test("crate: it is laid out as cargo's vendored sources, and its checksum's name is the crate's")
def _():
    data = tarball({"it-1.0/src.rs": b"fn it() {}\n"})
    with Place(BP="other-1") as place, Server() as web:
        place.d.setVar("PREMIRRORS", "https://.*/.* %s" % web.url("/"))
        web.at("/it-1.0.crate", server.whole(data))
        place.expect(data, "it-1.0")
        place.unpack("crate://crates.io/it/1.0")
        same(place.read("work/cargo_home/bitbake/it-1.0/src.rs"), b"fn it() {}\n")
        same(json.loads(place.read("work/cargo_home/bitbake/it-1.0/.cargo-checksum.json")),
             {"files": {}, "package": hashlib.sha256(data).hexdigest()})


@test("crate: the recipe's own crate is its source")
def _():
    data = tarball({"it-1.0/src.rs": b""})
    with Place(BP="it-1.0") as place:
        place.write("downloads/it-1.0.crate", data)
        place.expect(data, "it-1.0")
        place.unpack("crate://crates.io/it/1.0")
        assert os.path.exists(place.path("work/it-1.0/src.rs"))


@test("crate: it comes from the registry's files, and from another host as that wants it")
def _():
    with Place() as place:
        known = bb.fetch2.FetchData("crate://crates.io/it/1.0", place.d)
        same((known.url, known.localpath), ("https://static.crates.io/crates/it/1.0/download", place.path("downloads/it-1.0.crate")))
        same(bb.fetch2.FetchData("crate://my.example/api/it/1.0", place.d).url, "https://my.example/api/it/1.0/download")
        fails(lambda: bb.fetch2.FetchData("crate://it", place.d), bb.fetch2.ParameterError)


@test("gomod: a module's zip file is put where the go command looks, with its go.mod beside it")
def _():
    data = zipped({"example.org/It@v1.0/go.mod": b"module example.org/It\n", "example.org/It@v1.0/it.go": b"package it\n"})
    with Place(GO_MOD_PROXY="modules.invalid") as place, Server() as web:
        place.d.setVar("PREMIRRORS", "https://modules.invalid/.* %s" % web.url("/"))
        web.at("/example.org.It%40v1.0.zip", server.whole(data))
        place.expect(data, "example.org/It@v1.0")
        place.unpack("gomod://example.org/It;version=v1.0")
        stem = "work/pkg/mod/cache/download/example.org/!it/@v/v1.0"
        same((place.read(stem + ".zip"), place.read(stem + ".mod")), (data, b"module example.org/It\n"))


@test("gomod: a goh1 checksum is of what the archive holds")
def _():
    data = zipped({"m@v1/a": b"a"})
    line = "%s  m@v1/a\n" % hashlib.sha256(b"a").hexdigest()
    with Place() as place:
        place.write("downloads/m@v1.zip", data)
        place.d.setVar("BB_NO_NETWORK", "1")
        place.d.setVarFlag("SRC_URI", "m@v1.goh1sum", hashlib.sha256(line.encode()).hexdigest())
        place.fetch("gomod://m;version=v1")
        assert place.is_done("m@v1.zip")


class Registry(Server):
    """An npm registry of this machine, by TLS, for npm knows no other."""

    def __init__(self, place):
        super().__init__()
        place.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost "
                  "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 2> /dev/null", ".")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place.path("cert.pem"), place.path("key.pem"))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        place.d.setVar("SSL_CERT_FILE", place.path("cert.pem"))
        place.d.setVar("NODE_EXTRA_CA_CERTS", place.path("cert.pem"))

    def url(self, path):
        return "https://localhost:%d%s" % (self.port, path)

    def publish(self, name, version, data):
        place = "/%s/-/%s-%s.tgz" % (name, name, version)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
        about = {"name": name, "version": version, "dist": {"tarball": self.url(place), "integrity": integrity}}
        self.at(place, server.whole(data))
        self.at("/" + name, server.whole(json.dumps({"name": name, "dist-tags": {"latest": version}, "versions": {version: about}}).encode(),
                                         Content_Type="application/json"))
        return self.url(place), integrity


@old
@needs("npm", "openssl")
def npm():
    data = tarball({"package/package.json": b"{}", "package/it.js": b"1\n"})
    with Place() as place, Registry(place) as web:
        web.publish("it", "1.0.0", data)
        source = "npm://localhost:%d;package=it;version=1.0.0" % web.port
        place.unpack(source)
        same(place.read("work/npm/it.js"), b"1\n")
        same(sorted(os.listdir(place.path("downloads/npm2"))), ["it-1.0.0.tgz", "it-1.0.0.tgz.done", "it-1.0.0.tgz.resolved"])
        asked = len(web.asked)
        place.d.setVar("BB_NO_NETWORK", "1")
        place.unpack(source)
        same(len(web.asked), asked)
        fails(lambda: place.fetch(source.replace("=it", "=other")), bb.fetch2.NetworkAccess)


test("npm (2.8): the registry says where a package is, and that is kept")(npm)


@old
@needs("npm", "openssl")
def npm_changed():
    with Place() as place, Registry(place) as web, logged():
        web.publish("it", "1.0.0", tarball({"package/it.js": b"1\n"}))
        web.at("/it/-/it-1.0.0.tgz", server.whole(b"another"))
        fails(lambda: place.fetch("npm://localhost:%d;package=it;version=1.0.0" % web.port), bb.fetch2.FetchError)
        assert not os.path.exists(place.path("downloads/npm2/it-1.0.0.tgz"))


test("npm (2.8): a package that is not what the registry says leaves nothing")(npm_changed)


@old
@needs("openssl")
def npmsw():
    data = tarball({"package/it.js": b"1\n"})
    with Place() as place, Registry(place) as web:
        where, integrity = web.publish("it", "1.0.0", data)
        dependency = {"version": "1.0.0", "resolved": where, "integrity": integrity}
        new = {"packages": {"": {}, "node_modules/it": dependency, "node_modules/dev": {**dependency, "dev": True}}}
        old_style = {"dependencies": {"it": {**dependency, "dependencies": {"it": dependency}}}}
        place.unpack("npmsw://" + place.write("new.json", json.dumps(new)))
        same(place.read("work/node_modules/it/it.js"), b"1\n")
        assert not os.path.exists(place.path("work/node_modules/dev"))
        place.unpack("npmsw://%s;destsuffix=old" % place.write("old.json", json.dumps(old_style)))
        same(place.read("work/old/node_modules/it/node_modules/it/it.js"), b"1\n")


test("npmsw (2.8): every package of a shrinkwrap file, of the new kind and the old")(npmsw)


@test("npm and npmsw are refused where the release has switched them off")
def _():
    with Place() as place:
        for source in ("npm://r.example;package=it;version=1.0.0", "npmsw:///no/such.json"):
            fails(lambda: bb.fetch2.Fetch([source], place.d), bb.parse.SkipRecipe)
