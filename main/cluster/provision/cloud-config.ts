import type { NodeTemplate } from '#shared/spec/node-template.ts';
import { yamlText } from './yaml-text.ts';

/** An SSH key pair as OpenSSH writes it. */
export interface SshKeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
}

export interface UserDataRequest {
  readonly name: string;
  readonly template: NodeTemplate;
  /** Logs in as the template's user. */
  readonly userPublicKey: string;
  /** Ed25519. The machine answers with it, so that we know it at the first connection. */
  readonly hostKey: SshKeyPair;
}

/**
 * The cloud-config of one machine: ours, with the template's `cloudInit` merged in. Lists are joined, ours first;
 * mappings merge; of two other values the person's counts. Holds a private key: never to be logged or kept.
 */
export function userData({ name, template, userPublicKey, hostKey }: UserDataRequest): string {
  const ours = {
    hostname: name,
    fqdn: fqdnOf(name, template),
    // Red Hat's cloud-init would take the fqdn, and installers leave `preserve_hostname: true` in templates.
    prefer_fqdn_over_hostname: false,
    preserve_hostname: false,
    manage_etc_hosts: 'localhost',
    users: [
      {
        name: template.user,
        gecos: 'Slipway',
        shell: '/bin/bash',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        ssh_authorized_keys: [userPublicKey.trim()],
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    // The template's keys go, and with `ssh_keys` given cloud-init makes no others.
    ssh_deletekeys: true,
    ssh_genkeytypes: ['ed25519'],
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: `${hostKey.publicKey.trim()}\n` },
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
  };
  return `#cloud-config\n${yamlText(merged(ours, template.cloudInit))}`;
}

/** With the first search domain, where the template has one. */
function fqdnOf(name: string, { networks }: NodeTemplate): string {
  const domains = networks.flatMap(({ addresses }) => (addresses.kind === 'static' ? addresses.searchDomains : []));
  return [name, ...domains.slice(0, 1)].join('.');
}

function merged(ours: unknown, theirs: unknown): unknown {
  if (Array.isArray(ours) && Array.isArray(theirs)) return [...(ours as unknown[]), ...(theirs as unknown[])];
  if (!isMapping(ours) || !isMapping(theirs)) return theirs ?? ours;
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(ours[key], theirs[key])]));
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
