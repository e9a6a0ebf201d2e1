/** Methods every Node Buffer has and its types leave out: `toString` and `write` without their argument handling, which costs more than the work. */
export interface RawBuffer extends Buffer<ArrayBufferLike> {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  /** Returns the number of bytes written. */
  latin1Write(text: string, start: number): number;
}
