import type { Leftovers, MachinesPort } from '#main/cluster/ports.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';
import { digestOf, type FakeMachine, foundFile, installedDocker, putFile } from './machine.ts';

export type FindMachine = (name: string) => FakeMachine;

/** @param isOn Whether the VM of a machine that we make is powered on. */
export function fakeMachines(find: FindMachine, changes: Changes, isOn: (name: string) => boolean): MachinesPort {
  const change = (machine: FakeMachine, what: string): void => changes.record(`${machine.name}: ${what}`);
  const removeAll = (machine: FakeMachine, paths: readonly string[]): void => {
    for (const path of paths) if (machine.files.delete(path)) change(machine, `remove ${path}`);
  };
  return {
    inspect: async (name, signal) => {
      signal.throwIfAborted();
      return structuredClone(find(name).facts);
    },
    bootState: async (name) => (isOn(name) ? { kind: 'done' } : { kind: 'waiting', seen: 'it is off' }),
    clockSkewMs: async (name) => find(name).clockSkewMs,
    installPackages: async (name, packages, onLine) => {
      const machine = find(name);
      const missing = packages.filter((item) => !machine.packages.has(item));
      if (missing.length === 0) return;
      onLine(`Setting up ${missing.join(' ')}`);
      missing.forEach((item) => machine.packages.add(item));
      change(machine, `install ${missing.join(' ')}`);
    },
    readFiles: async (name, paths) => {
      const { files } = find(name);
      return new Map(
        paths.flatMap((path) => {
          const file = files.get(path);
          return file ? [[path, foundFile(file)] as const] : [];
        }),
      );
    },
    writeFiles: async (name, files) => {
      const machine = find(name);
      for (const file of files) if (putFile(machine.files, file)) change(machine, `write ${file.path}`);
    },
    ensureService: async (name, unit, { restart }) => {
      const machine = find(name);
      startUnit(machine, unit);
      if (machine.services.has(unit) && !restart) return;
      change(machine, machine.services.has(unit) ? `restart ${unit}` : `start ${unit}`);
      machine.services.add(unit);
    },
    applySysctls: async (name, values) => {
      const machine = find(name);
      for (const [key, value] of Object.entries(values)) {
        if (machine.sysctls.get(key) === value) continue;
        machine.sysctls.set(key, value);
        change(machine, `sysctl ${key}`);
      }
    },
    pullPodImage: async (name, image, onProgress) => {
      const machine = find(name);
      if (!machine.services.has('containerd.service')) notModelled('a pull without containerd');
      onProgress({ label: image, done: 1, total: 1, unit: 'bytes' });
      if (!machine.podImages.has(image)) change(machine, `pull pod image ${image}`);
      machine.podImages.set(image, digestOf(image));
      return digestOf(image);
    },
    podImages: async (name) => new Map(find(name).podImages),
    criProblem: async (name) => (find(name).services.has('containerd.service') ? undefined : 'containerd does not run'),
    leftovers: async (name, wanted) => tracesOf(find(name), wanted),
    removeLeftovers: async (name, wanted) => {
      const machine = find(name);
      if (machine.containers.get('kubelet')?.running) throw new Error(`The kubelet on ${name} starts its pods again`);
      for (const trace of tracesOf(machine, wanted)) {
        machine.traces.delete(trace);
        change(machine, `remove ${trace}`);
      }
      removeAll(
        machine,
        wanted.files.filter((file) => !file.includes('*')),
      );
    },
    removeFiles: async (name, paths) => removeAll(find(name), paths),
    removeService: async (name, unit) => {
      const machine = find(name);
      if (machine.services.delete(unit)) change(machine, `stop ${unit}`);
    },
    reloadService: async (name, unit) => {
      const machine = find(name);
      if (!machine.services.has(unit)) notModelled(`a reload of ${unit}, which does not run`);
      change(machine, `reload ${unit}`);
    },
  };
}

function tracesOf({ traces }: FakeMachine, { pods, folders, devices, chains }: Leftovers): readonly string[] {
  return [...(pods ? ['pods'] : []), ...folders, ...devices, ...chains].filter((trace) => traces.has(trace));
}

function startUnit(machine: FakeMachine, unit: string): void {
  switch (unit) {
    case 'docker.service':
      if (!machine.packages.has('docker.io') && !machine.facts.docker) notModelled('docker.service without docker.io');
      machine.facts = { ...machine.facts, docker: machine.facts.docker ?? installedDocker };
      return;
    case 'containerd.service':
      if (!machine.packages.has('containerd') && !machine.facts.containerd)
        notModelled('containerd.service without it');
      machine.facts = { ...machine.facts, containerd: machine.facts.containerd ?? { version: '1.7.24' } };
      return;
    default:
      if (!machine.files.has(`/etc/systemd/system/${unit}`)) notModelled(`the unit ${unit}`);
  }
}
