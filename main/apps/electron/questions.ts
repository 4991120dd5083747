import type { QuitParts } from './quitting.ts';
import { texts } from './texts.ts';

/** Of Electron's `dialog.showMessageBox`. */
export type Ask = (options: {
  readonly type: 'question' | 'warning';
  readonly message: string;
  readonly detail: string;
  readonly buttons: string[];
  readonly defaultId: number;
  readonly cancelId: number;
  readonly noLink: boolean;
  readonly checkboxLabel?: string;
}) => Promise<{ readonly response: number; readonly checkboxChecked: boolean }>;

/** Enter keeps what is at work going, Escape does nothing at all. */
export async function askBeforeQuit(ask: Ask, clusters: readonly string[]): ReturnType<QuitParts['ask']> {
  const { quit } = texts;
  const choices = ['tray', 'cancel', 'leave', 'stay'] as const;
  const { response, checkboxChecked } = await ask({
    type: 'question',
    message: quit.message(clusters),
    detail: quit.detail,
    buttons: choices.map((choice) => quit[choice]),
    defaultId: choices.indexOf('tray'),
    cancelId: choices.indexOf('stay'),
    noLink: true,
    checkboxLabel: quit.always,
  });
  return { choice: choices[response] ?? 'stay', always: checkboxChecked };
}

export async function confirmCancel(ask: Ask, cluster: string): Promise<boolean> {
  const { cancel } = texts;
  const { response } = await ask({
    type: 'question',
    message: cancel.message(cluster),
    detail: cancel.detail,
    buttons: [cancel.yes, cancel.no],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** The window's page has crashed. Answers whether to load it again. */
export async function pageGone(ask: Ask): Promise<boolean> {
  const { pageGone: gone } = texts;
  const { response } = await ask({
    type: 'warning',
    message: gone.message,
    detail: gone.detail,
    buttons: [gone.reload],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 0;
}
