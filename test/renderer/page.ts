import { render } from '@testing-library/svelte';
import App from '#renderer/App.svelte';
import { App as AppState } from '#renderer/lib/state/app/app.svelte.ts';
import { ThemeChoice } from '#renderer/lib/state/app/theme.svelte.ts';
import type { Client } from '#shared/contract/index.ts';

/** The whole application at one address, over this client. */
export function open(client: Client, hash: string): AppState {
  window.location.hash = hash;
  const app = new AppState(client);
  const theme = new ThemeChoice(document.documentElement, localStorage);
  render(App, { props: { app, theme } });
  return app;
}
