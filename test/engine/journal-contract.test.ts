import { describe } from 'vitest';
import { memoryJournal } from '#test/fakes/journal.ts';
import { journalContract } from './journal-contract.ts';

describe("the engine tests' journal in memory", () => {
  journalContract(() => ({ journal: memoryJournal({ now: () => 1_700_000_000_000 }) }));
});
