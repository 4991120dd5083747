import { defineErrors } from './define.ts';

/** Between us and a machine's sshd. Thrown by `main/machines/ssh` only, where ssh2's errors are classified once. */
export const sshErrors = defineErrors('ssh', {
  unknown_machine: {
    params: ['machine'],
    cause: 'The cluster spec has no machine {machine}.',
    hint: 'Check the machine names under spec.machines.',
    retry: 'never',
  },
  address_unknown: {
    params: ['address'],
    cause: 'The host name {address} does not resolve.',
    hint: 'Check the address in the spec and the DNS servers of this computer.',
    retry: 'backoff',
  },
  unreachable: {
    params: ['address', 'port', 'waitedMs'],
    cause: 'No SSH answer from {address}:{port} within {waitedMs} ms.',
    hint: 'Check that the machine is powered on and that a firewall lets this computer reach port {port}.',
    retry: 'backoff',
  },
  refused: {
    params: ['address', 'port'],
    cause: '{address} refuses connections to port {port}.',
    hint: 'Check that sshd runs there and listens on port {port}.',
    // A fresh machine answers like this until its sshd has started.
    retry: 'backoff',
  },
  not_ssh: {
    params: ['address', 'port'],
    cause: '{address}:{port} closed the connection before the SSH handshake was done.',
    hint: 'Check that sshd listens on port {port}, and that it is not overloaded (MaxStartups) or banning this computer.',
    retry: 'backoff',
  },
  handshake_failed: {
    params: ['address', 'reason'],
    cause: 'The SSH handshake with {address} failed: {reason}.',
    hint: "Check the machine's sshd for its allowed key exchange, cipher and host key algorithms.",
    retry: 'never',
  },
  key_rejected: {
    params: ['address', 'user'],
    cause: '{address} refused the SSH key of user {user}.',
    hint: 'Add the public key to ~{user}/.ssh/authorized_keys on the machine, or name another key or user in the spec.',
    // A fresh clone refuses even the right key until cloud-init wrote it; later, retries only get us banned.
    retry: 'while-booting',
  },
  certificate_rejected: {
    params: ['address', 'user'],
    cause: '{address} refused the SSH certificate of user {user}.',
    hint: 'Check its validity (ssh-keygen -L), that {user} is one of its principals and that sshd trusts its CA.',
    retry: 'while-booting',
  },
  password_rejected: {
    params: ['address', 'user'],
    cause: '{address} refused the password of user {user}.',
    hint: 'Check the password that the spec refers to. It is not tried again, so that the account is not locked.',
    retry: 'never',
  },
  method_missing: {
    params: ['address', 'method', 'offered'],
    cause: '{address} does not accept logins by {method}; it offers {offered}.',
    hint: "Choose one of the offered methods in the spec, or allow {method} in the machine's sshd_config.",
    retry: 'never',
  },
  agent_missing: {
    params: ['address'],
    cause: 'The spec wants the SSH agent for {address}, but SSH_AUTH_SOCK is not set.',
    hint: 'Start ssh-agent and add the key (ssh-add), or give a key file in the spec (ssh.auth).',
    retry: 'never',
  },
  agent_failed: {
    params: ['address', 'socket'],
    cause: 'The SSH agent at {socket} did not answer while logging in to {address}.',
    hint: 'Check the agent with ssh-add -l.',
    retry: 'never',
  },
  key_unreadable: {
    params: ['key'],
    cause: 'The private key {key} cannot be read: it is damaged, of an unsupported type, or its passphrase is wrong.',
    hint: 'Check it with ssh-keygen -y -f, and the passphrase reference next to it in the spec.',
    retry: 'never',
  },
  certificate_unreadable: {
    params: ['certificate'],
    cause: '{certificate} is not an OpenSSH user certificate of the private key that goes with it.',
    hint: 'Give the …-cert.pub file that ssh-keygen -s made from the public key of that private key.',
    retry: 'never',
  },
  host_key_unknown: {
    params: ['address', 'keyType', 'fingerprint'],
    cause: 'The host key of {address} is not known yet and was not approved: {keyType} {fingerprint}.',
    hint: "Compare it with the machine's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then approve it or set hostKey.",
    retry: 'never',
  },
  host_key_changed: {
    params: ['address', 'expected', 'found'],
    cause: 'The host key of {address} has changed: expected {expected}, found {found}.',
    hint: 'Somebody may be listening in. Only if you know that the machine was made anew, set its hostKey to the new one.',
    retry: 'never',
  },
  connection_lost: {
    params: ['address'],
    cause: 'The SSH connection to {address} was lost.',
    hint: 'It is made again by itself. If this repeats, check the network and the machine.',
    retry: 'backoff',
  },
  closed: {
    params: ['address'],
    cause: 'The SSH connection to {address} was closed by us.',
    hint: 'The run is ending.',
    retry: 'never',
  },
  forwarding_denied: {
    params: ['address', 'target'],
    cause: 'sshd on {address} forbids forwarding to {target}.',
    hint: 'Set AllowTcpForwarding yes (and no PermitOpen) in its /etc/ssh/sshd_config and reload sshd.',
    retry: 'never',
  },
  tunnel_refused: {
    params: ['address', 'target'],
    cause: 'Nothing accepts connections at {target}, seen from {address}.',
    hint: 'Check that the service runs there.',
    retry: 'backoff',
  },
  channel_refused: {
    params: ['address', 'what'],
    cause: 'sshd on {address} would not open a channel for {what}.',
    hint: 'Check MaxSessions and ForceCommand in its sshd_config: at least 4 sessions per connection are needed.',
    retry: 'backoff',
  },
  unexpected: {
    params: ['address', 'reason'],
    cause: 'The SSH connection to {address} failed: {reason}.',
    hint: "Look into the machine's sshd log (journalctl -u ssh).",
    retry: 'backoff',
  },
});
