import { defineErrors } from './define.ts';

/** What went wrong on a machine after we were logged in. */
export const machineErrors = defineErrors('machine', {
  needs_root: {
    params: ['machine', 'action'],
    cause: 'The user on {machine} may not become root, which is needed to {action}.',
    hint: 'Log in as root or give the user passwordless sudo (NOPASSWD). The docker group alone allows Docker calls only.',
    retry: 'never',
  },
  command_failed: {
    params: ['machine', 'action', 'exitCode'],
    cause: 'Could not {action} on {machine}: the command ended with exit code {exitCode}.',
    hint: 'The last lines of its output say why.',
    retry: 'never',
  },
  facts_unreadable: {
    params: ['machine', 'fact'],
    cause: 'The look at {machine} gave no usable {fact}.',
    hint: 'Slipway needs a Linux machine with a POSIX shell, coreutils and /etc/os-release.',
    retry: 'never',
  },
  no_package_manager: {
    params: ['machine'],
    cause: '{machine} has none of apt, dnf and zypper.',
    hint: 'Install the packages by hand and set spec.docker.source to present.',
    retry: 'never',
  },
  packages_failed: {
    params: ['machine', 'packages', 'exitCode'],
    cause: 'Could not install {packages} on {machine} (exit code {exitCode}).',
    hint: "The last lines come from the machine's package manager. Check its package sources and its network.",
    // Mirrors fail for a moment now and then; the package manager starts where it was.
    retry: 'backoff',
  },
  disk_full: {
    params: ['machine', 'action'],
    cause: 'No space left on {machine} to {action}.',
    hint: 'Free or add disk space there and run again.',
    retry: 'never',
  },
  service_failed: {
    params: ['machine', 'unit'],
    cause: 'Service {unit} on {machine} does not become active.',
    hint: 'The last lines come from its journal (journalctl -u {unit}).',
    retry: 'never',
  },
  sysctl_failed: {
    params: ['machine', 'key', 'value'],
    cause: '{machine} does not let sysctl {key} be set to {value}.',
    hint: 'Set it on the host of the machine, or check that the kernel module behind it is loaded.',
    retry: 'never',
  },
  image_missing: {
    params: ['machine', 'image'],
    cause: 'Image {image} does not exist in its registry (pulled by containerd on {machine}).',
    hint: 'Check the name and the tag, and the registry in spec.registries.',
    retry: 'never',
  },
  image_login_refused: {
    params: ['machine', 'image'],
    cause: "The registry of {image} refused containerd's login on {machine}.",
    hint: 'Check username and password of that registry in spec.registries.',
    retry: 'never',
  },
  image_pull_failed: {
    params: ['machine', 'image'],
    cause: 'containerd on {machine} could not pull {image}.',
    hint: 'The last lines come from containerd. Check that {machine} reaches the registry.',
    retry: 'backoff',
  },
  containerd_unreachable: {
    params: ['machine'],
    cause: 'containerd on {machine} does not answer.',
    hint: 'Check systemctl status containerd on the machine.',
    retry: 'backoff',
  },
});
