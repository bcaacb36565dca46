import { CsvError, parse } from 'csv-parse/sync';
import { StatementFault } from '../../protocols/statements/row.ts';

/** A record with a line feed inside quotes goes over several lines; a lost quotation mark must not swallow the file. */
const MAX_RECORD = 65_536;

/** Lines of a CSV file (without their ends) as records. Lines without a quotation mark need no CSV reader. */
export class CsvRecords {
  readonly #onRecord: (fields: readonly string[]) => void;
  #held = '';

  constructor(onRecord: (fields: readonly string[]) => void) {
    this.#onRecord = onRecord;
  }

  push(line: string): void {
    if (this.#held === '' && !line.includes('"')) return this.#onRecord(line.split(','));
    const text = this.#held === '' ? line : `${this.#held}\n${line}`;
    if (text.length > MAX_RECORD) throw new StatementFault('ROW', `a record of more than ${MAX_RECORD} characters`);
    const complete = text.split('"').length % 2 === 1;
    this.#held = complete ? '' : text;
    if (complete) this.#onRecord(recordOf(text));
  }

  end(): void {
    if (this.#held !== '') throw new StatementFault('NO_SUMMARY', 'the file ends inside quotation marks');
  }
}

function recordOf(text: string): readonly string[] {
  try {
    const records: string[][] = parse(text, { relax_column_count: true, record_delimiter: '\r\n\r\n' });
    return records[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) throw new StatementFault('ROW', error.message);
    throw error;
  }
}
