import { columnsOf } from '../escpos/text.ts';
import { wrap } from '../escpos/wrap.ts';

/** Printable text in lines of at most `room` columns; most texts fit on one and are not looked at again. */
export function wrapped(text: string, columns: number, room: number): readonly { text: string; columns: number }[] {
  if (columns <= room) return [{ text, columns }];
  return wrap(text, room).map((line) => ({ text: line, columns: columnsOf(line) }));
}
