import { describe, expect, it } from 'vitest';
import { parseReference } from '#main/machines/registry/reference.ts';

describe('parseReference', () => {
  it.each([
    { text: 'nginx', server: 'docker.io', repository: 'library/nginx', version: 'latest' },
    { text: 'rancher/rke-tools:v0.1', server: 'docker.io', repository: 'rancher/rke-tools', version: 'v0.1' },
    { text: 'registry.k8s.io/pause:3.10', server: 'registry.k8s.io', repository: 'pause', version: '3.10' },
    { text: '10.0.0.1:5000/a/b', server: '10.0.0.1:5000', repository: 'a/b', version: 'latest' },
    { text: 'localhost/a:1', server: 'localhost', repository: 'a', version: '1' },
    { text: 'quay.io/a/b:1@sha256:00ff', server: 'quay.io', repository: 'a/b', version: 'sha256:00ff' },
  ])('reads $text as Docker does', ({ text, ...parts }) => {
    const found = parseReference(text);
    expect(found).toEqual({ ...parts, repository: parts.repository });
  });
});
