import { defineErrors } from './define.ts';

/** Docker's Engine API on a machine. Thrown by `main/machines/docker` only. */
export const dockerErrors = defineErrors('docker', {
  not_running: {
    params: ['machine'],
    cause: 'Docker does not answer on {machine}: nothing listens on /var/run/docker.sock.',
    hint: 'Check systemctl status docker on the machine.',
    retry: 'backoff',
  },
  socket_denied: {
    params: ['machine', 'user'],
    cause: 'User {user} may not use the Docker socket on {machine}.',
    hint: 'Add {user} to the group docker (usermod -aG docker {user}), or give passwordless sudo.',
    retry: 'never',
  },
  no_way_to_socket: {
    params: ['machine'],
    cause: 'sshd on {machine} forbids socket forwarding, and there is no perl, python3 or socat to bridge it.',
    hint: 'Set AllowStreamLocalForwarding yes in /etc/ssh/sshd_config there, or install one of them.',
    retry: 'never',
  },
  connection_lost: {
    params: ['machine'],
    cause: 'Docker on {machine} closed the connection during a call.',
    hint: 'It was probably restarted. The call is made again by itself.',
    retry: 'backoff',
  },
  container_missing: {
    params: ['machine', 'container'],
    cause: 'There is no container {container} on {machine}.',
    hint: 'Somebody may have removed it. Run again: it is made anew.',
    retry: 'never',
  },
  container_not_running: {
    params: ['machine', 'container'],
    cause: 'Container {container} on {machine} is not running.',
    hint: 'Its log says why it ended.',
    retry: 'backoff',
  },
  name_taken: {
    params: ['machine', 'container'],
    cause: 'The container name {container} is taken already on {machine}.',
    hint: 'Remove or rename the other container.',
    retry: 'never',
  },
  start_failed: {
    params: ['machine', 'container', 'reason'],
    cause: 'Container {container} on {machine} does not start: {reason}',
    hint: 'The reason is what Docker on that machine says.',
    retry: 'never',
  },
  image_absent: {
    params: ['machine', 'image'],
    cause: 'Image {image} is not on {machine}.',
    hint: 'It must be pulled first.',
    retry: 'never',
  },
  image_missing: {
    params: ['machine', 'image'],
    cause: 'Image {image} does not exist in its registry (pulled by {machine}), or is not visible without a login.',
    hint: 'Check the name and the tag, and username and password of the registry in spec.registries.',
    retry: 'never',
  },
  login_refused: {
    params: ['machine', 'image'],
    cause: 'The registry of {image} refused the login (pulled by {machine}).',
    hint: 'Check username and password of that registry in spec.registries.',
    retry: 'never',
  },
  registry_unreachable: {
    params: ['machine', 'image', 'reason'],
    cause: '{machine} cannot reach the registry of {image}: {reason}',
    hint: 'Check the address of the registry, and the route, proxy and DNS of {machine}.',
    retry: 'backoff',
  },
  registry_untrusted: {
    params: ['machine', 'image', 'reason'],
    cause: '{machine} does not trust the registry of {image}: {reason}',
    hint: 'Give its CA in spec.registries (ca), or insecure: true for a registry with plain HTTP.',
    retry: 'never',
  },
  registry_busy: {
    params: ['machine', 'image'],
    cause: 'The registry of {image} asks {machine} to slow down (too many requests).',
    hint: 'Log in to the registry, use a mirror, or lower spec.concurrency.pulls.',
    retry: 'backoff',
  },
  disk_full: {
    params: ['machine', 'what'],
    cause: 'No space left on {machine} for {what}.',
    hint: "Free or add disk space under Docker's data folder (/var/lib/docker) there.",
    retry: 'never',
  },
  call_failed: {
    params: ['machine', 'what', 'status', 'reason'],
    cause: 'Docker on {machine} could not {what} (HTTP {status}): {reason}',
    hint: 'The reason is what Docker on that machine says.',
    retry: 'never',
  },
  server_error: {
    params: ['machine', 'what', 'status', 'reason'],
    cause: 'Docker on {machine} failed to {what} (HTTP {status}): {reason}',
    hint: 'Look into the log of Docker there (journalctl -u docker).',
    retry: 'backoff',
  },
});
