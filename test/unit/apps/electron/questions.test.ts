import { describe, expect, it } from 'vitest';
import { type Ask, askBeforeQuit, confirmCancel, pageGone } from '#main/apps/electron/questions.ts';

/** Presses a button by its text, or closes the question as Escape does. */
function pressing(button: string | undefined, checkboxChecked = false) {
  const asked: Parameters<Ask>[0][] = [];
  const ask: Ask = async (options) => {
    asked.push(options);
    const index = button === undefined ? options.cancelId : options.buttons.indexOf(button);
    if (index < 0) throw new Error(`There is no button "${button ?? ''}" among ${options.buttons.join(', ')}.`);
    return { response: index, checkboxChecked };
  };
  return { asked, ask };
}

describe('the question before quitting', () => {
  it.each([
    ['Keep Running in the Tray', 'tray'],
    ['Cancel and Quit', 'cancel'],
    ['Quit and Resume Later', 'leave'],
    ['Do Not Quit', 'stay'],
    [undefined, 'stay'],
  ] as const)('takes "%s" for %s', async (button, choice) => {
    expect(await askBeforeQuit(pressing(button).ask, ['home'])).toEqual({ choice, always: false });
  });

  it('keeps what is at work going on Enter, and says whether the answer holds always', async () => {
    const { asked, ask } = pressing('Keep Running in the Tray', true);
    expect(await askBeforeQuit(ask, ['home', 'lab'])).toEqual({ choice: 'tray', always: true });
    expect(asked[0]?.message).toBe('Runs of home, lab are at work. What is to become of them?');
    expect(asked[0]?.buttons[asked[0].defaultId]).toBe('Keep Running in the Tray');
  });
});

describe('the question before a cancel', () => {
  it('cancels only on its own button: Enter and Escape let the run go on', async () => {
    const { asked, ask } = pressing('Cancel the Run');
    expect(await confirmCancel(ask, 'home')).toBe(true);
    expect(asked[0]?.buttons[asked[0].defaultId]).toBe('Let It Go On');
    expect(await confirmCancel(pressing(undefined).ask, 'home')).toBe(false);
  });
});

describe('a window whose page has crashed', () => {
  it('is loaded again', async () => {
    expect(await pageGone(pressing('Load It Again').ask)).toBe(true);
  });
});
