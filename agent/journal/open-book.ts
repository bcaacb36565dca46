import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { TillBook } from './book.ts';
import type { JournalFiles } from './files.ts';

const REPAIRS = {
  torn: 'unfinished end of the journal cut off',
  checkpoint: 'a checkpoint of the journal was of no use, the log was read instead',
} as const;

/** Opens the till's book, and says what had to be mended and what could not be. */
export async function openBook(config: Config, files: JournalFiles, clock: Clock, log: Log): Promise<TillBook> {
  const { book, repairs, damages } = await TillBook.open(files, clock, config.merchant.terminalNo);
  for (const { kind, ...repair } of repairs) log.warn(repair, REPAIRS[kind]);
  for (const damage of damages)
    log.error(damage, explain('JOURNAL_DAMAGED', `${damage.segment}, byte ${damage.offset}`));
  const { trouble } = book;
  if (trouble) log.error({}, explain(trouble.code, trouble.detail));
  book.onTrouble = ({ code, detail }) => log.error({}, explain(code, detail));
  return book;
}
