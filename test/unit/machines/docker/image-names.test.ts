import { describe, expect, it } from 'vitest';
import { digestOf, isNamed } from '#main/machines/docker/image-names.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

describe('image names', () => {
  it.each([
    { image: 'nginx', tag: 'nginx:latest' },
    { image: 'docker.io/library/nginx:1.29', tag: 'nginx:1.29' },
    { image: 'docker.io/rancher/pause:3', tag: 'rancher/pause:3' },
    { image: 'registry.test:5000/a/b', tag: 'registry.test:5000/a/b:latest' },
  ])('finds $image as Docker lists it: $tag', ({ image, tag }) => {
    expect(isNamed(image, { RepoTags: [tag] })).toBe(true);
    expect(isNamed(image, { RepoTags: [`${tag}0`, `x${tag}`] })).toBe(false);
  });

  it('finds an image by digest, and only by its own one', () => {
    const listed = { RepoDigests: [`registry.test:5000/a/b@${digest}`] };
    expect(isNamed(`registry.test:5000/a/b@${digest}`, listed)).toBe(true);
    expect(isNamed(`registry.test:5000/a/b@${other}`, listed)).toBe(false);
  });

  it('takes the digest under which the asked repository knows the image', () => {
    const RepoDigests = [`elsewhere/b@${other}`, `registry.test:5000/a/b@${digest}`];
    expect(digestOf('registry.test:5000/a/b:v1', { RepoDigests })).toBe(digest);
    expect(digestOf('registry.test:5000/a/c:v1', { RepoDigests })).toBe('');
  });
});
