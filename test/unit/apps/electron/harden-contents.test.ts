import { describe, expect, it } from 'vitest';
import { hardenContents } from '#main/apps/electron/harden-contents.ts';
import { FakeEmitter } from './fake-emitter.ts';

class FakeContents extends FakeEmitter {
  open: ((details: { readonly url: string }) => { readonly action: 'deny' }) | undefined;
  setWindowOpenHandler = (handler: NonNullable<FakeContents['open']>): void => void (this.open = handler);
}

function hardened() {
  const contents = new FakeContents();
  const opened: string[] = [];
  hardenContents(contents, (address) => opened.push(address));
  return { contents, opened };
}

const elsewhere = [
  'https://example.com/',
  'https://slipway/',
  'http://127.0.0.1:1/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,hello',
  'app://slipway/assets/other.html',
  'app://slipway@example.com/',
  'app://slipway.example.com/',
  'app://example.com/app://slipway/',
  'APP://evil/',
  'nonsense',
];

describe('a window', () => {
  it.each(elsewhere)('does not go to %s', (url) => {
    const { contents } = hardened();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect([event, contents.emit(event, { url, isMainFrame: true })]).toEqual([event, true]);
    }
  });

  it('may load its own page again, but not into a frame and not by a redirect', () => {
    const { contents } = hardened();
    const own = { url: 'app://slipway/#/clusters', isMainFrame: true };
    expect(contents.emit('will-navigate', own)).toBe(false);
    expect(contents.emit('will-frame-navigate', own)).toBe(false);
    expect(contents.emit('will-frame-navigate', { ...own, isMainFrame: false })).toBe(true);
    expect(contents.emit('will-redirect', own)).toBe(true);
  });

  it('holds no web view', () => {
    expect(hardened().contents.emit('will-attach-webview')).toBe(true);
  });

  it('opens no second window: what wants one is for the browser to open', () => {
    const { contents, opened } = hardened();
    expect(contents.open?.({ url: 'https://kubernetes.io/' })).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://kubernetes.io/']);
  });
});
