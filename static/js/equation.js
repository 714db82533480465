// Equations, which the registry tells in a small notation, as MathML. In it
//
//   a_b  a^b  a_{bc}      sets below, above, below a group
//   {a}/{b}               is a fraction, √{a} a root
//   Σ_i  mean_{i≠j}       have what they run over below them
//   "other views"         are words; names of three letters or more, such as log, stand upright
//   [key: a; b]           is a while the switch of that key is on, and b, which may be left out, while it is off
//
// and everything else stands for itself.

const NS = 'http://www.w3.org/1998/Math/MathML';
const LIMITS = /^(Σ|mean|max)$/;

function make(tag, ...children) {
  const e = document.createElementNS(NS, tag);
  e.append(...children);
  return e;
}

// tokens cuts a line into words in quotes, names, numbers and single characters, with what accents them.
const tokens = line => line.match(/"[^"]*"|[A-Za-z]{3,}|\d+(?:\.\d+)?|\s+|\P{M}\p{M}*/gu) ?? [];

class Parser {
  #at = 0;

  constructor(line) { this.tokens = tokens(line); }

  get #next() { return this.tokens[this.#at]; }

  // row reads up to a closing brace or the end.
  row() {
    const out = [];
    while (this.#next !== undefined && this.#next !== '}') {
      if (/^\s+$/.test(this.#next)) {
        if (this.tokens[this.#at++].length > 1) out.push(space('1em'));
        continue;
      }
      const atom = this.#scripts(this.#atom());
      if (this.#next === '/' && atom.group && this.tokens[this.#at + 1] === '{') {
        this.#at++;
        out.push(make('mfrac', atom.node, this.#atom().node));
      } else {
        if (atom.text && out.length) out.push(space('.3em'));
        out.push(atom.node);
        if (atom.text) out.push(space(atom.name ? '.15em' : '.3em'));
      }
    }
    return make('mrow', ...out);
  }

  #group() {
    this.#at++;
    const row = this.row();
    this.#at++;
    return row;
  }

  #atom() {
    const t = this.#next;
    if (t === '{') return { node: this.#group(), group: true };
    this.#at++;
    if (t === '√') return { node: make('msqrt', this.#group()) };
    if (t[0] === '"') return { node: make('mtext', t.slice(1, -1)), text: true };
    if (/^\d/.test(t)) return { node: make('mn', t) };
    if (/^[A-Za-z]{3,}$/.test(t)) return { node: attribute(make('mi', t), 'mathvariant', 'normal'), limits: LIMITS.test(t), text: true, name: true };
    if (/^[A-Za-zα-ωθξℓ]/u.test(t)) return { node: make('mi', t) };
    if (t === 'Σ') return { node: attribute(make('mo', '∑'), 'largeop', 'true'), limits: true };
    const node = make('mo', t);
    if ('|‖()'.includes(t)) node.setAttribute('stretchy', 'false');
    if (/[|‖]/.test(t)) attribute(attribute(node, 'lspace', '0'), 'rspace', '0');
    return { node };
  }

  // scripts adds what is set above and below.
  #scripts(atom) {
    let below;
    const above = [];
    while (this.#next === '′') this.#at++, atom.node.append('′');
    for (;;) {
      if (this.#next === '_') this.#at++, below = this.#atom().node;
      else if (this.#next === '^') this.#at++, above.push(this.#atom().node);
      else if (this.#next === '²') this.#at++, above.push(make('mn', '2'));
      else break;
    }
    if (!below && !above.length) return atom;
    const raised = above.length > 1 ? make('mrow', ...above) : above[0], [b, a, ab] = atom.limits ? ['munder', 'mover', 'munderover'] : ['msub', 'msup', 'msubsup'];
    return { ...atom, group: false, node: below && raised ? make(ab, atom.node, below, raised) : below ? make(b, atom.node, below) : make(a, atom.node, raised) };
  }
}

function attribute(element, name, value) {
  element.setAttribute(name, value);
  return element;
}

const space = width => attribute(make('mspace'), 'width', width);

const PIECE = /\[([a-z-]+): ([^\][;]*)(?:; ([^\][;]*))?\]/g;

// formula returns an equation as the switches make it, of which off(key) tells whether one is off.
export function formula(text, off) {
  for (let before; before !== text;) {  // the innermost pieces first
    before = text;
    text = text.replace(PIECE, (_, key, on, otherwise = '') => off(key) ? otherwise : on);
  }
  return text.split('\n').filter(Boolean).join('\n');
}

// equation returns a math element for each line.
export function equation(text) {
  return text.split('\n').map(line => attribute(make('math', new Parser(line).row()), 'display', 'block'));
}
