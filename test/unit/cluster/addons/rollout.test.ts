import { describe, expect, it } from 'vitest';
import { difference } from '#main/cluster/addons/difference.ts';
import { rolloutSeen } from '#main/cluster/addons/rollout.ts';
import type { KubeObject } from '#main/cluster/ports.ts';
import type { Json } from '#shared/json.ts';

const object = (kind: string, spec: Json, status: Json, generation = 2): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'x', generation },
  spec,
  status,
});
const daemonSet = (available: number, wanted: number) =>
  object(
    'DaemonSet',
    {},
    {
      observedGeneration: 2,
      desiredNumberScheduled: wanted,
      updatedNumberScheduled: wanted,
      numberAvailable: available,
    },
  );

describe('rolloutSeen', () => {
  it.each([
    { what: daemonSet(3, 3), silent: 0, met: true, why: 'a DaemonSet is rolled out on all nodes' },
    { what: daemonSet(2, 3), silent: 0, met: false, why: 'a DaemonSet lacks a node' },
    { what: daemonSet(2, 3), silent: 1, met: true, why: 'a dead node does not hold up a DaemonSet' },
    { what: daemonSet(0, 0), silent: 0, met: false, why: 'a DaemonSet without any node is not rolled out' },
    {
      what: object(
        'Deployment',
        { replicas: 2 },
        { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      ),
      silent: 0,
      met: false,
      why: 'the status of an older version counts for nothing',
    },
    {
      what: object(
        'Deployment',
        { replicas: 2 },
        { observedGeneration: 2, replicas: 3, updatedReplicas: 2, availableReplicas: 2 },
      ),
      silent: 0,
      met: false,
      why: 'an old replica is still there',
    },
    { what: undefined, silent: 0, met: false, why: 'it does not exist' },
  ])('$why', ({ what, silent, met }) => {
    expect(rolloutSeen(what, silent).met).toBe(met);
  });
});

describe('difference', () => {
  const wanted = { spec: { replicas: 2, paused: false, containers: [{ name: 'a', image: 'x' }], args: ['1', '2'] } };

  it.each([
    { why: 'defaults that the API added', live: { spec: { ...wanted.spec, strategy: {} }, status: {} } },
    { why: 'an empty value that the API dropped', live: { spec: { ...wanted.spec, paused: undefined } } },
    {
      why: 'a container that somebody added',
      live: {
        spec: {
          ...wanted.spec,
          containers: [
            { name: 'b', image: 'y' },
            { name: 'a', image: 'x', tty: false },
          ],
        },
      },
    },
  ])('does not mind $why', ({ live }) => {
    expect(difference(wanted, live)).toBeUndefined();
  });

  it.each([
    { live: { spec: { ...wanted.spec, replicas: 3 } }, said: 'spec.replicas is 3, not 2' },
    { live: { spec: { ...wanted.spec, args: ['1'] } }, said: 'spec.args has 1 entries, not 2' },
    {
      live: { spec: { ...wanted.spec, containers: [{ name: 'a', image: 'y' }] } },
      said: 'spec.containers[a].image is "y", not "x"',
    },
    { live: { spec: { ...wanted.spec, containers: [] } }, said: 'spec.containers[a] is missing' },
    { live: undefined, said: 'it is missing' },
  ])('says "$said"', ({ live, said }) => {
    expect(difference(wanted, live)).toBe(said);
  });
});
