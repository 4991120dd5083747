import type Docker from 'dockerode';
import * as v from 'valibot';
import { hasCode } from '#shared/errors/define.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import { callError } from './classify.ts';
import type { DockerClients } from './client.ts';

const Info = v.object({ CgroupDriver: v.string(), Driver: v.string() });

/**
 * What Docker tells of itself.
 * @returns `undefined` where nothing listens on its socket, or where the user may not ask.
 */
export async function lookAtDocker(
  clients: DockerClients,
  machine: string,
  signal: AbortSignal,
): Promise<MachineFacts['docker']> {
  try {
    const [version, told] = await clients.call(
      machine,
      signal,
      async (docker): Promise<[Docker.DockerVersion, unknown]> => Promise.all([docker.version(), docker.info()]),
      (error) => callError(error, machine, '', 'tell its version'),
    );
    const info = v.parse(Info, told);
    return {
      version: version.Version,
      apiVersion: version.ApiVersion,
      cgroupDriver: info.CgroupDriver === 'systemd' ? 'systemd' : 'cgroupfs',
      storageDriver: info.Driver,
    };
  } catch (error) {
    if (absent.some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

const absent = ['docker.not_running', 'docker.socket_denied', 'docker.no_way_to_socket'];
