import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lineNumbers } from '#renderer/features/yaml/line-numbers.ts';
import { problemLines } from '#renderer/features/yaml/problem-lines.ts';
import YamlPanel from '#renderer/features/yaml/YamlPanel.svelte';
import { specErrors } from '#shared/errors/spec.ts';

const text = `kind: Cluster
spec:
  machines:
    - name: node-1
      address: 192.0.2.11
    - name: node-2
      address: nowhere
`;
const wrong = specErrors.wrong_value({
  field: 'spec.machines[1].address',
  value: '"nowhere"',
  expected: 'must be an address',
}).data;
const missing = specErrors.missing_key({ field: 'spec.machines[0].roles', remedy: 'Name its roles.' }).data;
const unreadable = specErrors.unreadable({ line: 3, column: 1, reason: 'a tab' }).data;
const area = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Spec (YAML or JSON)' });

afterEach(cleanup);

describe('the text of a spec', () => {
  it('finds the line of a value, of what lacks a field, and of what cannot be read', () => {
    expect(problemLines(text, [wrong, missing, unreadable])).toEqual([7, 4, 3]);
  });

  it('knows no line of a field that is nowhere in the text', () => {
    const other = specErrors.missing_key({ field: 'metadata.name', remedy: 'Name it.' }).data;
    expect(problemLines(text, [other])).toEqual([undefined]);
  });

  it('finds lines in JSON as well', () => {
    expect(
      problemLines('{\n"spec": {\n"machines": [1]}}', [{ ...wrong, params: {}, target: 'spec.machines.0' }]),
    ).toEqual([3]);
  });

  it('counts the lines beside the text, and marks those with a problem', () => {
    expect(lineNumbers('a\nb\nc', new Set([2]))).toBe(' 1\n▸2\n 3');
  });

  it('goes to the line of a problem', async () => {
    render(YamlPanel, { props: { text, problems: [wrong], onwrite: () => {} } });
    await fireEvent.click(await screen.findByRole('button', { name: 'Line 7' }));
    expect(document.activeElement).toBe(area());
    expect(area().value.slice(area().selectionStart, area().selectionEnd)).toBe('      address: nowhere');
  });

  it('hands on what is written, and lets Tab go to the next control', async () => {
    const onwrite = vi.fn();
    render(YamlPanel, { props: { text: '', problems: [], onwrite } });
    await fireEvent.input(area(), { target: { value: 'kind: Cluster' } });
    expect(onwrite.mock.calls).toEqual([['kind: Cluster']]);
    expect(await fireEvent.keyDown(area(), { key: 'Tab' })).toBe(true); // nobody has taken it
  });
});
