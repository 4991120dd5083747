import { compareVersions } from './operating-systems.ts';

export interface ContainerdSettings {
  /** As `containerd --version` tells it: 1.6 and 1.7 read configuration version 2, 2.x version 3. */
  readonly version: string;
  /** The pause image; kubelets since 1.35 no longer name it themselves. */
  readonly sandboxImage: string;
  readonly systemdCgroup: boolean;
}

export const certsFolder = '/etc/containerd/certs.d';

/** First line of the file: by it we know that what we replace is ours. */
export const containerdHeader = '# Written by Slipway. What was here before is in config.toml.before-slipway.';

/**
 * The whole of /etc/containerd/config.toml; what it leaves out is containerd's default. CNI's folder is named because
 * Debian's packages default to /usr/lib/cni, and `disabled_plugins` because Docker's packages switch CRI off.
 * Documented in containerd's docs/cri/config.md.
 */
export function containerdConfig({ version, sandboxImage, systemdCgroup }: ContainerdSettings): string {
  const sections = compareVersions(version, '2') >= 0 ? version3 : version2;
  return [containerdHeader, ...sections(sandboxImage, systemdCgroup), ''].join('\n');
}

function version2(sandboxImage: string, systemdCgroup: boolean): readonly string[] {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return [
    'version = 2',
    'disabled_plugins = []',
    '',
    `[${cri}]`,
    `  sandbox_image = ${tomlString(sandboxImage)}`,
    `[${cri}.cni]`,
    '  bin_dir = "/opt/cni/bin"',
    '  conf_dir = "/etc/cni/net.d"',
    `[${cri}.containerd.runtimes.runc]`,
    '  runtime_type = "io.containerd.runc.v2"',
    `[${cri}.containerd.runtimes.runc.options]`,
    `  SystemdCgroup = ${String(systemdCgroup)}`,
    `[${cri}.registry]`,
    `  config_path = ${tomlString(certsFolder)}`,
  ];
}

function version3(sandboxImage: string, systemdCgroup: boolean): readonly string[] {
  const images = "plugins.'io.containerd.cri.v1.images'";
  const runtime = "plugins.'io.containerd.cri.v1.runtime'";
  return [
    'version = 3',
    'disabled_plugins = []',
    '',
    `[${images}.pinned_images]`,
    `  sandbox = ${tomlString(sandboxImage)}`,
    `[${images}.registry]`,
    `  config_path = ${tomlString(certsFolder)}`,
    `[${runtime}.cni]`,
    '  bin_dir = "/opt/cni/bin"',
    '  conf_dir = "/etc/cni/net.d"',
    `[${runtime}.containerd.runtimes.runc]`,
    '  runtime_type = "io.containerd.runc.v2"',
    `[${runtime}.containerd.runtimes.runc.options]`,
    `  SystemdCgroup = ${String(systemdCgroup)}`,
  ];
}

/** A basic string of TOML 1.0; JSON's escapes are a subset of TOML's. */
export function tomlString(text: string): string {
  return JSON.stringify(text);
}
