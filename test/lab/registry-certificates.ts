import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { folders } from './folders.ts';
import { newPassword } from './ssh-keys.ts';

export interface RegistrySecrets {
  readonly caPem: string;
  readonly user: string;
  readonly password: string;
  readonly files: {
    readonly certificate: string;
    readonly key: string;
    readonly htpasswd: string;
    readonly password: string;
  };
}

const years = ['-days', '3650'];
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/**
 * A private certificate authority and a password, made once per user and kept: a spec that names them stays good while
 * labs come and go.
 */
export async function ensureRegistrySecrets(address: string): Promise<RegistrySecrets> {
  const folder = folders.registry;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const user = 'lab';
  const files = {
    certificate: at(`${address}.pem`),
    key: at(`${address}.key`),
    htpasswd: at('htpasswd'),
    password: at('password'),
  };
  await once(at('ca.pem'), (ca) =>
    run([
      'openssl',
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      at('ca.key'),
      '-out',
      ca,
      ...years,
      '-subj',
      '/CN=Slipway lab',
    ]),
  );
  await once(files.certificate, async (certificate) => {
    const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key')];
    const extensions = [`subjectAltName=IP:${address}`, 'basicConstraints=critical,CA:FALSE'];
    const named = ['-subj', `/CN=${address}`, ...extensions.flatMap((extension) => ['-addext', extension])];
    await run([
      'openssl',
      'req',
      '-x509',
      ...newKey,
      ...signer,
      '-keyout',
      files.key,
      '-out',
      certificate,
      ...years,
      ...named,
    ]);
  });
  await once(files.password, (file) => writeFile(file, newPassword(), { mode: 0o600 }));
  const password = await readFile(files.password, 'utf8');
  await once(files.htpasswd, async (file) =>
    writeFile(file, await run(['htpasswd', '-Bni', user], { input: password })),
  );
  return { caPem: await readFile(at('ca.pem'), 'utf8'), user, password, files };
}

/** Makes a file under another name first, so that one that is there is whole. */
async function once(file: string, make: (unfinished: string) => Promise<unknown>): Promise<void> {
  if (existsSync(file)) return;
  await make(`${file}.new`);
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}
