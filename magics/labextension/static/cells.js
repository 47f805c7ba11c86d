/* Which cells are graphs: they get the language, and what is typed in them is told to whoever checks it. */

import { MIME } from './language.js';

const GRAPH = /^\s*%%graph(?:_fmt)?(?:\s|$)/;

export const isGraph = cell => cell.type === 'code' && GRAPH.test(cell.sharedModel.getSource());

/* A cell's editor applies a language when it has been loaded, whatever was asked for since; so Python's is loaded first,
   and the switch comes after that of the notebook. */
function setLanguage(cell, panel, pythonLoaded) {
  pythonLoaded.then(() => setTimeout(() => {
    if (isGraph(cell)) {
      if (cell.mimeType !== MIME) cell.mimeType = MIME;
    } else if (cell.mimeType === MIME) {
      cell.mimeType = panel.content.codeMimetype;
    }
  }, 0));
}

/* Calls `typed(cell)` whenever a cell of a notebook changes, and keeps each cell in its language. */
export async function watch(panel, pythonLoaded, typed) {
  await panel.context.ready;
  const cells = panel.model?.cells;
  if (!cells) return;
  const known = new WeakSet();
  const meet = cell => {
    if (cell.type !== 'code' || known.has(cell)) return;
    known.add(cell);
    const follow = () => setLanguage(cell, panel, pythonLoaded);
    follow();
    cell.mimeTypeChanged.connect(follow);
    cell.contentChanged.connect(() => {
      follow();
      typed(cell);
    });
  };
  for (const cell of cells) meet(cell);
  cells.changed.connect((_, change) => change.newValues.forEach(meet));
}
