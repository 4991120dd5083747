import { describe, expect, it } from 'vitest';
import { Directories } from '#main/vsphere/storage/directories.ts';

describe('a directory', () => {
  it('is not removed while somebody writes into it', async () => {
    const directories = new Directories();
    const writing = Promise.withResolvers<void>();
    const written = directories.use('a', () => writing.promise);
    let removed = 0;
    const remove = async (): Promise<void> => {
      removed += 1;
      await Promise.resolve();
    };
    await directories.ifUnused('a', remove);
    expect(removed).toBe(0);
    writing.resolve();
    await written;
    await directories.ifUnused('a', remove);
    expect(removed).toBe(1);
  });

  it('is removed before somebody writes into it, and by one at a time', async () => {
    const directories = new Directories();
    const seen: string[] = [];
    const removals = [1, 2].map((n) => {
      const remove = async (): Promise<void> => {
        seen.push(`removing ${String(n)}`);
        await Promise.resolve();
        seen.push(`removed ${String(n)}`);
      };
      return directories.ifUnused('a', remove);
    });
    const written = directories.use('a', async () => void seen.push('written'));
    await Promise.all([...removals, written]);
    expect(seen.slice(0, 2)).toEqual(['removing 1', 'removed 1']);
    expect(seen.indexOf('removed 2') - seen.indexOf('removing 2')).toBe(seen.includes('removing 2') ? 1 : 0);
  });
});
