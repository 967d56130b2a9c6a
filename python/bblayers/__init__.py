# SPDX-License-Identifier: Apache-2.0
"""What layers' own commands of bitbake-layers are made of."""
