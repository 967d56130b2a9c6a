# SPDX-License-Identifier: Apache-2.0
# An initramfs: a cpio archive of the "newc" format, as the kernel's Documentation/driver-api/early-userspace describes it.

python image_cpio() {
    image_write_cpio(d, d.getVar('IMAGE_FILE'))
}

python image_cpio_gz() {
    image_compressed_cpio(d, ['gzip', '-9', '-n', '-c'])
}

python image_cpio_lz4() {
    image_compressed_cpio(d, ['lz4', '-9', '-l', '-c'])
}

def image_compressed_cpio(d, compressor):
    import subprocess
    target = d.getVar('IMAGE_FILE')
    plain = os.path.join(d.getVar('WORKDIR'), 'rootfs.cpio')
    image_write_cpio(d, plain)
    with open(plain, 'rb') as source, open(target, 'wb') as out:
        subprocess.run(compressor, stdin=source, stdout=out, check=True, env={**os.environ, 'PATH': d.getVar('PATH')})
    os.unlink(plain)

def image_write_cpio(d, target):
    """Every entry with root as owner, one link, numbers in order, and the same time."""
    import stat
    root, when = d.getVar('IMAGE_ROOTFS'), int(d.getVar('SOURCE_DATE_EPOCH'))

    def entry(number, name, mode, data, links=1, device=(0, 0)):
        encoded = name.encode() + b'\0'
        fields = [number, mode, 0, 0, links, when, len(data), 0, 0, device[0], device[1], len(encoded), 0]
        head = b'070701' + b''.join(b'%08X' % f for f in fields) + encoded
        return head + b'\0' * (-len(head) % 4) + data + b'\0' * (-len(data) % 4)

    with open(target, 'wb') as out:
        number = 1
        for path, status in image_entries(root):
            data = b''
            if stat.S_ISLNK(status.st_mode):
                data = os.readlink(os.path.join(root, path)).encode()
            elif stat.S_ISREG(status.st_mode):
                with open(os.path.join(root, path), 'rb') as file:
                    data = file.read()
            mode = 0o120777 if stat.S_ISLNK(status.st_mode) else status.st_mode
            out.write(entry(number, path, mode, data, 2 if stat.S_ISDIR(status.st_mode) else 1))
            number += 1
        # init's first messages need a console before devtmpfs is there.
        out.write(entry(number, 'dev/console', stat.S_IFCHR | 0o600, b'', device=(5, 1)))
        out.write(entry(0, 'TRAILER!!!', 0, b''))
