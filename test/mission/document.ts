import { COMING, LACKING } from './coming.ts';
import type { Row } from './row.ts';
import { ROWS } from './rows.ts';
import { TEETH } from './teeth.ts';
import type { Titled } from './titles.ts';

const SEEDS: Readonly<Record<string, string>> = {
  '000': 'Remote collection',
  '001': 'A distribution shop: five ways to collect',
  '002': 'A POS that is suspended',
  '003': 'The accounts of a WeChat POS',
  '004': 'A payment request that is rejected',
};

const VERDICTS = { IN: 'in', RE: 'reinterpreted', NO: 'refused' } as const satisfies Record<Row['verdict'], string>;

/** docs/mission.md: each capability of the five seed documents, what became of it, and the tests that prove it. */
export function missionDocument(tests: readonly Titled[]): string {
  const open = ROWS.filter(({ verdict, id }) => verdict !== 'NO' && Object.hasOwn(COMING, id));
  const kept = ROWS.filter(({ verdict }) => verdict !== 'NO');
  return [
    '# What was asked for, and what proves it',
    '',
    'Made by `node scripts/mission.mjs --write` from `test/mission/rows.ts` and the titles of the tests; a test compares. A row that is',
    'in or reinterpreted (the need is kept, the form is another) names the tests that carry its id. `node scripts/mission.mjs` switches',
    'off each behaviour in turn and shows that its test is then red (`test/mission/teeth.ts` says how).',
    '',
    `${ROWS.length} rows: ${kept.length - open.length} proved, ${open.length} to come, ${ROWS.length - kept.length} refused.`,
    ...(open.length === 0
      ? []
      : ['', `**To come**, with no test yet: ${open.map(({ id }) => `${id} (${COMING[id]})`).join(', ')}.`]),
    ...Object.entries(SEEDS).flatMap(([seed, title]) => [
      '',
      `## Seed ${seed}: ${title}`,
      '',
      '| row | asked for | verdict | what was decided | proved by | without it |',
      '|---|---|---|---|---|---|',
      ...ROWS.filter(({ id }) => id.startsWith(seed)).map((row) => line(row, tests)),
    ]),
    '',
  ].join('\n');
}

function lacking(id: string): string {
  return LACKING[id] === undefined ? '' : `<br>**still lacking**: ${LACKING[id]}`;
}

function line(row: Row, tests: readonly Titled[]): string {
  const { id, asked, built = '', verdict, why } = row;
  const mine = tests.filter(({ ids }) => ids.includes(id));
  const proof = mine.map(({ file, title }) => `\`${file.slice('test/'.length)}\`: ${title}`).join('<br>');
  const coming = COMING[id];
  const reason = why === undefined ? '' : `: ${why}`;
  const cells = [
    id,
    asked,
    VERDICTS[verdict] + reason,
    built,
    verdict === 'NO' ? proof || '–' : coming === undefined ? proof + lacking(id) : `**to come**: ${coming}`,
    TEETH[id]?.without ?? '–',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
