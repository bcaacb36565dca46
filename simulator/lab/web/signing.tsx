import { useEffect, useRef } from 'preact/hooks';
import SignaturePad from 'signature_pad';
import { act } from './lab.ts';
import { t } from './language.ts';
import type { Sections } from './types.ts';

type Asking = NonNullable<Sections['pad']['asking']>;

/** The pad asks for a signature: by mouse, finger or pen; whoever has none of them lets somebody else sign. */
export function Signing({ asking }: { readonly asking: Asking }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<SignaturePad | undefined>(undefined);
  useEffect(() => {
    const paper = canvas.current;
    if (!paper) return undefined;
    // as many dots as the screen has there; the pen counts in the page's own pixels
    paper.width = paper.clientWidth * devicePixelRatio;
    paper.height = paper.clientHeight * devicePixelRatio;
    paper.getContext('2d')?.scale(devicePixelRatio, devicePixelRatio);
    const fresh = new SignaturePad(paper, { minWidth: 1.2, maxWidth: 2.6, penColor: '#10203a' });
    pad.current = fresh;
    return () => fresh.off();
  }, []);
  const sign = () => {
    const strokes = strokesOf(pad.current, canvas.current, asking);
    void act('/v1/pad', strokes.length > 0 ? { does: 'signs', strokes } : { does: 'signs-for-me' });
  };
  return (
    <div class="signing">
      <p>{t('signHere')}</p>
      <canvas ref={canvas} role="img" aria-label={t('signHere')} />
      <div class="terminal-keys">
        <button type="button" onClick={sign}>
          {t('signDone')}
        </button>
        <button type="button" class="red" onClick={() => void act('/v1/pad', { does: 'cancels' })}>
          {t('redKey')}
        </button>
        <button type="button" class="plain-key" onClick={() => void act('/v1/pad', { does: 'signs-for-me' })}>
          {t('signForMe')}
        </button>
        <button type="button" class="plain-key" onClick={() => pad.current?.clear()}>
          {t('signClear')}
        </button>
      </div>
    </div>
  );
}

function strokesOf(pad: SignaturePad | undefined, canvas: HTMLCanvasElement | null, { width, height }: Asking) {
  if (!pad || !canvas) return [];
  const groups = pad.toData();
  const began = groups[0]?.points[0]?.time ?? 0;
  // the pad counts in the page's pixels of its canvas
  const [across, down] = [width / canvas.clientWidth, height / canvas.clientHeight];
  return groups.map(({ points }) =>
    points.map(({ x, y, time, pressure }) => ({
      t: Math.max(0, time - began),
      x: x * across,
      y: y * down,
      p: Math.min(1, Math.max(0, pressure)),
    })),
  );
}
