import { definePhase, done, todo, type StepContext } from '#main/engine/phase.ts';
import { issueCertificate } from '../certificates/issue.ts';
import { reasonToIssue } from '../certificates/judge.ts';
import { secretNames } from '../certificates/names.ts';
import { plannedCertificates, type PlannedCertificate } from '../certificates/planned.ts';
import type { ClusterRun } from '../cluster.ts';
import type { StoredCertificate } from '../ports.ts';

/** So many leaves are made at a time and recorded together: a crash loses at most one batch of work. */
const batchSize = 16;
const serviceAccountKeyBits = 2048;
const encryptionKeyBytes = 32;

interface Wanted {
  readonly planned: PlannedCertificate;
  readonly reason: string;
}

/** Issues what is missing or no longer fits; what is good stays as it is, so no component restarts without a reason. */
export const certificates = definePhase<ClusterRun, Record<string, never>>({
  id: 'certificates',
  title: 'Certificates',
  async check(run, _input, { signal }) {
    const wanted = await wantedOf(run, signal);
    const secrets = await missingSecrets(run);
    if (wanted.length === 0 && secrets.length === 0) return done('every certificate is there and fits');
    const first = wanted.slice(0, 3).map(({ planned, reason }) => `${planned.name} (${reason})`);
    const more = wanted.length + secrets.length - first.length;
    return todo([...first, ...(more > 0 ? [`${more} more`] : [])].join(', '));
  },
  async apply(run, _input, context) {
    const { signal } = context;
    await makeSecrets(run, signal);
    // CAs first and on their own: what they issue is judged against them.
    await issueAll(run, await wantedOf(run, signal, 'authorities'), context);
    await issueAll(run, await wantedOf(run, signal), context);
  },
  async verify(run, _input, { signal }) {
    const [left] = await wantedOf(run, signal);
    // Not an error of the table: only a fault in our own judgement of what we issued can lead here.
    if (left) throw new Error(`Certificate ${left.planned.name} does not fit its plan: ${left.reason}`);
  },
});

async function wantedOf(run: ClusterRun, signal: AbortSignal, which?: 'authorities'): Promise<readonly Wanted[]> {
  const stored = await run.inventory.certificates();
  const nowMs = run.clock.now();
  const wanted: Wanted[] = [];
  let judged = 0;
  for (const planned of plannedCertificates(run.cluster)) {
    if (which === 'authorities' && planned.issuer !== undefined) continue;
    const issuer = planned.issuer === undefined ? undefined : stored.get(planned.issuer);
    const reason = reasonToIssue(planned, stored.get(planned.name), issuer, nowMs);
    if (reason !== undefined) wanted.push({ planned, reason });
    // About a millisecond each: with a thousand machines the event loop has to breathe in between.
    if (++judged % batchSize === 0) await run.clock.sleep(0, signal);
  }
  return wanted;
}

async function issueAll(run: ClusterRun, wanted: readonly Wanted[], context: StepContext): Promise<void> {
  const { signal } = context;
  for (let start = 0; start < wanted.length; start += batchSize) {
    const stored = await run.inventory.certificates();
    const nowMs = run.clock.now();
    const issued = await Promise.all(
      wanted.slice(start, start + batchSize).map(async ({ planned, reason }): Promise<StoredCertificate> => {
        context.log(`issuing ${planned.name}: ${reason}`);
        const issuer = planned.issuer === undefined ? undefined : stored.get(planned.issuer);
        return issueCertificate(run.keys, planned, issuer, nowMs, signal);
      }),
    );
    await run.inventory.putCertificates(issued);
    const made = Math.min(start + batchSize, wanted.length);
    context.progress({ label: 'certificates', done: made, total: wanted.length, unit: 'objects' });
  }
}

async function missingSecrets(run: ClusterRun): Promise<readonly string[]> {
  const names = [secretNames.serviceAccount, secretNames.encryption];
  const found = await Promise.all(names.map(async (name) => run.inventory.secret(name)));
  return names.filter((_name, index) => found[index] === undefined);
}

async function makeSecrets(run: ClusterRun, signal: AbortSignal): Promise<void> {
  const missing = await missingSecrets(run);
  if (missing.includes(secretNames.serviceAccount)) {
    const { privateKeyPem } = await run.keys.generateRsa(serviceAccountKeyBits, signal);
    await run.inventory.putSecret(secretNames.serviceAccount, privateKeyPem);
  }
  if (missing.includes(secretNames.encryption)) {
    const bytes = run.keys.randomBytes(encryptionKeyBytes);
    await run.inventory.putSecret(secretNames.encryption, btoa(String.fromCharCode(...bytes)));
  }
}
