import PQueue from 'p-queue';
import type { AntiAffinityKey, AntiAffinityRule } from '#main/cluster/vsphere-port.ts';
import type { Clock } from '#main/engine/clock.ts';
import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { booleanOf, child, children, numberOf, refOf, textAt, textOf, xsiTypeOf } from '../client/answer.ts';
import { typed, type TypedInput, type VimStruct } from '../client/envelope.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import { runTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { findVmRef, type KnownVms } from '../vm/vm-ref.ts';

interface FoundRule {
  readonly key: number;
  readonly mandatory: boolean;
  readonly enabled: boolean;
  readonly vms: readonly Ref[];
}

const ruleMs = 2 * 60_000;
const tries = 6;
const pauseMs = 500;

/** Rules of clusters that keep VMs on different hosts (`ClusterAntiAffinityRuleSpec`). */
export class AntiAffinityRules {
  readonly #vcenter: Vcenter;
  readonly #clock: Clock;
  readonly #known: Pick<KnownVms, 'get' | 'forget'>;
  /** One change at a time: two at once are refused with `ConcurrentAccess`. */
  readonly #changes = new PQueue({ concurrency: 1 });

  constructor(vcenter: Vcenter, clock: Clock, known: Pick<KnownVms, 'get' | 'forget'>) {
    this.#vcenter = vcenter;
    this.#clock = clock;
    this.#known = known;
  }

  async find(key: AntiAffinityKey, signal: AbortSignal): Promise<AntiAffinityRule | undefined> {
    const found = await this.#read(key, signal);
    if (!found) return undefined;
    const instanceUuids = await this.#instanceUuids(found.vms, signal);
    return { cluster: key.cluster, name: key.name, mandatory: found.mandatory, instanceUuids };
  }

  /** vCenter has no rule of fewer than two VMs: with one, or none, there is none afterwards. */
  async ensure(rule: AntiAffinityRule, signal: AbortSignal): Promise<void> {
    const areKnown = rule.instanceUuids.some((uuid) => this.#known.get(uuid));
    try {
      await this.#ensure(rule, signal);
    } catch (error) {
      if (!areKnown || !hasCode(error, 'vsphere.not_found')) throw error;
      for (const uuid of rule.instanceUuids) this.#known.forget(uuid);
      await this.#ensure(rule, signal);
    }
  }

  async #ensure(rule: AntiAffinityRule, signal: AbortSignal): Promise<void> {
    const what = `keep the machines of "${rule.name}" on different hosts`;
    const vms: Ref[] = [];
    for (const uuid of rule.instanceUuids) {
      const vm = this.#known.get(uuid)?.ref ?? (await findVmRef(this.#vcenter, uuid, signal));
      if (!vm) throw vsphereErrors.not_found({ what, object: `the VM with the instance UUID ${uuid}` });
      vms.push(vm);
    }
    await this.#change(rule, what, (found) => (vms.length < 2 ? removal(found) : wish(rule, vms, found)), signal);
  }

  async remove(key: AntiAffinityKey, signal: AbortSignal): Promise<void> {
    try {
      await this.#change(key, `remove the rule "${key.name}"`, removal, signal);
    } catch (error) {
      // With its cluster every rule is gone.
      if (!hasCode(error, 'vsphere.not_found')) throw error;
    }
  }

  async #change(
    key: AntiAffinityKey,
    what: string,
    decide: (found: FoundRule | undefined) => VimStruct | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const once = async (): Promise<void> => {
      const rulesSpec = decide(await this.#read(key, signal));
      if (!rulesSpec) return;
      const args = { spec: typed('ClusterConfigSpecEx', { rulesSpec }), modify: true };
      const call = { method: 'ReconfigureComputeResource_Task', target: key.cluster, args };
      await runTask(this.#vcenter, call, { what, withinMs: ruleMs }, signal);
    };
    await this.#changes.add(() => this.#whileBusy(once, signal), { signal });
  }

  /** Somebody else changes the cluster at the same time: look again, decide again. */
  async #whileBusy(once: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await once();
        return;
      } catch (error) {
        if (!hasCode(error, 'vsphere.busy') || attempt === tries) throw error;
        await this.#clock.sleep(pauseMs * attempt, signal);
      }
    }
  }

  async #read({ cluster, name }: AntiAffinityKey, signal: AbortSignal): Promise<FoundRule | undefined> {
    const path = 'configurationEx';
    const sets = [{ type: cluster.type, paths: [path] }];
    const [found] = await readObjects(this.#vcenter, 'look at the rules of a cluster', [cluster], sets, signal);
    const configuration = found?.values.get(path);
    const rule = (configuration ? children(configuration, 'rule') : []).find(
      (one) => xsiTypeOf(one) === 'ClusterAntiAffinityRuleSpec' && textAt(one, 'name') === name,
    );
    return (
      rule && {
        key: numberOf(child(rule, 'key')) ?? 0,
        mandatory: booleanOf(child(rule, 'mandatory')) ?? false,
        enabled: booleanOf(child(rule, 'enabled')) ?? false,
        vms: children(rule, 'vm').flatMap((vm) => refOf(vm) ?? []),
      }
    );
  }

  async #instanceUuids(vms: readonly Ref[], signal: AbortSignal): Promise<readonly string[]> {
    const path = 'config.instanceUuid';
    const sets = [{ type: 'VirtualMachine', paths: [path] }];
    const what = 'look at the machines of a rule';
    const read = async (refs: readonly Ref[]): Promise<readonly string[]> =>
      (await readObjects(this.#vcenter, what, refs, sets, signal)).flatMap(
        ({ values }) => textOf(values.get(path)) ?? [],
      );
    // A machine may just be leaving: then its id stands for it, which is nobody's UUID.
    const orId = (ref: Ref): Promise<readonly string[]> => read([ref]).catch(unlessGone([ref.id]));
    const all = await read(vms).catch(unlessGone(undefined));
    return all ?? (await Promise.all(vms.map(orId))).flat();
  }
}

function unlessGone<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (!hasCode(error, 'vsphere.not_found')) throw error;
    return instead;
  };
}

function wish(rule: AntiAffinityRule, vms: readonly Ref[], found: FoundRule | undefined): VimStruct | undefined {
  if (!found) return { operation: 'add', info: ruleInfo(rule, vms, undefined) };
  const same = found.enabled && found.mandatory === rule.mandatory && sameVms(found.vms, vms);
  return same ? undefined : { operation: 'edit', info: ruleInfo(rule, vms, found.key) };
}

function removal(found: FoundRule | undefined): VimStruct | undefined {
  return found && { operation: 'remove', removeKey: typed('xsd:int', found.key) };
}

function ruleInfo({ name, mandatory }: AntiAffinityRule, vm: readonly Ref[], key: number | undefined): TypedInput {
  return typed('ClusterAntiAffinityRuleSpec', { key, enabled: true, name, mandatory, userCreated: true, vm });
}

function sameVms(a: readonly Ref[], b: readonly Ref[]): boolean {
  const ids = (refs: readonly Ref[]): string =>
    refs
      .map(({ id }) => id)
      .toSorted()
      .join();
  return ids(a) === ids(b);
}
