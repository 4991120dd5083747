// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { machinesOfLines, wishedMachines, withMachine } from '#renderer/lib/wizard/machine-list.ts';
import { poolsOfSize, replaced, sizeOf, sizes, withPool, withRole } from '#renderer/lib/wizard/pools.ts';
import { filledIn, newDocument } from '#renderer/lib/wizard/spec-document.ts';

describe('the size of a cluster', () => {
  it.each(sizes)('is known again from its pools: %s', (size) => {
    expect(sizeOf(poolsOfSize(size, 'machine'))).toBe(size);
  });

  it('is its own as soon as a count is another one', () => {
    const [first, ...others] = poolsOfSize('small', 'machine');
    expect(sizeOf([...(first ? [{ ...first, count: 5 }] : []), ...others])).toBe('own');
  });

  it('survives a failure only with three etcd members and API servers', () => {
    const control = poolsOfSize('safe', 'machine').find(({ roles }) => roles.includes('etcd'));
    expect(control).toMatchObject({ count: 3, roles: ['etcd', 'controlplane'] });
  });
});

describe('pools', () => {
  it('get a name that no other has', () => {
    const pools = withPool(withPool([], 'machine'), 'machine');
    expect(pools.map(({ name }) => name)).toEqual(['pool-1', 'pool-2']);
  });

  it('have their roles in one order, however they were ticked', () => {
    expect(withRole(withRole(['worker'], 'controlplane', true), 'etcd', true)).toEqual([
      'etcd',
      'controlplane',
      'worker',
    ]);
    expect(withRole(['etcd', 'worker'], 'etcd', false)).toEqual(['worker']);
  });

  it('are replaced and taken out by their place', () => {
    expect([replaced(['a', 'b'], 1, 'c'), replaced(['a', 'b'], 0, undefined)]).toEqual([['a', 'c'], ['b']]);
  });
});

describe('pasted machines', () => {
  it.each([
    { line: '192.0.2.11', machine: { name: 'node-1', address: '192.0.2.11' }, why: 'an address alone gets a name' },
    { line: 'web-1 192.0.2.11', machine: { name: 'web-1', address: '192.0.2.11' }, why: 'name and address' },
    { line: 'Web-1,192.0.2.11', machine: { name: 'web-1', address: '192.0.2.11' }, why: 'commas, and lower case' },
    { line: '192.0.2.11 # the first', machine: { name: 'node-1', address: '192.0.2.11' }, why: 'a comment is none' },
  ])('$why: $line', ({ line, machine }) => {
    expect(machinesOfLines(line, [])).toEqual([{ ...machine, roles: ['etcd', 'controlplane', 'worker'] }]);
  });

  it('take the roles that stand behind them, whatever parts them', () => {
    const machines = machinesOfLines('a 192.0.2.1 etcd,control-plane\nb 192.0.2.2 worker', []);
    expect(machines.map(({ roles }) => roles)).toEqual([['etcd', 'controlplane'], ['worker']]);
  });

  it('without roles become one of everything and workers', () => {
    const machines = machinesOfLines('192.0.2.1\n\n192.0.2.2\n192.0.2.3', []);
    expect(machines.map(({ roles }) => roles.join())).toEqual(['etcd,controlplane,worker', 'worker', 'worker']);
  });

  it('leave out an address that is there already', () => {
    const known = machinesOfLines('a 192.0.2.1', []);
    expect(machinesOfLines('b 192.0.2.1\nc 192.0.2.2', known).map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('can be followed by one that is filled in by hand', () => {
    expect(withMachine(machinesOfLines('192.0.2.1', []))[1]).toEqual({
      name: 'node-2',
      address: '',
      roles: ['worker'],
    });
  });
});

describe('the machines that a document wishes for', () => {
  it('have the names that the run will give them', () => {
    const document = newDocument('prod');
    const pools = [
      { name: 'web', template: 't', count: 2, roles: ['worker' as const], hostname: '{cluster}-{pool}{n}' },
    ];
    expect(wishedMachines(filledIn({ ...document, spec: { ...document.spec, pools } }))).toEqual([
      { name: 'prod-web1', roles: ['worker'], pool: 'web' },
      { name: 'prod-web2', roles: ['worker'], pool: 'web' },
    ]);
  });
});
