import { formatYuan } from '../../protocols/money/fen.ts';
import { type Finding, MEANINGS } from './differences.ts';
import type { ReconcileReport } from './reconcile-files.ts';

/** The report for a person: what was read, what it comes to, and what to do about every difference. */
export function reconcileLines(report: ReconcileReport): string[] {
  const { statements, totals, counts, findings, unnamed, otherTerminals } = report;
  return [
    ...statements.map(
      ({ channel, day, rows, netFen, file }) =>
        `${channel} ${day ?? '-'}: ${rows} rows, net ${formatYuan(netFen)} (${file})`,
    ),
    ...totals.map(
      ({ channel, localFen, channelFen, feeFen, netFen }) =>
        `${channel}: journal ${formatYuan(localFen)}, statement ${formatYuan(channelFen)}, fees ${formatYuan(feeFen)}, net ${formatYuan(netFen)}`,
    ),
    ...Object.entries(counts).map(([type, count]) => `${type} ${count}`),
    ...(otherTerminals > 0 ? [`${otherTerminals} rows of other terminals were left alone`] : []),
    ...findings.map(findingLine),
    ...(unnamed > 0 ? [`${unnamed} more rows that nobody here knows`] : []),
    report.ok ? 'reconciled: nothing to look at / 对账平' : 'NOT reconciled: see above / 对账不平',
  ];
}

function findingLine(finding: Finding): string {
  const { en, zh } = MEANINGS[finding.type];
  const detail = detailOf(finding);
  return `${finding.type}  ${finding.key}${detail === '' ? '' : `  ${detail}`}  ${en} / ${zh}`;
}

function detailOf({ was, becomes, channel, localFen, channelFen, expectedFen }: Finding): string {
  const money = (name: string, fen: number | undefined) => (fen === undefined ? [] : [`${name} ${formatYuan(fen)}`]);
  return [
    ...(was === undefined ? [] : [`here ${was}`]),
    ...(becomes === undefined ? [] : [`becomes ${becomes}`]),
    ...(channel === undefined ? [] : [`channel ${channel}`]),
    ...money('here', localFen),
    ...money('expected', expectedFen),
    ...money('statement', channelFen),
  ].join(', ');
}
