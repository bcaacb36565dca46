import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { entryLine } from '../../../agent/commands/journal-lines.ts';
import { TillBook } from '../../../agent/journal/book.ts';
import { folderFiles } from '../../../agent/journal/files.ts';
import { LogReader } from '../../../agent/journal/log-reader.ts';
import type { Carried } from '../../../agent/statements/carry.ts';
import { StillClock, TERMINAL } from './till-entries.ts';

it('a note that somebody wrote cannot speak to the terminal of whoever reads the journal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-note-'));
  try {
    const files = await folderFiles(folder);
    const { book } = await TillBook.open(files, new StillClock(), TERMINAL);
    const note = '渠道已补账\u001b[2J\u009b1A\r\n#1 forged\u202e';
    const carried: Carried = {
      key: 'WECHAT|P|A1',
      channel: 'WECHAT',
      kind: 'PAYMENT',
      amountFen: 100,
      timeLocal: '2026-11-21 23:59:00',
      since: 0,
      lookedIn: ['2026-11-21'],
      end: { kind: 'cleared', personId: 'wang', note, at: 1 },
    };
    await book.write({ type: 'CARRY_CLEARED', carried });
    const entries = await new LogReader(files, book.head.seq - 1).next();
    await book.close();
    const [line] = entries.map(entryLine);
    expect(line).toContain('cleared by wang: 渠道已补账\\u{1b}[2J\\u{9b}1A\\u{d}\\u{a}#1 forged\\u{202e}');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
