import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { parseEnvelope, type XmlElement } from './answer.ts';
import { callEnvelope, type VimStruct } from './envelope.ts';
import { faultOfCall, type VimFault } from './fault.ts';
import type { HttpAnswer, HttpRequest, VcenterConnection } from './connection.ts';
import type { Ref } from './reference.ts';

export interface VimCall {
  readonly method: string;
  readonly target: Ref;
  /** In the order of the WSDL. */
  readonly args?: VimStruct;
  /** What it is for, as a person says it: "clone node-1". The method's name when left out. */
  readonly what?: string;
  /** A call that answers when something has happened, or after so long. */
  readonly waitsMs?: number;
}

/** What one call cost, for tests and measurements. */
export interface CallCost {
  readonly method: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export type SoapAnswer =
  | { readonly kind: 'result'; readonly element: XmlElement; readonly cookie: string | undefined }
  | { readonly kind: 'fault'; readonly fault: VimFault };

/**
 * One call and its answer, whatever it is.
 * @throws `vsphere.not_ready`, `.not_vcenter`, and what the connection throws. Never for a fault.
 */
export async function sendCall(
  connection: VcenterConnection,
  call: VimCall,
  {
    address,
    apiVersion,
    cookie,
    observe,
  }: {
    readonly address: string;
    readonly apiVersion: string;
    readonly cookie: string | undefined;
    readonly observe: (cost: CallCost) => void;
  },
  signal: AbortSignal,
): Promise<SoapAnswer> {
  const { method, target, args = {}, waitsMs } = call;
  const body = callEnvelope(method, target, args);
  const request: HttpRequest = {
    method: 'POST',
    path: '/sdk',
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: apiVersion === '' ? 'urn:vim25' : `urn:vim25/${apiVersion}`,
      ...(cookie === undefined ? {} : { cookie }),
    },
    body,
    ...(waitsMs === undefined ? {} : { waitsMs }),
  };
  const answer = await connection.request(request, signal);
  observe({ method, sentBytes: Buffer.byteLength(body), receivedBytes: Buffer.byteLength(answer.body) });
  return readAnswer(answer, method, address);
}

function readAnswer(answer: HttpAnswer, method: string, address: string): SoapAnswer {
  const { status, body, cookies } = answer;
  const parsed = parseEnvelope(body);
  if (parsed?.name === 'Fault') return { kind: 'fault', fault: faultOfCall(parsed.element) };
  if (parsed?.name === `${method}Response`) {
    return { kind: 'result', element: parsed.element, cookie: sessionCookie(cookies) };
  }
  // The reverse proxy in front of vpxd answers so while vpxd starts.
  if (status === 502 || status === 503 || status === 504) throw vsphereErrors.not_ready({ address, status });
  const reason = status === 200 ? 'its answer is no SOAP' : `it answers HTTP ${String(status)}`;
  throw vsphereErrors.not_vcenter({ address, reason });
}

/** Name and value byte for byte: vCenter puts the value into quotes, and wants them back. */
function sessionCookie(cookies: readonly string[]): string | undefined {
  return cookies.find((cookie) => cookie.startsWith('vmware_soap_session='))?.split(';', 1)[0];
}
