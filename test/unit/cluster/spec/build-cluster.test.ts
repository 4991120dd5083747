import { describe, expect, it } from 'vitest';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { everyRole, specOf } from '#test/fakes/cluster.ts';

describe('buildCluster', () => {
  it('gives the same machines whatever their order in the spec', () => {
    const document = specOf([everyRole, ['worker'], ['worker', 'etcd']]);
    const turned = { ...document, spec: { ...document.spec, machines: [...document.spec.machines].reverse() } };
    const release = findRelease('v1.36.3');
    expect(buildCluster('c-1', turned, release).machines).toEqual(buildCluster('c-1', document, release).machines);
  });
});
