# SPDX-License-Identifier: Apache-2.0
"""crate://HOST/NAME/VERSION: a package of a Rust registry, laid out as cargo's vendored sources."""

import json
import os
import shlex

from bb import fetch2, utils
from bb.fetch2 import wget

_CDN_OF = {"crates.io": "static.crates.io/crates"}


class Crate(wget.Wget):
    def prepare(self, ud, d):
        host, _, rest = ud.url.split("://", 1)[1].split(";")[0].partition("/")
        parts = rest.split("/")
        if len(parts) < 2:
            raise fetch2.ParameterError("Invalid URL: Must be crate://HOST/NAME/VERSION", ud.url)
        package, version = parts[-2:]
        host = "/".join([host] + parts[:-2])
        ud.crate = "%s-%s" % (package, version)
        ud.address = "https://%s/%s/%s/download" % (_CDN_OF.get(host, host), package, version)
        ud.parm["downloadfilename"] = ud.basename = ud.crate + ".crate"
        ud.parm.setdefault("name", ud.crate)
        ud.name, ud.names = ud.parm["name"], [ud.parm["name"]]

    def address(self, source):
        return getattr(source, "address", None) or super().address(source)

    def unpack(self, ud, root, d):
        is_source = d.getVar("BP") == ud.name
        target = root if is_source else os.path.join(root, "cargo_home", "bitbake")
        utils.mkdirhier(target)
        fetch2.runfetchcmd("tar -xz --no-same-owner -f %s" % shlex.quote(ud.localpath), d, workdir=target)
        if not is_source:
            with open(os.path.join(target, ud.crate, ".cargo-checksum.json"), "w", encoding="utf-8") as file:
                json.dump({"files": {}, "package": utils.sha256_file(ud.localpath)}, file)
