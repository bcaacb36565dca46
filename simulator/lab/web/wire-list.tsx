import { signal } from '@preact/signals';
import { lines } from './lab.ts';
import { t } from './language.ts';
import { clockTime } from './times.ts';
import type { Line } from './types.ts';
import type { Word } from './words.ts';

const WIRES: readonly (readonly [wire: Line['wire'] | 'all', word: Word])[] = [
  ['all', 'wireAll'],
  ['mqtt', 'wireMqtt'],
  ['gun', 'wireGun'],
  ['printer', 'wirePrinter'],
  ['terminal', 'wireTerminal'],
  ['pad', 'wirePad'],
];
const NAMES: Readonly<Record<Line['wire'], Word>> = {
  gun: 'wireGun',
  printer: 'wirePrinter',
  terminal: 'wireTerminal',
  pad: 'wirePad',
  mqtt: 'wireMqtt',
};

const wire = signal<Line['wire'] | 'all'>('all');
const filter = signal('');
/** A browser is slow with thousands of rows; the filter looks at all of them. */
const SHOWN = 150;

/** Everything that went over a wire, newest first, read by the protocols' own decoders. */
export function WireList() {
  const wanted = filter.value.trim().toLowerCase();
  const found = lines.value.filter(
    (line) =>
      (wire.value === 'all' || line.wire === wire.value) &&
      (wanted === '' || `${line.title}\n${line.detail}\n${line.hex}`.toLowerCase().includes(wanted)),
  );
  return (
    <div class="wire">
      <div class="wire-head">
        <div class="choice" role="group" aria-label={t('tabWire')}>
          {WIRES.map(([name, word]) => (
            <button
              key={name}
              type="button"
              aria-pressed={wire.value === name}
              onClick={() => {
                wire.value = name;
              }}
            >
              {t(word)}
            </button>
          ))}
        </div>
        <input
          type="search"
          placeholder={t('wireFilter')}
          aria-label={t('wireFilter')}
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      </div>
      <p class="note">
        {t('wireCount', found.length)} · {t('masked')}
      </p>
      {found.length === 0 && <p class="note nothing">{t('wireEmpty')}</p>}
      <ol class="wire-lines">
        {found
          .slice(-SHOWN)
          .reverse()
          .map((line) => (
            <WireLine key={line.n} line={line} />
          ))}
      </ol>
    </div>
  );
}

function WireLine({ line }: { readonly line: Line }) {
  const isUp = line.direction === 'up';
  return (
    <li data-wire={line.wire} data-direction={line.direction} data-fault={line.fault}>
      <details>
        <summary>
          <time>{clockTime(line.at)}</time>
          <span class="arrow" aria-label={t(isUp ? 'wireUp' : 'wireDown')}>
            {isUp ? '▲' : '▼'}
          </span>
          <b>{t(NAMES[line.wire])}</b>
          <code>{line.title}</code>
          <small>{line.fault === undefined ? `${line.bytes} B` : line.fault}</small>
        </summary>
        {line.detail !== '' && <pre>{line.detail}</pre>}
        {line.hex !== '' && <pre class="hex">{line.hex}</pre>}
      </details>
    </li>
  );
}
