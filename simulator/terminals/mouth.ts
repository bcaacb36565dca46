/** How a terminal's protocol reaches a wire: messages in and out, whatever carries them. */
export interface Mouth {
  /** one after the other; the link's own repeats are the mouth's business */
  say(message: Uint8Array): void;
  /** Forgets what was not said yet: the device was switched off. */
  hush(): void;
}

export interface MouthEars {
  hear(message: Uint8Array): void;
  /** the other side acknowledges nothing, or is gone */
  lost(): void;
}
