// Writes docs/zvt.md from the command table of ZVT (protocols/terminal/zvt/commands.ts) and from what the simulated terminal
// can be told to do. `node scripts/make-terminals.mjs` after a change of them; test/protocols/terminal/zvt-document.test.ts compares.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readArgs } from './usage.mjs';

/** The whole document. */
export function zvtDocument({ COMMANDS, HEADS, BMPS, TERMINAL_FAULTS, TEST_AMOUNTS }) {
  const rows = Object.entries(COMMANDS);
  const from = (side) => rows.filter(([, row]) => row.from === side).map((row) => commandRow(row, HEADS));
  const columns = ['code', 'name', 'what', 'before the fields', 'answer', 'T3, T4', 'after a time-out'];
  const secret = Object.entries(BMPS).filter(([, { secret }]) => secret);
  return [
    HEAD,
    '## From the till',
    table(columns, from('till')),
    '## From the terminal',
    table(columns, from('terminal')),
    '## From either side',
    table(columns, from('both')),
    '## Secret',
    'Masked wherever a message is shown: the password, and of the data fields',
    table(
      ['BMP', 'field'],
      secret.map(([id, { name }]) => [id, name]),
    ),
    FAULTS,
    table(
      ['fault', 'floor', 'what happens'],
      Object.entries(TERMINAL_FAULTS).map(([name, { floor, title }]) => [`\`${name}\``, floor, title]),
    ),
    AMOUNTS,
    table(
      ['digits', 'meaning'],
      Object.entries(TEST_AMOUNTS)
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([digits, { meaning }]) => [digits, meaning]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

const ANSWERS = { completion: '80 00, then 06 0F or 06 1E', acknowledge: '80 00', none: 'none' };
const AFTER = { recover: 'ask (05 01, 06 20) before anything else', again: 'may be said again' };

function commandRow([name, { code, title, forms, reply, t3Ms, t4Ms, afterTimeout }], heads) {
  const said = forms.map((form) => form.map((head) => heads[head].title).join(', ') || '—').join(' / ');
  const times = [t3Ms, t4Ms]
    .filter((ms) => ms !== undefined)
    .map((ms) => `${ms / 1000} s`)
    .join(', ');
  return [
    code.length === 2 ? `${code} xx` : code.replace(/..(?=.)/, '$& '),
    `\`${name}\``,
    title,
    said,
    ANSWERS[reply],
    times,
    AFTER[afterTimeout] ?? '',
  ];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const HEAD = `# ZVT: the messages, and a terminal to try them on

Made from the tables in the code by \`node scripts/make-terminals.mjs\`; [decision 26](decisions/0026-zvt.md) says why it is as it is.

\`tillwire decode zvt --hex ...\` explains messages as they go over TCP, \`tillwire decode zvt-serial --hex ...\` the same in the frames
of a serial line. What may stand before the data fields is tried in the order given: the first form that uses the bytes up exactly
is the right one.

\`\`\`
till                                             terminal
06 01 07 04 000000001000             ─────────▶             pay 10.00
                                     ◀─────────  80 00 00   heard (T3: 5 s)
                                     ◀─────────  04 FF 01 0A   insert card
80 00 00                             ─────────▶
                                     ◀─────────  04 0F ..   the result: to the disk first
80 00 00                             ─────────▶             and then this
                                     ◀─────────  06 D1 ..   a line of the receipt
80 00 00                             ─────────▶
                                     ◀─────────  06 0F 00   the end (T4: 180 s, anew with each 04 FF): now it stands
80 00 00                             ─────────▶
\`\`\``;

const FAULTS = `## A terminal to try it on

\`tillwire-sim terminal --protocol zvt\` on a pty (\`--path LINK\`) or on TCP (\`--wire tcp --port 20007\`); \`--fault NAME\`, or
\`fault NAME\` on its standard input, makes one thing go wrong the next time it can.`;

const AMOUNTS = `The last two digits of an amount choose what becomes of it; any others are approved. Up to 100.00 the holder signs, up to
200.00 the PIN is checked by the card, above by the host.`;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  readArgs(
    'usage: node scripts/make-terminals.mjs\n\nWrites docs/zvt.md from the command table of ZVT, after `npm run build`.\n',
  );
  const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
  const tables = Object.assign(
    {},
    await built('protocols/terminal/zvt/commands.js'),
    await built('protocols/terminal/zvt/bmps.js'),
    await built('simulator/faults/terminal-faults.js'),
    await built('simulator/terminals/test-amounts.js'),
  );
  writeFileSync(fileURLToPath(new URL('../docs/zvt.md', import.meta.url)), zvtDocument(tables));
}
