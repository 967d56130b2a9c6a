# SPDX-License-Identifier: Apache-2.0
"""debsrc: a file of a Debian source package, by apt with a state of its own.

The host's lists, keys and packages are only read: apt works in a folder under DL_DIR, with deb-src lines made of the
host's own deb lines. A file counts only when its sha256 is one that the recipe names, so where it came from is no matter."""

import functools
import os
import re
import shutil
import subprocess
import time

from bb import utils
from bb.fetch2.errors import FetchError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access

_LISTS_ARE_FRESH_SECONDS = 3600


def _host_sources():
    """deb-src lines for the suites that the host itself takes packages from."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(RELEASE)|$(COMPONENT)|$(REPO_URI)|$(SIGNED_BY)", "Created-By: Packages"],
                          capture_output=True, text=True)
    lines = []
    for row in done.stdout.splitlines():
        release, component, uri, signed = row.split("|")
        if "debian" not in uri:
            continue
        if not signed.startswith("/"):
            signed = "/usr/share/keyrings/debian-archive-keyring.gpg"
        line = "deb-src [signed-by=%s] %s %s %s" % (signed, uri, release, component)
        if line not in lines:
            lines.append(line)
    return lines


class Apt:
    """apt with private state."""

    def __init__(self, d):
        self.root = os.path.join(d.getVar("DL_DIR"), ".debsrc")
        self.config = os.path.join(self.root, "apt.conf")

    def ready(self):
        """Makes the state and brings the lists up to date, at most once an hour."""
        if not shutil.which("apt-get"):
            raise FetchError("there is no apt-get on this machine, so Debian's sources cannot be had")
        for folder in ("lists/partial", "cache/archives/partial", "files"):
            utils.mkdirhier(os.path.join(self.root, folder))
        lines = _host_sources()
        if not lines:
            raise FetchError("apt knows no Debian suite on this machine")
        sources = os.path.join(self.root, "sources.list")
        text = "\n".join(lines) + "\n"
        status = os.path.join(self.root, "status")
        with open(status, "a"):
            pass
        with open(self.config, "w") as out:
            out.write('Dir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "/dev/null";\nDir::State "%s";\nDir::State::status "%s";\n'
                      'Dir::Cache "%s/cache";\nAcquire::Languages "none";\nAPT::Sandbox::User "";\nDebug::NoLocking "1";\n'
                      % (sources, self.root, status, self.root))
        stamp = os.path.join(self.root, "updated")
        same = os.path.exists(sources) and open(sources).read() == text
        fresh = os.path.exists(stamp) and time.time() - os.path.getmtime(stamp) < _LISTS_ARE_FRESH_SECONDS
        if same and fresh:
            return
        with open(sources, "w") as out:
            out.write(text)
        self.run(["apt-get", "-qq", "update"])
        with open(stamp, "w"):
            pass

    def run(self, argv, cwd=None):
        done = subprocess.run(argv, env={**os.environ, "APT_CONFIG": self.config}, capture_output=True, text=True, cwd=cwd)
        if done.returncode:
            raise FetchError("%s failed: %s" % (" ".join(argv), (done.stderr or done.stdout).strip()))
        return done.stdout

    def files(self, package):
        """(version, file name, sha256) of every file of a source package, in all suites."""
        out = []
        for record in self.run(["apt-cache", "showsrc", "--only-source", package]).split("\n\n"):
            version = re.search(r"^Version: (\S+)", record, re.M)
            block = re.search(r"^Checksums-Sha256:\s*\n((?: .+\n?)+)", record, re.M)
            if version and block:
                for line in block.group(1).splitlines():
                    digest, _, name = line.split()
                    out.append((version.group(1), name, digest))
        return out

    def is_there(self, package, version, name):
        """Whether the archive still has a file that its index names: an index may be ahead of a mirror's files."""
        import urllib.error
        import urllib.request
        text = self.run(["apt-get", "-qq", "source", "--print-uris", "--download-only", "--only-source", "%s=%s" % (package, version)])
        for address in re.findall(r"^'(http[^']+)'", text, re.M):
            if address.rsplit("/", 1)[1] == name:
                try:
                    urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=20).close()
                except urllib.error.HTTPError:
                    return False
        return True


class DebSrc(FetchMethod):
    """debsrc://PACKAGE/FILE, or debsrc://PACKAGE/FILE/NAME when it is to have another name here: mirrors ask for that."""

    def supports(self, ud, d):
        return ud.type == "debsrc"

    def urldata_init(self, ud, d):
        names = ud.path.strip("/").split("/")
        ud.debian_file = names[0]
        ud.basename = ud.localfile = names[-1]

    def download(self, ud, d):
        check_network_access(d, "apt-get source %s" % ud.host, ud.url)
        apt = Apt(d)
        with utils.fileslocked([os.path.join(d.getVar("DL_DIR"), ".debsrc.lock")]):
            apt.ready()
            wanted = [text for text in (ud.sha256_expected, ud.debian_sha256) if text]
            files = apt.files(ud.host)
            found = [f for f in files if f[2] in wanted] or [f for f in files if f[1] == ud.debian_file]
            if not found:
                offered = sorted({f[1] for f in files if ".orig" in f[1]})
                raise FetchError("Debian's suites of this machine have no %s in the source package %s; they have: %s"
                                 % (ud.debian_file, ud.host, " ".join(offered) or "nothing"), ud.url)
            folder = os.path.join(apt.root, "files")
            actual = self._download_any(apt, ud.host, found, folder)
            os.replace(os.path.join(folder, actual), ud.localpath)

    def _download_any(self, apt, package, found, folder):
        """Several Debian revisions share a file; the newest is the one that surely is still there."""
        order = sorted(found, key=functools.cmp_to_key(lambda a, b: utils.vercmp_string(a[0], b[0])), reverse=True)
        failure = None
        for version, actual, _ in order:
            try:
                apt.run(["apt-get", "-qq", "source", "--download-only", "--only-source", "%s=%s" % (package, version)], cwd=folder)
            except FetchError as exc:
                failure = failure or exc
                continue
            for other in os.listdir(folder):
                if other != actual:
                    utils.remove(os.path.join(folder, other))
            return actual
        raise failure
