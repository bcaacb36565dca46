/**
 * A scanner on usage page 8C (HID Point of Sale usage tables 1.02): input report 2 of 63 bytes with a length, three of
 * symbology, 56 of data; output report 4; feature report 5. The usages are from memory, the layout is made up for the test.
 */
export const POS_DESCRIPTOR = Uint8Array.from(
  Buffer.from(
    '058c0902a1010912a1028502150026ff00750895010501093b8102058c950309fb09fc09fd8102953809fe820201950309ff8102c0' +
      '0914a102850415002501750195010900910295079103c0' +
      '0911a1028505150026ff00750895080901b102c0c0',
    'hex',
  ),
);
