import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import PlanReview from '#renderer/features/plan/PlanReview.svelte';
import { plan, unhealthy } from '../recorded-run.ts';

const machines = (count: number) => Array.from({ length: count }, (_, at) => `node-${at + 1}`);
const planned = (count: number) => ({
  plan,
  preview: [
    { kind: 'already', step: 'docker/node-1', reason: 'Docker 27.0 is there' } as const,
    ...plan.steps.slice(1).map(({ id }) => ({ kind: 'will', step: id, reason: 'missing' }) as const),
  ],
  warnings: ['The registry registry.test is used without TLS.'],
  estimate: { ms: 840_000, basis: 'typical' as const },
  findings: [],
  makes: {
    vms: machines(count).map((name, at) => ({
      name,
      pool: at < 3 ? 'control' : 'worker',
      template: 'ubuntu-24.04',
      ...(at === 0 ? { address: '192.0.2.11' } : {}),
    })),
    containers: machines(count).map((machine) => ({
      machine,
      name: 'kubelet',
      image: 'registry.test/kubelet:v1.36.0',
    })),
    files: machines(count).map((machine) => ({ machine, path: '/etc/kubernetes/ssl/kube-ca.pem' })),
    other: ['resource pool slipway'],
  },
});
const region = (name: string) => within(screen.getByRole('region', { name }));

afterEach(cleanup);

describe('the review of a plan', () => {
  it('says how long it takes and on what that rests, and how much is made', () => {
    render(PlanReview, { props: { planned: planned(3) } });
    const shown = region('The plan');
    for (const text of [
      'About 14 min 00 s',
      'by what such runs usually take',
      '3 new machines',
      '3 containers, 3 files',
      '5 change something',
      '1 is already so',
    ]) {
      expect(shown.getByText(text)).toBeTruthy();
    }
    expect(shown.getByText('Nothing was found that would stop the run.')).toBeTruthy();
    expect(shown.getByText(/is used without TLS/)).toBeTruthy();
  });

  it('names address, containers and files of each machine', async () => {
    render(PlanReview, { props: { planned: planned(3) } });
    const shown = region('What will be made');
    await fireEvent.click(
      shown.getByRole('button', { name: /^node-1 192\.0\.2\.11 · control · 1 container · 1 file$/ }),
    );
    for (const text of [
      'registry.test/kubelet:v1.36.0',
      '/etc/kubernetes/ssl/kube-ca.pem',
      'A new machine from the template ubuntu-24.04.',
    ]) {
      expect(shown.getByText(text)).toBeTruthy();
    }
    expect(shown.getByRole('button', { name: /^node-2 address by DHCP/ })).toBeTruthy();
  });

  it('puts what would stop the run first, with its remedy', () => {
    const finding = {
      severity: 'error',
      subject: 'credential lab',
      problem: 'The user may not clone.',
      remedy: 'Grant VirtualMachine.Provisioning.Clone.',
    } as const;
    const other = { severity: 'error', subject: 'node-1', problem: unhealthy.cause, remedy: unhealthy.hint } as const;
    render(PlanReview, { props: { planned: { ...planned(1), findings: [finding, other] } } });
    const alert = within(screen.getByRole('alert'));
    expect(alert.getByText('2 findings would stop the run')).toBeTruthy();
    expect(alert.getAllByRole('listitem').map((row) => row.textContent.includes('What to do'))).toEqual([true, true]);
    expect(alert.getByText('credential lab')).toBeTruthy();
    expect(alert.getByText(/Grant VirtualMachine/)).toBeTruthy();
  });

  it('has of a thousand machines only those in the page that can be seen, and finds the others', async () => {
    render(PlanReview, { props: { planned: planned(1000) } });
    const shown = region('What will be made');
    await shown.findByRole('button', { name: /^node-1 / });
    expect(shown.getAllByRole('button').length).toBeLessThan(100);
    await fireEvent.input(shown.getByRole('searchbox'), { target: { value: 'node-777' } });
    expect(shown.getByText('1 of 1000 machines')).toBeTruthy();
    expect(shown.getByRole('button', { name: /^node-777 / })).toBeTruthy();
  });

  it('shows the steps of a phase with what each would do', async () => {
    render(PlanReview, { props: { planned: planned(1) } });
    const shown = region('Step by step');
    await fireEvent.click(shown.getByRole('button', { name: 'Install Docker 2 steps' }));
    expect(shown.getByText(/Already so: Docker 27.0 is there/)).toBeTruthy();
  });
});
