import { formatYuan } from '../../protocols/money/fen.ts';
import type { Entry } from '../journal/entry.ts';
import type { AttemptRow } from '../journal/projection.ts';
import { fromJournal, type TillRecord } from '../journal/records.ts';
import type { LogReport, Problem } from '../journal/verify.ts';
import type { Deed } from '../people/deed.ts';
import type { Carried } from '../statements/carry.ts';

// What `tillwire journal` says to a person.

export function reportLines({
  ok,
  entries,
  segments,
  firstSeq,
  head,
  anchor,
  unfinishedBytes,
  problems,
}: LogReport): string[] {
  return [
    `${ok ? 'intact' : 'NOT INTACT'}: ${entries} entries in ${segments} segments, ${firstSeq} to ${head.seq}`,
    `head ${head.seq}:${head.hash}`,
    anchor ? `seen by the backend up to ${anchor.seq}:${anchor.hash}` : 'the backend has seen none of it yet',
    ...(unfinishedBytes > 0
      ? [`${unfinishedBytes} bytes of an unfinished write at the end (no entry; the next start cuts them off)`]
      : []),
    ...problems.map(problemLine),
  ];
}

function problemLine(problem: Problem): string {
  switch (problem.kind) {
    case 'damage': {
      const behind = `behind entry ${problem.afterSeq}${problem.nextSeq === undefined ? '' : `, before entry ${problem.nextSeq}`}`;
      return `damage: ${problem.segment} byte ${problem.offset}, ${problem.bytes} bytes, ${behind}; ${whoLooked(problem)}`;
    }
    case 'missing-end':
      return `missing: the log went on behind entry ${problem.afterSeq}, up to entry ${problem.seenSeq}; ${whoLooked(problem)}`;
    case 'missing-start':
      return `missing: the log begins with entry ${problem.firstSeq} and does not say why`;
    case 'anchor-mismatch':
      return `changed: entry ${problem.seq} is not the one that the backend saw`;
  }
}

function whoLooked({ told, reviewedBy }: { readonly told: boolean; readonly reviewedBy?: string }): string {
  if (reviewedBy !== undefined) return `looked at by ${reviewedBy}`;
  return told ? 'told by the agent, nobody has looked' : 'not yet seen by the agent';
}

export function rowLine({
  startedAt,
  orderId,
  attemptId,
  amountFen,
  channel,
  state,
  category,
  hash,
  personId,
}: AttemptRow): string {
  const who = personId === null ? '' : `  ${personId}`;
  const why = category === state ? '' : ` ${category}`;
  return `${chineseTime(startedAt)}  ${formatYuan(amountFen).padStart(10)}  ${channel.padEnd(8)}  ${state}${why}  ${orderId}  ${attemptId}  ${hash.slice(0, 8)}${who}`;
}

export function entryLine(entry: Entry): string {
  return `${chineseTime(Date.parse(entry.ts))}  #${entry.seq} ${entry.hash.slice(0, 8)}  ${entry.type.padEnd(14)} ${harmless(whatOf(fromJournal(entry)))}`;
}

/** People write notes: what they write must not move the cursor of whoever reads the journal. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}

function whatOf(record: TillRecord): string {
  if (record.type === 'COMMAND') return `${record.command.type} asked by ${record.command.by}`;
  if (record.type === 'PERSON') return deedLine(record.deed);
  if (record.type === 'PERIOD') return `${record.deed.kind} ${record.deed.number} by ${record.deed.personId}`;
  if (record.type === 'RECONCILED') {
    const { channel, day = '-', ok, differences, personId } = record.reconciled;
    return `${channel} ${day} by ${personId}: ${ok ? 'agrees' : `${differences} differences`}`;
  }
  if (record.type === 'CARRY_CLEARED') return carryLine(record.carried);
  if (record.type === 'COMMAND_RESULT') return `answered ${record.result.status} ${record.result.code}`;
  if (record.type === 'ORDER') return `${record.order.state} ${formatYuan(record.order.amountFen)}`;
  if (record.type === 'SLIP')
    return `${record.slip.slipId} ${record.slip.state}${record.slip.duplicate ? ' reprint' : ''}`;
  if (record.type === 'INTENT') {
    const { intentId, state, reason, doing } = record.intent;
    return [intentId, 'intent', state, reason ?? '-', `(${doing.kind})`].join(' ');
  }
  if (record.type === 'DOCUMENT') return `${record.job.jobId} ${record.job.document.kind} asked by ${record.job.by}`;
  if (record.type === 'DOCUMENT_PROGRESS') return `${record.progress.jobId} ${record.progress.state}`;
  if (record.type !== 'ATTEMPT') return '';
  const { attemptId, channel, state, category, code, doing } = record.record.attempt;
  return [attemptId, channel, state, category, code ?? '-', `(${doing.kind})`].join(' ');
}

function carryLine({ key, end }: Carried): string {
  return end?.kind === 'cleared' ? `${key} cleared by ${end.personId}: ${end.note}` : key;
}

/** The time on a counter in China, to the second. */
function chineseTime(unixMs: number): string {
  return new Date(unixMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

function deedLine({ kind, personId, ...about }: Deed): string {
  return [personId, kind, ...Object.entries(about).map(([name, value]) => `${name}=${value}`)].join(' ');
}
