import { redact } from '../protocols/paycode/redact.ts';
import type { Config } from './config.ts';

/** What nobody may see, whatever section it stands in, now or later. Public keys and file names are no secrets. */
const SECRET = /^(?:.*(?:password|passwd|secret|token|pin|privateKey|apiKey|macKey)|code)$/i;
const MASK = '[REDACTED]';

/** The effective configuration for people's eyes. */
export function maskedConfig(config: Config): unknown {
  return masked(config);
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET.test(name) && inner !== undefined ? MASK : masked(inner),
    ]),
  );
}
