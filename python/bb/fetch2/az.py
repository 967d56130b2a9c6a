# SPDX-License-Identifier: Apache-2.0
"""az sources: a file of Azure's storage, over https; AZ_SAS is a key to it."""

from bb.fetch2.errors import FetchError
from bb.fetch2.wget import Wget


class Az(Wget):
    def supports(self, ud, d):
        return ud.type == "az"

    def address(self, ud, d):
        key = d.getVar("AZ_SAS") or ""
        if key and not key.startswith("?"):
            raise FetchError("When using AZ_SAS, it must start with a '?' character to mark the start of the query-parameters.", ud.url)
        return "https://%s%s%s" % (ud.host, ud.path, key)
