import { mount } from 'svelte';
import App from './App.svelte';
import NoHost from './features/shell/NoHost.svelte';
import { electronBridge, electronClient } from './lib/client/electron-client.ts';
import { dropSession, hasToken, openSession, OtherVersion } from './lib/client/session.ts';
import { webClient } from './lib/client/web-client.ts';
import { App as AppState } from './lib/state/app/app.svelte.ts';
import { ThemeChoice } from './lib/state/app/theme.svelte.ts';
import './theme/app.css';

const place = document.querySelector('#app') ?? document.body;
const theme = new ThemeChoice(document.documentElement, localStorage);

const bridge = electronBridge(window);

try {
  if (bridge) mount(App, { target: emptied(), props: { app: new AppState(electronClient(bridge)), theme } });
  else await openInBrowser();
} catch (thrown) {
  const why = thrown instanceof OtherVersion ? 'otherVersion' : 'unreachable';
  mount(NoHost, { target: emptied(), props: { why } });
}

/** Over the web host that served the page. */
async function openInBrowser(): Promise<void> {
  const { location, history, sessionStorage: storage } = window;
  // A new link that is opened in this tab changes the fragment only, and the browser loads nothing for that.
  window.addEventListener('hashchange', () => {
    if (hasToken(location.hash)) location.reload();
  });
  const session = await openSession({ location, history, storage, fetch: (url, init) => fetch(url, init) });
  if (session === undefined) mount(NoHost, { target: emptied(), props: { why: 'noSession' } });
  else {
    const onRefused = (): void => {
      dropSession(storage);
      window.location.reload();
    };
    mount(App, { target: emptied(), props: { app: new AppState(webClient(session, onRefused)), theme } });
  }
}

/** Where the page goes: in place of what `index.html` painted until now. */
function emptied(): Element {
  place.replaceChildren();
  place.removeAttribute('aria-busy');
  return place;
}
