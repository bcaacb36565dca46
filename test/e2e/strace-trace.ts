/** One system call of a trace, at the line where it began and the line where it came back. */
export interface Call {
  readonly name: string;
  /** arguments as strace shows them, without the closing bracket */
  readonly text: string;
  readonly began: number;
  ended: number;
  /** undefined: it never came back */
  result: string | undefined;
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (.+)$/;
const BEGUN = /^(\d+) +(\w+)\((.*?)(?: <unfinished \.\.\.>)$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.+)$/;

/** Reads the output of `strace -f`: the calls of all threads, in the order in which they began. */
export function readTrace(text: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, Call>();
  for (const [at, line] of text.split('\n').entries()) {
    const whole = WHOLE.exec(line);
    const begun = BEGUN.exec(line);
    const resumed = RESUMED.exec(line);
    if (resumed) {
      const call = open.get(resumed[1] ?? '');
      if (call) Object.assign(call, { ended: at, text: call.text + (resumed[3] ?? ''), result: resumed[4] });
    } else if (begun) {
      const call: Call = { name: begun[2] ?? '', text: begun[3] ?? '', began: at, ended: at, result: undefined };
      open.set(begun[1] ?? '', call);
      calls.push(call);
    } else if (whole) {
      calls.push({ name: whole[2] ?? '', text: whole[3] ?? '', began: at, ended: at, result: whole[4] });
    }
  }
  return calls;
}

const isWrite = ({ name }: Call) => /^(pwrite64|pwritev|write|writev|sendto|sendmsg)$/.test(name);

export interface Order {
  /** in a write to the journal */
  readonly record: RegExp;
  /** in a write to whoever is told */
  readonly speech: RegExp;
}

/**
 * Is the record on disk before the first byte of the speech leaves? Returns what is wrong, or undefined: the write of the
 * record ended, then a sync of the journal began and came back with 0, and only then the speech began.
 */
export function wrongOrder(calls: readonly Call[], { record, speech }: Order): string | undefined {
  const written = calls.find((call) => isWrite(call) && call.text.includes('/journal/') && record.test(call.text));
  if (!written) return `no write of ${record} to the journal`;
  const synced = calls.find(
    ({ name, text, began, result }) =>
      /^f(data)?sync$/.test(name) && text.includes('/journal/') && began > written.ended && result === '0',
  );
  if (!synced) return `no sync of the journal after line ${written.ended}`;
  const said = calls.find((call) => isWrite(call) && !call.text.includes('/journal/') && speech.test(call.text));
  if (!said) return `nobody said ${speech}`;
  return said.began > synced.ended ? undefined : `said in line ${said.began}, on disk only in line ${synced.ended}`;
}
