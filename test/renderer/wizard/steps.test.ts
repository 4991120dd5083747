import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { draftErrors } from '#shared/errors/draft.ts';
import { profileErrors } from '#shared/errors/profile.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { atStep, credential, errorOf, goodHost, inventory, openWizard, person, ready, specGiven } from './lab.ts';

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.location.hash = '';
});

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { exact: true });
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const group = (name: string) => within(screen.getByRole('group', { name }));
const loaded = () => waitFor(() => expect(screen.queryByText(/Loading the inventory/)).toBeNull());
const unreachable = vsphereErrors.unreachable({ address: 'vcenter.lab.test', reason: 'refused' });
const refuse = (error: Error) => () => Promise.reject(error);

describe('the step Where', () => {
  it('stays when something is missing, and leads to the wrong field', async () => {
    openWizard(goodHost());
    await ready();
    const somebody = person();
    await somebody.write('Cluster name', '');
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Cluster name')));
    expect(errorOf(field('Cluster name'))).toBe('This is needed.');
    await somebody.write('Cluster name', 'Prod!');
    expect(errorOf(field('Cluster name'))).toMatch(/^It must be lower-case letters/);
    await somebody.write('Cluster name', 'prod');
    expect(errorOf(field('Cluster name'))).toBeUndefined();
    await somebody.next('Machines');
  });

  it('does not take the name of a cluster that is there', async () => {
    const cluster = { id: 'c-1', name: 'prod', release: 'v1.36.3', machines: 3 };
    openWizard({ ...goodHost(), 'clusters.list': () => [cluster] });
    await ready();
    const somebody = person();
    await somebody.write('Cluster name', 'prod');
    expect(errorOf(field('Cluster name'))).toMatch(/There is a cluster of this name/);
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Cluster name')));
  });

  it('says which privileges are missing, on which object and what for', async () => {
    const missing = [{ privilege: 'Datastore.AllocateSpace', object: '/DC0', purpose: 'space for disks' }];
    openWizard({ ...goodHost(), 'credentials.privileges': () => ({ user: 'tom', missing }) });
    await ready();
    expect(await screen.findByText('tom may not do all that is needed')).toBeTruthy();
    const row = screen.getByRole('row', { name: /Datastore.AllocateSpace/ });
    expect(row.textContent).toMatch(/\/DC0.*space for disks/s);
    await person().next('Machines'); // it is said, and does not stop anybody
  });

  it('shows why the privileges could not be asked for, and asks again', async () => {
    let tries = 0;
    openWizard({
      ...goodHost(),
      'credentials.privileges': async () => {
        tries += 1;
        if (tries === 1) throw unreachable;
        return { user: 'tom', missing: [] };
      },
    });
    await ready();
    expect(within(await screen.findByRole('alert')).getByText(unreachable.data.cause)).toBeTruthy();
    await person().press('Try again');
    expect(await screen.findByText('tom may do all that is needed.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('cannot be left before there is a vCenter', async () => {
    openWizard({ ...goodHost(), 'credentials.list': () => [] });
    await ready();
    await person().press('Next');
    expect(await screen.findByText('Add the vCenter first.')).toBeTruthy();
  });

  it('asks which of several vCenters it is', async () => {
    const client = openWizard({
      ...goodHost(),
      'credentials.list': () => [credential, { ...credential, name: 'other' }],
    });
    await ready();
    const somebody = person();
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Credential')));
    await somebody.select('Credential', 'other (administrator@vsphere.local at vcenter.lab.test)');
    await screen.findByText('administrator@vsphere.local may do all that is needed.');
    expect(client.asked).toContainEqual({ operation: 'credentials.privileges', input: { name: 'other' } });
  });
});

describe('own machines', () => {
  it('are pasted, and a password goes into the vault and never into the spec or the draft', async () => {
    const client = openWizard(goodHost());
    await ready();
    const somebody = person();
    await somebody.tick('radio', 'My own machines over SSH');
    await somebody.select('How to log in', 'Password');
    await fireEvent.input(field('SSH password'), { target: { value: 'hunter-2' } });
    await somebody.press('Keep it');
    expect(await screen.findByText(/^Kept in the vault as vault:cluster-1-ssh-password-/)).toBeTruthy();
    await somebody.next('Machines');
    await somebody.press('Next');
    expect(await screen.findByText('A cluster needs a machine.')).toBeTruthy();
    await somebody.write('Machines, one per line', 'a 192.0.2.1\nb 192.0.2.2');
    await somebody.press('Add these');
    expect(group('Machine b').getByRole<HTMLInputElement>('checkbox', { name: 'worker' }).checked).toBe(true);
    await somebody.next('Kubernetes');
    await somebody.next('Review');
    const { spec } = specGiven(client, 'runs.plan');
    expect(spec.machines?.map(({ name, address }) => `${name} ${address}`)).toEqual(['a 192.0.2.1', 'b 192.0.2.2']);
    expect(spec.ssh?.auth).toEqual({ kind: 'password', password: expect.stringMatching(/^vault:/) });
    expect(spec.vsphere).toBeUndefined();
    const others = client.asked.filter(({ operation }) => operation !== 'secrets.put');
    expect(JSON.stringify(others)).not.toContain('hunter-2');
  });

  it('need a way to log in before the next step', async () => {
    openWizard(goodHost());
    await ready();
    const somebody = person();
    await somebody.tick('radio', 'My own machines over SSH');
    await somebody.select('How to log in', 'Private key');
    await fireEvent.input(field('Private key'), { target: { value: 'KEY' } });
    await somebody.press('Next');
    expect(await screen.findByText('Press "Keep it" first.')).toBeTruthy();
  });
});

describe('the step Machines', () => {
  async function atMachines(script = goodHost()) {
    const client = openWizard(script);
    await ready();
    const somebody = person();
    await somebody.next('Machines');
    await loaded();
    return { client, somebody };
  }

  it('warns before anything is asked of the host, and draws what is wished for', async () => {
    const { somebody } = await atMachines();
    await somebody.tick('radio', 'Survives a failure: 3 control planes, 2 workers');
    expect(screen.queryByRole('list', { name: 'Warnings' })).toBeNull();
    await fireEvent.input(group('Pool control').getByRole('spinbutton', { name: 'Machines' }), {
      target: { value: '2' },
    });
    const warnings = within(screen.getByRole('list', { name: 'Warnings' }));
    expect(warnings.getByText(/2 machines have the role etcd/)).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'My own' }).checked).toBe(true);
    expect(within(screen.getByRole('region', { name: 'Topology' })).getByRole('figure')).toBeTruthy();
  });

  it('says that a range is too small for so many machines', async () => {
    const { somebody } = await atMachines();
    await somebody.tick('radio', 'Static range');
    await somebody.write('Addresses to give out', '10.0.0.10-10.0.0.11');
    await somebody.write('Gateway', '10.0.0.1');
    await somebody.write('DNS servers', '10.0.0.1');
    expect(screen.getByText('The range has 2 addresses, and 3 machines need one each.')).toBeTruthy();
    await somebody.tick('radio', 'One machine');
    expect(screen.queryByRole('list', { name: 'Warnings' })).toBeNull();
  });

  it('does not go on without a template, and says so at the field', async () => {
    const { somebody } = await atMachines();
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Template or VM')));
    expect(errorOf(field('Template or VM'))).toBe('This is needed.');
  });

  it('shows why the inventory could not be read, and reads it again', async () => {
    let tries = 0;
    const { somebody } = await atMachines({
      ...goodHost(),
      'vsphere.choices': async ({ kinds }) => {
        tries += 1;
        if (tries <= 2) throw unreachable;
        return inventory.filter(({ kind }) => kinds.includes(kind));
      },
    });
    expect(await screen.findAllByText(unreachable.data.cause)).toHaveLength(1); // two questions, one reason
    await somebody.press('Try again');
    await waitFor(() => expect(field('Cluster or resource pool').value).toBe('/DC0/host/DC0_C0'));
  });

  it('leads the focus on when a pool is taken away', async () => {
    const { somebody } = await atMachines();
    await somebody.press('Remove pool worker');
    await waitFor(() => expect(document.activeElement).toBe(button('Add a pool')));
    expect(screen.getByText(/No machine has the role worker/)).toBeTruthy();
    await somebody.press('Remove pool control');
    await somebody.press('Next');
    expect(await screen.findByText('A cluster needs a pool of machines.')).toBeTruthy();
  });

  it('takes a kept template for all pools, and gives back the one that was begun', async () => {
    const template = { name: 'golden' } as OutputOf<'templates.list'>[number]['template'];
    const { somebody } = await atMachines({ ...goodHost(), 'templates.list': () => [{ template, usedBy: [] }] });
    await somebody.choose('Template or VM', 'debian');
    await somebody.tick('radio', 'Use a kept one');
    expect(field('Kept template').value).toBe('golden');
    expect(screen.queryByRole('combobox', { name: 'Template or VM' })).toBeNull();
    await somebody.tick('radio', 'Make one from the inventory');
    expect(field('Template or VM').value).toBe('/DC0/vm/templates/debian-13');
  });

  it('lists VMs only when somebody wants them: there may be thousands', async () => {
    const { client, somebody } = await atMachines();
    const asked = () => client.asked.filter(({ input }) => JSON.stringify(input).includes('"vms"'));
    expect(asked()).toHaveLength(0);
    await somebody.press('Also show VMs');
    await waitFor(() => expect(asked()).toHaveLength(1));
  });
});

describe('the step Kubernetes', () => {
  it('offers the supported releases with their dates, the default first chosen', async () => {
    openWizard({ ...goodHost(), 'drafts.get': () => draft('kubernetes') }, { draft: 'd-1' });
    await ready();
    const releases = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Kubernetes release' });
    expect([...releases.options].map(({ text }) => text)).toEqual([
      'v1.36.3, supported until Jun 28, 2027',
      'v1.35.7, supported until Feb 28, 2027',
    ]);
    expect(releases.value).toBe('v1.36.3');
  });

  it('opens what is wrong in a closed part, and names the field', async () => {
    openWizard({ ...goodHost(), 'drafts.get': () => draft('kubernetes') }, { draft: 'd-1' });
    await ready();
    const somebody = person();
    await somebody.press('Network');
    await somebody.write('Pod network', '10.42.0.0');
    await somebody.press('Network changed');
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Pod network')));
    await somebody.write('Pod network', '10.43.0.0/16');
    expect(screen.getByText('The pod network and the service network overlap.')).toBeTruthy();
  });

  it('wants the password of a registry kept in the vault, and no empty manifest', async () => {
    const client = openWizard({ ...goodHost(), 'drafts.get': () => draft('kubernetes') }, { draft: 'd-1' });
    await ready();
    const somebody = person();
    await somebody.press('Registry');
    await somebody.press('Add a registry');
    await somebody.write('Server', 'registry.test:5000');
    await somebody.write('User', 'puller');
    await fireEvent.input(field('Password'), { target: { value: 'hunter-2' } });
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Password')));
    expect(errorOf(field('Password'))).toBe('Press "Keep it" first.');
    await somebody.press('Keep it');
    await screen.findByText(/^Kept in the vault as vault:registry-password-/);
    await somebody.press('Add-ons');
    await somebody.press('Add an add-on');
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Manifest')));
    await somebody.press('Remove add-on add-on-1');
    await somebody.next('Review');
    expect(specGiven(client, 'runs.plan').spec.registries).toEqual([
      {
        ...{ server: 'registry.test:5000', systemImages: true, username: 'puller' },
        password: expect.stringMatching(/^vault:registry-password-/),
      },
    ]);
  });

  it('gives components their arguments, as the lab needs them', async () => {
    const client = openWizard({ ...goodHost(), 'drafts.get': () => draft('kubernetes') }, { draft: 'd-1' });
    await ready();
    const somebody = person();
    await somebody.press('Advanced');
    await fireEvent.change(field('Arguments of kube-proxy'), { target: { value: 'conntrack-min=0\n-v' } });
    const kubelet = await screen.findByLabelText('Kubelet configuration');
    await fireEvent.change(kubelet, { target: { value: 'failCgroupV1: false' } });
    await waitFor(() => expect(field('Kubelet configuration').value).toBe('failCgroupV1: false\n'));
    await fireEvent.change(kubelet, { target: { value: 'just words' } });
    await waitFor(() => expect(errorOf(field('Kubelet configuration'))).toBe('It must be YAML with keys and values.'));
    await somebody.press('Next'); // what nobody could read would be lost with the step
    await waitFor(() => expect(document.activeElement).toBe(kubelet));
    await fireEvent.change(kubelet, { target: { value: 'failCgroupV1: true' } });
    await waitFor(() => expect(errorOf(field('Kubelet configuration'))).toBeUndefined());
    await somebody.next('Review');
    expect(specGiven(client, 'runs.plan').spec.services).toEqual({
      kubeProxy: { extraArgs: { 'conntrack-min': '0', v: null } },
      kubelet: { config: { failCgroupV1: true } },
    });
  });
});

describe('the steps Review and Create', () => {
  it('name a long wait once to who cannot see it', async () => {
    openWizard(
      { ...goodHost(), 'runs.plan': () => new Promise(() => {}), 'drafts.get': () => draft('review') },
      { draft: 'd-1' },
    );
    await ready();
    const heard = await screen.findByRole('status', { name: 'Heard' });
    expect(heard.textContent).toBe('');
    await waitFor(
      () => expect(heard.textContent).toBe('Loading the plan: everything that the spec names is looked at …'),
      {
        timeout: 5000,
      },
    );
  });

  it('say what is looked at, and stop looking', async () => {
    openWizard(
      { ...goodHost(), 'drafts.get': () => draft('review'), 'runs.plan': () => new Promise(() => {}) },
      { draft: 'd-1' },
    );
    await ready();
    expect(await screen.findByText(/Loading the plan: everything that the spec names is looked at/)).toBeTruthy();
    await person().press('Stop looking');
    expect(await screen.findByText('Nothing was looked at yet.')).toBeTruthy();
    expect(button('Look again')).toBeTruthy();
  });

  it('show each problem of a spec that the host refuses', async () => {
    const problem = specErrors.missing_key({ field: 'spec.machines', remedy: 'Name one.' });
    const refused = specErrors.invalid({ problems: '1 problem' }, { cause: problem });
    openWizard({ ...goodHost(), 'drafts.get': () => draft('review'), 'runs.plan': refuse(refused) }, { draft: 'd-1' });
    await ready();
    expect(within(await screen.findByRole('alert')).getByText(problem.data.cause)).toBeTruthy();
  });

  it('keep the document as a profile before the run, and a taken name stops there', async () => {
    let taken = true;
    const summary = { name: 'x', description: '', createdAt: 1, updatedAt: 1, machines: 1 };
    const client = openWizard(
      {
        ...goodHost(),
        'drafts.get': () => draft('review'),
        'profiles.save': async ({ name }) => {
          if (taken) throw profileErrors.exists({ name });
          return summary;
        },
      },
      { draft: 'd-1' },
    );
    await ready();
    const somebody = person();
    await screen.findByRole('region', { name: 'The plan' });
    await somebody.next('Create');
    await somebody.tick('checkbox', 'Keep this as a profile');
    await somebody.press('Create the cluster');
    await waitFor(() => expect(errorOf(field('Profile name'))).toMatch(/prod/));
    expect(client.asked.some(({ operation }) => operation === 'runs.start')).toBe(false);
    taken = false;
    await somebody.write('Profile name', 'standard');
    await somebody.press('Create the cluster');
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-7'));
    expect(client.asked.filter(({ operation }) => operation === 'profiles.save').at(-1)?.input).toMatchObject({
      ...{ name: 'standard', replace: false },
    });
  });

  it('stay on the page when the run cannot begin', async () => {
    openWizard(
      { ...goodHost(), 'drafts.get': () => draft('review'), 'runs.start': refuse(unreachable) },
      { draft: 'd-1' },
    );
    await ready();
    await screen.findByRole('region', { name: 'The plan' });
    const somebody = person();
    await somebody.next('Create');
    await somebody.press('Create the cluster');
    expect(within(await screen.findByRole('alert')).getByText(unreachable.data.cause)).toBeTruthy();
    expect(button('Create the cluster')).toBeTruthy();
  });

  it('say when nobody has looked at this very spec', async () => {
    openWizard(
      { ...goodHost(), 'drafts.get': () => draft('review'), 'runs.plan': refuse(unreachable) },
      { draft: 'd-1' },
    );
    await ready();
    await screen.findByRole('alert');
    const somebody = person();
    await somebody.next('Create');
    await somebody.press('Go to Review');
    await atStep('Review');
  });
});

describe('drafts and profiles', () => {
  it('go on where they were left', async () => {
    openWizard({ ...goodHost(), 'drafts.get': () => draft('machines') }, { draft: 'd-1' });
    await ready();
    await screen.findByRole('heading', { level: 2, name: 'Machines' });
    await loaded();
    expect(field('Template or VM').value).toBe('/DC0/vm/templates/debian-13');
  });

  it('are kept when something was changed, and not before', async () => {
    const client = openWizard(goodHost());
    await ready();
    await screen.findByText(/may do all that is needed/);
    expect(client.asked.some(({ operation }) => operation === 'drafts.put')).toBe(false);
    await person().write('Cluster name', 'prod');
    document.dispatchEvent(new Event('visibilitychange'));
    const put = client.asked.find(({ operation }) => operation === 'drafts.put');
    expect(put?.input).toMatchObject({
      title: 'prod',
      content: { step: 'where', document: { metadata: { name: 'prod' } } },
    });
    expect(await screen.findByText('Saved as draft')).toBeTruthy();
    expect(window.location.hash).toBe(`#/new?draft=${(put?.input as { id: string }).id}&step=where`);
  });

  it('have what was typed last, although the page went before it could be sent', async () => {
    const script = { ...goodHost(), 'drafts.get': () => draft('where') };
    openWizard({ ...script, 'drafts.put': () => new Promise(() => {}) }, { draft: 'd-1' }); // nobody hears it
    await ready();
    await person().write('Cluster name', 'typed-last');
    window.dispatchEvent(new Event('pagehide'));
    cleanup();
    const again = openWizard(script, { draft: 'd-1' });
    await ready();
    expect(field('Cluster name').value).toBe('typed-last');
    await person().next('Machines');
    document.dispatchEvent(new Event('visibilitychange'));
    await waitFor(() => expect(again.asked.some(({ operation }) => operation === 'drafts.put')).toBe(true));
    await waitFor(() => expect(localStorage.length).toBe(0));
  });

  it('say when they could not be kept', async () => {
    openWizard({ ...goodHost(), 'drafts.put': refuse(unreachable) });
    await ready();
    await person().write('Cluster name', 'prod');
    expect(await screen.findByText(/^This could not be saved as a draft/)).toBeTruthy();
  });

  it('say when they are of another version', async () => {
    const other = { ...draft('where'), content: { document: { kind: 'Other' }, step: 'where' } };
    openWizard({ ...goodHost(), 'drafts.get': () => other }, { draft: 'd-1' });
    expect((await screen.findByRole('alert')).textContent).toContain('The draft d-1 holds no spec');
    expect(screen.getByRole('link', { name: 'Begin a new cluster' })).toBeTruthy();
  });

  it('that are gone make room for a new one', async () => {
    openWizard({ ...goodHost(), 'drafts.get': refuse(draftErrors.unknown({ draft: 'd-1' })) }, { draft: 'd-1' });
    await ready();
    expect(field('Cluster name').value).toBe('cluster-1');
  });

  it('begin from a profile with a name of their own', async () => {
    const text = JSON.stringify({ ...specOf('standard') });
    openWizard(
      { ...goodHost(), 'profiles.get': () => ({ name: 'standard', description: '', text }) },
      { profile: 'standard' },
    );
    await ready();
    expect(field('Cluster name').value).toBe('standard-1');
    await person().next('Machines');
    await loaded();
    expect(field('Network').value).toBe('/DC0/network/VM Network');
  });

  it('show why a profile cannot be had', async () => {
    const gone = profileErrors.unknown({ name: 'standard', known: 'There is none.' });
    openWizard({ ...goodHost(), 'profiles.get': refuse(gone) }, { profile: 'standard' });
    expect(within(await screen.findByRole('alert')).getByText(gone.data.cause)).toBeTruthy();
  });
});

describe('YAML beside the forms', () => {
  const yaml = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Spec (YAML or JSON)' });
  const write = (area: HTMLElement, text: string) => fireEvent.input(area, { target: { value: text } });

  it('fills the forms, keeps what they do not know, and keeps comments', async () => {
    const client = openWizard(goodHost());
    await ready();
    const somebody = person();
    await somebody.press('Edit as YAML');
    const area = await yaml();
    await write(area, `# ours\n${area.value.replace('cluster-1', 'prod')}  concurrency: { machines: 3 }\n`);
    await somebody.press('Back to the form');
    await atStep('Where'); // and the focus with it
    expect(field('Cluster name').value).toBe('prod');
    await somebody.write('Cluster name', 'shop');
    await somebody.press('Edit as YAML');
    expect((await yaml()).value).toMatch(/^# ours\n[^]*name: shop[^]*concurrency: \{ machines: 3 \}/);
    await somebody.press('Back to the form');
    document.dispatchEvent(new Event('visibilitychange'));
    const put = client.asked.findLast(({ operation }) => operation === 'drafts.put');
    expect(put?.input).toMatchObject({ content: { document: { spec: { concurrency: { machines: 3 } } } } });
  });

  it('says what is wrong and lets nobody lose it by accident', async () => {
    openWizard(goodHost());
    await ready();
    const somebody = person();
    await somebody.press('Edit as YAML');
    await write(await yaml(), 'a: [');
    expect(await screen.findByText(/^This is no YAML/)).toBeTruthy();
    expect(button('Back to the form').disabled).toBe(true);
    await write(await yaml(), 'kind: Cluster');
    expect(await screen.findByText('The forms cannot show this yet: it is no spec.')).toBeTruthy();
    await somebody.press('Next');
    expect((await yaml()).value).toBe('kind: Cluster');
    await somebody.press('Discard what I changed');
    expect(field('Cluster name').value).toBe('cluster-1');
  });

  it('shows the problems that the host finds', async () => {
    const problem = specErrors.missing_key({ field: 'spec.machines', remedy: 'Name one.' }).data;
    openWizard({ ...goodHost(), 'specs.check': () => ({ problems: [problem], warnings: [] }) });
    await ready();
    await person().press('Edit as YAML');
    expect(await screen.findByText(problem.cause)).toBeTruthy();
  });
});

/** A whole one, as it was kept. */
function specOf(name: string) {
  return {
    ...{ apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name } },
    spec: {
      vsphere: { credential: 'lab' },
      templates: [
        {
          ...{ name: 'machine', source: { vm: '/DC0/vm/templates/debian-13' } },
          networks: [{ network: '/DC0/network/VM Network' }],
        },
      ],
      pools: [{ name: 'node', count: 1, template: 'machine', roles: ['etcd', 'controlplane', 'worker'] }],
    },
  };
}
function draft(step: string) {
  return { id: 'd-1', title: 'prod', updatedAt: 1, content: { document: specOf('prod'), step } };
}
