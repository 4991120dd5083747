import { describe, expect, it } from 'vitest';
import { datastoreSpace, type SpaceWish } from '#main/vsphere/preflight/datastore-space.ts';

const gib = 2 ** 30;

/** Machines with a disk of 20 GiB, of which 2 are used, and 4 GiB of memory. */
function wish(freeGiB: number, changes: Partial<SpaceWish['template']> = {}, thin = true): SpaceWish {
  return {
    template: { name: 'small', clone: 'full', diskGiB: undefined, disks: [], memoryMiB: 4096, ...changes },
    count: 10,
    source: { disks: [{ capacityBytes: 20 * gib, thin, controller: 'SCSI' }], usedBytes: 2 * gib },
    store: { id: 'datastore-1', title: 'datastore /DC0/datastore/a', freeBytes: freeGiB * gib },
  };
}

const problems = (...wishes: readonly SpaceWish[]): readonly string[] =>
  datastoreSpace(wishes).map(({ severity, problem }) => `${severity}: ${problem}`);

describe('the space on a datastore', () => {
  it('must hold what thin disks copy and the swap files, and should hold what they grow to', () => {
    expect(problems(wish(240))).toEqual([]);
    expect(problems(wish(239))).toEqual([
      'warning: the thin disks of 10 × small may grow to 240 GiB, and 239 GiB are free.',
    ]);
    expect(problems(wish(60))).toHaveLength(1);
    expect(problems(wish(59))).toEqual(['error: 10 × small need 60 GiB, and 59 GiB are free.']);
  });

  it('must hold thick disks whole', () => {
    expect(problems(wish(240, {}, false))).toEqual([]);
    expect(problems(wish(239, {}, false))).toEqual(['error: 10 × small need 240 GiB, and 239 GiB are free.']);
  });

  it('counts the larger disk that is wanted, and further disks', () => {
    expect(problems(wish(439, { diskGiB: 40 }))).toEqual([expect.stringContaining('grow to 440 GiB')]);
    const disks = [
      { sizeGiB: 10, thin: false },
      { sizeGiB: 100, thin: true },
    ];
    expect(problems(wish(159, { disks }))).toEqual(['error: 10 × small need 160 GiB, and 159 GiB are free.']);
    expect(problems(wish(200, { disks }))).toEqual([expect.stringContaining('grow to 1340 GiB')]);
  });

  it('counts little for linked clones at once', () => {
    expect(problems(wish(39, { clone: 'linked' }))).toEqual([expect.stringContaining('need 40 GiB')]);
  });

  it('is summed up over templates, and counted for each datastore by itself', () => {
    const other = { ...wish(70), store: { id: 'datastore-2', title: 'datastore b', freeBytes: 300 * gib } };
    expect(problems(wish(110), wish(110, { name: 'big' }), other)).toEqual([
      'error: 10 × small, 10 × big need 120 GiB, and 110 GiB are free.',
    ]);
  });

  it('is not judged for machines that are there already', () => {
    expect(problems({ ...wish(0), count: 0 })).toEqual([]);
  });
});
