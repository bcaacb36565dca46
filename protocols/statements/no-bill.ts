/** Answers of the download interfaces instead of a file (payment.md §5.1, §5.2). 20002 is WeChat's older number for it. */
const NO_BILL =
  /\b(?:NO_STATEMENT_EXIST|NO_BILL_DATA|BILL_NOT_EXIST|No Bill Exist)\b|<error_code>(?:<!\[CDATA\[)?20002\b/i;

/** Whether the beginning of a file is the channel's word that there is no bill. That is not a bill without rows. */
export function saysNoBill(beginning: string): boolean {
  return /^\s*[<{]/.test(beginning) && NO_BILL.test(beginning);
}
