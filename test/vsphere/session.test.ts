import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from 'node:https';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceInstance } from '#main/vsphere/client/service-content.ts';
import { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { hasCode } from '#shared/errors/define.ts';
import { run } from '#test/lab/command.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { until } from '#test/lab/until.ts';
import { failureOf, openVcenter, optionsFor, signal } from './open.ts';

let lab: LabVcenter;

beforeAll(async () => {
  lab = await LabVcenter.start();
});
afterAll(() => lab[Symbol.asyncDispose]());
afterEach(async () => {
  await lab.control.clearRules();
  await lab.control.reset();
});

const now = { method: 'CurrentTime', target: serviceInstance } as const;

describe('a login', () => {
  it.each(['administrator', 'Administrator@VSPHERE.LOCAL', 'vsphere.local\\administrator'])(
    'as %s reaches vCenter as it was typed',
    async (user) => {
      await using _vcenter = await openVcenter(lab, { user });
      expect((await lab.control.calls()).logins).toEqual([{ user, accepted: true }]);
    },
  );

  it('with a password full of XML is refused for its being wrong, not for its characters', async () => {
    const error = await failureOf(openVcenter(lab, { password: async () => `<&>"' ]]>\r\n\tü😀` }));
    expect(error.code).toBe('vsphere.login_refused');
    expect((await lab.control.calls()).invalid).toEqual([]);
  });

  it('that is refused names user and vCenter but no password, and leaves no session', async () => {
    const error = await failureOf(openVcenter(lab, { password: async () => 'hunter2' }));
    expect(error).toMatchObject({ code: 'vsphere.login_refused', retry: 'never' });
    expect(error.cause).toContain('administrator');
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect((await lab.control.calls()).sessions).toBe(0);
  });

  it('with a password that XML cannot hold is not sent, and the password stays out of the error', async () => {
    const error = await failureOf(openVcenter(lab, { password: async () => 'hunter2\u0000' }));
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect((await lab.control.calls()).logins).toEqual([]);
  });
});

describe('a session', () => {
  it('that vCenter has ended is opened again without the caller seeing it', async () => {
    await using vcenter = await openVcenter(lab);
    await lab.control.expireSessions();
    await vcenter.call(now, signal);
    expect((await lab.control.calls()).logins).toHaveLength(2);
  });

  it('is opened again once for many calls that need it', async () => {
    await using vcenter = await openVcenter(lab);
    await lab.control.expireSessions();
    await Promise.all(Array.from({ length: 20 }, () => vcenter.call(now, signal)));
    expect((await lab.control.calls()).logins).toHaveLength(2);
  });

  it('is not tried again after a refused login, so that the account is not locked', async () => {
    let password = lab.password;
    await using vcenter = await openVcenter(lab, { password: async () => password });
    password = 'changed by somebody';
    await lab.control.expireSessions();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => vcenter.call(now, signal)));
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' && hasCode(outcome.reason, 'vsphere.login_refused') ? 'refused' : outcome.status,
    );
    expect(new Set(codes)).toEqual(new Set(['refused']));
    expect((await lab.control.calls()).logins.map(({ accepted }) => accepted)).toEqual([true, false]);
  });

  it('is kept alive while nobody uses it', async () => {
    await lab.control.expireIdleAfter(1500);
    try {
      await using _vcenter = await openVcenter(lab, { keepAliveMs: 50 });
      const startedAt = performance.now();
      // Twice as long as vCenter lets it be idle.
      await until('the session is older than vCenter allows', 20_000, async () => {
        const { methods, logins } = await lab.control.calls();
        expect(logins).toHaveLength(1);
        return (methods['CurrentTime'] ?? 0) > 20 && performance.now() - startedAt > 3000 ? true : undefined;
      });
    } finally {
      await lab.control.expireIdleAfter(30 * 60_000);
    }
  });

  it('is logged out when it is closed, and takes no more calls', async () => {
    const vcenter = await openVcenter(lab);
    await vcenter[Symbol.asyncDispose]();
    const { sessions, methods } = await lab.control.calls();
    expect({ sessions, logouts: methods['Logout'] }).toEqual({ sessions: 0, logouts: 1 });
    expect((await failureOf(vcenter.call(now, signal))).code).toBe('vsphere.closed');
  });
});

describe('a call', () => {
  it('that may not be made names the privilege, and the object by name and id', async () => {
    await using vcenter = await openVcenter(lab);
    const { rootFolder } = vcenter.content;
    await lab.control.addRule({
      method: 'CreateFolder',
      fault: {
        type: 'NoPermission',
        fields: { object: { type: 'Folder', value: rootFolder.id }, privilegeId: 'Folder.Create' },
      },
    });
    const call = { method: 'CreateFolder', target: rootFolder, args: { name: 'k8s' }, what: 'create the folder k8s' };
    expect(await failureOf(vcenter.call(call, signal))).toMatchObject({
      code: 'vsphere.no_permission',
      cause: `The user may not create the folder k8s: the privilege Folder.Create is missing on Folder "Datacenters" (${rootFolder.id}).`,
      retry: 'never',
    });
  });

  it('on vSphere 8 names all privileges that are missing', async () => {
    await using vcenter = await openVcenter(lab);
    const { rootFolder } = vcenter.content;
    const entity = { type: 'Folder', value: rootFolder.id };
    const missingPrivileges = [{ entity, privilegeIds: ['Folder.Create', 'Folder.Delete'] }];
    await lab.control.addRule({
      method: 'CreateFolder',
      fault: { type: 'NoPermission', fields: { missingPrivileges } },
    });
    const call = { method: 'CreateFolder', target: rootFolder, args: { name: 'k8s' } };
    expect((await failureOf(vcenter.call(call, signal))).params['privilege']).toBe('Folder.Create, Folder.Delete');
  });

  it('carries any name there and back, and says whose name is taken', async () => {
    await using vcenter = await openVcenter(lab);
    const name = ` a<b>&"c' 100 é😀 ]]>`;
    const call = {
      method: 'CreateFolder',
      target: vcenter.content.rootFolder,
      args: { name },
      what: 'create a folder',
    };
    await vcenter.call(call, signal);
    const error = await failureOf(vcenter.call(call, signal));
    expect(error).toMatchObject({ code: 'vsphere.name_taken', params: { name } });
    expect(error.params['object']).toContain(`"${name}"`);
  });

  it('on something that is gone says what was wanted and what is gone', async () => {
    await using vcenter = await openVcenter(lab);
    const call = {
      method: 'PowerOnVM_Task',
      target: { type: 'VirtualMachine', id: 'vm-9999' },
      what: 'power on node-1',
    };
    expect(await failureOf(vcenter.call(call, signal))).toMatchObject({
      code: 'vsphere.not_found',
      cause: 'Cannot power on node-1: VirtualMachine vm-9999 is not there (any more), or the user may not see it.',
    });
  });

  it('that breaks the WSDL is refused as it would be by a real vCenter', async () => {
    await using vcenter = await openVcenter(lab);
    const args = { recursive: true, container: vcenter.content.rootFolder };
    const call = { method: 'CreateContainerView', target: vcenter.content.viewManager, args, what: 'look' };
    expect(await failureOf(vcenter.call(call, signal))).toMatchObject({
      code: 'vsphere.invalid_request',
      params: { message: 'CreateContainerView: container comes too late (order of the WSDL)' },
    });
    await lab.control.reset();
  });

  it.each([
    { rule: { status: 503 }, code: 'vsphere.not_ready', retry: 'backoff' },
    { rule: { status: 404 }, code: 'vsphere.not_vcenter', retry: 'never' },
    { rule: { drop: 'after' as const }, code: 'vsphere.unreachable', retry: 'backoff' },
    { rule: { fault: { type: 'TaskInProgress' } }, code: 'vsphere.busy', retry: 'backoff' },
    { rule: { fault: { type: 'NoDiskSpace' } }, code: 'vsphere.no_space', retry: 'never' },
    { rule: { fault: { type: 'LicenseExpired' } }, code: 'vsphere.refused', retry: 'never' },
  ])('that ends in $rule is $code', async ({ rule, code, retry }) => {
    await using vcenter = await openVcenter(lab);
    await lab.control.addRule({ method: 'CurrentTime', times: 1, ...rule });
    expect(await failureOf(vcenter.call(now, signal))).toMatchObject({ code, retry });
    await vcenter.call(now, signal);
  });

  it('can be given up while vCenter thinks', async () => {
    await using vcenter = await openVcenter(lab);
    await lab.control.addRule({ method: 'CurrentTime', delayMs: 60_000, times: 1 });
    const giveUp = new AbortController();
    const call = vcenter.call(now, giveUp.signal);
    await until('vCenter has the call', 10_000, async () => (await lab.control.calls()).methods['CurrentTime']);
    giveUp.abort(new Error('given up'));
    await expect(call).rejects.toThrow('given up');
  });

  it('is counted with its bytes', async () => {
    const costs: string[] = [];
    await using vcenter = await openVcenter(lab, {
      observe: ({ method, sentBytes, receivedBytes }) => {
        if (sentBytes > 200 && receivedBytes > 200) costs.push(method);
      },
    });
    await vcenter.call(now, signal);
    expect(costs).toEqual(['RetrieveServiceContent', 'Login', 'CurrentTime']);
  });
});

it('A server that is no vCenter is told so, and is not asked to log us in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const named = ['-subj', '/CN=web', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run(['openssl', 'req', '-x509', ...newKey, ...files, ...named]);
  const cert = await readFile(join(folder, 'cert.pem'), 'utf8');
  const bodies: string[] = [];
  const server = createServer({ cert, key: await readFile(join(folder, 'key.pem')) }, (request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () => response.end('<!DOCTYPE html><html><body>Welcome</body></html>'));
  });
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const opening = Vcenter.open(optionsFor(lab, { address, trust: { kind: 'ca', pem: cert } }), signal);
    expect((await failureOf(opening)).code).toBe('vsphere.not_vcenter');
    expect(bodies.join('')).not.toContain(lab.password);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
});
