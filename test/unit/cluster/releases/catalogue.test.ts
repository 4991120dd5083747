import { describe, expect, it } from 'vitest';
import { defaultRelease, findRelease, releases } from '#main/cluster/releases/catalogue.ts';
import { systemImage } from '#main/cluster/releases/images.ts';
import { sampleCluster } from '../planes/sample.ts';

describe('catalogue', () => {
  it('offers 1.36.3 by default and names what there is for an unknown release', () => {
    expect(defaultRelease.version).toBe('v1.36.3');
    expect(() => findRelease('v1.36.4')).toThrow(
      expect.objectContaining({
        data: expect.objectContaining({
          code: 'release.unknown',
          hint: 'Set spec.release to one of: v1.37.2, v1.36.3, v1.35.4.',
        }),
      }),
    );
  });

  it('reaches every offered minor from the one before it', () => {
    for (const { minor, upgradesFrom } of releases) {
      const [major, number] = minor.split('.').map(Number);
      expect(upgradesFrom).toEqual([`${major}.${(number ?? 0) - 1}`, minor]);
    }
  });
});

describe('systemImage', () => {
  it('replaces only the registry of the reference', () => {
    const registries = [{ server: '10.1.1.1:5000', insecure: true, systemImages: true }];
    const cluster = sampleCluster({ registries });
    expect(systemImage(cluster, 'kubeApiserver')).toBe('10.1.1.1:5000/kube-apiserver:v1.36.3');
    expect(systemImage(cluster, 'nginx')).toBe('10.1.1.1:5000/library/nginx:1.28.0');
    expect(systemImage(cluster, 'coredns')).toBe('10.1.1.1:5000/coredns/coredns:v1.14.6');
  });

  it('uses the published reference when no registry is for system images', () => {
    expect(systemImage(sampleCluster({ registries: [{ server: 'reg.example' }] }), 'kubelet')).toBe(
      'ghcr.io/siderolabs/kubelet:v1.36.3',
    );
  });
});
