import { randomUUID } from 'node:crypto';
import type { Question } from '#shared/contract/index.ts';
import { runErrors } from '#shared/errors/run.ts';

export type NewQuestion = Omit<Question, 'questionId' | 'askedAt'>;

/** What runs and plans of this host wait for. Belongs to no client: who is there sees it, who comes later, too. */
export interface Questions {
  /** Until somebody answers; withdrawn and answered with no when the signal aborts. */
  ask(question: NewQuestion, withdrawn: AbortSignal): Promise<boolean>;
  /** @throws `run.question_unknown` */
  answer(questionId: string, approved: boolean): void;
  /** All open ones now, oldest first, and again whenever they have changed since the reader last looked. */
  follow(signal: AbortSignal): AsyncGenerator<readonly Question[], void>;
}

interface Asked {
  readonly question: Question;
  readonly answer: (approved: boolean) => void;
}

export function openQuestions(now: () => number): Questions {
  const asked = new Map<string, Asked>();
  const wakers = new Set<() => void>();
  let version = 0;
  const changed = (): void => {
    version += 1;
    for (const wake of wakers) wake();
  };
  const settle = (questionId: string, approved: boolean): boolean => {
    const found = asked.get(questionId);
    if (!asked.delete(questionId)) return false;
    found?.answer(approved);
    changed();
    return true;
  };

  return {
    ask(question, withdrawn) {
      if (withdrawn.aborted) return Promise.resolve(false);
      const questionId = randomUUID();
      const answer = Promise.withResolvers<boolean>();
      asked.set(questionId, { question: { ...question, questionId, askedAt: now() }, answer: answer.resolve });
      changed();
      const withdraw = (): void => void settle(questionId, false);
      withdrawn.addEventListener('abort', withdraw, { once: true });
      return answer.promise.finally(() => withdrawn.removeEventListener('abort', withdraw));
    },
    answer(questionId, approved) {
      if (!settle(questionId, approved)) throw runErrors.question_unknown({ question: questionId });
    },
    async *follow(signal) {
      let wake = (): void => undefined;
      const gone = (): boolean => signal.aborted;
      const waker = (): void => wake();
      wakers.add(waker);
      signal.addEventListener('abort', waker);
      try {
        while (!gone()) {
          const shown = version;
          yield [...asked.values()].map(({ question }) => question);
          // Changed while the reader was at it: it gets the newest state at once, and never the ones between.
          while (version === shown && !gone()) await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        wakers.delete(waker);
        signal.removeEventListener('abort', waker);
      }
    },
  };
}
