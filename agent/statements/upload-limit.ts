/** A day's statement, as a person chooses it on the page: 50,000 payments unpacked. A shop with more has `tillwire reconcile`. */
export const MOST_UPLOADED_BYTES = 16 * 1024 * 1024;
