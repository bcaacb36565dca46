// The probability states of the QM coder: ITU-T T.82 (03/93) table 24, the same 113 states as T.81 table D.3.

interface QmState {
  /** size of the less probable symbol's interval, 8000 = 0.75 */
  readonly lsz: number;
  /** state after a less probable symbol */
  readonly nlps: number;
  /** state after a more probable symbol that made the interval too small */
  readonly nmps: number;
  /** after a less probable symbol the two change places */
  readonly swtch: boolean;
}

/** `lsz nlps nmps`, a `*` where the symbols change places. */
const TABLE = `
5A1D 1 1*   2586 14 2   1114 16 3   080B 18 4   03D8 20 5   01DA 23 6   00E5 25 7   006F 28 8   0036 30 9   001A 33 10
000D 35 11  0006 9 12   0003 10 13  0001 12 13  5A7F 15 15* 3F25 36 16  2CF2 38 17  207C 39 18  17B9 40 19  1182 42 20
0CEF 43 21  09A1 45 22  072F 46 23  055C 48 24  0406 49 25  0303 51 26  0240 52 27  01B1 54 28  0144 56 29  00F5 57 30
00B7 59 31  008A 60 32  0068 62 33  004E 63 34  003B 32 35  002C 33 9   5AE1 37 37* 484C 64 38  3A0D 65 39  2EF1 67 40
261F 68 41  1F33 69 42  19A8 70 43  1518 72 44  1177 73 45  0E74 74 46  0BFB 75 47  09F8 77 48  0861 78 49  0706 79 50
05CD 48 51  04DE 50 52  040F 50 53  0363 51 54  02D4 52 55  025C 53 56  01F8 54 57  01A4 55 58  0160 56 59  0125 57 60
00F6 58 61  00CB 59 62  00AB 61 63  008F 61 32  5B12 65 65* 4D04 80 66  412C 81 67  37D8 82 68  2FE8 83 69  293C 84 70
2379 86 71  1EDF 87 72  1AA9 87 73  174E 72 74  1424 72 75  119C 74 76  0F6B 74 77  0D51 75 78  0BB6 77 79  0A40 77 48
5832 80 81* 4D1C 88 82  438E 89 83  3BDD 90 84  34EE 91 85  2EAE 92 86  299A 93 87  2516 86 71  5570 88 89* 4CA9 95 90
44D9 96 91  3E22 97 92  3824 99 93  32B4 99 94  2E17 93 86  56A8 95 96* 4F46 101 97 47E5 102 98 41CF 103 99 3C3D 104 100
375E 99 93  5231 105 102 4C0F 106 103 4639 107 104 415E 103 99 5627 105 106* 50E7 108 107 4B85 109 103 5597 110 109
504F 111 107 5A10 110 111* 5522 112 109 59EB 112 111*`;

const STATES: readonly QmState[] = [...TABLE.matchAll(/([0-9A-F]{4}) (\d+) (\d+)(\*?)/g)].map(
  ([, lsz = '', nlps, nmps, swtch]) => ({
    lsz: Number.parseInt(lsz, 16),
    nlps: Number(nlps),
    nmps: Number(nmps),
    swtch: swtch === '*',
  }),
);

// A context is one byte: state and, in bit 7, its more probable symbol. The rows below are indexed by the state.

export const LSZ = Uint16Array.from(STATES, ({ lsz }) => lsz);
export const NEXT_MPS = Uint8Array.from(STATES, ({ nmps }) => nmps);
/** bit 7: change the more probable symbol */
export const NEXT_LPS = Uint8Array.from(STATES, ({ nlps, swtch }) => nlps | (swtch ? 0x80 : 0));

/** One context byte for each of the 1024 neighbourhoods; all begin in state 0 with white. */
export function newContexts(): Uint8Array {
  return new Uint8Array(1024);
}
