// A list that is read page by page: the gateway gives the position of the next page as `next`, which is passed as `after`.

import { get } from "./api.js";
import { Reads } from "./reads.js";

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
    this.reads = new Reads();
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
   * during another read.
   */
  async refresh() {
    if (this.reads.running) return;
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
    const result = await this.reads.run(() => get(this.path, { ...this.query, pageSize: SIZE, ...position }));
    if (!result) return;
    this.error = result.error;
    if (!result.error) {
      this.total = result.data.total;
      this.bounded = result.data.more;
      take(result.data);
    }
    this.changed();
  }
}
