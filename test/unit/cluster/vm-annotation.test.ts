import { describe, expect, it } from 'vitest';
import { annotationOf, parseAnnotation } from '#main/cluster/vm-annotation.ts';

const owner = { clusterId: 'c-abcde', clusterName: 'demo', machine: 'demo-1', runId: 'run-20260102t030405-a1b2c3' };

describe('the annotation of a VM', () => {
  it('begins with a sentence for people', () => {
    expect(annotationOf(owner).split('\n', 1)).toEqual([
      'Machine demo-1 of the Kubernetes cluster demo, made by Slipway.',
    ]);
  });

  it('is read back, whatever people wrote around it', () => {
    expect(parseAnnotation(annotationOf(owner))).toEqual(owner);
    expect(parseAnnotation(`Ask Eve first!\r\n${annotationOf(owner).replaceAll('\n', '\r\n')}Backed up: no`)).toEqual(
      owner,
    );
  });

  it('is none of ours without a cluster', () => {
    expect(parseAnnotation('See slipway.dev/cluster for more')).toBeUndefined();
  });
});
