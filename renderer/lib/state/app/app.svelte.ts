import { createContext } from 'svelte';
import type { Client } from '#shared/contract/index.ts';
import { Announcer } from './announcer.svelte.ts';
import { Clock } from './clock.svelte.ts';
import { Host } from './host.svelte.ts';
import { NewCluster } from '#renderer/lib/state/wizard/new-cluster.svelte.ts';
import { Questions } from './questions.svelte.ts';
import { Router } from './router.svelte.ts';
import { Settings } from '#renderer/lib/state/settings/settings.svelte.ts';

/** What lives as long as the window. */
export class App {
  readonly client: Client;
  readonly announcer = new Announcer();
  readonly clock = new Clock();
  readonly router = new Router();
  readonly questions: Questions;
  readonly newCluster: NewCluster;
  readonly settings: Settings;
  readonly host: Host;

  constructor(client: Client) {
    this.client = client;
    this.questions = new Questions(client);
    this.newCluster = new NewCluster(client);
    this.settings = new Settings(client);
    this.host = new Host(client);
  }
}

export const [useApp, provideApp] = createContext<App>();
