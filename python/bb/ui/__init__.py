# SPDX-License-Identifier: Apache-2.0
"""User interfaces: hitz has its own; scripts use parts of BitBake's."""
