import pino, { type DestinationStream, type Logger } from 'pino';

/** What the rooms are given to log with: a fixed phrase, data in fields. Money in fen, durations in ms. */
export interface Log {
  debug(fields: object, phrase: string): void;
  info(fields: object, phrase: string): void;
  warn(fields: object, phrase: string): void;
  error(fields: object, phrase: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Longest line that is written; what is longer is cut, so that no input can fill the disk with one line. */
const LINE_LIMIT = 8_192;

/** Lines that may wait: a flood is written at once. */
const LINES_WAITING = 64;

/** Runs something soon, at the end of the process at the latest. */
export type Later = (run: () => void) => void;

/**
 * JSON lines to `sink`. Secrets mask themselves by type; every finished line goes through `redact` as well, for text of
 * others (a channel's message, a driver's error) that may quote a code. Both happen `later`: a log line must not stand
 * between a scan and its payment.
 */
export function createLog(
  level: LogLevel,
  sink: DestinationStream,
  redact: (line: string) => string,
  later: Later,
): Logger {
  let waiting: string[] = [];
  const flush = () => {
    const lines = waiting;
    waiting = [];
    for (const line of lines) sink.write(redact(line));
  };
  const guarded: DestinationStream = {
    write(line: string) {
      waiting.push(line.length <= LINE_LIMIT ? line : `${line.slice(0, LINE_LIMIT)}...(cut)\n`);
      if (waiting.length === 1) later(flush);
      else if (waiting.length >= LINES_WAITING) flush();
    },
  };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    guarded,
  );
}
