/** Something that a test waited for did not come, or cannot be done. The message says what is, and what to do. */
export class TestkitError extends Error {
  override readonly name = 'TestkitError';
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
