/* Marks in an editor: a wavy line below what is wrong, and the words when the mouse rests on it. */

export function marks({ StateField, StateEffect }, { EditorView, Decoration, hoverTooltip }) {
  const replace = StateEffect.define();

  const field = StateField.define({
    create: () => Decoration.none,
    update(shown, transaction) {
      const asked = transaction.effects.filter(one => one.is(replace)).pop();
      return asked ? asked.value : shown.map(transaction.changes);
    },
    provide: one => EditorView.decorations.from(one),
  });

  const words = hoverTooltip((view, place) => {
    const found = [];
    view.state.field(field).between(place, place, (from, to, mark) => { found.push({ from, to, ...mark.spec.mark }); });
    if (!found.length) return null;
    return { pos: Math.min(...found.map(one => one.from)), above: true, create: () => ({ dom: tip(found) }) };
  });

  /* Shows marks in place of those that are there; places past the text, which has changed, are left out. */
  function show(view, listed) {
    const text = view.state.doc;
    const offset = (line, column) => Math.min(text.line(line).from + column, text.line(line).to);
    const placed = listed.filter(one => one.end_line <= text.lines).map(one => ({
      from: offset(one.line, one.column), to: offset(one.end_line, one.end_column), mark: one,
    })).filter(one => one.from < one.to);
    const ranges = placed.map(({ from, to, mark }) =>
      Decoration.mark({ class: `dslc-mark dslc-${mark.severity}`, mark }).range(from, to));
    if (ranges.length || view.state.field(field, false)?.size)
      view.dispatch({ effects: replace.of(Decoration.set(ranges, true)) });
  }

  const line = color => ({ textDecoration: `underline wavy ${color}`, textDecorationSkipInk: 'none', textUnderlineOffset: '3px' });
  const theme = EditorView.baseTheme({
    '.dslc-warning': line('var(--jp-warn-color1, #b7791f)'),
    '.dslc-error': line('var(--jp-error-color1, #d32f2f)'),
    '.cm-tooltip:has(> .dslc-tip)': { border: 'none', background: 'none' },
    '.dslc-tip': {
      padding: '4px 8px', maxWidth: '46em', whiteSpace: 'pre-wrap', fontFamily: 'var(--jp-ui-font-family)',
      fontSize: 'var(--jp-ui-font-size1)', color: 'var(--jp-ui-font-color1)', background: 'var(--jp-layout-color1)',
      border: '1px solid var(--jp-border-color1)', boxShadow: 'var(--jp-elevation-z2)',
    },
    '.dslc-help': { color: 'var(--jp-ui-font-color2)' },
  });

  return { show, extension: [field, words, theme] };
}

function tip(found) {
  const all = document.createElement('div');
  all.className = 'dslc-tip';
  for (const one of found) {
    const message = document.createElement('div');
    message.textContent = `${one.severity}: ${one.message}`;
    const help = document.createElement('div');
    help.className = 'dslc-help';
    help.textContent = one.help;
    all.append(message, help);
  }
  return all;
}
