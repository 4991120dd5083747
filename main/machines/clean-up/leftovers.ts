import type { Leftovers } from '#main/cluster/ports.ts';
import { mustRunAsRoot, quote } from '../shell.ts';
import type { MachineConnections } from '../ssh/connections.ts';

/** One line each for what is there of it. What cannot be looked at is an error. */
export async function leftovers(
  connections: MachineConnections,
  machine: string,
  wanted: Leftovers,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const run = { action: 'look for what Kubernetes left', script: lookScript(wanted) };
  const { output } = await mustRunAsRoot(connections, machine, run, signal);
  return output
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

export async function removeLeftovers(
  connections: MachineConnections,
  machine: string,
  wanted: Leftovers,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await mustRunAsRoot(
    connections,
    machine,
    { action: 'remove what Kubernetes left', script: removeScript(wanted), onLine },
    signal,
  );
}

/** Regular files only: what became a folder since is not what we wrote. */
export async function removeFiles(
  connections: MachineConnections,
  machine: string,
  paths: readonly string[],
  emptyFolders: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const deepestFirst = [...emptyFolders].sort((a, b) => b.length - a.length);
  const script = [
    ...(paths.length === 0 ? [] : [`rm -f -- ${paths.map(quote).join(' ')} || exit 3`]),
    ...deepestFirst.map((folder) => `rmdir -- ${quote(folder)} 2>/dev/null`),
    'exit 0',
  ];
  await mustRunAsRoot(connections, machine, { action: 'remove our files', script: script.join('\n') }, signal);
}

/** Exported for its test. */
export function lookScript(wanted: Leftovers): string {
  const { pods, folders, files, devices, chains } = wanted;
  return [
    functions,
    ...(pods ? ['ids=$(cri_containers) || exit 3', 'for id in $ids; do echo "pod container $id"; done'] : []),
    ...folders.map((folder) => `folder_is_clean ${quote(folder)} || echo ${quote(folder)}`),
    ...files.map((file) => `for file in ${pattern(file)}; do [ -f "$file" ] && echo "$file"; done`),
    ...devices.map((device) => `[ -e ${quote(`/sys/class/net/${device}`)} ] && echo ${quote(device)}`),
    ...(chains.length === 0 ? [] : [`our_chains ${quote(chainPattern(chains))}`]),
    'exit 0',
  ].join('\n');
}

/** Exported for its test. */
export function removeScript(wanted: Leftovers): string {
  const { pods, folders, files, emptyFolders, devices, chains } = wanted;
  return [
    functions,
    ...(pods ? ['remove_pods || exit 3'] : []),
    ...folders.map((folder) => `remove_folder ${quote(folder)} || exit 3`),
    ...files.map((file) => `for file in ${pattern(file)}; do [ -f "$file" ] && rm -f -- "$file"; done`),
    ...[...emptyFolders].sort((a, b) => b.length - a.length).map((folder) => `rmdir ${quote(folder)} 2>/dev/null`),
    ...devices.map((device) => `remove_device ${quote(device)} || exit 3`),
    ...(chains.length === 0 ? [] : [`remove_chains ${quote(chainPattern(chains))} || exit 3`]),
    'exit 0',
  ].join('\n');
}

/** Quoted but for the stars. */
function pattern(path: string): string {
  return path.split('*').map(quote).join('*');
}

function chainPattern(prefixes: readonly string[]): string {
  return `^(${prefixes.join('|')})`;
}

/**
 * containerd's own client: crictl is rarely installed. A sandbox's network namespace and its mounts are those that the
 * CRI plugin would have taken down, had the kubelet asked; after them it must be restarted to forget the pod.
 */
const podFunctions = `
k8s() { ctr -n k8s.io "$@"; }
cri_containers() {
  command -v ctr >/dev/null 2>&1 || return 0
  k8s containers ls -q 'labels."io.cri-containerd.kind"'
}
running() { k8s tasks ls 2>/dev/null | awk '$3 == "RUNNING" { print $1 }' | grep -qxF "$1"; }
remove_pods() {
  ids=$(cri_containers) || return 1
  [ -n "$ids" ] || return 0
  sandboxes=$(k8s containers ls -q 'labels."io.cri-containerd.kind"==sandbox') || return 1
  spaces=$(for id in $sandboxes; do k8s containers info "$id"; done | grep -o '"[^"]*/netns/cni-[^"]*"' | tr -d '"')
  apps=$(printf '%s\\n' $ids | grep -vxF "$sandboxes")
  echo "stopping $(printf '%s\\n' $apps | grep -c .) containers of pods"
  for id in $apps; do k8s tasks kill -s SIGTERM "$id" 2>/dev/null & done; wait
  left=40
  while [ $left -gt 0 ] && [ -n "$apps" ] && running "$apps"; do left=$((left - 1)); sleep 0.25; done
  # containerd itself removes the task of a container that ends, so one of the two comes late; the look at the end counts.
  for pass in 1 2 3; do
    for id in $ids; do
      { k8s tasks rm -f "$id"; k8s containers rm "$id"; } >/dev/null 2>&1 &
    done; wait
    ids=$(cri_containers) || return 1
    [ -n "$ids" ] || break
  done
  for id in $sandboxes $apps; do unmount_all "$(mounts | grep -F "/$id/")"; done
  for space in $spaces; do umount "$space" 2>/dev/null; rm -f "$space"; done
  systemctl stop kubepods.slice 2>/dev/null
  find /sys/fs/cgroup -depth -type d -path '*/kubepods*' -exec rmdir {} + 2>/dev/null
  [ -z "$ids" ] || { echo "containers of pods that stay: $ids" >&2; return 1; }
}
`;

/** Nothing is removed through a mount: a bind mount of the same file system is none that `find -xdev` would see. */
const folderFunctions = `
mounts() { awk '{ print $5 }' /proc/self/mountinfo | sed 's/\\\\040/ /g'; }
mounts_below() { mounts | awk -v folder="$1/" 'index($0, folder) == 1'; }
is_mount() { mounts | grep -qxF "$1"; }
unmount_all() {
  [ -n "$1" ] || return 0
  # Those that were mounted last come first. A server that is gone must not keep us.
  printf '%s\\n' "$1" | awk '{ lines[NR] = $0 } END { for (i = NR; i > 0; i--) print lines[i] }' |
    while IFS= read -r path; do timeout 10 umount "$path" 2>/dev/null || umount -l "$path"; done
}
stays() { [ -L "$1" ] || is_mount "$1"; }
content() { find "$1/" -mindepth 1 -maxdepth 1 ! -name lost+found; }
folder_is_clean() {
  [ -e "$1" ] || return 0
  stays "$1" && [ -z "$(content "$1")" ]
}
remove_folder() {
  [ -e "$1" ] || return 0
  real=$(readlink -f "$1")
  for pass in 1 2 3; do unmount_all "$(mounts_below "$real")"; done
  [ -z "$(mounts_below "$real")" ] || { echo "still mounted: $(mounts_below "$real")" >&2; return 1; }
  find "$1/" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf --one-file-system -- {} + || return 1
  stays "$1" || rmdir "$1"
}
`;

/**
 * For awk: what `iptables-restore --noflush` has to do about the chains that match `ours`, made of what
 * `iptables-save` prints. A chain that is declared there is emptied. Exported for its test.
 */
export const chainChanges = `
function jumps(  i) {
  for (i = 3; i < NF; i++) if (($i == "-j" || $i == "-g") && $(i + 1) ~ ours) return 1
  return 0
}
/^\\*/ { table = $0; emptied = ""; rules = ""; gone = "" }
/^:/ { chain = substr($1, 2); if (chain ~ ours) { emptied = emptied ":" chain " - [0:0]\\n"; gone = gone "-X " chain "\\n" } }
/^-A/ { if ($2 !~ ours && jumps()) rules = rules "-D" substr($0, 3) "\\n" }
/^COMMIT/ { if (emptied rules != "") printf "%s\\n%s%s%sCOMMIT\\n", table, emptied, rules, gone }`;

/**
 * One transaction per table: jumps from the chains of others, then our chains. Counters, and whatever Docker changes at
 * the same moment, stay. All flavours that are there: kube-proxy's image chooses its own.
 */
const networkFunctions = `
remove_device() { [ ! -e "/sys/class/net/$1" ] || ip link delete "$1"; }
flavours() {
  for name in iptables iptables-nft iptables-legacy ip6tables ip6tables-nft ip6tables-legacy; do
    command -v "$name-save" >/dev/null 2>&1 && echo "$name"
  done
}
our_chains() {
  for name in $(flavours); do
    "$name-save" 2>/dev/null | awk -v ours="$1" -v name="$name" '
      /^\\*/ { table = substr($0, 2) }
      /^:/ { if (substr($1, 2) ~ ours) print name " " table " " substr($1, 2) }'
  done
}
remove_chains() {
  for name in $(flavours); do
    "$name-save" 2>/dev/null | awk -v ours="$1" '${chainChanges}' |
      { changes=$(cat); [ -z "$changes" ] || printf '%s\\n' "$changes" | "$name-restore" --wait 10 --noflush; } || return 1
  done
  if command -v nft >/dev/null 2>&1; then
    for family in ip ip6; do nft delete table "$family" kube-proxy 2>/dev/null; done
  fi
  return 0
}
`;

const functions = [podFunctions, folderFunctions, networkFunctions].join('');
