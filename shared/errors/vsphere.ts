import { defineErrors } from './define.ts';

/**
 * Between us and a vCenter. Thrown by `main/vsphere` only, where TLS faults, HTTP statuses and the faults of vim25 are
 * classified once. `what` is what we wanted, as a person says it ("clone node-1"); `object` has the name and the id.
 */
export const vsphereErrors = defineErrors('vsphere', {
  invalid_address: {
    params: ['address'],
    cause: '{address} is not the address of a vCenter.',
    hint: 'Give a host name or an IP address, with :port if it is not 443. The user does not belong into the address.',
    retry: 'never',
  },
  unreachable: {
    params: ['address', 'reason'],
    cause: 'The vCenter {address} does not answer: {reason}.',
    hint: 'Check the address, the proxy setting, and that a firewall lets this computer reach it.',
    retry: 'backoff',
  },
  not_ready: {
    params: ['address', 'status'],
    cause: 'The vCenter {address} answers HTTP {status}: it is starting, or too busy.',
    hint: 'It is tried again. If it stays so, look at the services in the vCenter Server Management (port 5480).',
    retry: 'backoff',
  },
  not_vcenter: {
    params: ['address', 'reason'],
    cause: 'The server at {address} does not answer like a vCenter: {reason}.',
    hint: 'Check the address and the port. A proxy may have answered in its place.',
    retry: 'never',
  },
  proxy_refused: {
    params: ['proxy', 'address', 'status'],
    cause: 'The proxy {proxy} refuses a connection to {address}: HTTP {status}.',
    hint: 'Check the user and password of the proxy, and that it allows CONNECT to this address and port.',
    retry: 'never',
  },
  proxy_unreachable: {
    params: ['proxy', 'reason'],
    cause: 'The proxy {proxy} does not answer: {reason}.',
    hint: 'Check the proxy setting of the cloud credential.',
    retry: 'backoff',
  },
  certificate_untrusted: {
    params: ['address', 'reason', 'subject', 'issuer', 'validTo', 'thumbprint'],
    cause:
      'The certificate of {address} is not trusted: {reason}. It is for {subject}, by {issuer}, valid until {validTo}.',
    hint: 'Give the CA that signed it, or compare its SHA-256 thumbprint with the one in vCenter and approve it: {thumbprint}',
    retry: 'never',
  },
  certificate_changed: {
    params: ['address', 'expected', 'thumbprint'],
    cause: 'The certificate of {address} has changed: {expected} was approved, {thumbprint} is there now.',
    hint: 'Somebody may be listening in. Only if you know that it was renewed, compare the new thumbprint and approve it.',
    retry: 'never',
  },
  login_refused: {
    params: ['address', 'user'],
    cause: 'The vCenter {address} refuses the login of {user}.',
    hint: 'Check user and password of the cloud credential. It is not tried again, so that the account is not locked.',
    retry: 'never',
  },
  session_expired: {
    params: ['address', 'what'],
    cause: 'The session with {address} ended during: {what}.',
    hint: 'It is opened again by itself. If this repeats, somebody ends our sessions in vCenter.',
    retry: 'backoff',
  },
  closed: {
    params: ['address'],
    cause: 'The connection to {address} was closed by us.',
    hint: 'The run is ending.',
    retry: 'never',
  },
  no_permission: {
    params: ['what', 'privilege', 'object'],
    cause: 'The user may not {what}: the privilege {privilege} is missing on {object}.',
    hint: 'Let a vCenter administrator give the user a role with {privilege} on {object}, or on a parent with "propagate".',
    retry: 'never',
  },
  not_found: {
    params: ['what', 'object'],
    cause: 'Cannot {what}: {object} is not there (any more), or the user may not see it.',
    hint: 'Check in vCenter whether it was removed, and choose another one.',
    retry: 'never',
  },
  name_taken: {
    params: ['what', 'name', 'object'],
    cause: 'Cannot {what}: the name {name} is taken by {object}.',
    hint: 'Remove or rename that object, or choose another name.',
    retry: 'never',
  },
  busy: {
    params: ['what', 'fault', 'message'],
    cause: 'Cannot {what} now ({fault}): {message}',
    hint: 'Something else works on the same object. It is tried again.',
    retry: 'backoff',
  },
  host_unavailable: {
    params: ['what', 'fault', 'message'],
    cause: 'Cannot {what}, an ESXi host does not take part ({fault}): {message}',
    hint: 'Look at the connection and the maintenance mode of the hosts in vCenter.',
    retry: 'backoff',
  },
  no_space: {
    params: ['what', 'fault', 'message'],
    cause: 'Cannot {what}, a datastore is full or too small ({fault}): {message}',
    hint: 'Free some space or choose another datastore.',
    retry: 'never',
  },
  no_resources: {
    params: ['what', 'fault', 'message'],
    cause: 'Cannot {what}, there is not enough CPU or memory ({fault}): {message}',
    hint: 'Choose another cluster or resource pool, or make the machines smaller.',
    retry: 'never',
  },
  invalid_state: {
    params: ['what', 'fault', 'message'],
    cause: 'Cannot {what} in the state the object is in ({fault}): {message}',
    hint: 'Somebody else may have changed it, for example its power state. Look at it in vCenter.',
    retry: 'never',
  },
  file_missing: {
    params: ['what', 'file'],
    cause: 'Cannot {what}: the file {file} is not on the datastore.',
    hint: 'Look at the datastore in vCenter.',
    retry: 'never',
  },
  invalid_request: {
    params: ['what', 'fault', 'message'],
    cause: 'The vCenter refuses to {what} as not valid ({fault}): {message}',
    hint: 'Check the values of the node template. If they are right, this vCenter may be too old; report it with the run log.',
    retry: 'never',
  },
  cancelled: {
    params: ['what'],
    cause: 'Somebody cancelled in vCenter: {what}.',
    hint: 'Start it again when you want it.',
    retry: 'never',
  },
  task_failed: {
    params: ['what', 'fault', 'message', 'task'],
    cause: 'vCenter could not {what} ({fault}): {message}',
    hint: 'Look at the task {task} in the recent tasks of vCenter.',
    retry: 'never',
  },
  task_overdue: {
    params: ['what', 'withinSeconds', 'seen', 'task'],
    cause: 'vCenter did not {what} within {withinSeconds} s. Last seen: {seen}.',
    hint: 'Its task {task} was asked to stop. Look at the recent tasks of vCenter for what it waits for.',
    retry: 'never',
  },
  cancel_ignored: {
    params: ['what', 'task', 'seen'],
    cause: 'vCenter goes on although it was asked to stop: {what}. Last seen: {seen}.',
    hint: 'Look at the task {task} in vCenter. What it makes carries our tag and is found when you continue or clean up.',
    retry: 'never',
  },
  no_rest: {
    params: ['address', 'product', 'what'],
    cause: 'Cannot {what}: {address} ({product}) has no REST API.',
    hint: 'Tags and content libraries need a vCenter 6.5 or newer, not a single ESXi host. A proxy or firewall must let /rest through.',
    retry: 'never',
  },
  deploy_failed: {
    params: ['what', 'item', 'message'],
    cause: 'Cannot {what}: vCenter could not deploy {item} from the content library: {message}',
    hint: 'Try the item by hand in vCenter. It may need a newer version of the library, or be damaged.',
    retry: 'never',
  },
  library_item_unfit: {
    params: ['item', 'type'],
    cause: 'The library item {item} is of type "{type}": no machine can be made from it.',
    hint: 'Choose an item of type "ovf" or "vm-template".',
    retry: 'never',
  },
  cannot_place: {
    params: ['template', 'problem', 'remedy'],
    cause: 'No machine of the template {template} can be placed: {problem}',
    hint: '{remedy}',
    retry: 'never',
  },
  bad_folder: {
    params: ['problem', 'remedy'],
    cause: 'A folder for machines cannot be used: {problem}',
    hint: '{remedy}',
    retry: 'never',
  },
  no_room: {
    params: ['what', 'neededGiB', 'seen'],
    cause: 'No datastore has the {neededGiB} GiB for {what}: {seen}',
    hint: 'Free some space, or choose another datastore in the node template.',
    retry: 'never',
  },
  source_unfit: {
    params: ['what', 'source', 'problem'],
    cause: 'Cannot {what} from {source}: {problem}',
    hint: 'Change the template in vCenter, or the node template.',
    retry: 'never',
  },
  no_address: {
    params: ['machine', 'wanted', 'tools', 'nics'],
    cause: '{machine} did not tell {wanted}. VMware tools: {tools}. Its networks: {nics}',
    hint: 'Look at its console in vCenter: has it booted, does open-vm-tools run in it, and does its network have DHCP?',
    retry: 'never',
  },
  asks: {
    params: ['machine', 'question'],
    cause: 'vCenter waits for an answer about {machine}: {question}',
    hint: 'Answer it in vCenter.',
    retry: 'never',
  },
  upload_refused: {
    params: ['file', 'address', 'status'],
    cause: 'The file {file} cannot be written through {address}: HTTP {status}.',
    hint: 'Check that the datastore is accessible and not full, and that the user has Datastore.FileManagement on it.',
    retry: 'backoff',
  },
  refused: {
    params: ['what', 'fault', 'message'],
    cause: 'The vCenter refuses to {what} ({fault}): {message}',
    hint: 'Look at the recent tasks and events of vCenter.',
    retry: 'never',
  },
});
