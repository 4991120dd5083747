import { text } from 'node:stream/consumers';
import { parseVcenterAddress } from '#main/vsphere/client/address.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { Pipeline } from './pipeline.ts';

/** What the process that is going to be killed works on, as JSON on its standard input. */
export interface KilledInput {
  readonly url: string;
  readonly caPem: string;
  readonly user: string;
  readonly password: string;
  readonly spec: ClusterSpec;
  readonly home: string;
}

const { url, caPem, user, password, spec, home } = JSON.parse(await text(process.stdin)) as KilledInput;
using pipeline = new Pipeline(
  {
    address: parseVcenterAddress(url),
    trust: { kind: 'ca', pem: caPem },
    user,
    password: () => Promise.resolve(password),
  },
  spec,
  home,
);
await pipeline.create();
