import { describe, expect, it } from 'vitest';
import { instanceUuidOf } from '#main/cluster/provision/instance-uuid.ts';

describe('instanceUuidOf', () => {
  it('is the version 5 UUID that another implementation gives', () => {
    // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('a3c1f8d2-6b0e-4f57-9d84-2c7e51b90a6f'), 'c-abcde/demo-1/0'))"
    expect(instanceUuidOf('c-abcde', 'demo-1', 0)).toBe('ce97a338-dab3-528b-8e08-8cc5774fea61');
  });

  it('differs by cluster, machine and generation', () => {
    const all = [
      instanceUuidOf('c-abcde', 'demo-1', 0),
      instanceUuidOf('c-abcde', 'demo-1', 1),
      instanceUuidOf('c-abcde', 'demo-2', 0),
      instanceUuidOf('c-fghij', 'demo-1', 0),
    ];
    expect(new Set(all).size).toBe(4);
  });
});
