# SPDX-License-Identifier: Apache-2.0
"""crate://HOST/NAME/VERSION: a package of a Rust registry, laid out as cargo's vendored sources."""

import json
import os
import shlex

from bb import utils
from bb.fetch2 import network, upstream
from bb.fetch2.errors import FetchError, ParameterError, UnpackError
from bb.fetch2.wget import Wget

_REGISTRY = "crates.io"


def _index_path(name):
    """Where the registry's index keeps what it knows of a crate (doc.rust-lang.org/cargo/reference/registry-index.html)."""
    if len(name) <= 3:
        return "%d/%s%s" % (len(name), name[0] + "/" if len(name) == 3 else "", name)
    return "%s/%s/%s" % (name[:2], name[2:4], name)


class Crate(Wget):
    def supports(self, ud, d):
        return ud.type == "crate"

    def urldata_init(self, ud, d):
        parts = ud.url.split("/")
        if len(parts) < 5:
            raise ParameterError("Invalid URL: Must be crate://HOST/NAME/VERSION", ud.url)
        host, name, version = "/".join(parts[2:-2]), parts[-2], parts[-1].split(";")[0]
        ud.crate = "%s-%s" % (name, version)
        ud.from_registry = host == _REGISTRY
        if ud.from_registry:
            ud.url = "https://static.%s/crates/%s/%s/download" % (_REGISTRY, name, version)
            ud.versionsurl = "https://index.%s/%s" % (_REGISTRY, _index_path(name))
        else:
            ud.url = "https://%s/%s/%s/download" % (host, name, version)
            ud.versionsurl = "https://%s/%s/versions" % (host, name)
        ud.parm["downloadfilename"] = ud.crate + ".crate"
        ud.parm.setdefault("name", ud.crate)
        super().urldata_init(ud, d)

    def unpack(self, ud, rootdir, d):
        is_source = d.getVar("BP") == ud.parm["name"]
        target = rootdir if is_source else os.path.join(rootdir, "cargo_home", "bitbake")
        ud.unpack_tracer.unpack("crate-extract" if is_source else "cargo-extract", target)
        utils.mkdirhier(target)
        try:
            network.runfetchcmd("tar -xz --no-same-owner -f %s" % shlex.quote(ud.localpath), d, workdir=target)
        except FetchError as exc:
            raise UnpackError(exc.msg, ud.url) from exc
        if not is_source:
            folder = os.path.splitext(os.path.basename(ud.localpath))[0]
            with open(os.path.join(target, folder, ".cargo-checksum.json"), "w", encoding="utf-8") as file:
                json.dump({"files": {}, "package": utils.sha256_file(ud.localpath)}, file)

    def latest_versionstring(self, ud, d):
        text = self._fetch_index(ud.versionsurl, ud, d)
        if ud.from_registry:
            lines = [json.loads(line) for line in text.splitlines()]
            return upstream.newest_of(line["vers"] for line in lines if not line.get("yanked", False)), ""
        return upstream.newest_of(entry["num"] for entry in json.loads(text)["versions"]), ""
