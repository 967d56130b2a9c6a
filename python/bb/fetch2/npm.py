# SPDX-License-Identifier: Apache-2.0
"""npm sources: a package of an npm registry. The npm command says where its tarball is; NAME.resolved keeps that, and the
tarball itself is fetched as any file of a web server.

The newer release has switched this off for its security: recipes that use it are skipped there."""

import base64
import json
import os
import re
import shlex

import bb
from bb import utils
from bb.fetch2.errors import FetchError, MissingParameterError, ParameterError
from bb.fetch2.fetcher import Fetch
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd
from bb.fetch2.release import is_2_8
from bb.fetch2.uri import URI


def npm_package(package):
    """The name of a package as part of a file's name."""
    name = re.sub("/", "-", package).lower()
    return re.sub(r"[^\-a-z0-9]" if is_2_8() else r"[^\-a-z0-9@]", "", name).strip("-")


def npm_filename(package, version):
    return npm_package(package) + "-" + version + ".tgz"


def npm_localfile(package, version=None):
    """The place within DL_DIR of a package, or of a file by its name."""
    return os.path.join("npm2", package if version is None else npm_filename(package, version))


def npm_integrity(integrity):
    """(SRC_URI's name of a checksum, its value) of what npm calls integrity (www.w3.org/TR/SRI)."""
    kind, value = integrity.split("-", maxsplit=1)
    return kind + "sum", base64.b64decode(value).hex()


def npm_unpack(tarball, destdir, d):
    utils.mkdirhier(destdir)
    runfetchcmd("tar --extract --gzip --file=%s --no-same-owner --delay-directory-restore --strip-components=1" % shlex.quote(tarball), d,
                workdir=destdir)
    runfetchcmd("chmod -R +X %s" % shlex.quote(destdir), d, quiet=True, workdir=destdir)


class NpmEnvironment:
    """npm commands with a configuration of their own, whatever the user's home says."""

    def __init__(self, d, configs=[], npmrc=None):
        import tempfile
        self.d = d
        self.user_config = tempfile.NamedTemporaryFile(mode="w", buffering=1)
        home = os.path.join(os.environ.get("HOME", "/"), ".npmrc")
        if d.getVar("BB_USE_HOME_NPMRC") == "1" and os.path.exists(home):
            bb.warn("BB_USE_HOME_NPMRC flag set and valid .npmrc detected - npm fetcher will use %s" % home)
            with open(home) as file:
                self.user_config.write(file.read())
        for key, value in configs:
            self.user_config.write("%s=%s\n" % (key, value))
        self.global_config_name = npmrc or "/dev/null"

    def run(self, cmd, args=None, configs=None, workdir=None):
        """What a command says; args are options with values."""
        import tempfile
        if configs:
            bb.warn("Use of configs argument of NpmEnvironment.run() function is deprecated. Please use args argument instead.")
        cmd += "".join(" --%s=%s" % (key, shlex.quote(value)) for key, value in list(configs or []) + list(args or []))
        with tempfile.TemporaryDirectory() as folder:
            d = self.d.createCopy()
            d.setVar("PATH", d.getVar("PATH"))  # it may speak of HOME, which is another one now
            d.setVar("HOME", folder)
            settings = "NPM_CONFIG_USERCONFIG=%s NPM_CONFIG_GLOBALCONFIG=%s " % (self.user_config.name, self.global_config_name)
            return runfetchcmd(settings + cmd, d, workdir=workdir or folder)


class Npm(FetchMethod):
    def supports(self, ud, d):
        if is_2_8():
            return ud.type == "npm"
        raise bb.parse.SkipRecipe("The npm fetcher has been disabled due to security issues and there is no maintainer to address them")

    def urldata_init(self, ud, d):
        ud.package, ud.version = ud.parm.get("package"), ud.parm.get("version")
        for name in ("package", "version"):
            if not ud.parm.get(name):
                raise MissingParameterError("Parameter '%s' required" % name, ud.url)
        if not utils.is_semver(ud.version) and ud.version != "latest":
            raise ParameterError("Invalid 'version' parameter", ud.url)
        ud.registry = re.sub(r"^npm://", "https://", ud.url.split(";")[0])
        named = ud.parm.get("downloadfilename")
        ud.localfile = npm_localfile(named) if named else npm_localfile(ud.package, ud.version)
        ud.basecmd = d.getVar("FETCHCMD_npm") or "npm"
        ud.proxy, ud.needdonestamp = None, False
        ud.resolvefile = self.localpath(ud, d) + ".resolved"

    # ---- where the tarball is

    def _view(self, ud, d):
        """What the registry says of the package."""
        package = shlex.quote(ud.package + "@" + ud.version)
        command = "%s view %s" % (ud.basecmd, package)
        check_network_access(d, command, ud.registry)
        said = NpmEnvironment(d).run(command, args=[("json", "true"), ("registry", ud.registry)])
        if not said:
            raise FetchError("Unavailable package %s" % package, ud.url)
        try:
            view = json.loads(said)
        except ValueError as exc:
            raise FetchError("Invalid view from npm: %s" % exc, ud.url) from exc
        if view.get("error") is not None:
            raise FetchError("Invalid view from npm: %s" % view["error"].get("summary"), ud.url)
        if ud.version == "latest":
            bb.warn("The npm package %s is using the latest version available. This could lead to non-reproducible builds." % package)
        elif ud.version != view.get("version"):
            raise FetchError("npm knows version %s" % view.get("version"), ud.url)
        return view

    def _resolved(self, ud, view):
        """The tarball's URL with the checksum that the registry names."""
        dist = view.get("dist", {})
        if dist.get("tarball") is None:
            raise FetchError("Invalid 'dist.tarball' in view", ud.url)
        uri = URI(dist["tarball"])
        uri.params["downloadfilename"] = ud.localfile
        if dist.get("integrity") is not None:
            name, value = npm_integrity(dist["integrity"])
            uri.params[name] = value
        elif dist.get("shasum") is not None:
            uri.params["sha1sum"] = dist["shasum"]
        else:
            raise FetchError("Invalid 'dist.integrity' in view", ud.url)
        return str(uri)

    def _proxy(self, ud, d):
        """(fetcher, what is known of it, datastore) of the tarball."""
        if ud.proxy is None:
            if not os.path.exists(ud.resolvefile):
                url = self._resolved(ud, self._view(ud, d))
                utils.mkdirhier(os.path.dirname(ud.resolvefile))
                part = "%s.%d" % (ud.resolvefile, os.getpid())
                with open(part, "w") as file:
                    file.write(url)
                os.replace(part, ud.resolvefile)
            with open(ud.resolvefile) as file:
                url = file.read()
            own = d.createCopy()
            own.delVarFlags("SRC_URI")  # the recipe's checksums are not of this
            ud.proxy = Fetch([url], own)
        inner = ud.proxy.ud[ud.proxy.urls[0]]
        inner.setup_localpath(ud.proxy.d)
        return inner.method, inner, ud.proxy.d

    # ---- all else is the tarball's

    def verify_donestamp(self, ud, d):
        method, inner, own = self._proxy(ud, d)
        return method.verify_donestamp(inner, own)

    def update_donestamp(self, ud, d):
        method, inner, own = self._proxy(ud, d)
        method.update_donestamp(inner, own)

    def need_update(self, ud, d):
        if not os.path.exists(ud.resolvefile) or ud.version == "latest":
            return True
        method, inner, own = self._proxy(ud, d)
        return method.need_update(inner, own)

    def try_mirrors(self, fetch, urldata, d, mirrors, check=False):
        method, inner, own = self._proxy(urldata, d)
        return method.try_mirrors(fetch, inner, own, mirrors, check)

    def download(self, ud, d):
        self._proxy(ud, d)
        ud.proxy.download()

    def unpack(self, urldata, rootdir, data):
        target = os.path.join(rootdir, urldata.parm.get("destsuffix", "npm"))
        npm_unpack(urldata.localpath, target, data)
        urldata.unpack_tracer.unpack("npm", target)

    def clean(self, urldata, d):
        if os.path.exists(urldata.resolvefile):
            self._proxy(urldata, d)
            urldata.proxy.clean()
            utils.remove(urldata.resolvefile)

    def done(self, ud, d):
        if not os.path.exists(ud.resolvefile):
            return False
        method, inner, own = self._proxy(ud, d)
        return method.done(inner, own)
