import { describe, expect, it } from 'vitest';
import { child, parseEnvelope } from '#main/vsphere/client/answer.ts';
import { unlockChoice } from '#main/vsphere/vm/question.ts';

/** As vCenter 8 asks it: vSphere Web Services API, `VirtualMachineQuestionInfo`. */
function question(messageId: string) {
  const choice = (key: string, label: string) =>
    `<choiceInfo xsi:type="ElementDescription"><label>${label}</label><summary>${label}</summary><key>${key}</key></choiceInfo>`;
  const body =
    `<question><id>1</id><text>Das Gastsystem hat das CD-ROM-Laufwerk gesperrt.</text><choice>` +
    `${choice('0', 'Ja')}${choice('1', 'Nein')}<defaultIndex>1</defaultIndex></choice>` +
    `<message><id>${messageId}</id><text>…</text></message></question>`;
  const parsed = parseEnvelope(`<e:Envelope xmlns:e="e"><e:Body><Asked>${body}</Asked></e:Body></e:Envelope>`);
  const found = parsed && child(parsed.element, 'question');
  if (!found) throw new Error('That is no question.');
  return found;
}

describe('the answer to a question of a machine', () => {
  it('is yes when its guest has locked the CD-ROM drive, in every language', () => {
    expect(unlockChoice(question('msg.cdromdisconnect.locked'))).toBe('0');
  });

  it('is left to a person when it is about anything else', () => {
    expect(unlockChoice(question('msg.uuid.altered'))).toBeUndefined();
  });
});
