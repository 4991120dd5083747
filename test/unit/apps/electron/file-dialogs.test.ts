import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fileDialogs, type SystemDialogs } from '#main/apps/electron/file-dialogs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-dialogs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** A person who chooses that file, or none. */
function choosing(name: string | undefined) {
  const offered: string[] = [];
  const path = name === undefined ? '' : join(folder, name);
  const dialog: SystemDialogs = {
    showOpenDialog: async () => ({ canceled: name === undefined, filePaths: name === undefined ? [] : [path] }),
    showSaveDialog: async ({ defaultPath }) => {
      offered.push(defaultPath);
      return { canceled: name === undefined, filePath: path };
    },
  };
  return { offered, files: fileDialogs(dialog, '/home/me/Documents') };
}

describe('a file that the person opens', () => {
  it('is told by its name, with its text', async () => {
    writeFileSync(join(folder, 'demo.yaml'), 'kind: Profile\n');
    expect(await choosing('demo.yaml').files.openText([])).toEqual({ name: 'demo.yaml', text: 'kind: Profile\n' });
  });

  it('is none when the person chooses none', async () => {
    expect(await choosing(undefined).files.openText([])).toBeUndefined();
  });

  it.each([
    { why: 'is larger than a document', content: Buffer.alloc(1024 * 1024 + 1, 'a') },
    { why: 'is no text', content: Buffer.from([0xff, 0xfe, 0x00]) },
    { why: 'is gone', content: undefined },
  ])('is refused when it $why', async ({ content }) => {
    if (content) writeFileSync(join(folder, 'large'), content);
    await expect(choosing('large').files.openText([])).rejects.toMatchObject({ code: 'desktop.not_readable' });
  });
});

describe('a text that the person saves', () => {
  it('is written whole, for its owner only, over what was there', async () => {
    writeFileSync(join(folder, 'kubeconfig.yaml'), 'old', { mode: 0o644 });
    const { files } = choosing('kubeconfig.yaml');
    expect(await files.saveText('kubeconfig.yaml', 'new', [])).toBe(join(folder, 'kubeconfig.yaml'));
    expect(readFileSync(join(folder, 'kubeconfig.yaml'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'kubeconfig.yaml')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['kubeconfig.yaml']);
  });

  it('is not written when the person chooses no place', async () => {
    expect(await choosing(undefined).files.saveText('a', 'text', [])).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['home.yaml', 'home.yaml'],
    ['../../etc/passwd', '-..-etc-passwd'],
    ['..\\..\\autoexec.bat', '-..-autoexec.bat'],
    ['.bashrc', 'bashrc'],
    ['a\u0000b', 'a-b'],
    ['...', 'slipway.txt'],
  ])('is offered under a plain name: %j', async (suggested, name) => {
    const { files, offered } = choosing(undefined);
    await files.saveText(suggested, '', []);
    expect(offered).toEqual([join('/home/me/Documents', name)]);
  });

  it.each(['no-folder/a.txt', 'folder'])(
    'is refused where it cannot be written, and leaves nothing behind: %s',
    async (name) => {
      mkdirSync(join(folder, 'folder'));
      const { files } = choosing(name);
      await expect(files.saveText('a.txt', 'x', [])).rejects.toMatchObject({ code: 'desktop.not_writable' });
      expect(readdirSync(folder)).toEqual(['folder']);
    },
  );
});
