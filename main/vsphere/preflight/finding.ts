import type { Finding } from '#main/cluster/vsphere-port.ts';

/** Stops the run before anything is made. */
export function stop(subject: string, problem: string, remedy: string): Finding {
  return { severity: 'error', subject, problem, remedy };
}

/** Is shown, and the run goes on. */
export function warn(subject: string, problem: string, remedy: string): Finding {
  return { severity: 'warning', subject, problem, remedy };
}

/** The same thing once, in order, although several templates found it. */
export function distinct(findings: readonly Finding[]): readonly Finding[] {
  const texts = findings.map((finding) => JSON.stringify(finding));
  return findings.filter((_finding, at) => texts.indexOf(texts[at] ?? '') === at);
}

/** `12.5 GiB`; rounded up, so that what is missing is never shown as nothing. */
export function gibText(bytes: number): string {
  return `${String(Math.ceil((bytes / 2 ** 30) * 10) / 10)} GiB`;
}

/** A list for a sentence; long ones end in how many more there are. */
export function listText(all: readonly string[], shown = 5): string {
  const more = all.length - shown;
  return more > 0 ? `${all.slice(0, shown).join(', ')} and ${String(more)} more` : all.join(', ');
}
