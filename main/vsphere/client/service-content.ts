import { child, refOf, textAt, type XmlElement } from './answer.ts';
import { ref, type Ref } from './reference.ts';

export const serviceInstance = ref('ServiceInstance', 'ServiceInstance');

/** The entrances to a vCenter (vSphere Web Services API, `ServiceContent`). */
export interface ServiceContent {
  /** `VirtualCenter`, or `HostAgent` for a single ESXi host. */
  readonly apiType: string;
  readonly apiVersion: string;
  /** "VMware vCenter Server 8.0.2 build-22385739" */
  readonly fullName: string;
  /** Tells one vCenter from another, whatever its address is. */
  readonly instanceUuid: string;
  readonly rootFolder: Ref;
  readonly propertyCollector: Ref;
  readonly viewManager: Ref;
  readonly sessionManager: Ref;
  readonly authorizationManager: Ref;
  readonly searchIndex: Ref;
  readonly fileManager: Ref;
  /** A single ESXi host has none. */
  readonly customFieldsManager: Ref | undefined;
}

/** `undefined` when it is not one: a server that speaks SOAP, but not vim25. */
export function readServiceContent(answer: XmlElement): ServiceContent | undefined {
  const content = child(answer, 'returnval');
  const about = content && child(content, 'about');
  if (!content || !about) return undefined;
  const entrance = (name: string) => refOf(child(content, name));
  const rootFolder = entrance('rootFolder');
  const propertyCollector = entrance('propertyCollector');
  const viewManager = entrance('viewManager');
  const sessionManager = entrance('sessionManager');
  const authorizationManager = entrance('authorizationManager');
  const searchIndex = entrance('searchIndex');
  const fileManager = entrance('fileManager');
  const customFieldsManager = entrance('customFieldsManager');
  if (!rootFolder || !propertyCollector || !viewManager || !sessionManager) return undefined;
  if (!authorizationManager || !searchIndex || !fileManager) return undefined;
  return {
    apiType: textAt(about, 'apiType') ?? '',
    apiVersion: textAt(about, 'apiVersion') ?? '',
    fullName: textAt(about, 'fullName') ?? '',
    instanceUuid: textAt(about, 'instanceUuid') ?? '',
    ...{ rootFolder, propertyCollector, viewManager, sessionManager, authorizationManager },
    ...{ searchIndex, fileManager, customFieldsManager },
  };
}
