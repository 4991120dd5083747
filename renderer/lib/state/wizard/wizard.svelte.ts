import { atPlace } from '#renderer/lib/wizard/place.ts';
import { wishedMachines } from '#renderer/lib/wizard/machine-list.ts';
import { missing, stepOfPath, takenName, valueProblems, type Problem } from '#renderer/lib/wizard/problems.ts';
import {
  filledIn,
  newDocument,
  withBody,
  type Place,
  type SpecBody,
  type SpecDocument,
} from '#renderer/lib/wizard/spec-document.ts';
import { stepBeside, steps, type StepId } from '#renderer/lib/wizard/steps.ts';
import { machineWarnings, networkWarnings } from '#renderer/lib/wizard/warnings.ts';
import type { DraftContent } from '#renderer/lib/wizard/draft-content.ts';
import type { Client } from '#shared/contract/index.ts';
import { WizardDraft } from './draft.svelte.ts';
import type { WizardKnown } from './known.svelte.ts';
import { WizardPlan } from './plan.svelte.ts';
import { WizardYaml } from './yaml.svelte.ts';

/** A cluster on its way from the first question to its run. The document is the only truth: forms and YAML show it. */
export class Wizard {
  readonly client: Client;
  readonly draft: WizardDraft;
  readonly known: WizardKnown;
  readonly plan: WizardPlan;
  readonly yaml: WizardYaml;
  document = $state.raw<SpecDocument>(newDocument(''));
  step = $state<StepId>('where');
  /** Steps that the person wanted to leave: their wrong fields say so. */
  #asked: ReadonlySet<StepId> = $state.raw(new Set());
  #aside: Parameters<typeof atPlace>[2] = {};

  constructor(client: Client, known: WizardKnown, draftId: string, begin: DraftContent) {
    this.client = client;
    this.known = known;
    this.draft = new WizardDraft(client, draftId);
    this.plan = new WizardPlan(client);
    this.yaml = new WizardYaml(client, (document) => this.write(document));
    this.document = begin.document;
    this.step = begin.step;
  }

  /** With every default. */
  readonly filled = $derived(filledIn(this.document));
  readonly problems = $derived.by(() => [
    ...valueProblems(this.document),
    ...missing(this.document),
    ...takenName(this.document, this.known.clusterNames),
  ]);
  readonly machineWarnings = $derived.by(() =>
    machineWarnings(
      this.filled,
      this.known.templates.value?.map(({ template }) => template.name),
    ),
  );
  readonly machines = $derived(wishedMachines(this.filled));
  /** `undefined` while nobody knows the releases. */
  readonly release = $derived.by(() => this.filled.spec.release ?? this.known.standardRelease);
  readonly networkWarnings = $derived(networkWarnings(this.filled));
  readonly nameTaken = $derived.by(() => takenName(this.document, this.known.clusterNames).length > 0);
  /** Of the field with this path, once the person wanted to go on. */
  problemAt(path: string): Problem | undefined {
    if (!this.#asked.has(stepOfPath(path))) return undefined;
    return this.problems.find((problem) => problem.path === path);
  }

  /** Nothing is wrong with the steps before it. */
  canGo(step: StepId): boolean {
    const before = steps.slice(0, steps.indexOf(step));
    return this.yaml.isSpec && !this.problems.some(({ path }) => before.includes(stepOfPath(path)));
  }

  readonly before = $derived(stepBeside(this.step, -1));

  go(step: StepId): void {
    this.yaml.close();
    this.step = step;
    this.#keep();
  }

  /**
   * Answers whether it went on; otherwise the step's wrong fields say why not.
   * @param isUnread a field of the step holds a text that it could not read: it is not in the document yet
   */
  next(isUnread = false): boolean {
    this.#asked = new Set([...this.#asked, this.step]);
    const next = stepBeside(this.step, 1);
    if (isUnread || !this.canGo(next)) return false;
    this.go(next);
    return true;
  }

  write(document: SpecDocument): void {
    this.document = document;
    this.#keep();
  }

  change(change: (body: SpecBody) => SpecBody): void {
    this.write(withBody(this.document, change));
  }

  choosePlace(place: Place): void {
    const { document, aside } = atPlace(this.document, place, this.#aside);
    this.#aside = aside;
    this.write(document);
  }

  #keep(): void {
    this.draft.keep({ document: this.document, step: this.step });
  }
}
