import { withoutSecrets } from '#main/secrets/without-secrets.ts';
import type { Draft, DraftSummary } from '#main/store/saved/drafts.ts';
import { draftErrors } from '#shared/errors/draft.ts';
import type { World } from '#main/api/world.ts';

/** What was begun in the wizard. */
export interface DraftsApi {
  /** Newest first. */
  list(): Promise<readonly DraftSummary[]>;
  /** @throws `draft.unknown` */
  get(id: string): Promise<Draft>;
  /** Fields named like a secret are left out: a draft is kept readable. */
  put(draft: Omit<Draft, 'updatedAt'>): Promise<void>;
  /** No error when it is gone. */
  remove(id: string): Promise<void>;
}

export function draftsApi({ store: { drafts } }: Pick<World, 'store'>): DraftsApi {
  return {
    list: async () => drafts.list(),
    async get(id) {
      const draft = drafts.find(id);
      if (!draft) throw draftErrors.unknown({ draft: id });
      return draft;
    },
    put: async ({ id, title, content }) => drafts.put({ id, title, content: withoutSecrets(content) }),
    remove: async (id) => drafts.remove(id),
  };
}
