// Writes docs/payment-states.md from the tables beside the payment machine (agent/payment/states.ts, cells.ts, intent-states.ts, intent-cells.ts,
// hold-states.ts, agent/refunds/refund-cells.ts).
// `node scripts/make-payment-states.mjs` after a change of them; test/agent/cells.test.ts compares.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readArgs } from './usage.mjs';

/** The whole document. */
export function paymentStates({
  CELLS,
  ATTEMPT_STATE_TABLE,
  TRANSITIONS,
  INTENT_CELLS,
  INTENT_STATE_TABLE,
  REFUND_CELLS,
  REFUND_STATE_TABLE,
  REFUND_TRANSITIONS,
  HOLD_STATES,
  HOLD_CELLS,
}) {
  return [
    HEAD,
    diagram(ATTEMPT_STATE_TABLE, TRANSITIONS),
    MIDDLE,
    ...Object.entries(ATTEMPT_STATE_TABLE).map(stateSection),
    WAYS,
    table(
      ['from', 'to', 'when', '何时', 'facts'],
      TRANSITIONS.map(({ from, to, on, label }) => [from, to, label.en, label.zh, on.join(', ')]),
    ),
    CELL_HEAD,
    ...Object.entries(CELLS).map(cellSection),
    INTENT_HEAD,
    ...Object.entries(INTENT_STATE_TABLE).map(stateSection),
    INTENT_CELL_HEAD,
    ...Object.entries(INTENT_CELLS).map(cellSection),
    REFUND_HEAD,
    diagram(REFUND_STATE_TABLE, REFUND_TRANSITIONS),
    ...Object.entries(REFUND_STATE_TABLE).map(stateSection),
    table(
      ['from', 'to', 'when', '何时', 'facts'],
      REFUND_TRANSITIONS.map(({ from, to, on, label }) => [from, to, label.en, label.zh, on.join(', ')]),
    ),
    REFUND_CELL_HEAD,
    ...Object.entries(REFUND_CELLS).map(cellSection),
    HOLD_HEAD,
    holdDiagram(HOLD_STATES, HOLD_CELLS),
    table(
      ['state', '', 'what it means', '含义'],
      Object.entries(HOLD_STATES).map(([state, { final, en, zh }]) => [state, final ? 'final' : 'open', en, zh]),
    ),
    HOLD_CELL_HEAD,
    ...Object.entries(HOLD_CELLS).map(cellSection),
  ]
    .join('\n\n')
    .concat('\n');
}

const HEAD = `# How a payment lives: the states of an attempt · 一次收款的状态

<!-- Made by scripts/make-payment-states.mjs from agent/payment/states.ts, cells.ts, intent-states.ts, intent-cells.ts and agent/refunds/refund-cells.ts. Do not edit: edit those. -->

An *order* is what is to be paid for. An *attempt* is one try to be paid, with one payment code; its number is the
channel's \`out_trade_no\`. An order may need several attempts, one after the other, and at most one of them is ever paid.
Nothing here depends on a guess: a state changes only when the channel, the clerk, the clock or a restart says something.

订单是要收的钱，一次“收款”用一个付款码。一个订单可以先后收几次，但最多只有一次成功。状态从不靠猜。`;

const MIDDLE = '## What each state means at the counter · 每个状态在柜台意味着什么';
const WAYS = '## Every way from one state to another · 全部状态变化';
const CELL_HEAD = `## Every fact in every moment

Finer than the states is what an attempt is *busy with*: waiting for an answer, resting between two queries, waiting until
the channel takes a reverse. Each fact is decided in each of these moments, or ignored for a reason. A test walks the whole
machine and holds it to this table.`;

const INTENT_HEAD = `# How a QR or a link lives: the states of an intent · 收款码的状态

An *intent* asks for money with a QR on the screen, on a slip, on a delivery document, or with a link. The backend makes the
code; the till shows it and never builds one. An open intent counts as its order's attempt: no scan, card or second QR of
that order until it is certainly closed. A success that is seen before the close is certain pays the order; behind a certain
close the same success is a dispute, and a person refunds it or accepts it.

收款码由后台生成，本机只出示。收款码未确定关闭之前，同一订单不能再扫码、刷卡或再开收款码。确定关闭之前到账的，订单收款；之后到账的，由人决定退款或确认。`;

const INTENT_CELL_HEAD = '## Every fact in every moment of an intent · 收款码的每一刻';

const REFUND_HEAD = `# How money goes back: the states of a refund · 一次退款的状态

A *refund* gives money of one paid attempt or intent back through its own channel. Its number is the channel's
\`out_refund_no\` and stays the same however often it is asked for, so the money moves once. Two persons stand behind it.

一次退款只用一个退款单号，无论重发多少次，钱只退一次；须由两个人经手，原路退回。`;

const REFUND_CELL_HEAD = '## Every fact in every moment of a refund';

const HOLD_HEAD = `# How a hold lives: the states of a pre-authorisation · 预授权的状态

A *hold* is an amount that the issuer of the customer's card keeps apart for an order: money that the shop has not. Each thing
said about it at the terminal is an attempt of its own with the machine of a card payment (asked for, charged, given up), and the hold
is folded from their ends. The attempt of a hold or of its cancellation brings the shop no money and ends REVERSED; the attempt that
charges it ends PAID and is the order's one charge. While a hold stands, or nobody knows, its order takes no scan, no card and no QR.

预授权是发卡行为订单冻结的资金，不是收款。申请、完成、撤销各是终端上的一次操作；完成成功才是这笔订单的收款。预授权未结或结果不明时，订单不能用其他方式收款。`;

const HOLD_CELL_HEAD = '## Every event in every state of a hold';

function holdDiagram(states, cells) {
  const transitions = Object.entries(cells).flatMap(([from, row]) =>
    Object.entries(row).flatMap(([on, { next }]) => (next === undefined ? [] : [`  ${from} --> ${next}: ${on}`])),
  );
  const ends = Object.entries(states).flatMap(([state, { final }]) => (final ? [`  ${state} --> [*]`] : []));
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> ASKED', ...transitions, ...ends, '```'].join('\n');
}

function diagram(states, transitions) {
  const ways = transitions.map(({ from, to, label }) => `  ${from} --> ${to}: ${label.zh} / ${label.en}`);
  const ends = Object.entries(states).flatMap(([state, { final }]) => (final ? [`  ${state} --> [*]`] : []));
  const [first] = Object.keys(states);
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${first}`, ...ways, ...ends, '```'].join('\n');
}

function stateSection([state, { final, name, meaning }]) {
  const kind = final ? 'final · 终态' : 'open · 未结';
  return [`### ${state} · ${name.zh} · ${name.en}`, `*${kind}*`, meaning.zh, meaning.en].join('\n\n');
}

function cellSection([doing, cells]) {
  const rows = Object.entries(cells).map(([fact, cell]) =>
    'next' in cell ? [fact, [cell.next].flat().join(', '), cell.why] : [fact, 'ignored', cell.ignored],
  );
  return [`### ${doing}`, table(['fact', 'next', 'why'], rows)].join('\n\n');
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  readArgs(
    'usage: node scripts/make-payment-states.mjs\n\nWrites docs/payment-states.md from the tables of the payment machine, after `npm run build`.\n',
  );
  const { CELLS } = await import('../dist/agent/payment/cells.js');
  const { INTENT_CELLS } = await import('../dist/agent/payment/intent-cells.js');
  const { INTENT_STATE_TABLE } = await import('../dist/agent/payment/intent-states.js');
  const refunds = await import('../dist/agent/refunds/refund-cells.js');
  const states = await import('../dist/agent/payment/states.js');
  const holds = await import('../dist/agent/payment/hold-states.js');
  const tables = { CELLS, INTENT_CELLS, INTENT_STATE_TABLE, ...states, ...refunds, ...holds };
  writeFileSync(fileURLToPath(new URL('../docs/payment-states.md', import.meta.url)), paymentStates(tables));
}
