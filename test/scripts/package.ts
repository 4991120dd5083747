// npm run package [-- electron-builder's options]: builds the desktop application, tries it, packs it for this system.
// --dir leaves it as a folder instead of installers. docs/desktop.md has the exit codes.
import { electronBinary } from '#test/e2e/electron-binary.ts';
import { buildApp, stagedApp } from './desktop/build-app.ts';
import { packageApp } from './desktop/package-app.ts';

console.log('Building the desktop application: pages, preload, main process …');
await buildApp();
process.exitCode = await packageApp({
  app: stagedApp,
  electron: electronBinary(),
  options: process.argv.slice(2),
  say: (text) => {
    console.log(text);
  },
});
