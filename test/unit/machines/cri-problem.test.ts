import { describe, expect, it } from 'vitest';
import { parseCriProblem } from '#main/machines/containerd.ts';

/** As containerd 1.7.24 of Debian 13 printed it on a machine whose inotify instances had run out. */
const failed = `TYPE                                   ID                       PLATFORMS      STATUS
io.containerd.service.v1               images-service           -              ok
io.containerd.grpc.v1                  cri                      linux/amd64    error
Type:          io.containerd.grpc.v1
ID:            cri
Platforms:     linux/amd64
Exports:
               CRIVersion           v1
Error:
               Code:        Unknown
               Message:     failed to create CRI service: failed to create fsnotify watcher: too many open files
`;

describe('the CRI of containerd', () => {
  it('is offered when its plugin is ok', () => {
    expect(parseCriProblem('io.containerd.grpc.v1   cri   linux/amd64    ok        \n')).toBeUndefined();
  });

  it('is missing for the reason that its plugin gives', () => {
    expect(parseCriProblem(failed)).toBe(
      'failed to create CRI service: failed to create fsnotify watcher: too many open files',
    );
  });

  it('is disabled when there is no such plugin, as Docker packages do it', () => {
    expect(parseCriProblem('io.containerd.grpc.v1   images   -   ok\n')).toBe('disabled');
  });
});
