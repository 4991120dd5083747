import { createClient } from '#shared/contract/client.ts';
import { httpPort } from '#shared/contract/http-port.ts';
import type { Client } from '#shared/contract/index.ts';
import { sessionHeaders, type Session } from './session.ts';

/** The contract over the web host that served this page. `onRefused`: the host does not know the session. */
export function webClient(session: Session, onRefused: () => void): Client {
  const port = httpPort({
    origin: '',
    headers: () => sessionHeaders(session),
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (response.status === 401) onRefused();
      return response;
    },
  });
  return createClient(port);
}
