import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Choice } from '#renderer/ui/choices.ts';
import Combobox from '#renderer/ui/Combobox.svelte';

const many: readonly Choice[] = Array.from({ length: 3000 }, (_, at) => ({
  value: `net-${at}`,
  label: `VM Network ${at}`,
  detail: at === 2718 ? 'distributed switch' : undefined,
}));
const input = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Network' });
const options = () => screen.queryAllByRole('option').map(({ textContent }) => textContent.trim());

afterEach(cleanup);

function open(props: Partial<Parameters<typeof render<typeof Combobox>>[1]> = {}) {
  const onchoose = vi.fn<(value: string) => void>();
  render(Combobox, { props: { label: 'Network', value: '', choices: many, onchoose, ...props } });
  return onchoose;
}

describe('a field that is filled from a list', () => {
  it('shows a part of thousands and says how many more there are', async () => {
    open();
    await fireEvent.click(input());
    expect(options()).toHaveLength(50);
    expect(screen.getByText('2950 more: type to find them.')).toBeTruthy();
  });

  it('finds by every word that was typed, in label and detail', async () => {
    open();
    await fireEvent.input(input(), { target: { value: 'network DISTRIBUTED' } });
    expect(options()).toEqual(['VM Network 2718 distributed switch']);
  });

  it('is used with the keyboard alone', async () => {
    const onchoose = open();
    await fireEvent.input(input(), { target: { value: 'network 271' } });
    await vi.waitFor(() => expect(input().getAttribute('aria-activedescendant')).toBeTruthy());
    await fireEvent.keyDown(input(), { key: 'ArrowDown' });
    await fireEvent.keyDown(input(), { key: 'Enter' });
    expect(onchoose.mock.calls).toEqual([['net-1271']]);
    expect(input().getAttribute('aria-expanded')).toBe('false');
  });

  it('shows the chosen one again when it was typed for and chosen once more', async () => {
    open({ value: 'net-2718' });
    expect(input().value).toBe('VM Network 2718');
    await fireEvent.input(input(), { target: { value: 'distributed' } });
    await vi.waitFor(() => expect(input().getAttribute('aria-activedescendant')).toBeTruthy());
    await fireEvent.keyDown(input(), { key: 'Enter' });
    expect(input().getAttribute('aria-expanded')).toBe('false');
    expect(input().value).toBe('VM Network 2718');
  });

  it('shows a value that is not among the choices as it is', () => {
    open({ value: 'gone-network' });
    expect(input().value).toBe('gone-network');
  });

  it('asks for choices when it is opened, and says what it waits for', async () => {
    const onopen = vi.fn();
    open({ choices: [], onopen });
    expect(onopen).not.toHaveBeenCalled();
    await fireEvent.click(input());
    expect(onopen).toHaveBeenCalledOnce();
    expect(screen.getByText('Nothing of that name.')).toBeTruthy();
  });

  it('is read with its help and its error', () => {
    open({ hint: 'Where the machines are.', error: 'There is no such network.' });
    const described = input().getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(described.map((id) => document.getElementById(id)?.textContent.trim())).toEqual([
      'There is no such network.',
      'Where the machines are.',
    ]);
    expect(input().getAttribute('aria-invalid')).toBe('true');
  });
});
