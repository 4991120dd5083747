import { openSlipway } from '#main/api/open.ts';
import { errorData } from '#shared/errors/define.ts';
import { webErrors } from '#shared/errors/web.ts';
import { kubeconfigPath } from '../kubeconfig-path.ts';
import { nodeHost } from '../node-host.ts';
import { ownVersion } from '../own-version.ts';
import { hasScreen, openBrowser } from './open-browser.ts';
import { type Place, type WebOptions, webOptions, webOptionsHelp } from './options.ts';
import { startHost } from './start-host.ts';
import { readState } from './state-file.ts';

/** As the command line's: 2 for a wrong option, 6 for a host that runs already, 70 for a fault. */
const exitCodes: Readonly<Record<string, number>> = {
  'web.option': 2,
  'web.cannot_listen': 2,
  'web.running': 6,
  'internal.unexpected': 70,
};

try {
  const options = webOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(webOptionsHelp);
  else await serve(options);
} catch (thrown) {
  const { code, cause, hint } = errorData(thrown);
  process.stderr.write(`${cause}\n  → ${hint}\n`);
  process.exitCode = exitCodes[code] ?? 7;
}

/** Until an interrupt. */
async function serve(options: WebOptions): Promise<void> {
  const host = nodeHost();
  const { env } = process;
  await using slipway = await openSlipway({ home: options.home, env, label: 'slipway-web', ...host });
  const running = await readState(slipway.home);
  if (running) {
    printAddress(running.place, running.token);
    throw webErrors.running({ pid: running.pid });
  }
  const started = await startHost({
    slipway,
    place: options.place,
    folder: process.cwd(),
    kubeconfigPath: kubeconfigPath(env),
    productVersion: await ownVersion(),
    now: () => host.clock.now(),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  printAddress(started.place, started.token());
  if (!started.hasPages)
    process.stdout.write('The pages are not built yet: run "npm run build", then start it again.\n');
  const opens = options.open && started.hasPages && started.place.kind === 'port' && hasScreen(env);
  const removePage = opens ? openBrowser(slipway.home, addressOf(started.place, started.token())) : () => undefined;
  await interrupted();
  const left = await started.close();
  removePage();
  for (const { runId, cluster } of left) {
    process.stdout.write(`Run ${runId} is left as it is. Go on later with: slipway resume ${cluster}\n`);
  }
}

function printAddress(place: Place, token: string): void {
  if (place.kind === 'socket') {
    process.stdout.write(
      `Slipway listens on ${place.path}. From your computer: ssh -L 8080:${place.path} <this host>\n`,
    );
  }
  process.stdout.write(`Open this address; it works once:\n  ${addressOf(place, token)}\n`);
}

function addressOf(place: Place, token: string): string {
  const origin = place.kind === 'port' ? `http://127.0.0.1:${place.port}` : 'http://localhost:8080';
  return `${origin}/#token=${token}`;
}

/** The first asks to end in order; the second ends at once: the journal is on disk, so nothing is lost. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(6);
      asked = true;
      process.stdout.write('Ending. Runs are left as they are.\n');
      resolve();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  });
}
