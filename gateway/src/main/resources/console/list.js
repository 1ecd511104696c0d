// A list that is read page by page: the gateway gives the position of the next page as `next`, which is passed as `after`.

import { get } from "./api.js";

const SIZE = 50;

export class List {
  /** @param changed called after each change */
  constructor(path, changed) {
    this.path = path;
    this.changed = changed;
    this.rows = null;
    this.total = 0;
    this.bounded = false;
    this.next = null;
    this.error = null;
    this.query = {};
    this.pages = 0;
    this.run = 0;
    this.pending = 0;
  }

  /** Reads the first page with these filters. A later call wins over an earlier one that is still running. */
  async load(query = this.query) {
    this.query = query;
    await this.read({}, (page) => {
      this.rows = page.list;
      this.next = page.next;
      this.pages = 1;
    });
  }

  /**
   * Reads the first page again. If further pages are shown, only the count is read, so that no row moves under the reader. Does nothing
   * during another read, which it would overtake: with a slow gateway that one would never be shown.
   */
  async refresh() {
    if (this.pending > 0) return;
    if (this.pages <= 1) await this.load();
    else await this.read({ pageSize: 1 }, () => {});
  }

  get hasMore() {
    return Boolean(this.next);
  }

  async loadMore() {
    await this.read({ after: this.next }, (page) => {
      this.rows = [...this.rows, ...page.list];
      this.next = page.next;
      this.pages += 1;
    });
  }

  async read(position, take) {
    const run = ++this.run;
    this.pending++;
    try {
      const page = await get(this.path, { ...this.query, pageSize: SIZE, ...position });
      if (run !== this.run) return;
      this.total = page.total;
      this.bounded = page.more;
      this.error = null;
      take(page);
    } catch (error) {
      if (run !== this.run) return;
      this.error = error;
    } finally {
      this.pending--;
    }
    this.changed();
  }
}
