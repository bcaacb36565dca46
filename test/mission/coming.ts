/** Rows whose capability does not stand yet, and what is missing: no test proves them, and the document says so. */
export const COMING: Readonly<Record<string, string>> = {};

/** Rows that are proved in part: what of them does not stand yet. */
export const LACKING: Readonly<Record<string, string>> = {
  '002-9': 'battery, display and mobile network of a terminal',
  '002-12': 'temperature and battery of the terminal (that it was opened or carried away is found)',
  '002-14': 'a safe mode for a program that crashes again and again',
  '002-15': 'time between failures by serial number; a label for what goes back',
  '003-10': 'a challenge signed by the backend at the sign-in of a technician',
};
