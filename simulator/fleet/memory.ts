import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Memory {
  /** what the program holds: JavaScript's heap and the buffers beside it, after everything else was thrown away */
  readonly heldBytes: number;
  /** what the machine gives for it */
  readonly residentBytes: number;
}

export function memoryNow(): Memory {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heldBytes: heapUsed + external, residentBytes: rss };
}

let collector: (() => void) | undefined;

function collect(): void {
  if (!collector) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}
