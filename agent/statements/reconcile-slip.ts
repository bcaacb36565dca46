import type { Document } from '../../protocols/document/document.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import { type Finding, MEANINGS } from './differences.ts';
import type { ReconcileReport } from './reconcile-files.ts';

/** More differences than this are counted on paper: whoever has so many looks at the screen. */
const MOST_LINES = 30;

/** What goes to the printer of a reconciliation: no more than what is on the paper. */
export interface ReconcileSlip {
  readonly ok: boolean;
  readonly rows: readonly { readonly name: string; readonly here: string; readonly there: string }[];
  readonly findings: readonly { readonly text: string }[];
}

export function reconcileSlipOf({ ok, totals, statements, findings, unnamed }: ReconcileReport): ReconcileSlip {
  const shown = findings.slice(0, MOST_LINES).flatMap((finding) => linesOf(finding).map((text) => ({ text })));
  const more = findings.length - MOST_LINES + unnamed;
  return {
    ok,
    rows: totals.map(({ channel, localFen, channelFen }) => ({
      name: `${channel} ${statements.find((one) => one.channel === channel)?.day ?? ''}`.trim(),
      here: formatYuan(localFen),
      there: formatYuan(channelFen),
    })),
    findings: more > 0 ? [...shown, { text: `... ${more}` }] : shown,
  };
}

function linesOf({ key, type, localFen, channelFen }: Finding): string[] {
  const here = localFen === undefined ? [] : [`本机 ${formatYuan(localFen)}`];
  const there = channelFen === undefined ? [] : [`账单 ${formatYuan(channelFen)}`];
  return [`${type} ${key}`, [...here, ...there, MEANINGS[type].zh].join(' ')];
}

/** 对账单: what the journal and the statements come to, and each difference with what to do. */
export const RECONCILE_DOCUMENT: Document = {
  v: 1,
  blocks: [
    { type: 'text', text: '对账结果', align: 'center', size: 'large', bold: true },
    { type: 'text', text: 'RECONCILIATION', align: 'center', size: 'small' },
    { type: 'spacer' },
    { type: 'text', text: '{{merchantName}}', align: 'center', bold: true },
    { type: 'text', text: '{{printedAt}}', align: 'center' },
    { type: 'rule' },
    {
      type: 'table',
      when: 'rows',
      each: 'rows',
      columns: [
        { title: '渠道', text: '{{name}}', share: 1, above: true },
        { title: '本机', text: '{{here}}', align: 'right' },
        { title: '账单', text: '{{there}}', align: 'right' },
      ],
    },
    { type: 'rule', when: 'rows' },
    { type: 'table', when: 'findings', each: 'findings', columns: [{ text: '{{text}}', share: 1 }] },
    { type: 'rule', when: 'findings' },
    { type: 'text', text: '{{verdict}}', align: 'center', size: 'tall', bold: true },
    { type: 'cut' },
  ],
};

export function reconcileVerdict({ ok }: Pick<ReconcileSlip, 'ok'>): string {
  return ok ? '对账平' : '对账不平，请处理';
}
