# SPDX-License-Identifier: Apache-2.0
# A disk with an ext4 file system: made empty with fixed identities, then filled by debugfs in one order everywhere.

IMAGE_EXT4_KB ?= "32768"
IMAGE_ROOTFS_UUID ?= "5b2d6c1e-9a35-4f0e-8d43-6869747a0001"
EXTRA_IMAGECMD:ext4 ?= ""

python image_ext4() {
    import stat
    import subprocess
    root, target, when = d.getVar('IMAGE_ROOTFS'), d.getVar('IMAGE_FILE'), d.getVar('SOURCE_DATE_EPOCH')
    entries = image_entries(root)
    config = os.path.join(d.getVar('WORKDIR'), 'mke2fs.conf')
    with open(config, 'w') as out:
        out.write('[fs_types]\n\text4 = {\n\t\tinode_size = 256\n\t}\n\tsmall = {\n\t\tinode_size = 256\n\t}\n')
    environment = {**os.environ, 'PATH': d.getVar('PATH'), 'E2FSPROGS_FAKE_TIME': when, 'MKE2FS_CONFIG': config}
    uuid = d.getVar('IMAGE_ROOTFS_UUID')
    bb.utils.remove(target)
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', '-b', '4096', '-I', '256', '-i', '8192', '-m', '0', '-O', '%s' % image_ext4_features(),
                    '-U', uuid, '-E', 'hash_seed=%s,root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0,nodiscard' % uuid]
                   + (d.getVar('EXTRA_IMAGECMD:ext4') or '').split() + [target, '%sk' % d.getVar('IMAGE_EXT4_KB')], check=True, env=environment)
    script = os.path.join(d.getVar('WORKDIR'), 'ext4.debugfs')
    with open(script, 'w') as out:
        out.write('\n'.join(image_ext4_script(root, entries, when)) + '\n')
    done = subprocess.run(['debugfs', '-w', '-f', script, target], capture_output=True, text=True, env=environment)
    # debugfs answers 0 whatever happens; what went wrong is on its second stream, after the line with its version.
    complaints = done.stderr.split('\n')[1:]
    if done.returncode or any(complaints):
        bb.fatal('debugfs could not fill %s:\n%s' % (target, '\n'.join(complaints)))
}

def image_ext4_features():
    """Said in full, so that no default of the build machine's mke2fs decides."""
    return 'none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum'

def image_ext4_script(root, entries, when):
    """The commands for debugfs: make everything, then say whose it is and of what time."""
    import stat

    def quoted(text):
        return '"%s"' % text

    lines = []
    for path, status in entries:
        if stat.S_ISDIR(status.st_mode):
            lines.append('mkdir ' + quoted(path))
        elif stat.S_ISLNK(status.st_mode):
            lines.append('symlink %s %s' % (quoted(path), quoted(os.readlink(os.path.join(root, path)))))
        elif stat.S_ISREG(status.st_mode):
            lines.append('write %s %s' % (quoted(os.path.join(root, path)), quoted(path)))
        else:
            bb.fatal('%s is neither a file nor a folder nor a link' % path)
    for path, status in entries + [('/', os.lstat(root)), ('/lost+found', None)]:
        if status is not None and not stat.S_ISLNK(status.st_mode):
            mode = 0o40755 if path == '/' else status.st_mode
            lines.append('set_inode_field %s mode 0%o' % (quoted(path), mode))
        for field, value in (('uid', '0'), ('gid', '0'), ('atime', '@' + when), ('ctime', '@' + when), ('mtime', '@' + when), ('crtime', '@' + when)):
            lines.append('set_inode_field %s %s %s' % (quoted(path), field, value))
    return lines
