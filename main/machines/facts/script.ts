/** Kernel modules that Docker, kube-proxy and flannel need, built in or loadable. */
const kernelModules = ['overlay', 'br_netfilter', 'nf_conntrack', 'vxlan'];

export const dataFolders = ['/var/lib/docker', '/var/lib/etcd', '/var/lib/kubelet', '/etc'] as const;

/**
 * One look, as the user who logged in, with nothing but a POSIX shell and coreutils. Prints `key=value` lines, which
 * `parseFacts` reads; a value never spans lines.
 */
export const factsScript = `
say() { printf '%s=%s\\n' "$1" "$2"; }
. /etc/os-release
say os.id "$ID"; say os.idLike "$ID_LIKE"; say os.version "$VERSION_ID"; say os.name "$PRETTY_NAME"
say architecture "$(uname -m)"
say kernel "$(uname -r)"
say hostname "$(uname -n)"
say machineId "$(cat /etc/machine-id 2>/dev/null)"
say cpus "$(nproc)"
while read -r key value unit; do
  case $key in MemTotal:) say memoryKiB "$value";; SwapTotal:) say swapKiB "$value";; esac
done < /proc/meminfo
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then say cgroupVersion 2; else say cgroupVersion 1; fi
for folder in ${dataFolders.join(' ')}; do
  parent=$folder; while [ ! -e "$parent" ]; do parent=$(dirname "$parent"); done
  set -- $(df -Pk "$parent" | tail -n 1); say "freeKiB.$folder" "$4"
done
set -- $(ip -o -4 route show default 2>/dev/null | head -n 1)
device=; while [ $# -gt 1 ]; do [ "$1" = dev ] && device=$2; shift; done
ip -o -4 addr show scope global 2>/dev/null | while read -r index name family address rest; do
  say address "\${address%/*}"; [ "$name" = "$device" ] && say candidate "\${address%/*}"
done
say mtu "$(cat "/sys/class/net/$device/mtu" 2>/dev/null || echo 1500)"
if [ "$(id -u)" = 0 ]; then say privilege root
elif sudo -n true 2>/dev/null; then say privilege sudo
elif [ -w /var/run/docker.sock ] || id -nG | grep -qw docker; then say privilege docker-group
else say privilege none; fi
if [ -d /run/systemd/system ]; then say systemd yes; else say systemd no; fi
for command in apt-get dnf zypper; do
  if command -v $command >/dev/null 2>&1; then say packageManager $command; break; fi
done
if grep -q '^nameserver 127\\.0\\.0\\.53' /etc/resolv.conf && [ -f /run/systemd/resolve/resolv.conf ]; then
  say resolvConf /run/systemd/resolve/resolv.conf
else say resolvConf /etc/resolv.conf; fi
say containerd "$(containerd --version 2>/dev/null)"
modules=/lib/modules/$(uname -r)
# Without the kernel's module lists (a machine that is a container) nothing can be told, so nothing is called missing.
if [ -f "$modules/modules.dep" ]; then
  for module in ${kernelModules.join(' ')}; do
    [ -d /sys/module/$module ] || grep -q "/$module\\.ko" "$modules/modules.builtin" "$modules/modules.dep" ||
      say missingModule $module
  done
fi
say end yes
`;
