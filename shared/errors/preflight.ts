import { defineErrors } from './define.ts';

/** What a look at the machines found before anything is changed on them. */
export const preflightErrors = defineErrors('preflight', {
  machine_unfit: {
    params: ['machine', 'problems'],
    cause: '{machine} cannot be used as it is: {problems}. Nothing was changed on it.',
    hint: 'Each problem is named below with its remedy. Then run the same command again.',
    retry: 'never',
  },
  machines_clash: {
    params: ['problems'],
    cause: 'The machines do not fit together: {problems}. Nothing was changed on them.',
    hint: 'Each problem is named below with its remedy. Then run the same command again.',
    retry: 'never',
  },
  os_unsupported: {
    params: ['machine', 'os', 'supported'],
    cause: '{machine} runs {os}, which is not supported.',
    hint: 'Use one of: {supported}. With spec.docker.source: present others are tried as they are.',
    retry: 'never',
  },
  docker_packages_unfit: {
    params: ['machine', 'os', 'why'],
    cause: 'Docker cannot be installed on {machine} from the packages of {os}: {why}.',
    hint: "Install Docker from Docker's own repository and set spec.docker.source: present, or use a newer system.",
    retry: 'never',
  },
  no_systemd: {
    params: ['machine'],
    cause: '{machine} does not run systemd.',
    hint: 'Use a system whose first process is systemd: Docker and containerd are kept running by it.',
    retry: 'never',
  },
  no_root: {
    params: ['machine', 'privilege'],
    cause: 'The user on {machine} is neither root nor has passwordless sudo (found: {privilege}).',
    hint:
      'Let the user run sudo without a password (NOPASSWD in /etc/sudoers.d), or set spec.machines[].user to root. ' +
      'Membership of the docker group is enough only with spec.docker.source: present.',
    retry: 'never',
  },
  disk_full: {
    params: ['machine', 'path', 'freeMiB', 'neededMiB', 'purpose'],
    cause: '{machine} has {freeMiB} MiB free for {path}, but {purpose} needs at least {neededMiB} MiB.',
    hint: 'Free space on the file system of {path} on {machine}, or mount a larger disk there.',
    retry: 'never',
  },
  clock_wrong: {
    params: ['machine', 'skewSeconds', 'limitSeconds'],
    cause:
      'The clock of {machine} differs from this computer by {skewSeconds} s; more than {limitSeconds} s makes ' +
      'certificates invalid and etcd unreliable.',
    hint: 'Set the time there ("timedatectl set-ntp true" or chrony), or correct the clock of this computer.',
    retry: 'never',
  },
  swap_on: {
    params: ['machine', 'swapMiB'],
    cause: '{machine} has {swapMiB} MiB of swap switched on, with which the kubelet does not start.',
    hint:
      'Switch it off there ("swapoff -a", and remove it from /etc/fstab), or set ' +
      'spec.services.kubelet.config.failSwapOn: false.',
    retry: 'never',
  },
  cgroup_v1: {
    params: ['machine', 'minor'],
    cause: '{machine} uses cgroup v1, with which the kubelet of Kubernetes {minor} does not start.',
    hint:
      'Boot it with cgroup v2 (kernel argument systemd.unified_cgroup_hierarchy=1), or set ' +
      'spec.services.kubelet.config.failCgroupV1: false.',
    retry: 'never',
  },
  kernel_modules_missing: {
    params: ['machine', 'modules', 'kernel'],
    cause: 'The kernel of {machine} ({kernel}) lacks {modules}.',
    hint: 'Install the full kernel package of its distribution (not a "cloud" or "minimal" one) and boot it.',
    retry: 'never',
  },
  architecture_unsupported: {
    params: ['machine', 'architecture'],
    cause: '{machine} has a processor for which there are no images ({architecture}).',
    hint: 'Use an amd64 or arm64 machine.',
    retry: 'never',
  },
  address_elsewhere: {
    params: ['machine', 'address', 'found'],
    cause: '{machine} has no interface with the address {address}; it has {found}.',
    hint: 'Set spec.machines[].internalAddress of {machine} to the one that the other machines can reach.',
    retry: 'never',
  },
  docker_missing: {
    params: ['machine', 'what'],
    cause: '{what} does not answer on {machine}, and spec.docker.source is "present".',
    hint: 'Install and start it there, or set spec.docker.source: packages.',
    retry: 'never',
  },
  version_too_old: {
    params: ['machine', 'what', 'found', 'needed'],
    cause: '{machine} has {what} {found}, but at least {needed} is needed.',
    hint: 'Upgrade {what} on {machine}.',
    retry: 'never',
  },
  daemon_json_unreadable: {
    params: ['machine', 'reason'],
    cause: '/etc/docker/daemon.json on {machine} is not a JSON object ({reason}); it was left as it is.',
    hint: 'Correct that file on {machine}, or remove it if it is not needed.',
    retry: 'never',
  },
  not_configured: {
    params: ['machine', 'paths'],
    cause: 'After its configuration {machine} still differs in {paths}.',
    hint: 'Something else on {machine} writes these files (configuration management?); tell it to leave them alone.',
    retry: 'never',
  },
  no_cri: {
    params: ['machine', 'reason'],
    cause: 'containerd on {machine} runs without the CRI that the kubelet needs: {reason}.',
    hint:
      'See "ctr plugins ls" and "journalctl -u containerd" on {machine}. "Too many open files" means that ' +
      'fs.inotify.max_user_instances is too low there.',
    retry: 'backoff',
  },
  duplicate_machine_id: {
    params: ['machines', 'machineId'],
    cause: '{machines} have the same /etc/machine-id ({machineId}): their pod networks would get the same MAC address.',
    hint:
      'On all but one of them: "rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup", then reboot. ' +
      'Templates should be saved with an empty /etc/machine-id.',
    retry: 'never',
  },
  duplicate_address: {
    params: ['machines', 'address'],
    cause: '{machines} both have the address {address}: is it the same machine twice?',
    hint: 'Correct spec.machines[].address, or give one of them an address of its own.',
    retry: 'never',
  },
  clocks_apart: {
    params: ['first', 'second', 'seconds', 'limitSeconds'],
    cause: 'The clocks of {first} and {second} are {seconds} s apart; the limit is {limitSeconds} s.',
    hint: 'Let both take the time from the same server ("timedatectl set-ntp true" or chrony).',
    retry: 'never',
  },
});
