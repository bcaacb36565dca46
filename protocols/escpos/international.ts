// ESC R n: the twelve places of ASCII that change with the country (Epson ESC/POS, "International character sets"). Set 15,
// China, puts ¥ at '$' on some printers: from memory, so it is not done here.

const PLACES = '#$@[\\]^`{|}~';

const SETS: Readonly<Record<number, string>> = {
  1: '#$à°ç§^`éùè¨',
  2: '#$§ÄÖÜ^`äöüß',
  3: '£$@[\\]^`{|}~',
  4: '#$@ÆØÅ^`æøå~',
  5: '#¤ÉÄÖÅÜéäöåü',
  6: '#$@°\\é^ùàòèì',
  7: '₧$@¡Ñ¿^`¨ñ}~',
  8: '#$@[¥]^`{|}~',
  9: '#¤ÉÆØÅÜéæøåü',
  10: '#$ÉÆØÅÜéæøåü',
  11: '#$á¡Ñ¿é`íñóú',
  12: '#$á¡Ñ¿éüíñóú',
  13: '#$@[₩]^`{|}~',
  14: '#$ŽŠĐĆČžšđćč',
};

/** The character of an ASCII byte in the set. */
export function internationalCharacter(set: number, byte: number): string {
  const char = String.fromCharCode(byte);
  const place = set === 0 ? -1 : PLACES.indexOf(char);
  return place < 0 ? char : (SETS[set]?.charAt(place) ?? char);
}
