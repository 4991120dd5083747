import type { Service } from '#shared/contract/index.ts';
import type { CertificateInteraction } from '#main/api/vsphere/vcenters.ts';
import type { ServiceOptions } from './service-options.ts';

type Credentials = Pick<Service, Extract<keyof Service, `credentials.${string}`>>;

/** A page looks first (`credentials.inspect`) and then says how the server is known: nobody is asked in between. */
const nobodyIsAsked: CertificateInteraction = { approveVcenterCertificate: () => Promise.resolve(false) };

export function credentialService({ slipway }: Pick<ServiceOptions, 'slipway'>): Credentials {
  const { credentials } = slipway;
  return {
    'credentials.list': () => credentials.list(),
    'credentials.inspect': (server, signal) => credentials.inspect(server, signal),
    'credentials.add': ({ trust, password, ...given }, signal) => {
      const known = trust.kind === 'system' ? {} : { trust };
      return credentials.add({ ...given, ...known, password: async () => password }, nobodyIsAsked, signal);
    },
    'credentials.update': ({ name, password, ...changes }, signal) => {
      const secret = password === undefined ? {} : { password: async () => password };
      return credentials.update(name, { ...changes, ...secret }, nobodyIsAsked, signal);
    },
    'credentials.check': ({ name }, signal) => credentials.check(name, signal),
    'credentials.privileges': ({ name }, signal) => credentials.privileges(name, signal),
    'credentials.remove': async ({ name }) => {
      await credentials.remove(name);
      return {};
    },
  };
}
