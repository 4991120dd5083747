import type { ClusterSpec, MachineSpec, SshAuth } from '#shared/spec/cluster.ts';

/** One sshd as we log in to it. */
export interface Endpoint {
  /** What errors call it: the machine's name, or `bastion <address>`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly auth: SshAuth;
  /** From the spec: a whole public key or `SHA256:…`. `undefined`: known hosts or first use decide. */
  readonly hostKey: string | undefined;
}

export interface ConnectionSettings extends Endpoint {
  readonly bastion: Endpoint | undefined;
}

/** A machine's own settings over those of `spec.ssh`. The bastion logs in like the machines where it says nothing. */
export function connectionSettings(spec: ClusterSpec['spec'], machine: MachineSpec): ConnectionSettings {
  const { ssh } = spec;
  const bastion = ssh.bastion && {
    name: `bastion ${ssh.bastion.address}`,
    address: ssh.bastion.address,
    port: ssh.bastion.port,
    user: ssh.bastion.user ?? ssh.user,
    auth: ssh.bastion.auth ?? ssh.auth,
    hostKey: ssh.bastion.hostKey,
  };
  return {
    name: machine.name,
    address: machine.address,
    port: machine.port ?? ssh.port,
    user: machine.user ?? ssh.user,
    auth: machine.auth ?? ssh.auth,
    hostKey: machine.hostKey,
    bastion,
  };
}
