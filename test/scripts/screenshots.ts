// npm run screenshots: the browser tests once more, which picture the pages for the documentation on their way.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
const argv = ['test', '-c', 'test/config/playwright.config.ts', '--project', 'browser', '--project', 'browser-lab'];

const env = { ...process.env, SLIPWAY_SCREENSHOTS: '1' };
const child = spawn('playwright', [...argv, 'furnished', 'lab-specs'], { cwd, env, stdio: 'inherit' });
child.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
child.on('close', (code) => (process.exitCode = code ?? 1));
