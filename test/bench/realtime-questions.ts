const DLE = 0x10;
const EOT = 0x04;
const QUESTION_BYTES = 3;

/** Takes `DLE EOT n` out of a printer's bytes, also when reads cut it in pieces. A slip of the bench holds no such bytes. */
export class RealtimeQuestions {
  #begun: readonly number[] = [];

  take(bytes: Uint8Array): { readonly paper: Uint8Array; readonly questions: readonly number[] } {
    const all = [...this.#begun, ...bytes];
    const paper: number[] = [];
    const questions: number[] = [];
    let at = 0;
    for (; at < all.length; at += 1) {
      const begins = all[at] === DLE && (all[at + 1] ?? EOT) === EOT;
      if (!begins) paper.push(all[at] ?? 0);
      else if (at + QUESTION_BYTES > all.length) break;
      else {
        questions.push(all[at + 2] ?? 0);
        at += QUESTION_BYTES - 1;
      }
    }
    this.#begun = all.slice(at);
    return { paper: Uint8Array.from(paper), questions };
  }
}
