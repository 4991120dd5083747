import { defineErrors } from './define.ts';

/** Machines that we make ourselves. */
export const provisionErrors = defineErrors('provision', {
  preflight_failed: {
    params: ['vcenter', 'problems'],
    cause: 'Nothing was made: {problems} would stop the machines in {vcenter}.',
    hint: 'Each is named with its remedy. "slipway plan" looks again.',
    retry: 'never',
  },
  finding: {
    params: ['subject', 'problem', 'remedy'],
    cause: '{subject}: {problem}',
    hint: '{remedy}',
    retry: 'never',
  },
  vm_gone: {
    params: ['machine', 'instanceUuid', 'vcenter'],
    cause: 'The VM of {machine} (instance UUID {instanceUuid}) is gone from {vcenter}, and it was part of the cluster.',
    hint:
      'If somebody moved it to another vCenter, bring it back. Slipway does not make it again by itself: what was on its ' +
      'disks, an etcd member for example, is lost.',
    retry: 'never',
  },
  switched_off: {
    params: ['machine', 'vcenter'],
    cause: '{machine} is switched off in {vcenter} after it was powered on.',
    hint: 'Look at its events in vCenter: a host without room, or somebody else switched it off.',
    retry: 'backoff',
  },
  boot_overdue: {
    params: ['machine', 'address', 'seconds', 'seen'],
    cause: '{machine} ({address}) is powered on but did not let us in within {seconds} s: {seen}',
    hint:
      'Open its console in vCenter. Usual causes: no cloud-init in the template, an address that does not fit the network, ' +
      'a firewall between this computer and the machine. spec.timeouts.bootMachine gives it more time, keepFailed keeps it.',
    retry: 'never',
  },
  cloud_init_failed: {
    params: ['machine', 'reason'],
    cause: 'cloud-init on {machine} reports an error: {reason}',
    hint: 'The last lines of its log are below. Check the cloudInit part of the node template.',
    retry: 'never',
  },
  no_vsphere: {
    params: [],
    cause: 'This run was started for machines in vCenter, but its cluster has no vCenter any more.',
    hint: 'Start it anew with "slipway up -f".',
    retry: 'never',
  },
  still_there: {
    params: ['machine', 'vcenter'],
    cause: 'The VM of {machine} is still in {vcenter} after it was removed.',
    hint: 'Look at its recent tasks in vCenter.',
    retry: 'backoff',
  },
});
