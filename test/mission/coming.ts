/** Rows whose capability does not stand yet, and what is missing: no test proves them, and the document says so. */
export const COMING: Readonly<Record<string, string>> = {
  '004-11': 'instalments that a channel answers with',
};

/** Rows that are proved in part: what of them does not stand yet. */
export const LACKING: Readonly<Record<string, string>> = {
  '000-1': 'a list of channels signed by the backend',
  '000-7': "the acquirer's name on wallet slips",
  '000-8': 'a warning that comes with the answer to a scanned code (with a shown code it stands)',
  '002-9': 'battery, display and mobile network of a terminal',
  '002-12': 'sensors of the terminal',
  '002-14': 'a safe mode for a program that crashes again and again',
  '002-15': 'time between failures by serial number; a label for what goes back',
  '003-10': 'a challenge signed by the backend at the sign-in of a technician',
  '003-16': 'a register of risks in the documents',
};
