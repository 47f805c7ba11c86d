/* The two plugins: the language, for cells and files, and the squiggles in notebooks. */

import { watch } from './cells.js';
import { language, MIME } from './language.js';
import { marks } from './marks.js';
import { Checker } from './squiggles.js';

const NEEDED = ['@jupyterlab/codemirror', '@jupyterlab/notebook', '@codemirror/language', '@codemirror/state', '@codemirror/view'];

/* Makes them of the packages of a page. Args: shared: gives a package by its name. */
export async function plugins(shared) {
  const [editors, notebooks, languagePackage, state, view] = await Promise.all(NEEDED.map(shared));
  return [languagePlugin(editors, languagePackage), notebookPlugin(editors, notebooks, marks(state, view))];
}

function languagePlugin({ IEditorLanguageRegistry }, languagePackage) {
  return {
    id: 'dslc:language',
    description: 'Colours graphs of layers, in cells and .graph files.',
    autoStart: true,
    requires: [IEditorLanguageRegistry],
    activate: (app, languages) => {
      languages.addLanguage({ name: 'dslc-graph', displayName: 'Graph of layers', mime: MIME, extensions: ['graph'], support: language(languagePackage) });
      app.docRegistry.addFileType({
        name: 'dslc-graph', displayName: 'Graph of layers', extensions: ['.graph'], mimeTypes: [MIME], fileFormat: 'text',
      });
    },
  };
}

function notebookPlugin(editors, { INotebookTracker, NotebookActions }, { show, extension }) {
  const { EditorExtensionRegistry, IEditorExtensionRegistry, IEditorLanguageRegistry } = editors;
  return {
    id: 'dslc:notebook',
    description: 'Keeps %%graph cells in their language and shows what is wrong with them while they are written.',
    autoStart: true,
    requires: [INotebookTracker, IEditorLanguageRegistry, IEditorExtensionRegistry],
    activate: (app, tracker, languages, extensions) => {
      extensions.addExtension({
        name: 'dslc-marks', factory: () => EditorExtensionRegistry.createImmutableExtension(extension),
      });
      const pythonLoaded = languages.getLanguage('text/x-ipython').catch(() => null);
      const checkers = new WeakMap();
      const meet = panel => {
        const checker = new Checker(panel, show);
        checkers.set(panel.content, checker);
        watch(panel, pythonLoaded, cell => checker.typed(cell));
      };
      tracker.forEach(meet);
      tracker.widgetAdded.connect((_, panel) => meet(panel));
      NotebookActions.executed.connect((_, { notebook, cell }) => checkers.get(notebook)?.ran(cell.model));
    },
  };
}
