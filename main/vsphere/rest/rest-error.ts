import * as v from 'valibot';
import type { SlipwayError } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { HttpAnswer } from '../client/connection.ts';

/** `LocalizableMessage` */
export const Message = v.object({ id: v.optional(v.string(), ''), default_message: v.optional(v.string(), '') });
export type RestMessage = v.InferOutput<typeof Message>;
export const Messages = v.optional(v.array(Message), []);

const Failure = v.object({
  type: v.optional(v.string(), ''),
  value: v.optional(v.object({ messages: Messages }), { messages: [] }),
});

const errors = 'com.vmware.vapi.std.errors.';

/**
 * The one place where answers of the REST API become errors (vSphere Automation API, "com.vmware.vapi.std.errors").
 * @param context What we wanted, on what, and the privilege it needs where we know it.
 */
export function restError(
  answer: Pick<HttpAnswer, 'status' | 'body'>,
  context: { readonly what: string; readonly object: string; readonly privilege?: string },
  address: string,
): SlipwayError {
  const { what, object, privilege = 'that is needed' } = context;
  const { type, messages } = readFailure(answer.body);
  const name = type.startsWith(errors) ? type.slice(errors.length) : type;
  const fault = name === '' ? `HTTP ${String(answer.status)}` : name;
  const message = messageText(messages);
  switch (name === '' ? byStatus[answer.status] : name) {
    case 'unauthenticated':
      return vsphereErrors.session_expired({ address, what });
    case 'unauthorized':
      return vsphereErrors.no_permission({ what, object, privilege });
    case 'not_found':
      return vsphereErrors.not_found({ what, object });
    case 'already_exists':
      return vsphereErrors.name_taken({ what, object, name: object });
    case 'service_unavailable':
      return vsphereErrors.not_ready({ address, status: answer.status });
    case 'resource_busy':
    case 'resource_in_use':
    case 'concurrent_change':
    case 'timed_out':
      return vsphereErrors.busy({ what, fault, message });
    case 'unable_to_allocate_resource':
      return vsphereErrors.no_resources({ what, fault, message });
    case 'not_allowed_in_current_state':
    case 'already_in_desired_state':
      return vsphereErrors.invalid_state({ what, fault, message });
    case 'invalid_argument':
    case 'invalid_element_type':
    case 'unsupported':
    case 'operation_not_found':
      return vsphereErrors.invalid_request({ what, fault, message });
    default:
      return vsphereErrors.refused({ what, fault, message });
  }
}

export function messageText(messages: readonly RestMessage[]): string {
  const texts = messages.map((one) => one.default_message || one.id).filter((text) => text !== '');
  return [...new Set(texts)].join(' ') || 'no message';
}

const byStatus: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'unauthorized',
  404: 'not_found',
  502: 'service_unavailable',
  503: 'service_unavailable',
  504: 'service_unavailable',
};

function readFailure(body: string): { readonly type: string; readonly messages: readonly RestMessage[] } {
  try {
    const { type, value } = v.parse(Failure, JSON.parse(body));
    return { type, messages: value.messages };
  } catch {
    return { type: '', messages: [] }; // the page of a proxy: its status has to do
  }
}
