import { useEffect, useState } from 'preact/hooks';
import type { Answer } from './agent.ts';
import { Icon } from './icons.tsx';
import { say, t, type Words } from './language.ts';
import { me, signIn, welcome } from './people.ts';
import { PinField } from './pin-field.tsx';
import { sentenceOf } from './second-person.tsx';
import { unsentWords } from './told.ts';
import type { Person, Session } from './types.ts';
import type { Word } from './words.ts';

export const ROLE_WORDS = {
  clerk: 'roleClerk',
  manager: 'roleManager',
  technician: 'roleTechnician',
} as const satisfies Record<Person['role'], Word>;

/** Who is it? A name, then a PIN. After a lock the same person comes first. */
export function SignIn() {
  const people = welcome.value?.people ?? [];
  const before = people.find(({ personId }) => personId === me.value?.person.personId);
  const [person, setPerson] = useState<Person | undefined>(before);
  const [byCode, setByCode] = useState(false);
  const [no, setNo] = useState<Words | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const send = async (proof: Parameters<typeof signIn>[0]) => {
    setBusy(true);
    setNo(undefined);
    const answer = await signIn(proof);
    setBusy(false);
    setNo(wordsOf(answer));
  };
  useCodeOfAddress(send);
  return (
    <section class="sign-in" aria-labelledby="sign-in-title">
      <div class="sign-in-card">
        <h1 id="sign-in-title">
          {welcome.value?.till.name || 'Tillwire'}
          <small>{t(me.value ? 'locked' : 'signIn')}</small>
        </h1>
        {me.value && <p class="note">{t('signInStill')}</p>}
        {byCode ? (
          <CodeForm no={no && say(no)} isBusy={isBusy} onCode={(code) => void send({ code })} />
        ) : person ? (
          <PinField
            label={t('signInPin', person.name)}
            action={t('signIn')}
            no={no && say(no)}
            isBusy={isBusy}
            onPin={(pin) => void send({ personId: person.personId, pin })}
          />
        ) : (
          <Names people={people} onPerson={setPerson} />
        )}
        <footer>
          {(byCode || person) && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                setNo(undefined);
                setByCode(false);
                setPerson(undefined);
              }}
            >
              {t('signInOther')}
            </button>
          )}
          {!byCode && (
            <button type="button" class="plain" onClick={() => setByCode(true)}>
              {t('signInCode')}
            </button>
          )}
        </footer>
      </div>
    </section>
  );
}

function Names({
  people,
  onPerson,
}: {
  readonly people: readonly Person[];
  readonly onPerson: (person: Person) => void;
}) {
  if (people.length === 0) {
    return (
      <p class="nothing">
        <strong>{t('nobody')}</strong> {t('nobodyNote')}
        {welcome.value?.setup?.steps.map(
          ({ command }) => command !== undefined && <code key={command}>{command}</code>,
        )}
      </p>
    );
  }
  return (
    <ul class="names" aria-label={t('signInWho')}>
      {people.map((person) => (
        <li key={person.personId}>
          <button
            type="button"
            class="secondary outline name"
            data-person={person.personId}
            onClick={() => onPerson(person)}
          >
            <Icon name="person" />
            <span>
              {person.name}
              <small>{t(ROLE_WORDS[person.role])}</small>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface CodeFormProps {
  readonly no: string | undefined;
  readonly isBusy: boolean;
  readonly onCode: (code: string) => void;
}

function CodeForm({ no, isBusy, onCode }: CodeFormProps) {
  const [code, setCode] = useState('');
  return (
    <form
      class="pin-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() !== '') onCode(code.trim());
      }}
    >
      <label>
        {t('signInCodeLabel')}
        <input
          class="digits"
          value={code}
          autocomplete="off"
          autofocus
          spellcheck={false}
          maxLength={40}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <p class="bad-text" role="alert">
        {no ?? ''}
      </p>
      <button type="submit" class="wide" disabled={code.trim() === '' || isBusy} aria-busy={isBusy}>
        {t('signIn')}
      </button>
    </form>
  );
}

/** An address with a one-time code signs in by itself. The code stands behind the #, which is never sent, and is taken away. */
function useCodeOfAddress(send: (proof: { code: string }) => Promise<void>): void {
  useEffect(() => {
    const code = /^#code=([0-9A-Za-z-]{1,40})$/.exec(location.hash)?.[1];
    if (code === undefined) return;
    history.replaceState(null, '', location.pathname);
    void send({ code });
  }, []);
}

function wordsOf(answer: Answer<Session>): Words | undefined {
  if (answer.kind === 'ok') return undefined;
  return answer.kind === 'lost' ? unsentWords() : sentenceOf(answer.problem);
}
