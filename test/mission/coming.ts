/** Rows whose capability does not stand yet, and what is missing: no test proves them, and the document says so. */
export const COMING: Readonly<Record<string, string>> = {
  '000-9': 'the registration of the shop on the till (`tillwire provision`)',
  '001-8': 'the four steps of `tillwire provision`',
  '001-10': 'the report of the day',
  '002-15': 'health figures of each device, by serial number',
  '003-1': 'the activation code of `tillwire provision`',
  '003-2': 'the registration of the shop on the till (`tillwire provision`)',
  '003-9': 'reports of shift and day',
  '003-13': 'moving a registration to another terminal (`tillwire provision`)',
  '003-16': 'the health score',
  '003-17': 'rate and settlement period, confirmed at `tillwire provision`',
  '004-11': 'instalments that a channel answers with',
};

/** Rows that are proved in part: what of them does not stand yet. */
export const LACKING: Readonly<Record<string, string>> = {
  '000-1': 'a list of channels signed by the backend',
  '000-6': 'the list of missing papers in `tillwire provision`',
  '000-7': "the acquirer's name on wallet slips",
  '000-8': 'a warning that comes with the answer to a scanned code (with a shown code it stands)',
  '002-5': '`tillwire support-bundle`',
  '002-9': 'battery, display and mobile network of a terminal',
  '002-10': 'the rate on the till itself, from the registration',
  '002-12': 'sensors of the terminal, and a hint when a gun reads badly',
  '002-14': 'a safe mode for a program that crashes again and again',
  '003-10': 'a challenge signed by the backend; exchange of certificates',
  '003-12': 'coupon amounts in records and reports',
  '004-16': 'histograms',
};
