import { useState } from 'preact/hooks';
import { type Answer, ask, freshName } from './agent.ts';
import { Dialog } from './dialog.tsx';
import { say, t, type Words } from './language.ts';
import { approve, approvers } from './people.ts';
import { PinField } from './pin-field.tsx';
import { refresh } from './till.ts';
import type { Operation, Problem } from './types.ts';

export interface SecondPersonProps {
  readonly kind: 'refund' | 'resolve';
  /** the refund or the order */
  readonly subject: string;
  /** who wants it: somebody else must say yes */
  readonly askedBy: string | undefined;
  readonly what: string;
  /** what is done with the approval */
  readonly call: { readonly path: string; readonly body?: unknown };
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Two pairs of eyes: another person reads what it is about and proves with a PIN that it is all right. */
export function SecondPerson({ kind, subject, askedBy, what, call, onDone, onClose }: SecondPersonProps) {
  const people = approvers(askedBy);
  const [personId, setPersonId] = useState(people[0]?.personId ?? '');
  const [no, setNo] = useState<Words | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const send = async (pin: string) => {
    setBusy(true);
    setNo(undefined);
    const answer = await twice(personId, pin, { kind, subject }, call);
    setBusy(false);
    void refresh();
    if (answer.kind === 'ok') onDone();
    else setNo(answer.kind === 'no' ? sentenceOf(answer.problem) : LOST);
  };
  return (
    <Dialog title={t('approveTitle')} onClose={onClose}>
      <p class="approve-what">{what}</p>
      {people.length === 0 ? (
        <p class="note">{t('noApprover')}</p>
      ) : (
        <>
          <fieldset class="choices">
            <legend>{t('approveWho')}</legend>
            {people.map((person) => (
              <label key={person.personId}>
                <input
                  type="radio"
                  name="approver"
                  checked={person.personId === personId}
                  onChange={() => setPersonId(person.personId)}
                />
                {person.name}
              </label>
            ))}
          </fieldset>
          <PinField action={t('approve')} no={no && say(no)} isBusy={isBusy} onPin={(pin) => void send(pin)} />
        </>
      )}
    </Dialog>
  );
}

const LOST: Words = { zh: '收银程序没有应答，请再试一次', en: 'The till program did not answer. Try again' };

/** The PIN, then the act that it allows. The agent takes an approval for one act only. */
async function twice(
  personId: string,
  pin: string,
  { kind, subject }: Pick<SecondPersonProps, 'kind' | 'subject'>,
  { path, body }: SecondPersonProps['call'],
): Promise<Answer<Operation>> {
  const given = await approve(personId, pin, kind, subject);
  if (given.kind !== 'ok') return given;
  return ask<Operation>(path, { method: 'POST', body, key: freshName(), approval: given.body.approval });
}

export function sentenceOf({ cause, remedy }: Problem): Words {
  return { zh: `${cause.zh}。${remedy.zh}`, en: `${cause.en}. ${remedy.en}` };
}
