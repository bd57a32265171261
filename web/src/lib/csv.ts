// csv.ts: rows as CSV that spreadsheets open rightly: UTF-8 with a mark, CRLF, and no cell that a
// spreadsheet would run as a formula. src/codec/csv.c has the same rules.

/** Marks of direction are for the screen. */
const MARKS = /[\u200e\u200f\u2066-\u2069]/g;

const runsAsFormula = (text: string): boolean =>
  /^[=@\t\r]/.test(text) || (/^[+-]/.test(text) && !/^[+-][\d\s.,()-]*$/.test(text));

export function cell(text: string): string {
  const plain = text.replace(MARKS, '');
  const guarded = runsAsFormula(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replace(/"/g, '""')}"` : guarded;
}

export const csvOf = (rows: readonly (readonly string[])[]): string =>
  `\ufeff${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
