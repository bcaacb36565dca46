import type { Mutation } from './mutations.ts';

// Seeded mistakes that show in the faults of the field (field-faults.ts).

export const FIELD_MUTATIONS = {
  'full-disk-is-no-reason': {
    says: 'the money has moved: why should a full disk keep us from saying so',
    file: 'agent/payment/runner.js',
    find: '...(slip && { slip }) }, when);\n            return true;',
    replace: '...(slip && { slip }) }, when).catch(() => undefined);\n            return true;',
    within: 100,
    faults: ['disk-full-at-paid'],
  },
  'code-is-soon-forgotten': {
    says: 'whoever showed a code has gone after a quarter of a minute',
    file: 'agent/payment/fingerprints.js',
    find: 'return at !== undefined && this.#clock.mono() - at < FINGERPRINT_MEMORY_MS;',
    replace: 'return at !== undefined && this.#clock.mono() - at < 15_000;',
    within: 60,
    faults: ['old-code-again'],
  },
  'what-left-is-printed': {
    says: 'every byte has left, so it is on paper',
    file: 'agent/devices/print-machine.js',
    find: 'overdue: noProof,',
    replace: 'overdue: printed,',
    within: 100,
    faults: ['printer-restarts'],
  },
  'checkpoint-is-true': {
    says: 'we wrote the checkpoint ourselves',
    file: 'agent/journal/checkpoint.js',
    find: 'head.crc !== hex(crc32(body))',
    replace: 'head.crc === undefined',
    within: 600,
    faults: ['checkpoint-spoilt'],
  },
  'refused-for-good': {
    says: 'the password is wrong: somebody has to come and put that right',
    file: 'agent/backend/backoff.js',
    find: 'return REFUSED_MS * (1 + this.#random());',
    replace: 'return 30 * 24 * 3_600_000;',
    within: 60,
    faults: ['broker-refuses'],
  },
} as const satisfies Record<string, Mutation>;
