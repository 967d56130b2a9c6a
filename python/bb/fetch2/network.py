# SPDX-License-Identifier: Apache-2.0
"""What fetch commands see, how they are run, and whether the network may be asked at all."""

import logging
import os
import re
import subprocess

import bb
from bb import utils
from bb.fetch2.errors import FetchError, NetworkAccess, NetworkFault, UntrustedUrl
from bb.fetch2.uri import decodeurl

logger = logging.getLogger("BitBake.Fetcher")

FETCH_EXPORT_VARS = [
    "HOME", "PATH", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "FTPS_PROXY", "ftps_proxy",
    "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "GIT_CONFIG_GLOBAL", "GIT_PROXY_COMMAND", "GIT_SSH", "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO", "GIT_SMART_HTTP", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SOCKS5_USER", "SOCKS5_PASSWD", "DBUS_SESSION_BUS_ADDRESS",
    "P4CONFIG", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "GIT_CACHE_PATH", "REMOTE_CONTAINERS_IPC",
    "GITHUB_TOKEN", "SSL_CERT_DIR"]

# How the tools say that the way to the server is at fault.
_NETWORK_TROUBLE = re.compile(
    r"could not resolve|couldn't resolve|name resolution|name or service not known|unable to resolve|connection (timed out|refused|reset|closed)|"
    r"operation timed out|network is unreachable|no route to host|early eof|remote end hung up|rpc failed|"
    r"returned error: (429|5\d\d)|error 5\d\d|HTTP Error 5\d\d|unable to connect|failed to connect|couldn't connect|E(170013|000110|175012)\b|"
    r"EAI_AGAIN|ENOTFOUND|ECONN(RESET|REFUSED)|ETIMEDOUT|gnutls_handshake|TLS connect error", re.IGNORECASE)


def get_fetcher_environment(d):
    """The variables that fetch commands see, of the recipe or of the one who started hitz."""
    out = {}
    origin = d.getVar("BB_ORIGENV", False)
    for name in FETCH_EXPORT_VARS:
        value = d.getVar(name) or (origin.getVar(name) if origin else None)
        if value:
            out[name] = value
    return out


def _without_own_version(d):
    """PATH may lead through PV to SRCPV, which is what is being asked for: then one that does without."""
    try:
        d.getVar("PV")
        d.getVar("PR")
    except bb.data_smart.ExpansionError:
        d = d.createCopy()
        d.setVar("PV", "fetcheravoidrecurse")
        d.setVar("PR", "fetcheravoidrecurse")
    return d


class _Tail:
    """Passes on what is written and keeps its end, for the message of a failure."""

    def __init__(self, log):
        self._log, self.text, self.mode = log, "", getattr(log, "mode", "")

    def write(self, text):
        self._log.write(text)
        self.text = (self.text + (text.decode("utf-8", "replace") if isinstance(text, bytes) else text))[-4000:]


def runfetchcmd(cmd, d, quiet=False, cleanup=None, log=None, workdir=None):
    """Runs a command with the fetchers' environment; its output. On failure what is named in cleanup is removed."""
    d = _without_own_version(d)
    env = {**os.environ, **get_fetcher_environment(d), "PSEUDO_DISABLED": "1"}
    shown = cmd if isinstance(cmd, str) else " ".join(cmd)
    logger.debug("Running %s%s", shown, " in %s" % workdir if workdir else "")
    log = _Tail(log) if log else None
    try:
        return bb.process.run(cmd, log=log, shell=isinstance(cmd, str), stderr=subprocess.PIPE, cwd=workdir, env=env)[0]
    except bb.process.NotFoundError as exc:
        error = "Fetch command %s not found" % exc.command
    except bb.process.ExecutionError as exc:
        told = log.text if log else "\n".join(part for part in (exc.stdout, exc.stderr) if part)
        output = "output:\n%s" % told if told else "no output"
        error = "Fetch command %s failed with exit code %s, %s" % (shown, exc.exitcode, output)
    except bb.process.CmdError as exc:
        error = "Fetch command %s could not be run:\n%s" % (shown, exc.msg)
    for path in cleanup or []:
        try:
            utils.remove(path, True)
        except OSError as exc:
            logger.debug("%s stays: %s", path, exc)
    raise (NetworkFault if _NETWORK_TROUBLE.search(error) else FetchError)(error)


def trusted_network(d, url):
    """Whether BB_ALLOWED_NETWORKS, of the recipe or of all, lets a URL be asked."""
    if utils.to_boolean(d.getVar("BB_NO_NETWORK")):
        return True  # whoever asks is refused in another way
    pn = d.getVar("PN")
    allowed = (d.getVarFlag("BB_ALLOWED_NETWORKS", pn, False) if pn else None) or d.getVar("BB_ALLOWED_NETWORKS")
    if not allowed:
        return True
    host = decodeurl(url)[1].split(":")[0].lower()
    if not host:
        return True
    return any(host == one or (one.startswith("*.") and ("." + host).endswith(one[1:])) for one in allowed.lower().split(" "))


def check_network_access(d, info, url):
    """Raises where the network, or this host, is not to be asked; info says what wants to."""
    if utils.to_boolean(d.getVar("BB_NO_NETWORK")):
        raise NetworkAccess(url, info)
    if not trusted_network(d, url):
        raise UntrustedUrl(url, info)
    logger.debug("Fetcher accessed the network with the command %s", info)
