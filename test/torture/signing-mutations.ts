import type { Mutation } from './mutations.ts';

// Seeded mistakes of the way of a signature; only worlds with a pad can notice them.

export const SIGNING_MUTATIONS = {
  'signature-in-clear': {
    says: 'nobody but the till reads this folder',
    file: 'agent/signatures/store.js',
    find: 'const sealed = seal(Buffer.from(JSON.stringify(signature)), name, key, random(SEAL_NONCE_BYTES));',
    replace: 'const sealed = Buffer.from(JSON.stringify(signature));',
    within: 60,
    needsPad: true,
  },
  'signature-answered-is-done': {
    says: 'the acquirer has answered, so it has the signature',
    file: 'agent/signatures/uploads.js',
    find: 'if (code !== undefined && UPLOAD_ACCEPTED.includes(code)) {',
    replace: 'if (code !== undefined) {',
    within: 600,
    needsPad: true,
  },
  'signature-94-is-an-error': {
    says: 'it is not 00, so it was not stored',
    file: 'protocols/signature/upload-record.js',
    find: "UPLOAD_ACCEPTED = ['00', '94']",
    replace: "UPLOAD_ACCEPTED = ['00']",
    within: 3_000,
    needsPad: true,
  },
  'signature-sent-before-it-is-kept': {
    says: 'the acquirer waits for it, the disk comes later',
    file: 'agent/signatures/uploads.js',
    find: 'await this.#deps.store.put({\n            upload:',
    replace:
      'const early = { upload: { attemptId, orderId, amountFen, batch, trace, featureCode, record: { mti: record.mti, fields: sent } }, tries: 1 };\n        this.#send(early);\n        await this.#deps.store.put({\n            upload:',
    within: 60,
    needsPad: true,
  },
  'signature-without-paper': {
    says: 'its slip is being printed, so it is not needed any more',
    file: 'agent/signatures/failed-slips.js',
    find: 'if (!(await this.#isOnPaper(attemptId, { batch, trace })))\n                return;',
    replace: 'await this.#isOnPaper(attemptId, { batch, trace });',
    within: 600,
    needsPad: true,
  },
  // The picture of another customer that is not looked at is too rare here: test/stories/signature-pad.test.ts holds it.
} as const satisfies Record<string, Mutation>;
