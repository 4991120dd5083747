import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openVault } from '#main/secrets/vault.ts';
import { createRedactor, type Redactor } from '#main/secrets/redactor.ts';
import { Store, type StoreOptions } from '#main/store/store.ts';
import type { Keychain } from '#main/secrets/keychain.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import * as v from 'valibot';

/** A home folder that is gone after the test. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** A keychain in memory: only for what a real one cannot show (lost entries, counted calls). */
export class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>();

  async get(account: string): Promise<string | undefined> {
    return this.entries.get(account);
  }

  async set(account: string, secret: string): Promise<void> {
    this.entries.set(account, secret);
  }

  async remove(account: string): Promise<void> {
    this.entries.delete(account);
  }
}

export interface OpenedStore {
  readonly home: string;
  readonly store: Store;
  readonly redactor: Redactor;
}

/** A real store, closed after the test. Its vault has a keychain in memory. */
export function openStore(options: Partial<StoreOptions> = {}): OpenedStore {
  const home = options.home ?? temporaryHome();
  const keychain = new MemoryKeychain();
  const redactor = createRedactor();
  const store = new Store({
    home,
    openVault: () => openVault({ home, keychain }),
    redaction: redactor,
    label: 'test',
    heartbeatLimitMs: 30_000,
    ...options,
  });
  onTestFinished(() => store.close());
  return { home, store, redactor };
}

export function specNamed(name: string): ClusterSpec {
  return v.parse(ClusterSpec, {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: { machines: [{ name: 'node-1', address: '192.0.2.1', roles: ['etcd', 'controlplane', 'worker'] }] },
  });
}
