import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { httpAgentOver } from '#main/machines/docker/http-agent.ts';

describe('httpAgentOver', () => {
  it('shows nothing of its connections: docker-modem renders it whole before each request', () => {
    const agent = httpAgentOver(() => Promise.resolve(new PassThrough()));
    Object.assign(agent, { secret: 'the key of the connection' });
    expect(inspect({ agent }, { showHidden: true, depth: null })).toBe('{ agent: StreamAgent }');
  });
});
