# SPDX-License-Identifier: Apache-2.0
"""file:// sources: files and folders of the layers, looked for along FILESPATH, and mirrors in the file system."""

import os

from bb import utils
from bb.fetch2.errors import FetchError, ParameterError
from bb.fetch2.method import FetchMethod


class Local(FetchMethod):
    def supports(self, urldata, d):
        return urldata.type == "file"

    def urldata_init(self, ud, d):
        ud.basename, ud.basepath = os.path.basename(ud.path), ud.path
        ud.needdonestamp = False
        if "*" in ud.path:
            raise ParameterError("file:// urls using globbing are no longer supported. Please place the files in a directory and "
                                 "reference that instead.", ud.url)

    def localpath(self, urldata, d):
        return self.localfile_searchpaths(urldata, d)[-1]

    def localfile_searchpaths(self, urldata, d):
        """The places that are looked at; only the last one can have the file."""
        if urldata.path.startswith("/"):
            return [urldata.path]
        return utils.which(d.getVar("FILESPATH") or "", urldata.path, history=True)[1] or [urldata.path]

    def download(self, urldata, d):
        if os.path.exists(urldata.localpath):
            return True
        raise FetchError("Unable to find file %s anywhere to download to %s. The paths that were searched were:\n    %s"
                         % (urldata.url, urldata.localpath, "\n    ".join((d.getVar("FILESPATH") or "").split(":"))))

    def checkstatus(self, fetch, urldata, d):
        return os.path.exists(urldata.localpath)

    def clean(self, urldata, d):
        """What belongs to a layer stays."""
