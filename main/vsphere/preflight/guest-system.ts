/**
 * What a guest id says of the operating system (vSphere Web Services API, `VirtualMachineGuestOsIdentifier`).
 * `unknown` for the ids that may be anything: `otherGuest`, `otherGuest64`, and what is newer than this list.
 */
export function guestSystem(guestId: string): 'linux' | 'other' | 'unknown' {
  const id = guestId.toLowerCase();
  if (linux.some((part) => id.includes(part))) return 'linux';
  return others.some((part) => id.startsWith(part)) ? 'other' : 'unknown';
}

const linux = [
  ...['linux', 'ubuntu', 'debian', 'centos', 'rhel', 'fedora', 'sles', 'suse', 'photon', 'coreos', 'flatcar', 'rocky'],
  ...['asianux', 'mandriva', 'mandrake', 'redhat', 'turbolinux', 'kylin', 'crx'],
];

const others = [
  ...['win', 'dos', 'darwin', 'freebsd', 'solaris', 'netware', 'os2', 'eComStation', 'openserver', 'unixware'],
  'vmkernel',
].map((name) => name.toLowerCase());
