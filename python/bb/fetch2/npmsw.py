# SPDX-License-Identifier: Apache-2.0
"""npmsw sources: every package that an npm shrinkwrap file names, each fetched as what it is and unpacked where it says.

The newer release has switched this off for its security: recipes that use it are skipped there."""

import collections
import json
import os
import re
import shlex

import bb
from bb import utils
from bb.fetch2 import turns
from bb.fetch2.errors import FetchError, ParameterError
from bb.fetch2.fetcher import Fetch
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import runfetchcmd
from bb.fetch2.npm import npm_integrity, npm_localfile, npm_unpack
from bb.fetch2.release import is_2_8
from bb.fetch2.uri import URI

_FORGES = {"github:": "github.com", "gist:": "gist.github.com", "bitbucket:": "bitbucket.org", "gitlab:": "gitlab.com"}
_ARCHIVES = (".tgz", ".tar", ".tar.gz")
# name: the package's; url: what is fetched, None for what is here; localpath: where it is, None for a repository.
Dependency = collections.namedtuple("Dependency", "name url localpath extrapaths destsuffix unpack")


def _old_style(dependencies, parents=()):
    """(name, data, location) of dependencies within dependencies."""
    for name, data in dependencies.items():
        path = (*parents, name)
        yield from _old_style(data.get("dependencies", {}), path)
        yield name, data, os.path.join(*("node_modules/" + one for one in path))


def foreach_dependencies(shrinkwrap, callback=None, dev=False):
    """Calls callback(name, data, location) with every package that is to be installed."""
    packages = shrinkwrap.get("packages")
    if packages:
        found = ((location.split("node_modules/")[-1], data, location) for location, data in packages.items()
                 if location.startswith("node_modules/"))
    elif is_2_8():
        found = _old_style(shrinkwrap.get("dependencies", {}))
    else:
        raise FetchError("Invalid shrinkwrap file format")
    for name, data, location in found:
        wanted = dev or not data.get("dev", False)
        if wanted and not data.get("inBundle", data.get("bundled", False)) and callback is not None:
            callback(name, data, location)


def _git_source(source, url):
    """(git:// URI, revision) of what npm calls a repository; None when it is none."""
    for prefix, host in _FORGES.items():
        if source.startswith(prefix):
            source = "git+https://%s/%s" % (host, source[len(prefix):])
    if not source.startswith("git") and "/" in source and not source.startswith((".", "@", "/")) and not source.endswith(_ARCHIVES):
        source = "git+https://github.com/" + source
    if not source.startswith("git"):
        return None
    found = re.fullmatch(r"git\+(?P<protocol>[a-z]+)://(?P<url>[^#]+)#(?P<rev>[0-9a-f]+)", source)
    if not found:
        raise ParameterError("Invalid git url: %s" % source, url)
    uri = URI("git://" + found["url"])
    uri.params.update(protocol=found["protocol"], rev=found["rev"], nobranch="1")
    return uri


class NpmShrinkWrap(FetchMethod):
    def supports(self, ud, d):
        if is_2_8():
            return ud.type == "npmsw"
        raise bb.parse.SkipRecipe("The npmsw fetcher has been disabled due to security issues and there is no maintainer to address them")

    def urldata_init(self, ud, d):
        ud.shrinkwrap_file = re.sub(r"^npmsw://", "", ud.url.split(";")[0])
        ud.dev = utils.to_boolean(ud.parm.get("dev"), False)
        try:
            with open(ud.shrinkwrap_file) as file:
                shrinkwrap = json.load(file)
        except (OSError, ValueError) as exc:
            raise ParameterError("Invalid shrinkwrap file: %s" % exc, ud.url) from exc
        ud.deps = []

        def add(name, data, destsuffix):
            dependency = self._dependency(ud, d, name, data, destsuffix)
            if dependency:
                ud.deps.append(dependency)

        foreach_dependencies(shrinkwrap, add, ud.dev)
        own = d.createCopy()
        own.delVar("SRCREV")  # the recipe's revision and checksums are not of these
        own.delVarFlags("SRC_URI")
        urls = [one.url for one in ud.deps if one.url]
        ud.proxy = Fetch(urls, own) if urls else None
        ud.needdonestamp = False

    def _tarball(self, d, source, localfile, integrity):
        """(URL, where it will be) of a file of a web server."""
        uri = URI(source)
        uri.params["downloadfilename"] = localfile
        name, value = npm_integrity(integrity)
        uri.params[name] = value
        return str(uri), os.path.join(d.getVar("DL_DIR"), localfile)

    def _dependency(self, ud, d, name, data, destsuffix):
        integrity, version, resolved = (data.get(key) for key in ("integrity", "version", "resolved"))
        if data.get("link"):
            return Dependency(name, None, resolved, [], destsuffix, False)
        if version and utils.is_semver(version) and integrity:
            return self._of_registry(d, name, version, resolved, integrity, destsuffix) if resolved else None
        source = resolved or version or ""
        if source.startswith("http") and integrity:
            url, path = self._tarball(d, source, npm_localfile(os.path.basename(source)), integrity)
            return Dependency(name, url, path, [], destsuffix, True)
        if source.startswith("file"):
            return Dependency(name, None, source[len("file:"):], [], destsuffix, source.endswith(_ARCHIVES))
        uri = _git_source(source, ud.url)
        if uri is None:
            raise ParameterError("Unsupported dependency: %s" % name, ud.url)
        uri.params["destsuffix"] = destsuffix
        return Dependency(name, str(uri), None, [], destsuffix, True)

    def _of_registry(self, d, name, version, resolved, integrity, destsuffix):
        """With the side file that npm:// looks for: what one of the two has fetched is good for the other."""
        url, path = self._tarball(d, resolved, npm_localfile(name, version), integrity)
        side = path + ".resolved"
        utils.mkdirhier(os.path.dirname(side))
        with open(side, "w") as file:
            file.write(url)
        return Dependency(name, url, path, [side], destsuffix, True)

    def _each(self, ud, handle):
        out = []
        for url in ud.proxy.urls if ud.proxy else []:
            inner = ud.proxy.ud[url]
            inner.setup_localpath(ud.proxy.d)
            with turns.locked(inner.lockfile):
                out.append(handle(inner.method, inner, ud.proxy.d))
        return out

    def verify_donestamp(self, ud, d):
        return all(self._each(ud, lambda method, inner, own: method.verify_donestamp(inner, own)))

    def update_donestamp(self, ud, d):
        self._each(ud, lambda method, inner, own: method.update_donestamp(inner, own))

    def need_update(self, ud, d):
        return any(self._each(ud, lambda method, inner, own: method.need_update(inner, own)))

    def try_mirrors(self, fetch, urldata, d, mirrors, check=False):
        return all(self._each(urldata, lambda method, inner, own: method.try_mirrors(fetch, inner, own, mirrors, check)))

    def download(self, ud, d):
        if ud.proxy:
            ud.proxy.download()

    def unpack(self, urldata, rootdir, data):
        ud, d = urldata, data
        target = os.path.join(rootdir, ud.parm.get("destsuffix") or "")
        ud.unpack_tracer.unpack("npm-shrinkwrap", target)
        utils.mkdirhier(target)
        utils.copyfile(ud.shrinkwrap_file, os.path.join(target, "npm-shrinkwrap.json"))
        repositories = [one.url for one in ud.deps if not one.localpath]
        if repositories:
            ud.proxy.unpack(target, repositories)
        for one in ud.deps:
            if not one.localpath:
                continue
            place = os.path.join(target, one.destsuffix)
            source = one.localpath if one.url else os.path.join(target, one.localpath)
            if one.unpack:
                npm_unpack(source, place, d)
            else:
                utils.mkdirhier(place)
                runfetchcmd("cp -fpPRH %s ." % shlex.quote(source + "/."), d, workdir=place)

    def clean(self, urldata, d):
        if urldata.proxy:
            urldata.proxy.clean()
        for one in urldata.deps:
            for path in one.extrapaths:
                utils.remove(path)

    def done(self, ud, d):
        return all(self._each(ud, lambda method, inner, own: method.done(inner, own)))
