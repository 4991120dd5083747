import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, textAt, textOf, type XmlElement } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { watchObject } from '../client/watch-object.ts';

/**
 * Does work on a machine whose guest may have locked its CD-ROM drive: vCenter then asks whether to disconnect it anyway,
 * and the task waits for the answer, which is yes.
 * @throws `vsphere.asks` for any other question.
 */
export async function answerWhile<T>(
  vcenter: Vcenter,
  vm: Ref,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const stop = new AbortController();
  const answering = answerQuestions(vcenter, vm, AbortSignal.any([signal, over.signal])).catch((error: unknown) => {
    if (!over.signal.aborted) stop.abort(error);
  });
  try {
    return await work(AbortSignal.any([signal, stop.signal]));
  } finally {
    over.abort();
    await answering;
  }
}

async function answerQuestions(vcenter: Vcenter, vm: Ref, signal: AbortSignal): Promise<never> {
  const answered = new Set<string>();
  const watch = { what: 'look for a question of a machine', object: vm, paths: ['runtime.question', 'name'] };
  for (;;) {
    const { id, question, machine } = await watchObject(
      vcenter,
      watch,
      (values) => {
        const asked = values.get('runtime.question');
        const key = asked && textAt(asked, 'id');
        if (!asked || key === undefined || answered.has(key)) return undefined;
        return { id: key, question: asked, machine: textOf(values.get('name')) ?? vm.id };
      },
      signal,
    );
    answered.add(id);
    const answerChoice = unlockChoice(question);
    if (answerChoice === undefined) throw vsphereErrors.asks({ machine, question: textAt(question, 'text') ?? '' });
    const call = { method: 'AnswerVM', target: vm, args: { questionId: id, answerChoice } };
    await vcenter.call({ ...call, what: `unlock the CD-ROM drive of ${machine}` }, signal);
  }
}

/** The key of "yes" in `msg.cdromdisconnect.locked`; its label is in the language of the vCenter, its place is not. */
export function unlockChoice(question: XmlElement): string | undefined {
  const ids = children(question, 'message').map((message) => textAt(message, 'id') ?? '');
  const text = textAt(question, 'text') ?? '';
  if (!ids.some((id) => id.includes('cdromdisconnect')) && !text.includes('cdromdisconnect')) return undefined;
  const choices = child(question, 'choice');
  const keys = (choices ? children(choices, 'choiceInfo') : []).map((choice) => textAt(choice, 'key'));
  return keys.find((key) => key === '0') ?? keys[0];
}
