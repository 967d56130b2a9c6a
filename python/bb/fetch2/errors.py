# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a source. Texts that people search their logs for are BitBake's."""

from bb import event


class BBFetchException(Exception):
    """All that the fetchers raise. of_environment: it may work later, without a change to any recipe."""

    of_environment = False

    def __init__(self, message):
        self.msg = message
        super().__init__(message)

    def __str__(self):
        return self.msg


class UntrustedUrl(BBFetchException):
    def __init__(self, url, message=""):
        self.url = url
        super().__init__(message or "The URL: '%s' is not trusted and cannot be used" % url)
        self.args = (url,)


class MalformedUrl(BBFetchException):
    def __init__(self, url, message=""):
        self.url = url
        super().__init__(message or "The URL: '%s' is invalid and cannot be interpreted" % url)
        self.args = (url,)


class FetchError(BBFetchException):
    def __init__(self, message, url=None):
        self.url = url
        super().__init__("Fetcher failure for URL: '%s'. %s" % (url, message) if url else "Fetcher failure: %s" % message)
        self.args = (message, url)


class EnvironmentFault(FetchError):
    """Something of this machine was missing, not the source: trying again later may help."""

    of_environment = True


class NetworkFault(EnvironmentFault):
    """The way to a source, or the server there."""


class ChecksumError(FetchError):
    def __init__(self, message, url=None, checksum=None):
        self.checksum = checksum
        super().__init__(message, url)


class NoChecksumError(FetchError):
    """A remote file without a checksum in its recipe, where BB_STRICT_CHECKSUM asks for one."""


class UnpackError(BBFetchException):
    def __init__(self, message, url):
        self.url = url
        super().__init__("Unpack failure for URL: '%s'. %s" % (url, message))
        self.args = (message, url)


class LocalModificationsError(UnpackError):
    """A checkout with changes that are in no commit."""

    def __init__(self, repodir, url, git_output):
        super().__init__("%s cannot be updated: there are uncommitted changes:\n%s\nCommit, stash or discard them and try again."
                         % (repodir, git_output), url)
        self.args = (repodir, url, git_output)


class RebaseError(UnpackError):
    """Commits of a checkout that do not apply to the new revision."""

    def __init__(self, repodir, url, git_output):
        super().__init__("the commits in %s do not apply to the new upstream revision:\n%s\nThe remote 'dldir' is the clone in DL_DIR: "
                         "rebase onto it by hand, then try again." % (repodir, git_output), url)
        self.args = (repodir, url, git_output)


class NoMethodError(BBFetchException):
    def __init__(self, url):
        self.url = url
        super().__init__("Could not find a fetcher which supports the URL: '%s'" % url)
        self.args = (url,)


class MissingParameterError(BBFetchException):
    def __init__(self, missing, url):
        self.missing, self.url = missing, url
        super().__init__("URL: '%s' is missing the required parameter '%s'" % (url, missing))
        self.args = (missing, url)


class ParameterError(BBFetchException):
    def __init__(self, message, url):
        self.url = url
        super().__init__("URL: '%s' has invalid parameters. %s" % (url, message))
        self.args = (message, url)


class NetworkAccess(BBFetchException):
    def __init__(self, url, cmd):
        self.url, self.cmd = url, cmd
        super().__init__("Network access disabled through BB_NO_NETWORK (or set indirectly due to use of BB_FETCH_PREMIRRORONLY) "
                         "but access requested with command %s (for url %s)" % (cmd, url))
        self.args = (url, cmd)


class NonLocalMethod(Exception):
    """A URL that is not of this machine, where only such are wanted."""


class MissingChecksumEvent(event.Event):
    """A file was fetched whose recipe names no checksum; here they are."""

    def __init__(self, url, **checksums):
        self.url, self.checksums = url, checksums
        super().__init__()

    __module__ = "bb.fetch2"  # by which user interfaces ask for it
