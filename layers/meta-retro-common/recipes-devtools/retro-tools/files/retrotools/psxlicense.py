# SPDX-License-Identifier: Apache-2.0
"""psxlicense: puts the licence file that a user has into an image of a PlayStation disc, sectors 0-11. None comes with it:
the text and the logo in it are Sony's. --clear takes it out again, --check-empty fails when there is one."""

import sys

from retrotools import mkpsxiso, sector, tool
from retrotools.tool import ToolError

AREA = mkpsxiso.LICENSE_SECTORS * sector.RAW


def check_image(data: bytes, name: str) -> None:
    if len(data) < 17 * sector.RAW or data[:12] != sector.SYNC or data[16 * sector.RAW + 0x19:16 * sector.RAW + 0x1E] != b"CD001":
        raise ToolError("%s: is no image of a disc with sectors of 2352 bytes" % name)


def main(argv) -> None:
    cli = tool.parser("Inserts a user's licence file into a PlayStation disc image.")
    cli.add_argument("image", help="a BIN of sectors of 2352 bytes; changed in place")
    cli.add_argument("license", nargs="?", help="28032 bytes: 12 sectors of 2336")
    cli.add_argument("--clear", action="store_true", help="makes the licence area empty")
    cli.add_argument("--check-empty", action="store_true", help="changes nothing, fails unless the licence area is empty")
    args = cli.parse_args(argv)
    if (args.license is not None) + args.clear + args.check_empty != 1:
        raise ToolError("give a licence file, --clear or --check-empty")
    data = tool.read_file(args.image)
    check_image(data, args.image)
    if args.check_empty:
        for lba in range(16):
            if any(data[lba * sector.RAW + 0x18:lba * sector.RAW + 0x818]):
                raise ToolError("%s: sector %d of the licence area has data" % (args.image, lba))
        return
    head = mkpsxiso.license_sectors(tool.read_file(args.license), args.license) if args.license else mkpsxiso.empty_license()
    tool.write_file(args.image, b"".join(head) + data[AREA:])


if __name__ == "__main__":
    sys.exit(tool.run(main))
