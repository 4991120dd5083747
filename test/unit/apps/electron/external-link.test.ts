import { describe, expect, it } from 'vitest';
import { externalLink, openExternalLink } from '#main/apps/electron/external-link.ts';

describe('a link to the outside', () => {
  it.each([
    'http://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://server/share',
    'ms-msdt:/id',
    'vscode://open',
    'https://user@example.com/',
    'https://example.com:pw@evil.example/',
    'https:///',
    ' nonsense',
    '',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('is not opened: %s', (address) => {
    const opened: string[] = [];
    openExternalLink(address, async (url) => void opened.push(url));
    expect(opened).toEqual([]);
  });

  it('is opened when it is plain https, as the parser has read it', () => {
    expect(externalLink('HTTPS://Kubernetes.io/docs?a=1#b')).toBe('https://kubernetes.io/docs?a=1#b');
  });

  it('does not end the application when there is no browser', async () => {
    openExternalLink('https://kubernetes.io/', () => Promise.reject(new Error('no browser')));
    await Promise.resolve(); // an unhandled rejection would fail the run
  });
});
