import type { SlipwayError } from '#shared/errors/define.ts';
import { kubeErrors } from '#shared/errors/kube.ts';
import type { HttpAnswer } from './https-connections.ts';
import { isRecord, parseJson } from './kube-json.ts';

/**
 * Classifies an answer that is not a success by its HTTP status (Kubernetes API conventions, "HTTP Status codes").
 * @param what the request as a person would say it: "apply ConfigMap kube-system/coredns".
 */
export function apiError(what: string, { status, body }: HttpAnswer): SlipwayError {
  const message = messageOf(body);
  switch (status) {
    case 400:
    case 405:
    case 413:
    case 415:
    case 422:
      return kubeErrors.invalid({ what, message });
    case 403:
      return kubeErrors.forbidden({ what, message });
    case 404:
      return kubeErrors.missing({ what, message });
    case 409:
      return kubeErrors.conflict({ what, message });
    case 429:
      return kubeErrors.not_ready({ what, status, message });
    default:
      return status >= 500
        ? kubeErrors.not_ready({ what, status, message })
        : kubeErrors.unexpected({ what, message: `HTTP ${String(status)}: ${message}` });
  }
}

/** `metav1.Status.message`, or the beginning of whatever came instead. */
function messageOf(body: string): string {
  const status = parseJson(body);
  if (isRecord(status) && typeof status['message'] === 'string') return status['message'];
  return body.slice(0, 300).trim() || 'no message';
}
