import type { SlipwayError } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, refOf, textAt, textOf, xsiTypeOf, type XmlElement } from './answer.ts';
import type { Ref } from './reference.ts';

/** A fault of vim25, from a call or from a task. */
export interface VimFault {
  /** `NoPermission`, `DuplicateName`; `''` for a SOAP fault that is none of vim25. */
  readonly type: string;
  readonly message: string;
  /** Its own fields; an empty element when it has none. */
  readonly detail: XmlElement;
}

/** From the `Fault` element of an answer. */
export function faultOfCall(fault: XmlElement): VimFault {
  const detail = Object.values(child(fault, 'detail') ?? {}).find((value) => typeof value !== 'string')?.[0];
  return {
    type: (detail && xsiTypeOf(detail)) ?? '',
    message: messageOf(textAt(fault, 'faultstring') ?? '', detail),
    detail: detail ?? {},
  };
}

/** From a `LocalizedMethodFault`: a task's `info.error`, or what could not be read of an object. */
export function faultOfTask(error: XmlElement): VimFault {
  const detail = child(error, 'fault');
  return {
    type: (detail && xsiTypeOf(detail)) ?? '',
    message: messageOf(textAt(error, 'localizedMessage') ?? '', detail),
    detail: detail ?? {},
  };
}

/** vCenter's sentence, and the more precise ones it may hide in `faultMessage` and `reason`. */
function messageOf(sentence: string, detail: XmlElement | undefined): string {
  const more = detail
    ? [textAt(detail, 'reason'), ...children(detail, 'faultMessage').map((part) => textAt(part, 'message'))]
    : [];
  const all = [sentence, ...more].filter((text): text is string => text !== undefined && text.trim() !== '');
  return [...new Set(all)].join(' ') || 'no message';
}

/** The object that a fault names, so that a person can be told its name and not only its id. */
export function objectOfFault({ detail }: VimFault): Ref | undefined {
  const first = child(detail, 'missingPrivileges', 'entity');
  return refOf(child(detail, 'object')) ?? refOf(child(detail, 'obj')) ?? refOf(first);
}

export interface FaultContext {
  /** What we wanted, as a person says it. */
  readonly what: string;
  readonly address: string;
  /** The name and id of `objectOfFault`. */
  readonly object: string;
  /** The task's id, when a task failed and not a call. */
  readonly task?: string;
}

/**
 * The one place where faults of vim25 become errors. The types are those of the vSphere Web Services API reference,
 * "Faults"; what is not listed keeps its type and message.
 */
export function faultError(fault: VimFault, context: FaultContext): SlipwayError {
  const { type, message, detail } = fault;
  const { what, object, address, task } = context;
  switch (type) {
    case 'NotAuthenticated':
      return vsphereErrors.session_expired({ address, what });
    case 'NoPermission':
    case 'RestrictedVersion':
      return vsphereErrors.no_permission({ what, object, privilege: privilegesOf(detail) });
    case 'ManagedObjectNotFound':
    case 'NotFound':
      return vsphereErrors.not_found({ what, object });
    case 'DuplicateName':
    case 'AlreadyExists':
    case 'FileAlreadyExists':
      return vsphereErrors.name_taken({
        what,
        object,
        name: textAt(detail, 'name') ?? textAt(detail, 'file') ?? message,
      });
    case 'FileNotFound':
      return vsphereErrors.file_missing({ what, file: textAt(detail, 'file') ?? message });
    case 'RequestCanceled':
      return vsphereErrors.cancelled({ what });
  }
  const group = groups.find(([, types]) => types.includes(type));
  if (group) return group[0]({ what, fault: faultName(fault), message });
  return task === undefined
    ? vsphereErrors.refused({ what, fault: faultName(fault), message })
    : vsphereErrors.task_failed({ what, fault: faultName(fault), message, task });
}

type Grouped = (params: { what: string; fault: string; message: string }) => SlipwayError;

const groups: readonly (readonly [Grouped, readonly string[]])[] = [
  [vsphereErrors.busy, ['TaskInProgress', 'ResourceInUse', 'ConcurrentAccess', 'FileLocked', 'Timedout']],
  [
    vsphereErrors.host_unavailable,
    [
      ...['HostNotConnected', 'HostNotReachable', 'HostCommunication', 'HostConnectFault', 'HostConfigFault'],
      ...['NoHost', 'NoActiveHostInCluster', 'MaintenanceModeFault', 'NoCompatibleHost'],
    ],
  ],
  [vsphereErrors.no_space, ['NoDiskSpace', 'InsufficientStorageSpace', 'InsufficientStorageIops']],
  [
    vsphereErrors.no_resources,
    [
      ...['InsufficientResourcesFault', 'InsufficientCpuResourcesFault', 'InsufficientMemoryResourcesFault'],
      ...[
        'InsufficientFailoverResourcesFault',
        'InsufficientHostCapacityFault',
        'NotEnoughCpus',
        'NumVirtualCpusIncompatible',
      ],
    ],
  ],
  [
    vsphereErrors.invalid_state,
    [
      'InvalidState',
      'InvalidPowerState',
      'InvalidHostState',
      'InvalidDatastoreState',
      'MethodDisabled',
      'ToolsUnavailable',
    ],
  ],
  [
    vsphereErrors.invalid_request,
    [
      ...['InvalidRequest', 'InvalidArgument', 'InvalidType', 'InvalidProperty', 'InvalidName', 'InvalidFolder'],
      ...['InvalidDatastore', 'InvalidDatastorePath', 'InvalidDeviceSpec', 'InvalidVmConfig', 'VmConfigFault'],
      ...[
        'InvalidController',
        'InvalidDeviceOperation',
        'DatacenterMismatch',
        'MethodNotFound',
        'NotSupported',
        'NotImplemented',
      ],
      ...['UnsupportedDatastore', 'DeviceNotSupported', 'CannotAccessNetwork', 'InvalidCollectorVersion'],
    ],
  ],
];

/** With the argument that it is about, which the message often does not name. */
function faultName({ type, detail }: VimFault): string {
  const property = textAt(detail, 'invalidProperty') ?? textAt(detail, 'property');
  const name = type === '' ? 'SOAP fault' : type;
  return property === undefined ? name : `${name}: ${property}`;
}

/** vSphere 8 fills `missingPrivileges` instead of `privilegeId`. */
function privilegesOf(detail: XmlElement): string {
  const listed = children(detail, 'missingPrivileges').flatMap((entry) => children(entry, 'privilegeIds').map(textOf));
  const all = [...new Set([textAt(detail, 'privilegeId'), ...listed])].filter((id) => id !== undefined && id !== '');
  return all.join(', ') || 'that is needed';
}
