import { stringify } from 'yaml';
import { Kubectl } from '#test/cluster/support/kubectl.ts';
import { Lab } from '#test/lab/lab.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { violations } from '../axe.ts';
import { kubeconfigOf } from '../fixtures/environment.ts';
import { expect, test } from '../fixtures/test.ts';
import { Inputs } from '../inputs.ts';
import { ClustersPage } from '../pages/clusters-page.ts';
import { ClusterPage } from '../pages/cluster-page.ts';
import { CredentialForm } from '../pages/credential-form.ts';
import { RunPage } from '../pages/run-page.ts';
import { Shell } from '../pages/shell.ts';
import { Wizard } from '../pages/wizard.ts';
import { picture } from '../picture.ts';

const name = 'home';
const minute = 60_000;
const nodes = [`${name}-control-1`, `${name}-worker-1`, `${name}-worker-2`] as const;

test('a person who has never used it builds a cluster, through a reload, a second tab and a killed host', async ({
  web: app,
  person,
}) => {
  await using lab = await Lab.up({ name: 'browser', machines: [], vcenter: {} });
  const before = await lab.vcenter.snapshot();
  const { page } = app;
  const wizard = new Wizard(page);
  const form = new CredentialForm(page);
  const run = new RunPage(page);
  const cluster = new ClusterPage(page);
  const inputs = new Inputs();

  await test.step('Where', async () => {
    await app.open();
    await picture(page, 'first-screen');
    await new ClustersPage(page).createFirst.click();
    await inputs.fill('cluster name', wizard.name, name);
    await inputs.fill('address', form.address, new URL(lab.vcenter.url).host);
    await inputs.fill('user', form.user, vcenterUser);
    await inputs.fill('password', form.password, lab.vcenter.password);
    await form.add.click();
    await expect(form.approval).toContainText(lab.vcenter.sha256.slice(0, 11));
    await picture(page, 'wizard-thumbprint', form.approval);
    await inputs.decide('thumbprint', form.approve);
    await expect(page.getByText('may do all that is needed.')).toBeVisible();
    await picture(page, 'wizard-where');
    await wizard.next.click();
  });

  await test.step('Machines', async () => {
    await expect(wizard.heading).toHaveText('Machines');
    await inputs.choose('template', wizard.choice('Template or VM'), wizard.option(/debian-13/), 'debian');
    await inputs.choose('network', wizard.choice('Network'), wizard.option(machineTemplate.network), 'VM');
    for (const machine of nodes) await expect(wizard.topology).toContainText(machine);
    await picture(page, 'wizard-machines');
    await picture(page, 'wizard-topology', wizard.topology);
    await wizard.next.click();
  });

  await test.step('Kubernetes, with what a laboratory needs', async () => {
    await expect(wizard.heading).toHaveText('Kubernetes');
    const { registries, services } = lab.specFragment();
    await wizard.part('Registry').click();
    await wizard.part('Add a registry').click();
    await inputs.fill('registry', wizard.field('Server'), registries?.[0]?.server ?? '');
    await inputs.tick('registry without TLS', wizard.check('Plain HTTP'));
    await picture(page, 'wizard-kubernetes');
    await wizard.part('Advanced').click();
    const proxy = Object.entries(services?.kubeProxy?.extraArgs ?? {}).map(([key, value]) => `${key}=${String(value)}`);
    await inputs.fill('kube-proxy', wizard.field('Arguments of kube-proxy'), proxy.join('\n'));
    await inputs.fill('kubelet', wizard.field('Kubelet configuration'), stringify(services?.kubelet?.config));
    await wizard.next.click();
  });

  await test.step('Review and Create', async () => {
    await expect(page.getByText('Nothing was found that would stop the run.')).toBeVisible();
    for (const machine of nodes) await expect(page.getByRole('main')).toContainText(machine);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'wizard-review');
    await wizard.next.click();
    await wizard.keepAsProfile.check();
    await picture(page, 'wizard-create');
    await wizard.create.click();
    await expect(run.heading).toHaveText(`Create ${name}`);
  });
  console.info(`inputs from the first screen to Create: ${inputs.given.join(', ')}`);
  expect(inputs.given.length).toBeLessThanOrEqual(12);

  const place = new URL(page.url()).hash.slice(1);
  await test.step('it goes on through a reload, and a second tab sees the same', async () => {
    await expect(run.phase('Create machines')).toContainText('Succeeded', { timeout: 2 * minute });
    await page.reload();
    await expect(run.heading).toHaveText(`Create ${name}`);
    await expect(run.phase('Create machines')).toContainText('Succeeded');
    const second = await app.openSecond(place);
    const there = new RunPage(second);
    await expect(there.phase('Create machines')).toContainText('Succeeded');
    await expect(there.phase('Install Docker')).toContainText('Running', { timeout: 2 * minute });
    await expect(run.phase('Install Docker')).toContainText('Running');
    expect(await violations(second)).toEqual([]);
    await picture(page, 'run');
    await run.show('Machines');
    await expect(run.matrix).toContainText(nodes[2]);
    await picture(page, 'run-machines');
    await second.close();
  });

  await test.step('the host is killed and started again: the run is interrupted, and goes on', async () => {
    await app.killAndStart();
    await expect(page.getByRole('heading', { name: 'This page has no session' })).toBeVisible({ timeout: minute });
    await app.open(place);
    await expect(run.interrupted).toBeVisible();
    await picture(page, 'run-interrupted');
    await run.resume.click();
    await expect(run.succeeded).toBeVisible({ timeout: 10 * minute });
    await run.show('Time line');
    await expect(run.timeline).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'run-timeline');
  });

  await test.step('the kubeconfig is shown, saved and merged, and kubectl uses both', async () => {
    await run.toCluster.click();
    await expect(cluster.heading).toHaveText(name);
    await expect(cluster.healthy).toBeVisible({ timeout: minute });
    await picture(page, 'cluster');
    await cluster.show('Machines');
    await expect(page.getByRole('table')).toContainText(nodes[2]);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'cluster-machines');
    await cluster.show('Overview');
    await cluster.showKubeconfig();
    await expect(cluster.kubeconfig).toContainText('client-key-data');
    const saved = await (await cluster.saveKubeconfig()).path();
    await cluster.mergeKubeconfig();
    await expect(page.getByText(/^It is the context /)).toBeVisible();
    const ready = Object.fromEntries(nodes.map((node) => [node, true]));
    for (const kubeconfig of [saved, kubeconfigOf(person)]) {
      await using kubectl = await Kubectl.with(kubeconfig);
      expect(await kubectl.nodes()).toEqual(ready);
    }
    expect(await violations(page)).toEqual([]);
  });

  await test.step('the profile that was kept begins the next cluster', async () => {
    await new Shell(page).choose('Profiles');
    await picture(page, 'profiles');
    await page.getByRole('link', { name: `Start a cluster from ${name}` }).click();
    await expect(wizard.name).toHaveValue(`${name}-1`);
    await wizard.next.click();
    await expect(wizard.choice('Template or VM')).toHaveValue(/debian-13/);
    await expect(wizard.topology).toContainText(`${name}-1-worker-2`);
  });

  await test.step('the cluster is removed, and vCenter is as it was', async () => {
    await new Shell(page).choose('Clusters');
    await expect(cluster.healthy).toBeVisible({ timeout: minute });
    await picture(page, 'clusters');
    await new ClustersPage(page).cluster(name).click();
    await cluster.remove(name);
    await expect(page.getByText('The cluster is removed')).toBeVisible({ timeout: 3 * minute });
    expect(await lab.vcenter.snapshot()).toEqual(before);
  });
});
