import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { Artefact } from './artefact.ts';
import { debian, unpackDebian } from './debian.ts';
import { stagedLayer } from './layer.ts';

/**
 * What kubelet, kube-proxy, flannel and nginx call, or are: Debian's files without Debian's package manager, a third of
 * what debootstrap would make. Maintainer scripts do not run; `finish` is what they would have done that matters here.
 */
export const tools = debianLayer(
  'tools',
  [
    ...['base-files', 'bash', 'dash', 'coreutils', 'findutils', 'grep', 'sed', 'tar', 'curl', 'ca-certificates'],
    ...['iptables', 'conntrack', 'ethtool', 'socat', 'kmod', 'mount', 'util-linux', 'e2fsprogs'],
    ...['nginx', 'libnginx-mod-stream'],
  ],
  `
for name in iptables ip6tables; do
  for end in '' -save -restore; do ln -s xtables-nft-multi usr/sbin/$name$end; done
done
ln -sf dash usr/bin/sh
mv usr/sbin/nginx usr/lib/nginx/nginx
mkdir -p etc/ssl/certs
cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
`,
);

export const busybox = debianLayer(
  'busybox',
  ['busybox-static'],
  `
for name in $(usr/bin/busybox --list); do
  test -e usr/bin/$name || ln -s busybox usr/bin/$name
done
`,
);

/** Runs in a Debian, as root; /target is the layer. */
function debianLayer(name: string, packages: readonly string[], finish: string): Artefact {
  const script = `
set -eu
mkdir -p /debs/partial /target
# With an empty status file nothing counts as installed: apt fetches the packages with all they depend on.
apt-get -o Dir::State::status=/dev/null -o Dir::Cache::archives=/debs \\
  --download-only --yes --no-install-recommends install ${packages.join(' ')} >&2
cd /target
for folder in bin sbin lib lib64; do
  mkdir -p usr/$folder
  ln -s usr/$folder $folder
done
for deb in /debs/*.deb; do
  case $deb in
    # Needed to install packages, not to run what is in them.
    */adduser_*|*/debconf_*|*/dpkg_*|*/init-system-helpers_*|*/libpam-runtime_*|*/openssl_*|*/perl-base_*) continue ;;
  esac
  dpkg-deb --fsys-tarfile $deb | tar --extract --keep-directory-symlink
done
${finish}
cd usr/share
rm -rf doc man locale info lintian bug bash-completion doc-base perl5
`;
  return stagedLayer(name, { script }, [debian], async (root, detail) => {
    const chroot = `${root}.debian`;
    await unpackDebian(chroot);
    await run(['chroot', chroot, 'sh', '-c', script], { onLine: detail });
    await rm(root, { recursive: true });
    await rename(join(chroot, 'target'), root);
    await rm(chroot, { recursive: true });
  });
}
