import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Person, type Ended } from '../support/person.ts';
import { errorOf } from './refusal.ts';

const machine = { name: 'node-1', address: '192.0.2.1', roles: ['etcd', 'controlplane', 'worker'] };
const worker = { name: 'node-2', address: '192.0.2.2', roles: ['worker'] };
const releases = 'v1.37.2, v1.36.3, v1.35.4';

/** `slipway up` with this spec, by somebody who has never done anything before. */
async function up(spec: object, ...options: readonly string[]): Promise<Ended> {
  await using person = await Person.arrive();
  const document = { apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name: 'bad' }, spec };
  const file = await person.write('cluster.yaml', stringify(document));
  return await person.slipway('up', '-f', file, '--yes', ...options);
}

describe('a spec that cannot be', () => {
  it.each([
    {
      why: 'has an unknown key',
      spec: { machines: [{ ...machine, rolls: ['worker'] }], netwrk: {} },
      problems: [
        [
          'spec.unknown_key',
          'spec.machines[0].rolls is not a key of the cluster spec (value ["worker"]).',
          'Did you mean "roles"?',
        ],
        ['spec.unknown_key', 'spec.netwrk is not a key of the cluster spec (value {}).', 'Did you mean "network"?'],
      ],
    },
    {
      why: 'has values of the wrong type',
      spec: { machines: [{ ...machine, port: '22' }], metrics: { enabled: 'yes' }, timeouts: { connect: -1 } },
      problems: [
        [
          'spec.wrong_value',
          'spec.machines[0].port is "22": must be a number (without quotes).',
          'Change spec.machines[0].port',
        ],
        ['spec.wrong_value', 'spec.metrics.enabled is "yes": must be true or false.', 'Change spec.metrics.enabled'],
        ['spec.wrong_value', 'spec.timeouts.connect is -1: must be at least 1.', 'Change spec.timeouts.connect'],
      ],
    },
    {
      why: 'has overlapping networks',
      spec: { machines: [machine], network: { podCidr: '10.42.0.0/16', serviceCidr: '10.42.128.0/17' } },
      problems: [
        [
          'spec.networks_overlap',
          'spec.network.serviceCidr (10.42.128.0/17) overlaps spec.network.podCidr (10.42.0.0/16).',
          'Choose a network for spec.network.serviceCidr that shares no address with 10.42.0.0/16.',
        ],
      ],
    },
    {
      why: 'names a machine twice',
      spec: { machines: [machine, { ...worker, name: 'node-1' }, { ...worker, address: '192.0.2.1' }] },
      problems: [
        [
          'spec.duplicate',
          'spec.machines[1].name is "node-1", which spec.machines[0] ("node-1") has already.',
          'Give spec.machines[1].name a value of its own, or remove one of the two.',
        ],
        [
          'spec.duplicate',
          'spec.machines[2].address is "192.0.2.1", which spec.machines[0] ("node-1") has already.',
          'Give spec.machines[2].address a value of its own, or remove one of the two.',
        ],
      ],
    },
    {
      why: 'names a release that is in no catalogue, and is wrong in another place as well',
      spec: { machines: [machine], release: 'v9.9.9', network: { serviceCidr: '10.42.0.0/16' } },
      problems: [
        [
          'release.unknown',
          'There is no release "v9.9.9" in the catalogue.',
          `Set spec.release to one of: ${releases}.`,
        ],
        ['spec.networks_overlap', 'spec.network.serviceCidr (10.42.0.0/16) overlaps', 'Choose a network'],
      ],
    },
    {
      why: 'has no control plane',
      spec: { machines: [{ ...machine, roles: ['etcd', 'worker'] }] },
      problems: [
        [
          'spec.role_missing',
          'No machine has the role controlplane.',
          'Add "controlplane" to the roles of at least one machine under spec.machines.',
        ],
      ],
    },
  ])('is refused before anything is contacted when it $why', async ({ spec, problems }) => {
    const ended = await up(spec, '--json');
    const { code, chain } = errorOf(ended);
    expect({ exitCode: ended.exitCode, code, found: chain.map((each) => [each.code, each.cause, each.hint]) }).toEqual({
      exitCode: 3,
      code: 'spec.invalid',
      found: problems.map(([problem, cause, hint]) => [
        problem,
        expect.stringContaining(cause ?? ''),
        expect.stringContaining(hint ?? ''),
      ]),
    });
    expect(ended.lines.map(({ type }) => type)).toEqual(['error']);
  });

  it('leaves no cluster in the inventory', async () => {
    await using person = await Person.arrive();
    const file = await person.writeSpec('bad', { machines: [] });
    expect((await person.slipway('up', '-f', file, '--yes')).exitCode).toBe(3);
    expect((await person.slipway('status', '--json')).lines).toEqual([{ type: 'clusters', clusters: [] }]);
  });

  it('is explained to a person line by line, with what to do', async () => {
    const { exitCode, stderr } = await up({ machines: [{ ...machine, roles: ['etcd'] }], release: 'v1.36' });
    expect({
      exitCode,
      lines: stderr
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    }).toEqual({
      exitCode: 3,
      lines: [
        expect.stringContaining('The cluster spec has 3 problems. Nothing was contacted.'),
        expect.stringContaining('Each one is named below with its field, value and remedy.'),
        '- spec.release: There is no release "v1.36" in the catalogue.',
        expect.stringContaining(`Set spec.release to one of: ${releases}.`),
        '- No machine has the role controlplane.',
        expect.stringContaining('Add "controlplane" to the roles of at least one machine under spec.machines.'),
        '- No machine has the role worker.',
        expect.stringContaining('Add "worker" to the roles of at least one machine under spec.machines.'),
        '(spec.invalid)',
      ],
    });
  });
});
