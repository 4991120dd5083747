import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec, Mount } from '#main/cluster/container-spec.ts';

/**
 * Engine API body of "create container" for a spec. Pure.
 * @param labels added to the spec's own (owner, spec hash); they win.
 */
export function createOptions(spec: ContainerSpec, labels: Readonly<Record<string, string>>): ContainerCreateOptions {
  return {
    name: spec.name,
    Image: spec.image,
    ...(spec.entrypoint ? { Entrypoint: [...spec.entrypoint] } : {}),
    Cmd: [...spec.command],
    Env: [...spec.env],
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Labels: { ...spec.labels, ...labels },
    HostConfig: {
      Binds: spec.mounts.map(bind),
      NetworkMode: spec.network,
      ...(spec.pid ? { PidMode: spec.pid } : {}),
      ...(spec.ipc ? { IpcMode: spec.ipc } : {}),
      ...(spec.cgroupns ? { CgroupnsMode: spec.cgroupns } : {}),
      Privileged: spec.privileged,
      RestartPolicy: { Name: spec.restart },
      LogConfig: {
        Type: 'json-file',
        Config: { 'max-size': `${spec.log.maxSizeMiB}m`, 'max-file': String(spec.log.maxFiles) },
      },
    },
  };
}

/** As a bind string and not as a mount object: Docker then makes a missing source folder. */
function bind({ from, to, readOnly, propagation }: Mount): string {
  return [from, to, [readOnly ? 'ro' : 'rw', ...(propagation ? [propagation] : [])].join(',')].join(':');
}
