import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { act } from './lab.ts';
import { t } from './language.ts';
import type { Sections } from './types.ts';
import type { Word } from './words.ts';

type PrinterSection = Sections['printer'];

/** The printer: paper grows out of it as its bytes arrive, drawn by the decoder from those bytes. */
export function Printer({ printer }: { readonly printer: PrinterSection }) {
  const [word, light] = stateOf(printer);
  return (
    <article class="card printer-card" aria-label={t('printer')}>
      <h2>
        <Icon name="printer" />
        {t('printer')}
        <span class="pill" data-light={light} role="status">
          {t(word)}
        </span>
      </h2>
      <Paper printer={printer} />
      <div class="printer-body" data-light={light} data-cover={printer.cover} aria-hidden="true">
        <span class="slot" />
        <span class="lamp" />
      </div>
      <Levers printer={printer} />
      <Drawer isOpen={printer.drawerOpen} />
    </article>
  );
}

function stateOf({ plugged, on, paper, cover, error, jamArmed }: PrinterSection): readonly [Word, string] {
  if (!plugged) return ['pulled', 'bad'];
  if (!on) return ['printerOff', 'bad'];
  if (error === 'cutter') return ['printerJam', 'bad'];
  if (cover === 'open') return ['printerCover', 'bad'];
  if (paper === 'end') return ['printerNoPaper', 'bad'];
  return jamArmed ? ['jamWaits', 'wait'] : ['printerOk', 'good'];
}

/** The newest paper is at the bottom, where it comes out. */
function Paper({ printer: { slips, hanging, dots } }: { readonly printer: PrinterSection }) {
  const roll = useRef<HTMLDivElement>(null);
  const newest = `${slips.length} ${hanging?.v ?? 0}`;
  useEffect(() => {
    roll.current?.scrollTo({ top: roll.current.scrollHeight });
  }, [newest]);
  const shown = slips.slice(-SHOWN);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a roll that scrolls has to be reached by keyboard
    <div class="roll" ref={roll} tabIndex={0} role="region" aria-label={t('printer')}>
      {shown.length === 0 && !hanging && <p class="note roll-empty">{t('noPaperYet')}</p>}
      {shown.map(({ n, text, rows }) => (
        <figure key={n} class="paper">
          <img
            src={`/v1/slips/${n}.png`}
            alt={`${t('slip', n)}\n${text}`}
            width={dots}
            height={rows}
            onLoad={() => toEnd(roll.current)}
          />
        </figure>
      ))}
      {hanging && (
        <figure class="paper hanging">
          <img src={`/v1/slips/hanging.png?v=${hanging.v}`} alt={t('slipHanging')} width={dots} height={hanging.rows} />
        </figure>
      )}
    </div>
  );
}

/** Older slips are on the page's API. */
const SHOWN = 6;

function toEnd(roll: HTMLDivElement | null): void {
  roll?.scrollTo({ top: roll.scrollHeight });
}

function Levers({ printer: { paper, cover, on, plugged } }: { readonly printer: PrinterSection }) {
  const change = (body: object) => void act('/v1/printer', body);
  return (
    <div class="row levers">
      <button type="button" class="quiet" onClick={() => change({ paper: paper === 'end' ? 'ok' : 'end' })}>
        {t(paper === 'end' ? 'paperIn' : 'paperOut')}
      </button>
      <button type="button" class="quiet" onClick={() => change({ cover: cover === 'open' ? 'closed' : 'open' })}>
        {t(cover === 'open' ? 'coverClose' : 'coverOpen')}
      </button>
      <button type="button" class="quiet" onClick={() => change({ jam: true })}>
        {t('jam')}
      </button>
      <button type="button" class="quiet" onClick={() => change({ tear: true })}>
        {t('tear')}
      </button>
      <button type="button" class="quiet" onClick={() => change({ power: !on })}>
        {t(on ? 'powerOff' : 'powerOn')}
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => void act('/v1/plugs', { device: 'printer', plugged: !plugged })}
      >
        {t(plugged ? 'pullPrinter' : 'plugPrinter')}
      </button>
    </div>
  );
}

function Drawer({ isOpen }: { readonly isOpen: boolean }) {
  return (
    <div class="drawer" data-open={isOpen} role="region" aria-label={t('drawer')}>
      <span class="drawer-box" aria-hidden="true" />
      <span role="status">{t(isOpen ? 'drawerOpen' : 'drawerShut')}</span>
      <button type="button" class="quiet" onClick={() => void act('/v1/drawer', { open: !isOpen })}>
        {t(isOpen ? 'closeDrawer' : 'openDrawer')}
      </button>
    </div>
  );
}
