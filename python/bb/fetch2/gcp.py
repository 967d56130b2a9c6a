# SPDX-License-Identifier: Apache-2.0
"""gs sources: a file of Google's cloud storage, by its Python client, which the host has to have."""

import os

from bb.fetch2.errors import FetchError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access


class GCP(FetchMethod):
    def __init__(self, urls=None):
        super().__init__(urls)
        self._client = None

    def supports(self, ud, d):
        return ud.type == "gs"

    def recommends_checksum(self, urldata):
        return True

    def urldata_init(self, ud, d):
        ud.basename = ud.localfile = ud.parm.get("downloadfilename") or os.path.basename(ud.path)

    def _blob(self, ud, d, what):
        check_network_access(d, what, "gs://%s%s" % (ud.host, ud.path))
        if self._client is None:
            try:
                from google.cloud import storage
            except ImportError as exc:
                raise FetchError("Python's google.cloud.storage is not installed", ud.url) from exc
            self._client = storage.Client(project=None)
        return self._client.bucket(ud.host).blob(ud.path.lstrip("/"))

    def download(self, ud, d):
        blob = self._blob(ud, d, "blob.download_to_filename")
        from google.api_core.exceptions import NotFound
        part = ud.localpath + ".tmp"
        try:
            blob.download_to_filename(part)
        except NotFound as exc:
            raise FetchError("there is no such file", ud.url) from exc
        if os.path.getsize(part) == 0:
            os.remove(part)
            raise FetchError("it is empty", ud.url)
        os.rename(part, ud.localpath)
        return True

    def checkstatus(self, fetch, urldata, d):
        if not self._blob(urldata, d, "blob.exists").exists():
            raise FetchError("there is no such file", urldata.url)
        return True
