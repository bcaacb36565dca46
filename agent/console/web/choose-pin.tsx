import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { both, say, t, type Words } from './language.ts';
import { choosePin, me } from './people.ts';
import { sentenceOf } from './second-person.tsx';
import { tell, unsentWords } from './told.ts';

interface Typed {
  readonly pin: string;
  readonly newPin: string;
  readonly repeated: string;
}

/** A PIN of one's own. `mustKnowOld`: by somebody who has one; without it in the session of a one-time code. */
export function ChoosePinForm({ mustKnowOld, onDone }: { readonly mustKnowOld: boolean; readonly onDone: () => void }) {
  const [typed, setTyped] = useState<Typed>({ pin: '', newPin: '', repeated: '' });
  const [no, setNo] = useState<Words | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    const { pin, newPin, repeated } = typed;
    if (newPin !== repeated) return setNo(both('pinDiffer'));
    setBusy(true);
    const personId = me.peek()?.person.personId ?? '';
    const answer = await choosePin(mustKnowOld ? { personId, pin, newPin } : { newPin });
    setBusy(false);
    setTyped({ pin: '', newPin: '', repeated: '' });
    if (answer.kind === 'ok') {
      tell('good', both('pinChanged'));
      return onDone();
    }
    setNo(answer.kind === 'no' ? sentenceOf(answer.problem) : unsentWords());
  };
  const isWhole = typed.newPin !== '' && typed.repeated !== '' && (!mustKnowOld || typed.pin !== '');
  return (
    <form
      class="pin-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !isBusy) void send();
      }}
    >
      <p class="note">{t('choosePinNote')}</p>
      {mustKnowOld && (
        <PinLine label={t('pinOld')} value={typed.pin} onPin={(pin) => setTyped({ ...typed, pin })} first />
      )}
      <PinLine
        label={t('pinNew')}
        value={typed.newPin}
        onPin={(newPin) => setTyped({ ...typed, newPin })}
        first={!mustKnowOld}
      />
      <PinLine label={t('pinRepeat')} value={typed.repeated} onPin={(repeated) => setTyped({ ...typed, repeated })} />
      <p class="bad-text" role="alert">
        {no && say(no)}
      </p>
      <button type="submit" class="wide" disabled={!isWhole || isBusy} aria-busy={isBusy}>
        {t('pinSave')}
      </button>
    </form>
  );
}

interface PinLineProps {
  readonly label: string;
  readonly value: string;
  readonly onPin: (pin: string) => void;
  readonly first?: boolean;
}

function PinLine({ label, value, onPin, first = false }: PinLineProps) {
  return (
    <label>
      {label}
      <input
        type="password"
        class="digits"
        inputMode="numeric"
        autocomplete="off"
        maxLength={12}
        autofocus={first}
        value={value}
        onInput={(event) => onPin(event.currentTarget.value.replaceAll(/\D/g, ''))}
      />
    </label>
  );
}

export function ChoosePinDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t('changePin')} onClose={onClose}>
      <ChoosePinForm mustKnowOld onDone={onClose} />
    </Dialog>
  );
}

/** Nothing else may be done before: the session was opened with a one-time code. */
export function ChoosePinScreen() {
  return (
    <section class="sign-in" aria-labelledby="choose-title">
      <div class="sign-in-card">
        <h1 id="choose-title">
          {me.value?.person.name}
          <small>{t('choosePin')}</small>
        </h1>
        <ChoosePinForm mustKnowOld={false} onDone={() => undefined} />
      </div>
    </section>
  );
}
