/* Has the kernel check cells while they are written: when typing stops, never while the kernel is busy.
   magics/squiggles.py is the other end of the comm. */

import { isGraph } from './cells.js';

const TARGET = 'dslc-check';
const PAUSE = 350;   /* ms after the last key; longer where the last answer took long */
const LOADS = /%graph|magics/;   /* what a cell says that may load the magics */

/* The comm with a kernel. One that has not loaded the magics closes it, and is left alone until a cell may have done so. */
class Line {
  constructor(kernel) {
    this.kernel = kernel;
    this.closed = false;
    this.waiting = new Map();
    this.last = 0;
    this.slowest = 0;
    this.comm = kernel.createComm(TARGET);
    this.comm.onMsg = message => this.hear(message.content.data);
    this.comm.onClose = () => { this.closed = true; };
    this.comm.open({});
  }

  get answers() {
    return !this.closed && this.waiting.size === 0;
  }

  ask(source, then) {
    this.last += 1;
    this.waiting.set(this.last, { then, since: performance.now() });
    this.comm.send({ id: this.last, source });
  }

  hear({ id, marks }) {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (!asked) return;
    this.slowest = performance.now() - asked.since;
    asked.then(marks);
  }
}

/* Checks the cells of one notebook. */
export class Checker {
  constructor(panel, show) {
    this.panel = panel;
    this.show = show;
    this.pending = new Set();
    this.line = null;
    panel.sessionContext.statusChanged.connect((_, status) => { if (status === 'idle') this.soon(); });
  }

  /* A cell has changed. */
  typed(cell) {
    if (isGraph(cell)) this.pending.add(cell);
    else this.put(cell, []);
    this.soon();
  }

  /* A cell has run: variables may have changed, and the magics may be there now. */
  ran(cell) {
    const loads = LOADS.test(cell.sharedModel.getSource());
    if (loads && !this.line?.answers) this.line = null;
    if (!loads && !this.line) return;
    for (const one of this.panel.model.cells) if (isGraph(one)) this.pending.add(one);
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), Math.max(PAUSE, 3 * (this.line?.slowest ?? 0)));
  }

  flush() {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (!this.pending.size || kernel?.status !== 'idle') return;   /* asked again when it is idle */
    const line = this.connected(kernel);
    if (!line) return;
    for (const cell of this.pending) this.check(cell, line);
    this.pending.clear();
  }

  connected(kernel) {
    if (!kernel.handleComms) return null;
    if (this.line?.kernel !== kernel || this.line.comm.isDisposed && !this.line.closed) this.line = new Line(kernel);
    return this.line.closed ? null : this.line;
  }

  check(cell, line) {
    const source = cell.sharedModel.getSource();
    line.ask(source, marks => { if (cell.sharedModel.getSource() === source) this.put(cell, marks); });
  }

  put(cell, marks) {
    const view = this.panel.content.widgets.find(one => one.model === cell)?.editor?.editor;
    if (view) this.show(view, marks);
  }
}
