# SPDX-License-Identifier: Apache-2.0
"""Signature generators by name. hitz computes hashes itself; what metadata asks of a generator is here."""


class SignatureGenerator:
    """What a recipe's hashes are called and where its stamps are."""

    name = "noop"

    def __init__(self, data):
        self.data = data

    def stampfile(self, stampbase, taskname, taskhash, extrainfo):
        return ("%s.%s.%s" % (stampbase, taskname, extrainfo)).rstrip(".")


class SignatureGeneratorBasic(SignatureGenerator):
    name = "basic"


class SignatureGeneratorBasicHash(SignatureGeneratorBasic):
    name = "basichash"

    def stampfile(self, stampbase, taskname, taskhash, extrainfo):
        return ("%s.%s.%s.%s" % (stampbase, taskname, taskhash, extrainfo)).rstrip(".")


def init(d):
    """The generator that BB_SIGNATURE_HANDLER names; metadata may have added its own to this module."""
    wanted = d.getVar("BB_SIGNATURE_HANDLER") or "noop"
    for cls in list(globals().values()):
        if isinstance(cls, type) and issubclass(cls, SignatureGenerator) and cls.name == wanted:
            return cls(d)
    return SignatureGenerator(d)
