import type { RunControl, RunObserver, RunResult } from '#main/api/runs/driving.ts';
import type { Interaction } from '#main/api/runs/interaction.ts';
import type { ErrorData } from '#shared/errors/define.ts';
import { initialView } from '#shared/run/reducer.ts';
import { runElapsedMs } from '#shared/run/timeline.ts';
import { stepsOf, warningsOf } from '#shared/run/view.ts';
import type { RunView } from '#shared/run/view.ts';
import { exitCodeOfRun } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { hostKeyInteraction } from './host-keys.ts';
import { handleInterrupts } from './interrupts.ts';
import { LiveScreen } from './live-screen.ts';
import { printerFor, writeJson } from './printer.ts';
import type { Printer } from './printer.ts';
import { bad, good, line, warn } from './render/line.ts';
import { liveView } from './render/live-view.ts';
import { failureLines, plainLines, summaryRows } from './render/plain-lines.ts';
import { bytes, duration, plural } from './render/quantity.ts';
import { whatExists } from './render/what-exists.ts';
import type { World } from './world.ts';

export interface DriveOptions {
  /** Of the cluster: for titles and for the command that goes on later. */
  readonly name: string;
  readonly json: boolean;
  readonly acceptHostKeys: boolean;
  /** Already holds what the person approved for the plan. */
  readonly interaction?: Interaction;
}

type Start = (interaction: Interaction, observer: RunObserver, control: RunControl) => Promise<RunResult>;

/** Runs to the end in front of the person, a pipe or a program, and answers the exit code. */
export async function driveRun(world: World, options: DriveOptions, start: Start): Promise<ExitCode> {
  const { name, json } = options;
  const printer = printerFor(world.stdout, world.env);
  using face = json ? jsonFace(world) : world.stdout.isTerminal ? liveFace(world, printer, name) : plainFace(printer);
  let watching = false;
  using interrupts = handleInterrupts(
    world,
    face.say,
    () => watching,
    () => `slipway resume ${name}`,
  );
  const { accept, aside } = { accept: options.acceptHostKeys, aside: face.aside };
  const interaction = options.interaction ?? hostKeyInteraction(world, printer, { accept, json }, aside);
  const result = await start(
    interaction,
    {
      started(run) {
        watching = run.watching;
        face.observer.started(run);
      },
      event: face.observer.event,
      log: face.observer.log,
    },
    interrupts.control,
  );
  const exitCode = exitCodeOfRun(result);
  face.close();
  if (json) {
    const { runId, outcome, view, exists } = result;
    const errors = failedSteps(view);
    writeJson(world.stdout, {
      type: 'result',
      runId,
      outcome,
      exitCode,
      errors,
      metrics: view.metrics ?? null,
      exists,
    });
  } else {
    if (!face.saidWarnings) printWarnings(printer, result.view);
    printEnd(printer, result, name);
  }
  return exitCode;
}

/** How a run looks to whoever is at the other end. */
interface Face extends Disposable {
  readonly observer: RunObserver;
  readonly say: (text: string) => void;
  readonly aside: <T>(act: () => Promise<T>) => Promise<T>;
  /** The run is over: what comes now is the summary. */
  readonly close: () => void;
  /** Whether warnings stand above already. */
  readonly saidWarnings: boolean;
}

function jsonFace({ stdout, stderr }: World): Face {
  return {
    observer: {
      started: (run) => {
        writeJson(stdout, { type: 'run', ...run });
      },
      event: (event) => {
        writeJson(stdout, { type: 'event', event });
      },
      log: (step, text) => {
        writeJson(stdout, { type: 'log', step, line: text });
      },
    },
    say: (text) => {
      stderr.write(`${text}\n`);
    },
    aside: (act) => act(),
    close: () => {},
    saidWarnings: true,
    [Symbol.dispose]: () => {},
  };
}

function plainFace(printer: Printer): Face {
  return {
    observer: {
      started: ({ runId, watching }) => {
        if (watching) printer.text(`Another process drives run ${runId}; watching it.`);
      },
      event: (event, view) => {
        for (const spans of plainLines(event, view)) printer.line(spans);
      },
      log: () => {}, // in the run log: slipway logs
    },
    say: printer.text,
    aside: (act) => act(),
    close: () => {},
    saidWarnings: true,
    [Symbol.dispose]: () => {},
  };
}

function liveFace(world: World, printer: Printer, name: string): Face {
  let view: RunView = initialView();
  const lastLog = new Map<string, string>();
  let screen: LiveScreen | undefined;
  const lines = () => {
    const { rows } = world.stdout.size();
    return liveView(view, { name, now: world.now(), rows, symbols: printer.symbols, lastLog }).map(printer.paint);
  };
  const close = () => {
    screen?.[Symbol.dispose]();
    screen = undefined;
  };
  return {
    observer: {
      started: ({ runId, watching }) => {
        if (watching) printer.text(`Another process drives run ${runId}; watching it.`);
        screen = new LiveScreen(world, world.stdout, lines);
      },
      event: (event, next) => {
        view = next; // painted by the screen's own beat: a thousand events cost ten paints a second
        if ('step' in event && event.type === 'step.checking') lastLog.delete(event.step);
      },
      log: (step, text) => lastLog.set(step, text),
    },
    say: (text) => {
      if (screen) screen.say(text);
      else printer.text(text);
    },
    aside: (act) => (screen ? screen.aside(act) : act()),
    close,
    saidWarnings: false,
    [Symbol.dispose]: close,
  };
}

/** Plain lines say them as they come; the live view is gone by now, and cut them. */
function printWarnings(printer: Printer, view: RunView): void {
  for (const { step, text } of warningsOf(view)) printer.line(line(warn(`! ${step}: ${text}`)));
}

function printEnd(printer: Printer, result: RunResult, name: string): void {
  const { view, outcome, runId } = result;
  printer.text('');
  printer.table([['PHASE', 'TIME', 'STEPS'], ...summaryRows(view)]);
  printer.text('');
  const elapsed = duration(runElapsedMs(view, view.at));
  switch (outcome) {
    case 'succeeded':
      if (view.plan.operation === 'remove') {
        printer.line(line(good(`${printer.symbols.done} ${name} is gone`), ` after ${elapsed}, ${cost(view)}.`));
        // Of machines that are no longer in the spec: nobody knows how to reach them.
        printExisting(printer, result);
        printer.text(`  Where you merged its kubeconfig:  kubectl config delete-context ${name}`);
        return;
      }
      printer.line(line(good(`${printer.symbols.done} ${name} is up`), ` after ${elapsed}, ${cost(view)}.`));
      printer.text(`  Use it:  slipway kubeconfig ${name} --merge --switch && kubectl get nodes`);
      return;
    case 'failed': {
      const failed = failedSteps(view).length;
      printer.line(
        line(bad(`${printer.symbols.failed} Run ${runId} failed`), ` in ${plural(failed, 'step')} after ${elapsed}.`),
      );
      // All of them, once more and together: on the way they were lines among hundreds, or a row of a live screen.
      for (const spans of failureLines(view, printer.symbols)) printer.line(spans);
      printer.text('');
      printExisting(printer, result);
      if (view.plan.operation === 'remove') printer.text(`  When the cause is gone, again:  slipway down ${name}`);
      else {
        printer.text(`  When the cause is gone, go on with:  slipway resume ${name}`);
        printer.text(`  If the spec has to change, use its new version:  slipway up -f <file>`);
      }
      printer.text(`  The whole log:  slipway logs ${name} --run ${runId}`);
      return;
    }
    case 'cancelled':
      printer.line(line(warn(`${printer.symbols.stopped} Run ${runId} was cancelled`), ` after ${elapsed}.`));
      printExisting(printer, result);
      printer.text(`  What it made stays as it is. Go on with:  slipway resume ${name}`);
      return;
    case 'left':
      printer.line(line(warn(`${printer.symbols.stopped} Run ${runId} was left`), ` after ${elapsed}.`));
      printer.text(`  Go on with:  slipway resume ${name}`);
  }
}

/** In the plan's order; what was only blocked by them is not among them. */
function failedSteps(view: RunView): readonly { readonly step: string; readonly error: ErrorData }[] {
  return stepsOf(view).flatMap((step) => (step.status === 'failed' ? [{ step: step.id, error: step.error }] : []));
}

function printExisting(printer: Printer, { exists }: RunResult): void {
  if (exists.length > 0) printer.text('  What exists:');
  for (const text of whatExists(exists)) printer.text(`    ${text}`);
}

function cost({ metrics, mutations }: RunView): string {
  const changes = mutations === 0 ? 'nothing had to be changed' : plural(mutations, 'change');
  return metrics === undefined ? changes : `${changes}, at most ${bytes(metrics.peakRssBytes)} of memory`;
}
