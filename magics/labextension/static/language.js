/* The language as a stream of tokens, for CodeMirror. Its words are those of dsl/parser/grammar.lark; a test compares them. */

export const MIME = 'text/x-dslc-graph';

const HEADS = ['input', 'output', 'shared', 'const', 'block', 'model', 'train'];
const WORDS = ['for', 'in', 'if', 'elif', 'else', 'return', 'from', 'import', 'as'];
const OPERATORS = ['and', 'or', 'not'];
const CONSTANTS = ['true', 'false', 'none', 'True', 'False', 'None'];
const DTYPES = [
  'bool', 'uint8', 'uint16', 'uint32', 'uint64', 'int8', 'int16', 'int32', 'int64', 'bfloat16', 'float16', 'float32',
  'float64', 'complex64', 'complex128', 'string',
];

const NAME = '[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*';
const END = '(?![\\p{L}\\p{N}\\p{M}_])';
const pattern = text => new RegExp(`^(?:${text})`, 'u');
const any = (words, behind = '') => pattern(`(?:${words.join('|')})${END}${behind}`);

const MAGIC = pattern('%%graph\\w*');
const OPTION = pattern('--?[a-z][a-z-]*');
const LEADING = any(HEADS, `(?:[ \\t]+${NAME}|[ \\t]*:)`);

const ARGUMENT = pattern(`${NAME}(?=[ \\t]*=(?!=))`);

/* What a token is, by the first of these that fits: its pattern, and CodeMirror's name for it. */
const TOKENS = [
  [/^#.*/, 'comment'],
  [/^f?"(?:[^"\\]|\\.)*"?|^f?'(?:[^'\\]|\\.)*'?/, 'string'],
  [any(WORDS, '(?![ \\t]*[=,)\\].])'), 'keyword'],
  [any(OPERATORS), 'operatorKeyword'],
  [any(CONSTANTS), 'bool'],
  [any(DTYPES, '(?![ \\t]*[(=])'), 'atom'],
  [pattern(`\\$${NAME}`), 'variableName.special'],
  [/^(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?/i, 'number'],
  [/^\p{Lu}[\p{L}\p{N}\p{M}_]*/u, 'variableName.standard'],
  [pattern(NAME), 'variableName'],
  [/^(?:->|\*\*|\/\/|[<>=!]=|[-+*/@%<>=&|^~?])/, 'operator'],
  [/^[()[\]{}]/, 'bracket'],
  [/^[,.:]/, 'punctuation'],
];

/* One token. The state: whether this is the magic's line, how many brackets are open, whether the statement begins here,
   and whether a name here is one that the statement declares. */
function token(stream, state) {
  if (stream.sol()) {
    state.magic = stream.match(MAGIC) !== null;
    if (state.magic) return 'meta';
    state.starts = state.open === 0;
    state.declares = false;
  }
  if (stream.eatSpace()) return null;
  return state.magic ? option(stream) : word(stream, state);
}

function word(stream, state) {
  const starts = state.starts;
  state.starts = false;
  if (starts && stream.match(LEADING, false)) {
    stream.match(pattern(NAME));
    state.declares = true;
    return 'keyword';
  }
  if (state.open && stream.match(ARGUMENT)) return 'attributeName';
  const [, kind] = TOKENS.find(([one]) => stream.match(one)) ?? [stream.next(), null];
  if (kind === 'bracket') state.open = Math.max(0, state.open + ('([{'.includes(stream.current()) ? 1 : -1));
  if (state.declares && kind?.startsWith('variableName')) return 'variableName.definition';
  if (stream.current() !== ',') state.declares = false;
  return kind;
}

function option(stream) {
  if (stream.match(OPTION)) return 'attributeName';
  stream.match(/^\S+/);
  return null;
}

/* The language, of the page's own CodeMirror. */
export function language({ StreamLanguage, LanguageSupport }) {
  const stream = StreamLanguage.define({
    name: 'dslc-graph',
    startState: () => ({ magic: false, starts: true, declares: false, open: 0 }),
    copyState: state => ({ ...state }),
    token,
    languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
  });
  return new LanguageSupport(stream);
}
