import { defaultRelease, findRelease, releases } from '#main/cluster/releases/catalogue.ts';

export interface ReleaseSummary {
  readonly version: string;
  readonly isDefault: boolean;
  readonly endOfSupport: string;
  readonly legacy: boolean;
  readonly images: Readonly<Record<string, string>>;
}

export function listReleases(): readonly ReleaseSummary[] {
  return releases.map((release) => ({
    version: release.version,
    isDefault: release.version === defaultRelease.version,
    endOfSupport: release.endOfSupport,
    legacy: release.legacy,
    images: { ...findRelease(release.version).images },
  }));
}
