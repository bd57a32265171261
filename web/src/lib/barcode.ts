// barcode.ts: tells a barcode reader from a person. A reader is a keyboard that types a whole number
// within some milliseconds a character and then presses Enter; that Enter must not submit anything.

const FAST_MS = 28;
const LEAST = 5;

export class BurstGuard {
  private text = '';
  private last = -1e9;
  private fast = 0;

  /** A printable character went down at `at` (milliseconds). */
  char(key: string, at: number): void {
    if (at - this.last <= FAST_MS) {
      this.fast++;
      this.text += key;
    } else {
      this.fast = 0;
      this.text = key;
    }
    this.last = at;
  }

  /** Enter at `at`: the text a reader just typed, or '' when it was a person. */
  enter(at: number): string {
    const burst = this.fast >= LEAST - 1 && at - this.last <= FAST_MS * 2;
    const text = burst ? this.text : '';
    this.reset();
    return text;
  }

  /** Any other key ends a burst. */
  reset(): void {
    this.text = '';
    this.fast = 0;
    this.last = -1e9;
  }
}
