import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const mostBytes = 1024 * 1024;

/**
 * Answers how to add a line to the application's log, for its owner only. The file before it is kept under `.1`. Nobody
 * looks at a desktop application's output, so what it has to say to whoever looks after it is here.
 */
export function openLogFile(file: string): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return (line) => {
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > mostBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not end the application that could tell about it.
    }
  };
}
