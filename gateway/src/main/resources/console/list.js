// A list that is read page by page: by `after` where the gateway gives `next`, else by page number.

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
    this.error = null;
    this.query = {};
    this.pages = 0;
    this.run = 0;
  }

  /** Reads the first page with these filters. A later call wins over an earlier one that is still running. */
  async load(query = this.query) {
    this.query = query;
    await this.read({}, true);
  }

  /** Reads the first page again, unless further pages are shown. */
  async refresh() {
    if (this.pages <= 1) await this.read({}, true);
  }

  get hasMore() {
    if (!this.rows) return false;
    return this.next === undefined ? this.rows.length < this.total : Boolean(this.next);
  }

  async loadMore() {
    await this.read(this.next ? { after: this.next } : { pageNo: this.pages + 1 }, false);
  }

  async read(position, first) {
    const run = ++this.run;
    try {
      const page = await get(this.path, { ...this.query, pageSize: SIZE, ...position });
      if (run !== this.run) return;
      this.rows = first ? page.list : [...this.rows, ...page.list];
      this.pages = first ? 1 : this.pages + 1;
      this.total = page.total;
      this.bounded = page.more === true && page.next !== undefined;
      this.next = page.next;
      this.error = null;
    } catch (error) {
      if (run !== this.run) return;
      this.error = error;
    }
    this.changed();
  }
}
