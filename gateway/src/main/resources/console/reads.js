// Reads of the same thing, which may overtake each other.

/** Runs reads of which the last one counts. */
export class Reads {
  constructor() {
    this.last = 0;
    this.pending = 0;
  }

  /** Whether a read is running. A periodic read that overtook it would discard it: with a slow gateway nothing would ever be shown. */
  get running() {
    return this.pending > 0;
  }

  /** Runs a read. Resolves with its `data` and no `error`, or with its `error`; with null if it does not count any more. */
  async run(read) {
    const mine = ++this.last;
    this.pending++;
    const result = await read().then((data) => ({ data, error: null }), (error) => ({ error }));
    this.pending--;
    return mine === this.last ? result : null;
  }

  /** Makes the reads that are running not count any more. */
  drop() {
    this.last++;
  }
}
