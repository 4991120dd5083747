import type { XmlElement } from './answer.ts';
import type { ServiceContent } from './service-content.ts';
import type { VimCall } from './soap.ts';

/** Calls that belong to one session, for parts that live and die with it: see `Vcenter`, which has more. */
export interface SessionCalls {
  /** As errors call the vCenter. */
  readonly address: string;
  readonly content: ServiceContent;
  /** The session that is open; logs in when none is. */
  session(signal: AbortSignal): Promise<{ readonly key: string }>;
  /** @throws `vsphere.session_expired` where a new session knows nothing of what the call was about. */
  callInSession(call: VimCall, signal: AbortSignal): Promise<XmlElement>;
}
