/** One capability of a seed document. */
export interface Row {
  /** seed and number, as titles of tests carry it: [001-4] */
  readonly id: string;
  /** what the seed asks for */
  readonly asked: string;
  /** what is built for it; nothing where it is refused */
  readonly built?: string;
  /** IN: built. RE: the need is kept, the form is another. NO: refused, or none of a till's business */
  readonly verdict: 'IN' | 'RE' | 'NO';
  readonly why?: string;
}
