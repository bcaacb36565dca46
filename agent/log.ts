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

/**
 * JSON lines to `sink`. Secrets mask themselves by type; every finished line goes through `redact` as well, for text of
 * others (a channel's message, a driver's error) that may quote a code.
 */
export function createLog(level: LogLevel, sink: DestinationStream, redact: (line: string) => string): Logger {
  const guarded: DestinationStream = {
    write(line: string) {
      const whole = line.length <= LINE_LIMIT ? line : `${line.slice(0, LINE_LIMIT)}...(cut)\n`;
      sink.write(redact(whole));
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
