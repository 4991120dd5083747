import { describe, expect, it } from 'vitest';
import { callError, pullError } from '#main/machines/docker/classify.ts';
import { olderApi } from '#main/machines/docker/client.ts';
import { logLines } from '#main/machines/docker/log-lines.ts';

/** Texts of Docker 26.1.5 and 28.2.2. */
describe('what a failed pull means', () => {
  it.each([
    ['manifest for r/a:1 not found: manifest unknown: manifest unknown', 'docker.image_missing'],
    ["pull access denied for a, repository does not exist or may require 'docker login'", 'docker.image_missing'],
    ['Get "https://r/v2/a/manifests/1": no basic auth credentials', 'docker.login_refused'],
    ['unauthorized: authentication required', 'docker.login_refused'],
    ['Get "https://r/v2/": tls: failed to verify certificate: x509: unknown authority', 'docker.registry_untrusted'],
    ['Get "https://r/v2/": http: server gave HTTP response to HTTPS client', 'docker.registry_untrusted'],
    ['Get "http://r/v2/": dial tcp 10.0.0.1:5000: connect: connection refused', 'docker.registry_unreachable'],
    ['Get "https://r/v2/": dial tcp: lookup r on 127.0.0.53:53: no such host', 'docker.registry_unreachable'],
    ['toomanyrequests: You have reached your pull rate limit.', 'docker.registry_busy'],
    ['failed to register layer: write /usr/bin/x: no space left on device', 'docker.disk_full'],
  ])('%s', (text, code) => {
    expect(pullError(new Error(text), 'node-1', 'r/a:1').code).toBe(code);
  });
});

describe('what a failed call means', () => {
  it.each([
    [404, 'No such image: a:1', 'docker.image_absent'],
    [404, 'No such container: etcd', 'docker.container_missing'],
    [409, 'Conflict. The container name "/etcd" is already in use by container "abc".', 'docker.name_taken'],
    [409, 'container abc is not running', 'docker.container_not_running'],
    [500, 'mkdir /var/lib/docker/x: no space left on device', 'docker.disk_full'],
    [500, 'something else', 'docker.server_error'],
    [400, 'invalid mount config', 'docker.call_failed'],
  ])('%i %s', (statusCode, message, code) => {
    const thrown = Object.assign(new Error(`(HTTP code ${statusCode}) no - ${message} `), {
      statusCode,
      json: { message },
    });
    expect(callError(thrown, 'node-1', 'etcd', 'start etcd').code).toBe(code);
  });
});

describe('the API version', () => {
  it.each([
    ['1.41', '1.47', 'v1.41'],
    ['1.51', '1.47', 'v1.47'],
    ['1.9', '1.47', 'v1.9'],
  ])('of a daemon with %s and us with %s is %s', (theirs, ours, agreed) => {
    expect(olderApi(theirs, ours)).toBe(agreed);
  });
});

describe('logLines', () => {
  it('joins a line that came in two frames and keeps the order of the streams', () => {
    const frame = (stream: number, text: string) => {
      const header = Buffer.alloc(8);
      header[0] = stream;
      header.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([header, Buffer.from(text)]);
    };
    expect(
      logLines(Buffer.concat([frame(1, 'on'), frame(1, 'e\n'), frame(2, 'tw\u00f6\r\n'), frame(1, 'three')])),
    ).toEqual(['one', 'tw\u00f6', 'three']);
    expect(logLines(Buffer.alloc(0))).toEqual([]);
  });
});
