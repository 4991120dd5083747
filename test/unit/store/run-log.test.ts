import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followLog, readLog } from '#main/store/runs/read-log.ts';
import { type LogLine, RunLog } from '#main/store/runs/run-log.ts';
import { openStore, temporaryHome } from './home-for-test.ts';

const asIs = (text: string) => text;
const line = (text: string, step = 'a'): LogLine => ({ at: 1, step, line: text });
const newPath = () => join(temporaryHome(), 'run-1.ndjson');

describe('the log of a run', () => {
  it('gives back its lines in order, all or of one step, readable by the owner only', async () => {
    const path = newPath();
    const log = new RunLog(path, asIs);
    for (const [text, step] of [['one', 'a'], ['two "quoted" \u2028 ü', 'b'], ['three', 'a']] as const) log.write(line(text, step)); // prettier-ignore
    log.close();
    expect((await readLog(path)).lines).toEqual([line('one'), line('two "quoted" \u2028 ü', 'b'), line('three')]);
    expect((await readLog(path, { step: 'a' })).lines).toEqual([line('one'), line('three')]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on where the reader stopped', async () => {
    const path = newPath();
    using log = new RunLog(path, asIs);
    log.write(line('one'));
    log.flush();
    const { next } = await readLog(path);
    log.write(line('two'));
    log.flush();
    expect((await readLog(path, { after: next })).lines).toEqual([line('two')]);
  });

  it('reads files of many chunks', async () => {
    const path = newPath();
    using log = new RunLog(path, asIs);
    const texts = Array.from({ length: 30_000 }, (_, index) => `${index} ${'ü'.repeat(40)}`);
    for (const text of texts) log.write(line(text));
    log.flush();
    expect((await readLog(path)).lines.map((found) => found.line)).toEqual(texts);
  });

  it('is empty for a run that wrote none', async () => {
    expect(await readLog(newPath())).toEqual({ lines: [], next: 0 });
  });

  it('hides what the redactor knows before it reaches the file', () => {
    const path = newPath();
    using log = new RunLog(path, (text) => text.replace('hunter2', '[redacted]'));
    log.write(line('password hunter2'));
    log.flush();
    expect(readFileSync(path, 'utf8')).toBe('{"at":1,"step":"a","line":"password [redacted]"}\n');
  });

  it('survives the half line that a killed process left', async () => {
    const path = newPath();
    writeFileSync(path, '{"at":1,"step":"a","line":"one"}\n{"at":1,"st');
    using log = new RunLog(path, asIs);
    log.write(line('two'));
    log.flush();
    expect((await readLog(path)).lines).toEqual([line('one'), line('two')]);
  });

  it('does not take a line that is still being written', async () => {
    const path = newPath();
    writeFileSync(path, '{"at":1,"step":"a","line":"one"}\n{"at":1,"st');
    const { lines, next } = await readLog(path);
    appendFileSync(path, 'ep":"a","line":"two"}\n');
    expect([lines, (await readLog(path, { after: next })).lines]).toEqual([[line('one')], [line('two')]]);
  });

  it('cuts long lines and says how much is missing', async () => {
    const path = newPath();
    using log = new RunLog(path, asIs, { runBytes: 1e6, stepBytes: 1e6, lineCharacters: 5 });
    log.write(line('abcdefgh'));
    log.flush();
    expect((await readLog(path)).lines).toEqual([line('abcde [3 more characters]')]);
  });

  it('drops the rest of a step that says too much, and keeps room for the others', async () => {
    const path = newPath();
    using log = new RunLog(path, asIs, { runBytes: 1e6, stepBytes: 100, lineCharacters: 100 });
    for (let index = 0; index < 50; index++) log.write(line('chatty', 'a'));
    log.write(line('quiet', 'b'));
    log.flush();
    const { lines } = await readLog(path);
    expect(lines.slice(-2)).toEqual([line('[the log of this step is full: the rest is dropped]'), line('quiet', 'b')]);
    expect(lines.length).toBeLessThan(6);
  });

  it('stays within the limit of the whole run, over continued runs too', async () => {
    const path = newPath();
    for (let attempt = 0; attempt < 3; attempt++) {
      using log = new RunLog(path, asIs, { runBytes: 400, stepBytes: 1e6, lineCharacters: 100 });
      for (let index = 0; index < 50; index++) log.write(line('text', `step-${index}`));
    }
    expect(statSync(path).size).toBeLessThan(600);
    expect((await readLog(path)).lines.at(-1)?.line).toBe('[the log of this run is full: the rest is dropped]');
  });

  it('can be followed from before its first line to the abort', async () => {
    const path = newPath();
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const found of followLog(path, { step: 'a' }, stop.signal)) {
        seen.push(found.line);
        if (found.line === 'last') stop.abort();
      }
    })();
    using log = new RunLog(path, asIs);
    log.write(line('one'));
    log.write(line('of another step', 'b'));
    await expect.poll(() => seen, { interval: 5 }).toEqual(['one']); // flushed by time, nobody closed it
    log.write(line('last'));
    await following;
    expect(seen).toEqual(['one', 'last']);
  });

  it('is never looked for outside its folder', () => {
    const { store } = openStore();
    expect(() => store.openLog('../slipway')).toThrow(expect.objectContaining({ code: 'store.run_unknown' }));
  });
});
