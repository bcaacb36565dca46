import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BMPS } from '../../../protocols/terminal/zvt/bmps.ts';
import { COMMANDS, HEADS } from '../../../protocols/terminal/zvt/commands.ts';
import { TERMINAL_FAULTS } from '../../../simulator/faults/terminal-faults.ts';
import { TEST_AMOUNTS } from '../../../simulator/terminals/test-amounts.ts';

it('docs/zvt.md is made from these tables (node scripts/make-terminals.mjs)', async () => {
  const script = new URL('../../../scripts/make-terminals.mjs', import.meta.url).href;
  const { zvtDocument } = (await import(script)) as { zvtDocument: (tables: object) => string };
  const document = readFileSync(new URL('../../../docs/zvt.md', import.meta.url), 'utf8');
  expect(document).toBe(zvtDocument({ COMMANDS, HEADS, BMPS, TERMINAL_FAULTS, TEST_AMOUNTS }));
});
