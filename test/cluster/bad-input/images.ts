import { describe, expect, it } from 'vitest';
import type { Lab } from '#test/lab/lab.ts';
import { Person } from '../support/person.ts';
import { failuresOf } from './refusal.ts';
import { goodSpec, upChangingNothing } from './scene.ts';

/** Asked through a machine before any image is pulled. */
export function registriesThatDoNotServe(lab: () => Lab): void {
  describe('a registry', () => {
    it('that refuses the login is named once, before any image is pulled', async () => {
      await using person = await Person.arrive();
      const { address, user, password } = lab().registries.secure;
      const wrong = await person.write('password', `${password}x\n`);
      const [registry] = lab().specFragment({ registry: 'secure' }).registries ?? [];
      const registries = registry ? [{ ...registry, password: `file:${wrong}` }] : [];
      const ended = await upChangingNothing(lab(), { ...goodSpec(lab()), registries }, person);
      const failure = failuresOf(ended)['check-images/bad'];
      expect({ exitCode: ended.exitCode, code: failure?.code, chain: failure?.chain }).toEqual({
        exitCode: 4,
        code: 'registry.images_unusable',
        chain: [
          expect.objectContaining({
            code: 'registry.login_refused',
            cause: `The registry ${address} refused the login of "${user}".`,
            hint: 'Check spec.registries[].username and the secret that its password refers to.',
          }),
        ],
      });
      expect(ended.stdout).not.toContain(password);
    });

    it('that lacks images is told with all of them, before any is pulled', async () => {
      const ended = await upChangingNothing(lab(), { ...goodSpec(lab()), release: 'v1.37.2' });
      const { address } = lab().registries.plain;
      const missing = [
        ...['etcd:3.7.0-0', 'kube-apiserver:v1.37.2', 'kube-controller-manager:v1.37.2', 'kube-proxy:v1.37.2'],
        ...['kube-scheduler:v1.37.2', 'kubectl:v1.37.2', 'siderolabs/kubelet:v1.37.2'],
      ];
      const failure = failuresOf(ended)['check-images/bad'];
      expect({
        exitCode: ended.exitCode,
        code: failure?.code,
        chain: failure?.chain.map(({ cause }) => cause),
      }).toEqual({
        exitCode: 4,
        code: 'registry.images_unusable',
        chain: missing.map((image) => `The registry ${address} has no image ${address}/${image}.`),
      });
      expect(failure?.chain[0]?.hint).toContain('Push the image there, or choose a release whose images it has.');
    });
  });
}
