import { describe, expect, it } from 'vitest';
import { hardenSession } from '#main/apps/electron/harden-session.ts';
import { FakeSession } from './fake-session.ts';

function hardened(developing = false): FakeSession {
  const session = new FakeSession();
  hardenSession(session, { developing });
  return session;
}

describe('the session of our pages', () => {
  it.each(['media', 'geolocation', 'notifications', 'openExternal', 'fileSystem', 'clipboard-read', 'usb', 'unknown'])(
    'gives nobody the permission "%s", asked for or looked up',
    (permission) => {
      expect(hardened().permission(permission, 'app://slipway/')).toEqual([false, false]);
    },
  );

  it('lets the copy buttons write to the clipboard, and only our own top frame', () => {
    const session = hardened();
    const write = 'clipboard-sanitized-write';
    expect(session.permission(write, 'app://slipway/')).toEqual([true, true]);
    expect(session.permission(write, 'app://slipway/', false)).toEqual([false, false]);
    expect(session.permission(write, 'https://example.com/app://slipway/')).toEqual([false, false]);
  });

  it('gives no device and no screen', () => {
    const session = hardened();
    expect(session.device?.()).toBe(false);
    let streams: unknown = 'never asked';
    session.display?.({}, (answer) => (streams = answer));
    expect(streams).toBeNull();
    const chosen = ['select-hid-device', 'select-serial-port', 'select-usb-device'];
    expect(chosen.map((event) => session.emit(event))).toEqual([true, true, true]);
  });

  it.each([
    { url: 'app://slipway/assets/index.js', lets: true },
    { url: 'blob:app://slipway/7b2', lets: true },
    { url: 'https://example.com/app://slipway/', lets: false },
    { url: 'app://elsewhere/', lets: false },
    { url: 'app://slipway.example.com/', lets: false },
    { url: 'app://me@slipway/', lets: false },
    { url: 'file:///etc/passwd', lets: false },
    { url: 'http://127.0.0.1:8080/', lets: false },
    { url: 'ws://127.0.0.1:8080/', lets: false },
    { url: 'devtools://devtools/bundled/inspector.html', lets: false },
  ])('lets a request to $url out: $lets', ({ url, lets }) => {
    expect(hardened().lets(url)).toBe(lets);
  });

  it('lets the developer tools load themselves while developing only', () => {
    expect(hardened(true).lets('devtools://devtools/bundled/inspector.html')).toBe(true);
    expect(hardened(true).lets('https://example.com/')).toBe(false);
  });

  it('lets a page save what it has made itself, and nothing else', () => {
    const session = hardened();
    const download = (url: string) => session.emit('will-download', {}, { getURL: () => url });
    expect(download('blob:app://slipway/7b2')).toBe(false);
    expect(download('https://example.com/setup.exe')).toBe(true);
    expect(download('blob:https://example.com/7b2')).toBe(true);
  });

  it('fetches no dictionary', () => {
    expect(hardened().spellChecker).toBe(false);
  });
});
